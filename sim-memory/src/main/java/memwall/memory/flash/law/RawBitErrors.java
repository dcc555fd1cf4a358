package memwall.memory.flash.law;

/**
 * How the raw bit error rate grows with wear, age and reads:
 *
 * <pre>e0 + a PE^k + b PE^m hours^n + c PE^p reads^q</pre>
 *
 * with PE the cycles of the block, the age in hours at the reference temperature (see {@link
 * RetentionAge}) and the page reads of the block since it was written. The form is that of Kim,
 * Choi and Min (FAST 2019) as remembered; all numbers have to be calibrated for a product. 3D flash
 * loses most in the first hours, so n is below 1 (Luo et al., SIGMETRICS 2018).
 *
 * @param floor e0, from 0 to 0.5
 * @param wearFactor a, 0 or more, as are all others
 * @param wearExponent k
 * @param ageFactor b
 * @param ageWearExponent m
 * @param ageExponent n
 * @param readFactor c
 * @param readWearExponent p
 * @param readExponent q
 */
public record RawBitErrors(
    double floor,
    double wearFactor,
    double wearExponent,
    double ageFactor,
    double ageWearExponent,
    double ageExponent,
    double readFactor,
    double readWearExponent,
    double readExponent) {
  /** A rate above which a bit says nothing. */
  public static final double MOST = 0.5;

  /** Checks the ranges. */
  public RawBitErrors {
    if (!(floor >= 0 && floor <= MOST)) {
      throw new IllegalArgumentException("floor " + floor + " must be from 0 to " + MOST);
    }
    Args.notNegative("wearFactor", wearFactor);
    Args.notNegative("wearExponent", wearExponent);
    Args.notNegative("ageFactor", ageFactor);
    Args.notNegative("ageWearExponent", ageWearExponent);
    Args.notNegative("ageExponent", ageExponent);
    Args.notNegative("readFactor", readFactor);
    Args.notNegative("readWearExponent", readWearExponent);
    Args.notNegative("readExponent", readExponent);
  }

  /** The same rate always. */
  public static RawBitErrors constant(double rate) {
    return new RawBitErrors(rate, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** The linear form: e0 + a PE + b hours + c reads. */
  public static RawBitErrors linear(double floor, double perCycle, double perHour, double perRead) {
    return new RawBitErrors(floor, perCycle, 1, perHour, 0, 1, perRead, 0, 1);
  }

  /**
   * The rate, at most {@link #MOST}.
   *
   * @param cycles P/E cycles of the block, 0 or more
   * @param ageHours since it was written, at the reference temperature, 0 or more
   * @param reads page reads of the block since it was written, 0 or more
   */
  public double rate(double cycles, double ageHours, double reads) {
    Args.notNegative("cycles", cycles);
    Args.notNegative("ageHours", ageHours);
    Args.notNegative("reads", reads);
    double rate = floor;
    if (wearFactor > 0) {
      rate += wearFactor * StrictMath.pow(cycles, wearExponent);
    }
    if (ageFactor > 0) {
      rate +=
          ageFactor
              * StrictMath.pow(cycles, ageWearExponent)
              * StrictMath.pow(ageHours, ageExponent);
    }
    if (readFactor > 0) {
      rate +=
          readFactor
              * StrictMath.pow(cycles, readWearExponent)
              * StrictMath.pow(reads, readExponent);
    }
    return Math.min(MOST, rate);
  }
}
