package memwall.memory.flash.error;

/**
 * How likely a program fails by wear: {@code floor + factor x cycles ^ exponent}, at most 1. The
 * numbers are those of a product; none are public for HBF.
 *
 * @param floor of a fresh block, 0 to 1
 * @param factor 0 or more
 * @param exponent 0 or more
 */
public record ProgramErrors(double floor, double factor, double exponent) {
  /** Programs never fail. */
  public static final ProgramErrors NONE = new ProgramErrors(0, 0, 1);

  /** Checks the ranges. */
  public ProgramErrors {
    if (!(floor >= 0 && floor <= 1) || !isFinite(factor) || !isFinite(exponent)) {
      throw new IllegalArgumentException(
          "floor " + floor + ", factor " + factor + ", exponent " + exponent);
    }
  }

  private static boolean isFinite(double value) {
    return value >= 0 && value <= Double.MAX_VALUE;
  }

  /** Whether programs may fail. */
  public boolean arePossible() {
    return floor > 0 || factor > 0;
  }

  /**
   * The probability.
   *
   * @param cycles P/E cycles of the block, 0 or more
   */
  public double probability(double cycles) {
    return factor == 0 ? floor : Math.min(1, floor + factor * StrictMath.pow(cycles, exponent));
  }
}
