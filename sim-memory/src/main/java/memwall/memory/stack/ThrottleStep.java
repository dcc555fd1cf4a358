package memwall.memory.stack;

/**
 * One level of throttling: what is left of the rates, and of the logic die's power.
 *
 * @param bandwidthShare share of the full bandwidth, in [0, 1]; at 0 nothing moves until it is
 *     cooler
 * @param clockShare share of the full clock of the logic die, in (0, 1]
 * @param powerShare share of the logic die's power at full clock and voltage, in (0, 1]
 * @param atCelsius temperature from which this level applies, or NaN if levels are stepped through
 *     to keep the limits
 * @param untilCelsius temperature below which this level is left again, below {@code atCelsius}; or
 *     NaN: by the hysteresis of the policy
 */
public record ThrottleStep(
    double bandwidthShare,
    double clockShare,
    double powerShare,
    double atCelsius,
    double untilCelsius) {
  /** No throttling. */
  static final ThrottleStep FULL = new ThrottleStep(1, 1, 1, Double.NaN);

  /** Checks the ranges. */
  public ThrottleStep {
    boolean isShare = bandwidthShare == 0 || isShare(bandwidthShare);
    if (!isShare || !isShare(clockShare) || !isShare(powerShare)) {
      throw new IllegalArgumentException("shares are in (0, 1], of the bandwidth in [0, 1]");
    }
    if (!Double.isNaN(untilCelsius) && !(untilCelsius < atCelsius)) {
      throw new IllegalArgumentException(
          "a level from " + atCelsius + " C until below " + untilCelsius + " C");
    }
  }

  /** A level that is left by the hysteresis of the policy. */
  public ThrottleStep(
      double bandwidthShare, double clockShare, double powerShare, double atCelsius) {
    this(bandwidthShare, clockShare, powerShare, atCelsius, Double.NaN);
  }

  /** The same, left again at a temperature of its own. */
  ThrottleStep until(double celsius) {
    return new ThrottleStep(bandwidthShare, clockShare, powerShare, atCelsius, celsius);
  }

  private static boolean isShare(double value) {
    return value > 0 && value <= 1;
  }

  /**
   * A step of voltage and clock together. The clock follows the alpha-power law {@code f ~ (V -
   * Vt)^a / V} (Sakurai and Newton, IEEE J. Solid-State Circuits 25, 1990), dynamic power {@code f
   * V^2}.
   *
   * @param volts voltage of the step, above the threshold, at most the nominal one
   */
  static ThrottleStep scaled(
      double bandwidthShare,
      double volts,
      double nominalVolts,
      double thresholdVolts,
      double exponent,
      double atCelsius) {
    double clock =
        StrictMath.pow((volts - thresholdVolts) / (nominalVolts - thresholdVolts), exponent)
            * nominalVolts
            / volts;
    double ratio = volts / nominalVolts;
    return new ThrottleStep(
        bandwidthShare, Math.min(1, clock), Math.min(1, clock * ratio * ratio), atCelsius);
  }
}
