package memwall.workloads.serving;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run over time in equal windows. The length of the run need not be known: when the windows do
 * not suffice, neighbours are merged and windows become twice as long, so memory stays bounded.
 */
public final class Series {
  private static final int WINDOWS = 1024;
  private static final long FIRST_LENGTH_PS = 100_000_000_000L;

  /** What is summed per window. */
  enum Column {
    ARRIVALS,
    COMPLETIONS,
    OUTPUT_TOKENS,
    PROMPT_TOKENS,
    /** Requests in the batch x seconds. */
    BATCH_SECONDS,
    /** Waiting requests x seconds. */
    WAITING_SECONDS,
    /** Share of the KV capacity x seconds. */
    KV_SECONDS
  }

  private final List<String> resources;
  private final int columns;
  private final LongArrayList[] ttftPs = new LongArrayList[WINDOWS];
  private double[] sums;
  private long lengthPs = FIRST_LENGTH_PS;
  private int used;

  Series(List<String> resources) {
    this.resources = List.copyOf(resources);
    this.columns = Column.values().length + resources.size();
    this.sums = new double[WINDOWS * columns];
  }

  /** One window as it stands. */
  public record Window(
      long startPs,
      long lengthPs,
      long arrivals,
      long completions,
      long outputTokens,
      long promptTokens,
      double meanBatch,
      double meanWaiting,
      double kvShare,
      List<Double> busyShares,
      @Nullable Long ttftP50Ps,
      @Nullable Long ttftP99Ps) {}

  /** Names of the resources whose busy shares the windows hold. */
  public List<String> resources() {
    return resources;
  }

  void count(long nowPs, Column column, double amount) {
    // The window first: finding it may merge windows and so replace the sums.
    int window = window(nowPs);
    sums[window * columns + offset(column)] += amount;
  }

  /** A level held from one time to another, spread over the windows that the span touches. */
  void level(long fromPs, long toPs, Column column, double level) {
    if (level != 0) {
      spread(fromPs, toPs, offset(column), level);
    }
  }

  /** A resource was busy for a share of a span. */
  void busy(long fromPs, long toPs, int resource, double share) {
    spread(fromPs, toPs, Column.values().length + resource, Math.min(1, share));
  }

  void ttft(long nowPs, long latencyPs) {
    int window = window(nowPs);
    LongArrayList list = ttftPs[window];
    if (list == null) {
      list = new LongArrayList();
      ttftPs[window] = list;
    }
    list.add(latencyPs);
  }

  private void spread(long fromPs, long toPs, int column, double level) {
    if (toPs <= fromPs) {
      return;
    }
    int last = window(toPs - 1);
    int first = (int) (fromPs / lengthPs);
    for (int w = first; w <= last; w++) {
      long begin = Math.max(fromPs, w * lengthPs);
      long end = Math.min(toPs, (w + 1) * lengthPs);
      sums[w * columns + column] += level * ((end - begin) * 1e-12);
    }
  }

  private static int offset(Column column) {
    return switch (column) {
      case ARRIVALS -> 0;
      case COMPLETIONS -> 1;
      case OUTPUT_TOKENS -> 2;
      case PROMPT_TOKENS -> 3;
      case BATCH_SECONDS -> 4;
      case WAITING_SECONDS -> 5;
      case KV_SECONDS -> 6;
    };
  }

  private int window(long timePs) {
    while (timePs / lengthPs >= WINDOWS) {
      merge();
    }
    int window = (int) (timePs / lengthPs);
    used = Math.max(used, window + 1);
    return window;
  }

  private void merge() {
    double[] merged = new double[WINDOWS * columns];
    for (int w = 0; w < WINDOWS; w++) {
      for (int c = 0; c < columns; c++) {
        merged[w / 2 * columns + c] += sums[w * columns + c];
      }
      LongArrayList list = ttftPs[w];
      if (w > 0 && list != null) {
        ttftPs[w] = null;
        LongArrayList into = ttftPs[w / 2];
        if (into == null) {
          ttftPs[w / 2] = list;
        } else {
          into.addAll(list);
        }
      }
    }
    sums = merged;
    used = (used + 1) / 2;
    lengthPs = Math.multiplyExact(lengthPs, 2L);
  }

  /** The windows up to the end of the run; the last one may be shorter. */
  public List<Window> windows(long endPs) {
    List<Window> windows = new ArrayList<>();
    for (int w = 0; w < used && w * lengthPs < Math.max(1, endPs); w++) {
      long startPs = w * lengthPs;
      long spanPs = Math.max(1, Math.min(lengthPs, endPs - startPs));
      double seconds = spanPs * 1e-12;
      double[] row = Arrays.copyOfRange(sums, w * columns, (w + 1) * columns);
      List<Double> busy = new ArrayList<>();
      for (int r = Column.values().length; r < columns; r++) {
        busy.add(Math.min(1, row[r] / seconds));
      }
      windows.add(
          new Window(
              startPs,
              spanPs,
              Math.round(row[0]),
              Math.round(row[1]),
              Math.round(row[2]),
              Math.round(row[3]),
              row[4] / seconds,
              row[5] / seconds,
              Math.min(1, row[6] / seconds),
              busy,
              quantile(ttftPs[w], 0.50),
              quantile(ttftPs[w], 0.99)));
    }
    return windows;
  }

  private static @Nullable Long quantile(@Nullable LongArrayList list, double share) {
    if (list == null || list.isEmpty()) {
      return null;
    }
    long[] sorted = list.toLongArray();
    LongArrays.quickSort(sorted);
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
