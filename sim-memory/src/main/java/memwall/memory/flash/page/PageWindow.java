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
  private long writePosition;

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
    long from = writePosition;
    writePosition = (from + pages % ring) % ring;
    if (pages >= rowPages - from % rowPages) {
      long rotation = (writePosition / rowPages + 1) * rowPages % ring;
      run = new PageOrder(run.pattern(), ring, rotation);
      blocks = block == 0 ? run : scattered();
    }
    return from;
  }

  void describe(StateSink sink) {
    sink.put(readPosition);
    sink.put(writePosition);
    sink.put(gatheredBytes);
    sink.put(block);
  }
}
