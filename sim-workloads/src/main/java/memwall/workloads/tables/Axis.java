package memwall.workloads.tables;

/**
 * The values that one property was measured at, and where another value lies among them. Between
 * two values, times are taken to be linear: what a kernel reads and computes is linear in tokens,
 * sequences and contexts, so that a blend on a logarithmic scale would be too long. Above the last
 * value the last two are continued; below the first one its time holds, because a kernel that is
 * too small to fill the machine takes no less.
 */
final class Axis {
  private final double[] values;

  /**
   * An axis.
   *
   * @param values in rising order, at least one
   */
  Axis(double[] values) {
    this.values = values;
  }

  /** Index of the lower of the two values that another lies between, or is continued from. */
  int lower(double value) {
    int low = 0;
    int high = values.length - 1;
    if (high == 0 || value <= values[0]) {
      return 0;
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (values[middle] <= value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Index of the upper one; the lower one again if there is no other. */
  int upper(int lower) {
    return Math.min(lower + 1, values.length - 1);
  }

  /** How far a value is on the way from the lower to the upper one; more than 1 beyond the last. */
  double share(double value, int lower) {
    int upper = upper(lower);
    return upper == lower || value <= values[lower]
        ? 0
        : (value - values[lower]) / (values[upper] - values[lower]);
  }

  /** Whether a value is outside of what was measured. */
  boolean isBeyond(double value) {
    return value < values[0] || value > values[values.length - 1];
  }

  int size() {
    return values.length;
  }

  double value(int index) {
    return values[index];
  }
}
