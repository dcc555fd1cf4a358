package memwall.memory.flash;

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
}
