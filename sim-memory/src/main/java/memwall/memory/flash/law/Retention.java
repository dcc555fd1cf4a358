package memwall.memory.flash.law;

/**
 * How temperature scales the time for which flash keeps its data: the law of Arrhenius. Time at
 * temperature T counts as exp(Ea / k (1 / Tref - 1 / T)) times as much at the reference. The
 * activation energy of 1.1 eV is that of planar flash (Luo et al., "HeatWatch", HPCA 2018); there
 * is no public value for 3D, so 0.8 to 1.2 should be swept.
 *
 * @param activationElectronvolts Ea, above 0
 * @param referenceCelsius temperature for which retention is stated, above -273.15
 */
public record Retention(double activationElectronvolts, double referenceCelsius) {
  /** Boltzmann's constant, exact since 2019, in eV/K. */
  static final double BOLTZMANN_EV_PER_KELVIN = 8.617_333_262e-5;

  private static final double ZERO_CELSIUS_KELVIN = 273.15;

  /** Checks the ranges. */
  public Retention {
    Args.positive("activationElectronvolts", activationElectronvolts);
    kelvin(referenceCelsius);
  }

  private static double kelvin(double celsius) {
    return Args.positive("absolute temperature", celsius + ZERO_CELSIUS_KELVIN);
  }

  /** How many hours at the temperature age data like one hour at the reference. */
  public double stretchFactor(double celsius) {
    double difference = 1 / kelvin(celsius) - 1 / kelvin(referenceCelsius);
    return StrictMath.exp(activationElectronvolts / BOLTZMANN_EV_PER_KELVIN * difference);
  }

  /** How many hours at the reference age data like one hour at the temperature. */
  public double accelerationFactor(double celsius) {
    return 1 / stretchFactor(celsius);
  }

  /** How long data is kept at the temperature that is kept for so many hours at the reference. */
  public double keptHours(double referenceHours, double celsius) {
    return Args.notNegative("referenceHours", referenceHours) * stretchFactor(celsius);
  }

  /**
   * The temperature at which data is kept for so many hours that is kept for the reference hours at
   * the reference.
   *
   * @throws IllegalArgumentException if no temperature is hot enough for so short a time
   */
  public double celsiusFor(double referenceHours, double hours) {
    double logarithm =
        StrictMath.log(
            Args.positive("hours", hours) / Args.positive("referenceHours", referenceHours));
    double inverse =
        1 / kelvin(referenceCelsius)
            + logarithm * BOLTZMANN_EV_PER_KELVIN / activationElectronvolts;
    if (inverse <= 0) {
      throw new IllegalArgumentException(
          "no temperature ages data so fast that it is kept for " + hours + " hours only");
    }
    return 1 / inverse - ZERO_CELSIUS_KELVIN;
  }
}
