package memwall.workloads.kernel;

/** Partial overlap of two limits: the p-norm of their times. */
public final class Overlap {
  private Overlap() {}

  /**
   * (a^p + b^p)^(1/p).
   *
   * @param a not negative
   * @param b not negative
   * @param p at least 1
   */
  public static double of(double a, double b, double p) {
    double longer = Math.max(a, b);
    return longer == 0 ? 0 : longer + tail(a, b, p);
  }

  /** What partial overlap adds to the longer of both. */
  public static double tail(double a, double b, double p) {
    double longer = Math.max(a, b);
    double shorter = Math.min(a, b);
    if (shorter <= 0) {
      return 0;
    }
    if (p == 1) {
      return shorter;
    }
    double ratio = StrictMath.pow(shorter / longer, p);
    return longer * StrictMath.expm1(StrictMath.log1p(ratio) / p);
  }
}
