package memwall.core.stat;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * A distribution of latencies in picoseconds, three significant digits, wrapped around an
 * HdrHistogram. While a {@link Stats#mark mark} is set it remembers what was recorded since, so
 * that a repeated period can be counted again without simulating it.
 */
public final class LatencyHistogram {
  private final Histogram histogram = new Histogram(3);
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
    histogram.recordValueWithCount(latencyPs, count);
    if (marking) {
      if (logged == loggedValues.length) {
        loggedValues = Arrays.copyOf(loggedValues, 2 * logged);
        loggedCounts = Arrays.copyOf(loggedCounts, 2 * logged);
      }
      loggedValues[logged] = latencyPs;
      loggedCounts[logged++] = count;
    }
  }

  /** Number of latencies recorded. */
  public long count() {
    return histogram.getTotalCount();
  }

  /** The latency at a percentile in [0, 100], in picoseconds, to three significant digits. */
  public long percentilePs(double percentile) {
    return histogram.getValueAtPercentile(percentile);
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
      histogram.recordValueWithCount(loggedValues[i], Math.multiplyExact(times, loggedCounts[i]));
    }
    logged = 0;
  }

  Histogram copy() {
    return histogram.copy();
  }
}
