package memwall.memory.dram.bulk;

/**
 * In which order the bursts of a region of a channel are visited: position 0, 1, 2, ... of the
 * order to the number of a burst, each burst of the region once, then again from the beginning.
 * Bursts are numbered through the channel's address space.
 *
 * @param first first burst of the region, 0 or more
 * @param bursts length of the region, at least 1
 * @param stride distance of two bursts that follow each other; after the last one it begins again
 *     one burst further. Divides {@code bursts}; 1 for a contiguous run
 * @param block bursts that lie together where blocks are scattered over the region, divides {@code
 *     bursts}; 0 if nothing is scattered
 * @param seed which of the orders of scattered blocks
 */
public record BurstPattern(long first, long bursts, long stride, long block, long seed) {
  private static final int ROUNDS = 4;

  /** Checks the ranges. */
  public BurstPattern {
    if (first < 0 || bursts < 1 || first > Long.MAX_VALUE - bursts) {
      throw new IllegalArgumentException(
          "region of " + bursts + " bursts from " + first + "; must be at least 1 from 0 or more");
    }
    if (stride < 1 || bursts % stride != 0) {
      throw new IllegalArgumentException(
          "stride of " + stride + " bursts does not divide the region of " + bursts);
    }
    if (block < 0 || (block > 0 && bursts % block != 0)) {
      throw new IllegalArgumentException(
          "block of " + block + " bursts does not divide the region of " + bursts);
    }
    if (block > 0 && stride > 1) {
      throw new IllegalArgumentException("blocks are scattered or strided, not both");
    }
  }

  /** One burst after the other. */
  public static BurstPattern run(long first, long bursts) {
    return new BurstPattern(first, bursts, 1, 0, 0);
  }

  /** Whether the bursts of the region follow each other. */
  boolean isRun() {
    return stride == 1 && block == 0;
  }

  /** Every so manyth burst, then those one further. */
  public static BurstPattern strided(long first, long bursts, long stride) {
    return new BurstPattern(first, bursts, stride, 0, 0);
  }

  /** Blocks of so many bursts in an order that looks random and is the same each time. */
  public static BurstPattern scattered(long first, long bursts, long block, long seed) {
    return new BurstPattern(first, bursts, 1, block, seed);
  }

  /**
   * The burst at a position of the order.
   *
   * @param position 0 or more; beyond the region the order repeats
   */
  public long burst(long position) {
    long inside = position % bursts;
    if (block > 0) {
      long number = inside / block;
      return first + scattered(number) * block + (inside - number * block);
    }
    if (stride > 1) {
      long each = bursts / stride;
      long turn = inside / each;
      return first + (inside - turn * each) * stride + turn;
    }
    return first + inside;
  }

  /** Positions from this one on, itself included, whose bursts follow each other without a gap. */
  public long runLength(long position) {
    long inside = position % bursts;
    if (block > 0) {
      return block - inside % block;
    }
    return stride > 1 ? 1 : bursts - inside;
  }

  // A Feistel network permutes the smallest even power of two that holds all blocks; whoever lands
  // beyond the last block is sent through it again (at most four times on average).
  private long scattered(long number) {
    long blocks = bursts / block;
    if (blocks == 1) {
      return 0;
    }
    int half = (Long.SIZE - Long.numberOfLeadingZeros(blocks - 1) + 1) / 2;
    long mask = (1L << half) - 1;
    long value = number;
    do {
      long left = value >>> half;
      long right = value & mask;
      for (int round = 0; round < ROUNDS; round++) {
        long next = left ^ (mix(right + ((seed + round) << half)) & mask);
        left = right;
        right = next;
      }
      value = (left << half) | right;
    } while (value >= blocks);
    return value;
  }

  /** A bijective scrambler: two rounds of xor-shift and multiplication by odd constants. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 31)) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 29)) * 0xD6E8FEB86659FD93L;
    return mixed ^ (mixed >>> 32);
  }
}
