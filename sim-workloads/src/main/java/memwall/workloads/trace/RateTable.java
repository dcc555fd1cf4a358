package memwall.workloads.trace;

/**
 * A rate of arrivals that is another one in each window of time; after the last the first again.
 */
final class RateTable {
  private final double windowSeconds;

  /** Arrivals expected up to the end of each window of the table. */
  private final double[] expected;

  /**
   * A table.
   *
   * @param windowSeconds length of a window, more than 0
   * @param perSecond rates, 0 or more, not all of them 0
   */
  RateTable(double windowSeconds, double[] perSecond) {
    this.windowSeconds = windowSeconds;
    this.expected = new double[perSecond.length];
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += perSecond[i] * windowSeconds;
      expected[i] = sum;
    }
    if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a table of rates whose sum is " + sum);
    }
  }

  /** Arrivals expected up to a time of the first turn. */
  double expectedAt(double seconds) {
    double windows = seconds / windowSeconds;
    int whole = (int) Math.min(expected.length, (long) windows);
    double before = whole == 0 ? 0 : expected[whole - 1];
    return whole == expected.length
        ? before
        : before + (windows - whole) * (expected[whole] - before);
  }

  /** The time up to which so many arrivals are expected; the last one where the rate is 0. */
  double secondsAt(double arrivals) {
    double total = expected[expected.length - 1];
    double turns = StrictMath.floor(arrivals / total);
    double rest = arrivals - turns * total;
    int window = window(rest);
    double before = window == 0 ? 0 : expected[window - 1];
    double inWindow = (rest - before) / (expected[window] - before);
    return (turns * expected.length + window + inWindow) * windowSeconds;
  }

  /** The window in which so many arrivals of a turn are expected: the first behind it. */
  int window(double arrivals) {
    int low = 0;
    int high = expected.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (expected[middle] > arrivals) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    // Rounding may lead behind all that is expected.
    while (low > 0 && expected[low] == expected[low - 1]) {
      low--;
    }
    return low;
  }

  /** Arrivals expected in one turn. */
  double perTurn() {
    return expected[expected.length - 1];
  }
}
