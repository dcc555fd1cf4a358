package memwall.memory.flash.page;

import memwall.core.leap.StateSink;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.port.PageOrder;

/**
 * The part of every channel's blocks in which a region lies: a ring of rows, each one block of
 * every plane. Writes go round in it, page after page over all planes. One row is open, to be
 * written next or in part already; the others hold data. Reads go round in those, from the one that
 * was written longest ago to the youngest, each where the last one ended.
 */
final class PageWindow {
  private final int firstBlock;
  private final int rows;
  private final long first;
  private final long rowPages;
  private final long ring;
  private final long live;
  private final long seed;
  private final BurstPattern writes;

  /** Orders of reads since a row was opened last; of blocks, the one asked for last. */
  private PageOrder run;

  private PageOrder blocks;
  private long block;

  private long readPosition;

  /** Pages that were ever appended. */
  private long written;

  /** Bytes written that fill no page of each channel yet; they wait in front of the devices. */
  long gatheredBytes;

  /**
   * A window.
   *
   * @param firstBlock of every plane with which it begins
   * @param rows blocks of every plane, 2 or more
   * @param seed which of the orders of scattered blocks
   */
  PageWindow(FlashGeometry channel, int firstBlock, int rows, long seed) {
    this.firstBlock = firstBlock;
    this.rows = rows;
    rowPages = (long) channel.planes() * channel.pagesPerBlock();
    first = firstBlock * rowPages;
    ring = rows * rowPages;
    live = ring - rowPages;
    this.seed = seed;
    writes = BurstPattern.run(first, ring);
    run = new PageOrder(BurstPattern.run(first, live), ring, rowPages);
    blocks = run;
  }

  /** What the region holds was written before the run. */
  static void preload(BlockStore blocks, FlashGeometry channel, int firstBlock, int rows) {
    for (int plane = 0; plane < channel.planes(); plane++) {
      for (int row = firstBlock; row < firstBlock + rows; row++) {
        blocks.preload(blocks.block(plane, row * channel.pagesPerBlock()));
      }
    }
  }

  /**
   * The order of reads of blocks of a length.
   *
   * @param length pages of a block in one channel; {@link Long#MAX_VALUE} or more than the window
   *     for one run
   */
  PageOrder order(long length) {
    if (length > live / 2) {
      return run;
    }
    if (block != length) {
      block = length;
      blocks = scattered();
    }
    return blocks;
  }

  private PageOrder scattered() {
    return new PageOrder(
        BurstPattern.scattered(first, live - live % block, block, seed), ring, run.rotation());
  }

  /** Where a read of so many pages begins in that order; the next one begins behind it. */
  long advance(PageOrder order, long pages) {
    long from = readPosition;
    long fresh = order.pattern().block();
    if (fresh > 0) {
      // A block begins at a fresh place.
      from += (fresh - from % fresh) % fresh;
    }
    from %= order.length();
    readPosition = (from + pages % order.length()) % order.length();
    return from;
  }

  /** The order of writes. */
  BurstPattern writes() {
    return writes;
  }

  /** Where a write of so many pages begins; the next one begins behind it. */
  long advanceWrites(long pages) {
    long from = written % ring;
    written = Math.addExact(written, pages);
    if (pages >= rowPages - from % rowPages) {
      long rotation = (written % ring / rowPages + 1) * rowPages % ring;
      run = new PageOrder(run.pattern(), ring, rotation);
      blocks = block == 0 ? run : scattered();
    }
    return from;
  }

  // Rows ---------------------------------------------------------------------------------------

  /** Pages that were ever appended. */
  long written() {
    return written;
  }

  /** Rows of the ring. */
  int rows() {
    return rows;
  }

  /** Block of every plane with which it begins. */
  int firstBlock() {
    return firstBlock;
  }

  /** Block of every plane in which a row lies, rows counted on from round to round. */
  int blockRow(long row) {
    return firstBlock + (int) (row % rows);
  }

  /** Pages that were appended to such a row. */
  long writtenOf(long row) {
    return Math.min(rowPages, written - row * rowPages);
  }

  /** Whether a row of the ring is the one to be written next or in part already. */
  boolean isOpen(int ringRow) {
    return written / rowPages % rows == ringRow;
  }

  /** When a row of the ring was opened last, in rows; below 0 if that was before the run. */
  long lastOpened(int ringRow) {
    long open = written / rowPages;
    return open - Math.floorMod(open - ringRow, (long) rows);
  }

  /** Pages appended up to the end of a row of the ring, as it was opened last. */
  long endOf(int ringRow) {
    return (lastOpened(ringRow) + 1) * rowPages;
  }

  /** Pages that a row of the ring holds at least. */
  long heldBy(int ringRow) {
    return isOpen(ringRow) ? written % rowPages : rowPages;
  }

  /** Pages of one plane among so many first ones of a row. */
  static int writtenOf(long rowWritten, int plane, int planes) {
    return (int) ((rowWritten - plane + planes - 1) / planes);
  }

  void describe(StateSink sink) {
    sink.put(readPosition);
    sink.put(written);
    sink.put(gatheredBytes);
    sink.put(block);
  }
}
