package memwall.memory.flash;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * What the blocks of a flash device stand. Times are seconds: a year does not fit the simulated
 * clock.
 *
 * @param endurance erases that a block stands (P/E cycles), 1 or more
 * @param readLimit reads of a block after which its data should be written anew (read disturb), 1
 *     or more; {@link Integer#MAX_VALUE}: reading does no harm
 * @param retentionS how long data last at {@link #retentionCelsius}, above 0; endless: {@link
 *     Double#POSITIVE_INFINITY}
 * @param retentionCelsius temperature for which that is stated, degrees Celsius, above -273.15
 * @param activationEv activation energy of the loss, electronvolts, 0 or more (Arrhenius; planar
 *     flash 1.1, HeatWatch, HPCA 2018)
 * @param refreshS after which data are written anew whatever the temperature; 0: never
 * @param warrantyYears for which the device is sold, above 0
 */
public record FlashWear(
    int endurance,
    int readLimit,
    double retentionS,
    double retentionCelsius,
    double activationEv,
    double refreshS,
    double warrantyYears) {
  private static final double YEAR_S = 31_557_600; // as the unit 'y'

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public FlashWear {
    if (endurance < 1 || readLimit < 1) {
      throw new IllegalArgumentException("a block must stand an erase and a read at least");
    }
    if (!(retentionS > 0) || !(warrantyYears > 0)) {
      throw new IllegalArgumentException("retention and warranty must be above 0");
    }
    if (!(retentionCelsius > -273.15) || !(activationEv >= 0) || !(refreshS >= 0)) {
      throw new IllegalArgumentException(
          "temperature must be above -273.15, activation energy and refresh 0 or more");
    }
  }

  /**
   * Reads its keys; faults are recorded there. What is not said does no harm.
   *
   * @param config the keys, maybe among others
   */
  public static FlashWear read(Config config) {
    double retention =
        config.has("retention")
            ? config.reportQuantity(
                "retention", Dimension.PERIOD, "How long data last at 'retention_at'")
            : Double.POSITIVE_INFINITY;
    if (!(retention > 0)) {
      config.fault("retention", "data must last for more than 0 s; leave it out for ever");
      retention = Double.POSITIVE_INFINITY;
    }
    double warranty =
        config.reportQuantity("warranty", Dimension.PERIOD, "5 y", "For which it is sold");
    if (!(warranty > 0)) {
      config.fault("warranty", "must be more than 0 s");
      warranty = 1;
    }
    return new FlashWear(
        (int)
            config.integer(
                "endurance", 1, 1_000_000_000, "Erases that a block stands (P/E cycles)"),
        config.has("read_limit")
            ? (int)
                config.integer(
                    "read_limit",
                    1,
                    Integer.MAX_VALUE,
                    "Reads of a block after which it is written anew; without it none")
            : Integer.MAX_VALUE,
        retention,
        config.reportQuantity(
            "retention_at",
            Dimension.TEMPERATURE,
            "40 C",
            "Temperature for which the retention is stated"),
        config.number("activation_ev", 0, 10, 1.1, "Activation energy of the loss, eV"),
        config.reportQuantity(
            "refresh",
            Dimension.PERIOD,
            "0 s",
            "After which data are written anew whatever the temperature; 0: never"),
        warranty / YEAR_S);
  }
}
