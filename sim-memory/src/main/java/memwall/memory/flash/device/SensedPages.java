package memwall.memory.flash.device;

import org.jspecify.annotations.Nullable;

/**
 * What the senses of a device find: data, none, or data with errors; and how far they may go on
 * with nothing to report.
 */
final class SensedPages {
  private final FlashGeometry geometry;
  private final PageBuffers buffers;
  private final Counts counts;
  private final FlashErrors errors;
  private final @Nullable BlockStore blocks;

  SensedPages(
      FlashGeometry geometry,
      PageBuffers buffers,
      Counts counts,
      FlashErrors errors,
      @Nullable BlockStore blocks) {
    this.geometry = geometry;
    this.buffers = buffers;
    this.counts = counts;
    this.errors = errors;
    this.blocks = blocks;
  }

  /**
   * A page is sensed into a buffer, which learns what is found.
   *
   * @return how often it has to be sensed again
   */
  int sense(int plane, int buffer, long nowPs) {
    int page = buffers.page(buffer);
    int retries = 0;
    if (blocks == null) {
      retries = correct(buffer, 0, 0, nowPs, nowPs);
    } else {
      int block = blocks.block(plane, page);
      FlashStatus status = blocks.read(block, page);
      buffers.setStatus(buffer, status);
      if (status.isGood()) {
        retries =
            correct(
                buffer,
                blocks.erases(block),
                blocks.reads(block),
                blocks.agePs(block, nowPs),
                nowPs);
      }
    }
    return retries;
  }

  /** How often a page that is sensed has to be sensed again; says so if it cannot be corrected. */
  private int correct(int buffer, int erases, int reads, long agePs, long nowPs) {
    if (errors.isExpired(erases, agePs, nowPs)) {
      buffers.setStatus(buffer, FlashStatus.EXPIRED);
      counts.expired++;
    }
    int retries = errors.retries(erases, reads, agePs, nowPs);
    if (retries >= 0) {
      return retries;
    }
    buffers.setStatus(buffer, FlashStatus.UNCORRECTABLE);
    counts.uncorrectable++;
    return -1 - retries;
  }

  /** Rows of a plane are sensed with nothing to report; {@link #skip} is due for all planes. */
  void senseClean(int plane, int row, int rows) {
    countReads(plane, row, rows, 1);
  }

  /** So many senses have nothing to report. */
  void skip(long senses) {
    errors.skip(senses);
  }

  /** Senses from now on that have nothing to report as long as blocks are covered. */
  long cleanSenses() {
    return errors.cleanSenses();
  }

  /** Rows of a plane were sensed so many times, -1 if they were not in the end. */
  void countReads(int plane, int first, int rows, int times) {
    if (blocks == null) {
      return;
    }
    int pages = geometry.pagesPerBlock();
    int row = first;
    int end = first + rows;
    while (row < end) {
      int some = Math.min(end - row, pages - row % pages);
      blocks.addReads(blocks.block(plane, row), times * some);
      row += some;
    }
  }

  /** How many rows of a plane can be sensed from one on with nothing to report, at most so many. */
  int cleanRows(int plane, int first, int most) {
    if (blocks == null) {
      return most;
    }
    int pages = geometry.pagesPerBlock();
    int row = first;
    while (row < first + most) {
      int some = Math.min(first + most - row, pages - row % pages);
      int good = blocks.cleanPages(blocks.block(plane, row), row, some);
      row += good;
      if (good < some) {
        break;
      }
    }
    return row - first;
  }

  /** Counts senses ahead of time. */
  ForeseenSenses foreseen() {
    return new ForeseenSenses(geometry, errors, this, blocks);
  }

  /** Whether {@link FlashErrors#cleanSenses} holds for all blocks that rows of a plane are in. */
  boolean areCovered(int plane, int first, int rows, long endPs) {
    if (blocks == null) {
      return errors.covers(0, 0, endPs, endPs);
    }
    int pages = geometry.pagesPerBlock();
    int row = first;
    while (row < first + rows) {
      int some = Math.min(first + rows - row, pages - row % pages);
      int block = blocks.block(plane, row);
      int reads = blocks.reads(block) + some;
      if (!errors.covers(blocks.erases(block), reads, blocks.agePs(block, endPs), endPs)) {
        return false;
      }
      row += some;
    }
    return true;
  }
}
