package memwall.core.stat;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Immutable values of all statistics at one simulated time; every report reads this.
 *
 * @param timePs simulated time of the snapshot
 * @param values scalar statistics in order of path
 * @param histograms latency histograms in order of path, values in picoseconds
 */
public record Snapshot(long timePs, List<Value> values, List<Distribution> histograms) {
  /** Copies the lists. */
  public Snapshot {
    values = List.copyOf(values);
    histograms = List.copyOf(histograms);
  }

  /**
   * One scalar statistic.
   *
   * @param path component path and name, dot-separated
   * @param unit for example {@code bytes}, {@code ps}, {@code 1}
   * @param sentence what it means
   * @param exact the value if it is an integer count, else null
   * @param number the value as a double
   */
  public record Value(
      String path,
      String unit,
      String sentence,
      @org.jspecify.annotations.Nullable Long exact,
      double number) {}

  /** One histogram; do not change it. */
  public record Distribution(String path, String sentence, Histogram histogram) {}

  /**
   * The scalar with this path.
   *
   * @throws IllegalArgumentException if there is none
   */
  public double number(String path) {
    for (Value value : values) {
      if (value.path().equals(path)) {
        return value.number();
      }
    }
    throw new IllegalArgumentException("no statistic '" + path + "'");
  }

  /**
   * The histogram with this path.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Histogram histogram(String path) {
    for (Distribution distribution : histograms) {
      if (distribution.path().equals(path)) {
        return distribution.histogram();
      }
    }
    throw new IllegalArgumentException("no histogram '" + path + "'");
  }
}
