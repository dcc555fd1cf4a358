package memwall.memory.dram.bank;

import memwall.core.leap.StateSink;
import memwall.memory.dram.bulk.BurstPattern;

/**
 * The part of every channel's address space in which a region lies, and how far its readers and
 * writers have come in it: each goes on where it left off, and from the end to the beginning.
 */
final class AddressWindow {
  private final long first;
  private final long firstRow;
  private final long bursts;
  private final long seed;
  private final BurstPattern run;

  /** The order of blocks asked for last; the run before any. */
  private BurstPattern blocks;

  /** Its writes that kernels wait for. */
  final WriteFence writes = new WriteFence();

  private long readPosition;
  private long writePosition;

  /**
   * A window.
   *
   * @param firstRow row of every bank with which it begins
   * @param first first burst, counted through the channel
   * @param bursts how many, at least 1
   * @param seed which of the orders of scattered blocks
   */
  AddressWindow(long firstRow, long first, long bursts, long seed) {
    this.firstRow = firstRow;
    this.first = first;
    this.bursts = bursts;
    this.seed = seed;
    run = BurstPattern.run(first, bursts);
    blocks = run;
  }

  /** Row of every bank with which it begins. */
  long firstRow() {
    return firstRow;
  }

  /**
   * The order of bursts for blocks of a length.
   *
   * @param block bursts of a block in one channel; {@link Long#MAX_VALUE} or more than the window
   *     for one run
   */
  BurstPattern pattern(long block) {
    if (block > bursts / 2) {
      return run;
    }
    if (blocks.block() != block) {
      blocks = BurstPattern.scattered(first, bursts - bursts % block, block, seed);
    }
    return blocks;
  }

  /** Where a transfer of so many bursts begins in that order; the next one begins behind it. */
  long advance(BurstPattern order, boolean write, long length) {
    long from = write ? writePosition : readPosition;
    if (order.block() > 0) {
      // A block begins at a fresh place.
      from += (order.block() - from % order.block()) % order.block();
    }
    from %= order.bursts();
    long next = (from + length % order.bursts()) % order.bursts();
    if (write) {
      writePosition = next;
    } else {
      readPosition = next;
    }
    return from;
  }

  void describe(StateSink sink) {
    sink.put(readPosition);
    sink.put(writePosition);
    sink.put(blocks.block());
    writes.describe(sink);
  }
}
