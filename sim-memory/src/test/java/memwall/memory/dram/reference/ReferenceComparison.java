package memwall.memory.dram.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Every field of a recorded run, and its whole histogram, against a result of ours. */
public final class ReferenceComparison {
  /** Digits of the mean that the reference simulator prints itself. */
  private static final double SIX_DIGITS = 1e-5;

  private final List<Difference> differences = new ArrayList<>();
  private final ReferenceRun run;
  private int fields;

  /**
   * A field that is not equal.
   *
   * @param run which run
   * @param field column of the table, or {@code histogram}
   * @param expected as recorded
   * @param actual ours
   * @param ratio ours over theirs less 1; for the histogram the share of reads that lie elsewhere
   */
  public record Difference(
      String run, String field, String expected, String actual, double ratio) {}

  private ReferenceComparison(ReferenceRun run) {
    this.run = run;
  }

  /** Compares everything; empty if all is equal. */
  public static List<Difference> of(ReferenceRun run, ReferenceResult result) {
    return compare(run, result).differences;
  }

  /** How many fields {@link #of} compares, the histogram counted as one. */
  public static int fields(ReferenceRun run, ReferenceResult result) {
    return compare(run, result).fields;
  }

  private static ReferenceComparison compare(ReferenceRun run, ReferenceResult result) {
    ReferenceComparison comparison = new ReferenceComparison(run);
    comparison.counts(result);
    comparison.latencies(result);
    comparison.rates(result);
    ReferenceRuns.histogram(run).ifPresent(recorded -> comparison.histogram(recorded, result));
    return comparison;
  }

  private void counts(ReferenceResult result) {
    whole("n_requests", result.reads() + result.writes());
    whole("n_reads", result.reads());
    whole("n_writes", result.writes());
    whole("span_cycles", result.spanTicks());
    for (ReferenceCounter counter : ReferenceCounter.values()) {
      whole(counter.column(), result.counters().getOrDefault(counter, -1L));
    }
  }

  private void latencies(ReferenceResult result) {
    ReferenceHistogram latency = result.latency();
    whole("p50_cycles", latency.quantileTicks(0.5));
    whole("p90_cycles", latency.quantileTicks(0.9));
    whole("p95_cycles", latency.quantileTicks(0.95));
    whole("p99_cycles", latency.quantileTicks(0.99));
    whole("p999_cycles", latency.quantileTicks(0.999));
    whole("min_cycles", latency.minTicks());
    whole("max_cycles", latency.maxTicks());
    number("mean_read_latency_ctrl_cycles", latency.mean());
    number("mean_read_latency_ctrl_ns", latency.mean() * tickNs());
    double reads = result.reads();
    number(
        "mean_read_latency_from_arrival_cycles",
        result.reads() == 0 ? 0 : result.fromArrivalTicks() / reads);
    double own = run.number("tool_avg_read_latency_cycles");
    fields++;
    if (Math.abs(own - latency.mean()) > SIX_DIGITS * own) {
      differ("tool_avg_read_latency_cycles", own, latency.mean());
    }
  }

  private void rates(ReferenceResult result) {
    double peak = run.config().transactionBytes() / (run.config().slotTicks() * tickNs());
    double bytes = (double) (result.reads() + result.writes()) * run.config().transactionBytes();
    double achieved = bytes / (result.spanTicks() * tickNs());
    number("tck_ns", tickNs());
    number("peak_gbps", peak);
    number("achieved_gbps", achieved);
    number("utilisation", achieved / peak);
  }

  private double tickNs() {
    return run.config().tickFs() * 1e-6;
  }

  private void histogram(ReferenceHistogram recorded, ReferenceResult result) {
    fields++;
    Map<Long, Long> theirs = recorded.asMap();
    Map<Long, Long> ours = result.latency().asMap();
    if (theirs.equals(ours)) {
      return;
    }
    TreeSet<Long> all = new TreeSet<>(theirs.keySet());
    all.addAll(ours.keySet());
    long moved = 0;
    String first = "";
    for (long ticks : all) {
      long expected = theirs.getOrDefault(ticks, 0L);
      long actual = ours.getOrDefault(ticks, 0L);
      if (expected != actual && first.isEmpty()) {
        first = actual + " x " + ticks + " (recorded " + expected + ")";
      }
      moved += Math.abs(expected - actual);
    }
    double share = moved / 2.0 / Math.max(1, recorded.count());
    differences.add(
        new Difference(
            run.toString(), "histogram", theirs.size() + " latencies", "first: " + first, share));
  }

  private void whole(String column, long actual) {
    fields++;
    if (run.whole(column) != actual) {
      differ(column, (double) run.whole(column), (double) actual);
    }
  }

  /** Equal if it would be printed with the digits of the table, ties in either direction. */
  private void number(String column, double actual) {
    fields++;
    String text = run.text(column);
    int digits = text.length() - 1 - text.indexOf('.');
    double half = 0.5 * StrictMath.pow(10, -digits) * 1.001;
    if (!(Math.abs(run.number(column) - actual) <= half)) {
      differ(column, run.number(column), actual);
    }
  }

  private void differ(String column, double expected, double actual) {
    double ratio = expected == 0 ? Double.POSITIVE_INFINITY : actual / expected - 1;
    differences.add(
        new Difference(run.toString(), column, figure(expected), figure(actual), ratio));
  }

  private static String figure(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.5f", value);
  }

  /** Differences as a table to read. */
  public static String table(List<Difference> differences) {
    StringBuilder text = new StringBuilder();
    row(text, "run", "field", "recorded", "ours", "deviation");
    for (Difference difference : differences) {
      String percent = String.format(Locale.ROOT, "%+.4f %%", 100 * difference.ratio());
      row(
          text,
          difference.run(),
          difference.field(),
          difference.expected(),
          difference.actual(),
          percent);
    }
    return text.toString();
  }

  private static void row(
      StringBuilder text, String run, String field, String recorded, String ours, String ratio) {
    text.append(
        String.format(
            Locale.ROOT, "%-36s %-38s %16s %30s %14s%n", run, field, recorded, ours, ratio));
  }

  /** The difference in one field, if there is one. */
  public static Optional<Difference> in(List<Difference> differences, String field) {
    return differences.stream().filter(difference -> difference.field().equals(field)).findFirst();
  }
}
