package memwall.memory.dram.reference;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** An exact distribution of latencies in whole ticks. */
public final class ReferenceHistogram {
  private long[] counts = new long[1024];
  private long total;
  private long sumTicks;

  /** An empty one. */
  public ReferenceHistogram() {}

  /** Counts a latency of 0 or more ticks so many times. */
  public void add(long ticks, long count) {
    int index = Math.toIntExact(ticks);
    if (index >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(index + 1, 2 * counts.length));
    }
    counts[index] += count;
    total += count;
    sumTicks += ticks * count;
  }

  /** How many latencies there are. */
  public long count() {
    return total;
  }

  /** All latencies together. */
  public long sumTicks() {
    return sumTicks;
  }

  /** The mean; 0 if there is nothing, as the tables have it. */
  public double mean() {
    return total == 0 ? 0 : (double) sumTicks / total;
  }

  /** Element floor(share of the count) of the sorted latencies; -1 if there is nothing. */
  public long quantileTicks(double share) {
    return elementTicks(Math.min(total - 1, (long) (share * total)));
  }

  /** The least latency; -1 if there is nothing. */
  public long minTicks() {
    return elementTicks(0);
  }

  /** The greatest latency; -1 if there is nothing. */
  public long maxTicks() {
    return elementTicks(total - 1);
  }

  private long elementTicks(long element) {
    if (total == 0) {
      return -1;
    }
    long left = element;
    int ticks = 0;
    while (left >= counts[ticks]) {
      left -= counts[ticks++];
    }
    return ticks;
  }

  /** Latencies with their counts, the least first; those that never occur are left out. */
  public Map<Long, Long> asMap() {
    Map<Long, Long> map = new TreeMap<>();
    for (int ticks = 0; ticks < counts.length; ticks++) {
      if (counts[ticks] > 0) {
        map.put((long) ticks, counts[ticks]);
      }
    }
    return map;
  }
}
