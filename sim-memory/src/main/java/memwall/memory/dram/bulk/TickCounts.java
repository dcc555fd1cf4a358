package memwall.memory.dram.bulk;

import java.util.Arrays;

/** How often each number of ticks occurred, exactly. */
public final class TickCounts {
  private static final int MOST_DENSE = 1 << 16;

  /** Counts of the small numbers. */
  private long[] dense = new long[256];

  /** The others, in ascending order of {@code ticks}: rare, for nothing waits so long. */
  private long[] ticks = new long[4];

  private long[] counts = new long[4];
  private int sparse;
  private long total;

  TickCounts() {}

  /** Adds occurrences of a number of ticks, 0 or more. */
  void add(long itsTicks, long count) {
    total += count;
    if (itsTicks < dense.length) {
      dense[(int) itsTicks] += count;
    } else if (itsTicks < MOST_DENSE) {
      dense = Arrays.copyOf(dense, Integer.highestOneBit((int) itsTicks) * 2);
      dense[(int) itsTicks] += count;
    } else {
      addSparse(itsTicks, count);
    }
  }

  private void addSparse(long itsTicks, long count) {
    int at = Arrays.binarySearch(ticks, 0, sparse, itsTicks);
    if (at < 0) {
      at = -at - 1;
      if (sparse == ticks.length) {
        ticks = Arrays.copyOf(ticks, sparse * 2);
        counts = Arrays.copyOf(counts, sparse * 2);
      }
      System.arraycopy(ticks, at, ticks, at + 1, sparse - at);
      System.arraycopy(counts, at, counts, at + 1, sparse - at);
      ticks[at] = itsTicks;
      counts[at] = 0;
      sparse++;
    }
    counts[at] += count;
  }

  /** Occurrences altogether. */
  public long total() {
    return total;
  }

  /** Receives the numbers that occurred. */
  @FunctionalInterface
  public interface Visitor {
    /** A number of ticks, above all before, and how often it occurred. */
    void count(long ticks, long count);
  }

  /** Shows every number that occurred, in ascending order. */
  public void visit(Visitor visitor) {
    for (int i = 0; i < dense.length; i++) {
      if (dense[i] != 0) {
        visitor.count(i, dense[i]);
      }
    }
    for (int i = 0; i < sparse; i++) {
      visitor.count(ticks[i], counts[i]);
    }
  }
}
