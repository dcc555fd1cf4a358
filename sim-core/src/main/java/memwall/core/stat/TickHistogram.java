package memwall.core.stat;

import java.util.Arrays;

/**
 * A distribution of latencies in ticks, of whatever length: exact below 2^16, above in buckets of
 * which each octave has 2^12, so to 0.025 %. A bucket is named by its least latency; the maximum is
 * exact.
 */
public final class TickHistogram {
  /** Latencies below this have a bucket each. */
  public static final long EXACT_TICKS = 1L << 16;

  private static final int EXACT_BITS = 16;
  private static final int OCTAVE_BITS = 12;
  private static final int OCTAVE = 1 << OCTAVE_BITS;

  private long[] counts = new long[1 << 10];
  private long total;
  private long maxTicks;

  /** The sum is exact up to 2^63; beyond, its upper part is rounded. */
  private double highTicks;

  private long lowTicks;

  /** An empty distribution. */
  public TickHistogram() {}

  /** Takes a row of the distribution. */
  @FunctionalInterface
  public interface Rows {
    /**
     * One bucket that is not empty.
     *
     * @param ticks its least latency
     * @param count latencies in it
     */
    void row(long ticks, long count);
  }

  /**
   * Adds a latency.
   *
   * @throws IllegalArgumentException if it is negative or 2^62 or more
   */
  public void add(long ticks) {
    if (ticks < 0 || ticks >= 1L << 62) {
      throw new IllegalArgumentException("a latency of " + ticks + " ticks");
    }
    int index = index(ticks);
    if (index >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(index + 1, 2 * counts.length));
    }
    counts[index]++;
    total++;
    maxTicks = Math.max(maxTicks, ticks);
    lowTicks += ticks;
    // Two summands below 2^62 cannot overflow.
    if (lowTicks >= 1L << 62) {
      highTicks += (double) lowTicks;
      lowTicks = 0;
    }
  }

  private static int index(long ticks) {
    if (ticks < EXACT_TICKS) {
      return (int) ticks;
    }
    int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(ticks);
    int inOctave = (int) (ticks >>> (octave - OCTAVE_BITS)) & (OCTAVE - 1);
    return (int) EXACT_TICKS + ((octave - EXACT_BITS) << OCTAVE_BITS) + inOctave;
  }

  private static long ticks(int index) {
    if (index < EXACT_TICKS) {
      return index;
    }
    int above = index - (int) EXACT_TICKS;
    int octave = EXACT_BITS + (above >> OCTAVE_BITS);
    return (OCTAVE + (long) (above & (OCTAVE - 1))) << (octave - OCTAVE_BITS);
  }

  /** How many latencies there are. */
  public long count() {
    return total;
  }

  /** Their mean in ticks; NaN if there are none. */
  public double meanTicks() {
    return (highTicks + (double) lowTicks) / (double) total;
  }

  /** The least latency; 0 if there is none. */
  public long minTicks() {
    return total == 0 ? 0 : elementTicks(0);
  }

  /** The greatest latency; 0 if there is none. */
  public long maxTicks() {
    return maxTicks;
  }

  /**
   * Element number floor(share x count) of the sorted latencies, counted from 0, the last one at
   * most; 0 if there are none.
   *
   * @param share in [0, 1]
   */
  public long quantileTicks(double share) {
    if (total == 0) {
      return 0;
    }
    long element = Math.min(total - 1, (long) (share * (double) total));
    return element == total - 1 ? maxTicks : elementTicks(element);
  }

  private long elementTicks(long element) {
    long left = element;
    int index = 0;
    while (left >= counts[index]) {
      left -= counts[index++];
    }
    return ticks(index);
  }

  /** Shows the buckets that are not empty, the least latency first. */
  public void forEach(Rows rows) {
    for (int index = 0; index < counts.length; index++) {
      if (counts[index] > 0) {
        rows.row(ticks(index), counts[index]);
      }
    }
  }
}
