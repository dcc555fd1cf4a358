package memwall.memory.flash.error;

/** Pearson's test of counts against probabilities. */
final class ChiSquare {
  private static final double LEAST_EXPECTED = 8;

  /** Standard normal quantile: one of 30,000 true laws is refused. */
  private static final double QUANTILE = 4;

  private ChiSquare() {}

  /**
   * The statistic over its critical value; at most 1 if the counts fit. Classes that expect too few
   * are put together with those that follow.
   *
   * @param counts by class
   * @param probabilities of the classes, which sum up to 1
   */
  static double excess(long[] counts, double[] probabilities) {
    double all = 0;
    for (long count : counts) {
      all += count;
    }
    double sum = 0;
    int classes = 0;
    double expected = 0;
    double seen = 0;
    double left = all;
    for (int i = 0; i < counts.length; i++) {
      expected += all * probabilities[i];
      left -= all * probabilities[i];
      seen += counts[i];
      if ((expected >= LEAST_EXPECTED && left >= LEAST_EXPECTED) || i == counts.length - 1) {
        double scale = Math.max(expected, 0.5);
        sum += (seen - expected) * (seen - expected) / scale;
        classes++;
        expected = 0;
        seen = 0;
      }
    }
    if (classes == 1) {
      return sum > 1 ? Double.POSITIVE_INFINITY : 0;
    }
    // Wilson and Hilferty: the cube root of chi-square over its freedom is nearly normal.
    double freedom = classes - 1.0;
    double root = 1 - 2 / (9 * freedom) + QUANTILE * StrictMath.sqrt(2 / (9 * freedom));
    return sum / (freedom * root * root * root);
  }
}
