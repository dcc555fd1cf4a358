package memwall.workloads.tables;

import java.util.Map;
import java.util.SortedMap;

/** Times of an operator over one property. */
final class Curve {
  private final Axis axis;
  private final long[] timesPs;

  /** A curve through points, at least one. */
  Curve(SortedMap<Integer, Double> points) {
    double[] values = new double[points.size()];
    this.timesPs = new long[points.size()];
    int i = 0;
    for (Map.Entry<Integer, Double> point : points.entrySet()) {
      values[i] = point.getKey();
      timesPs[i++] = Math.round(point.getValue());
    }
    this.axis = new Axis(values);
  }

  /** The time at a value, picoseconds. */
  double ps(double value, Lookups lookups) {
    if (axis.isBeyond(value)) {
      lookups.beyond();
    }
    int lower = axis.lower(value);
    int upper = axis.upper(lower);
    return Math.max(
        0, timesPs[lower] + axis.share(value, lower) * (timesPs[upper] - timesPs[lower]));
  }
}
