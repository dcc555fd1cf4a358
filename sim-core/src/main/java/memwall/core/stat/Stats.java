package memwall.core.stat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a component declares its statistics: name, unit, sentence. The registry of one simulation;
 * {@link #child} gives the view of one component.
 *
 * <p>Counters and histograms can be marked and repeated: {@link #mark} remembers them, {@link
 * #repeat} counts what happened since the mark a number of times more. Gauges belong to parts of
 * the model that are never repeated.
 */
public final class Stats {
  private record Scalar(
      String path,
      String unit,
      String sentence,
      @Nullable LongSupplier exact,
      @Nullable DoubleSupplier number) {}

  private record Histogram(String path, String sentence, LatencyHistogram histogram) {}

  private static final class Registry {
    final List<Counter> counters = new ArrayList<>();
    final List<Histogram> histograms = new ArrayList<>();
    final List<Scalar> scalars = new ArrayList<>();
    final List<Runnable> beforeReading = new ArrayList<>();
    final Set<String> paths = new HashSet<>();
    long timePs;
  }

  private final Registry registry;
  private final String prefix;

  /** An empty registry. */
  public Stats() {
    this(new Registry(), "");
  }

  private Stats(Registry registry, String prefix) {
    this.registry = registry;
    this.prefix = prefix;
  }

  /** The view of a component: every name declared there begins with this view's path and name. */
  public Stats child(String name) {
    return new Stats(registry, prefix + name + '.');
  }

  /** The path of this view, without the trailing dot; empty for the root. */
  public String path() {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }

  /**
   * Declares a counter.
   *
   * @param name unique in this view, for example {@code read_bytes}
   * @param unit for example {@code bytes}
   * @param sentence what it counts
   * @throws IllegalArgumentException if the path is taken
   */
  public Counter counter(String name, String unit, String sentence) {
    Counter counter = new Counter();
    registry.counters.add(counter);
    add(new Scalar(claim(name), unit, sentence, counter::value, null));
    return counter;
  }

  /** Declares a histogram of latencies in picoseconds. */
  public LatencyHistogram histogram(String name, String sentence) {
    LatencyHistogram histogram = new LatencyHistogram();
    registry.histograms.add(new Histogram(claim(name), sentence, histogram));
    return histogram;
  }

  /** Declares a level over time; reported as {@code name.mean} and {@code name.max}. */
  public Gauge gauge(String name, String unit, String sentence) {
    Gauge gauge = new Gauge();
    add(
        new Scalar(
            claim(name + ".mean"),
            unit,
            sentence + " (time-weighted mean)",
            null,
            () -> gauge.mean(registry.timePs)));
    add(new Scalar(claim(name + ".max"), unit, sentence + " (maximum)", gauge::max, null));
    return gauge;
  }

  /** Declares an integer that is read at the snapshot. */
  public void exact(String name, String unit, String sentence, LongSupplier getter) {
    add(new Scalar(claim(name), unit, sentence, getter, null));
  }

  /** Declares a number derived from others at the snapshot. */
  public void derived(String name, String unit, String sentence, DoubleSupplier getter) {
    add(new Scalar(claim(name), unit, sentence, null, getter));
  }

  /**
   * Lets a component that counts an operation as a whole at its end bring its counters up to now
   * before they are read: at each snapshot, mark and repeat.
   */
  public void beforeReading(Runnable settle) {
    registry.beforeReading.add(settle);
  }

  private void settle() {
    for (Runnable settle : registry.beforeReading) {
      settle.run();
    }
  }

  /** Remembers all counters and begins to log all histograms. */
  public void mark() {
    settle();
    for (Counter counter : registry.counters) {
      counter.mark();
    }
    for (Histogram histogram : registry.histograms) {
      histogram.histogram.mark();
    }
  }

  /** Ends the logging that {@link #mark} began. */
  public void unmark() {
    for (Histogram histogram : registry.histograms) {
      histogram.histogram.unmark();
    }
  }

  /** Counts what happened since the mark so many times more, and sets a new mark. */
  public void repeat(long times) {
    settle();
    for (Counter counter : registry.counters) {
      counter.repeat(times);
    }
    for (Histogram histogram : registry.histograms) {
      histogram.histogram.repeat(times);
    }
  }

  /** All values at this time. */
  public Snapshot snapshot(long nowPs) {
    settle();
    registry.timePs = nowPs;
    List<Snapshot.Value> values = new ArrayList<>();
    for (Scalar scalar : registry.scalars) {
      if (scalar.exact != null) {
        long exact = scalar.exact.getAsLong();
        values.add(new Snapshot.Value(scalar.path, scalar.unit, scalar.sentence, exact, exact));
      } else if (scalar.number != null) {
        double number = scalar.number.getAsDouble();
        values.add(new Snapshot.Value(scalar.path, scalar.unit, scalar.sentence, null, number));
      }
    }
    values.sort(Comparator.comparing(Snapshot.Value::path));
    List<Snapshot.Distribution> distributions = new ArrayList<>();
    for (Histogram histogram : registry.histograms) {
      distributions.add(
          new Snapshot.Distribution(
              histogram.path, histogram.sentence, histogram.histogram.copy()));
    }
    distributions.sort(Comparator.comparing(Snapshot.Distribution::path));
    return new Snapshot(nowPs, values, distributions);
  }

  private void add(Scalar scalar) {
    registry.scalars.add(scalar);
  }

  private String claim(String name) {
    String path = prefix + name;
    if (!registry.paths.add(path)) {
      throw new IllegalArgumentException("statistic '" + path + "' is declared twice");
    }
    return path;
  }
}
