package memwall.memory.flash.law;

/**
 * The age of data under a history of temperatures: hours at the reference temperature that would
 * have aged it as much. Not for hot paths where temperatures rarely change: ask {@link
 * Retention#accelerationFactor} once and multiply.
 */
public final class RetentionAge {
  private static final double PS_PER_HOUR = 3.6e15;

  /**
   * A ramp is integrated in steps of at most so many kelvins: with five points each the error is
   * below 1e-9 of the whole for activation energies up to 2 eV.
   */
  private static final double STEP_KELVIN = 5;

  // Gauss-Legendre with five points on [-1, 1]: Abramowitz and Stegun, table 25.4.
  private static final double NODE_1 = 0.538_469_310_105_683_1;
  private static final double NODE_2 = 0.906_179_845_938_664;
  private static final double WEIGHT_0 = 0.568_888_888_888_888_9;
  private static final double WEIGHT_1 = 0.478_628_670_499_366_5;
  private static final double WEIGHT_2 = 0.236_926_885_056_189_1;

  private final Retention retention;
  private double referenceHours;

  /** Fresh data. */
  public RetentionAge(Retention retention) {
    this.retention = retention;
  }

  /** Adds time at one temperature. */
  public void hold(long durationPs, double celsius) {
    referenceHours += hours(durationPs) * retention.accelerationFactor(celsius);
  }

  /** Adds time over which the temperature goes evenly from one value to another. */
  public void ramp(long durationPs, double fromCelsius, double toCelsius) {
    double hours = hours(durationPs);
    double span = toCelsius - fromCelsius;
    int steps = 1 + (int) (Math.abs(span) / STEP_KELVIN);
    double half = span / steps / 2;
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      double middle = fromCelsius + (2 * i + 1) * half;
      sum +=
          WEIGHT_0 * retention.accelerationFactor(middle)
              + WEIGHT_1 * pair(middle, NODE_1 * half)
              + WEIGHT_2 * pair(middle, NODE_2 * half);
    }
    referenceHours += hours * sum / (2 * steps);
  }

  private double pair(double middle, double offset) {
    return retention.accelerationFactor(middle - offset)
        + retention.accelerationFactor(middle + offset);
  }

  private static double hours(long durationPs) {
    return Args.notNegative("durationPs", durationPs) / PS_PER_HOUR;
  }

  /** The age: equivalent hours at the reference temperature. */
  public double referenceHours() {
    return referenceHours;
  }

  /** The data was written anew. */
  public void reset() {
    referenceHours = 0;
  }
}
