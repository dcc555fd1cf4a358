package memwall.core.stat;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * A distribution of latencies in picoseconds, three significant digits: the buckets of an
 * HdrHistogram. While a {@link Stats#mark mark} is set it remembers what was recorded since, so
 * that a repeated period can be counted again without simulating it.
 *
 * <p>Recording counts in an array of its own, because {@link Histogram#recordValue} pays for being
 * read by other threads; the histogram is made from it when somebody asks.
 */
public final class LatencyHistogram {
  private static final int DIGITS = 3;

  /** Values below 2^11 have a bucket each; from there on each octave has 2^10 of them. */
  private static final int OCTAVE_BITS = 10;

  private static final int OCTAVE = 1 << OCTAVE_BITS;

  private long[] counts = new long[4 * OCTAVE];
  private long total;
  private long[] loggedValues = new long[16];
  private long[] loggedCounts = new long[16];
  private int logged;
  private boolean marking;

  LatencyHistogram() {}

  /** Records one latency, 0 or more picoseconds. */
  public void record(long latencyPs) {
    record(latencyPs, 1);
  }

  /** Records the same latency several times. */
  public void record(long latencyPs, long count) {
    if (count == 0) {
      return;
    }
    count(latencyPs, count);
    if (marking) {
      if (logged == loggedValues.length) {
        loggedValues = Arrays.copyOf(loggedValues, 2 * logged);
        loggedCounts = Arrays.copyOf(loggedCounts, 2 * logged);
      }
      loggedValues[logged] = latencyPs;
      loggedCounts[logged++] = count;
    }
  }

  private void count(long latencyPs, long count) {
    if (latencyPs < 0) {
      throw new IllegalArgumentException("latency " + latencyPs + " ps must be 0 or more");
    }
    int index = index(latencyPs);
    if (index >= counts.length) {
      counts = Arrays.copyOf(counts, (index | (OCTAVE - 1)) + 1);
    }
    counts[index] += count;
    total += count;
  }

  /** The bucket of a latency: its highest 11 bits, numbered through. */
  private static int index(long latencyPs) {
    int shift = 63 - OCTAVE_BITS - Long.numberOfLeadingZeros(latencyPs | (2 * OCTAVE - 1));
    return (shift << OCTAVE_BITS) + (int) (latencyPs >>> shift);
  }

  /** The least latency of a bucket. */
  private static long latencyPs(int index) {
    int shift = Math.max(0, (index >> OCTAVE_BITS) - 1);
    return (long) (index - (shift << OCTAVE_BITS)) << shift;
  }

  /** Number of latencies recorded. */
  public long count() {
    return total;
  }

  /** The latency at a percentile in [0, 100], in picoseconds, to three significant digits. */
  public long percentilePs(double percentile) {
    return copy().getValueAtPercentile(percentile);
  }

  void mark() {
    marking = true;
    logged = 0;
  }

  void unmark() {
    marking = false;
    logged = 0;
  }

  void repeat(long times) {
    for (int i = 0; i < logged; i++) {
      count(loggedValues[i], Math.multiplyExact(times, loggedCounts[i]));
    }
    logged = 0;
  }

  Histogram copy() {
    Histogram histogram = new Histogram(DIGITS);
    for (int index = 0; index < counts.length; index++) {
      if (counts[index] > 0) {
        // Any latency of a bucket stands for the others, the extremes included.
        histogram.recordValueWithCount(latencyPs(index), counts[index]);
      }
    }
    return histogram;
  }
}
