package memwall.memory.pnm;

/**
 * Spacing of the commands of in-memory compute, in clocks of the device. What is not here follows
 * from the device itself: an all-bank activate is an activate of every bank, a multiply a read.
 *
 * @param multiplyClocks multiply to multiply (tCCD_AB), at least 1
 * @param resultClocks last multiply to the read of its result: depth of the pipeline
 * @param loadClocks write of input to write of input
 * @param readClocks read of results to read of results
 * @param activateClocks activate to activate where one does not open all banks of a unit
 * @param banksPerWindow banks that may be activated within tFAW; 0: as many as one likes
 * @param registerRow whether registers lie in a reserved row, which must be open to reach them
 * @param activatePauseClocks time that a limit of power gives an activate before the first
 *     multiply; 0: no limit
 * @param multiplyPauseClocks time that it gives the last multiply before the rows are closed
 */
public record PimTimings(
    long multiplyClocks,
    long resultClocks,
    long loadClocks,
    long readClocks,
    long activateClocks,
    int banksPerWindow,
    boolean registerRow,
    long activatePauseClocks,
    long multiplyPauseClocks) {

  /** Checks the ranges. */
  public PimTimings {
    if (multiplyClocks < 1
        || resultClocks < 0
        || loadClocks < 1
        || readClocks < 1
        || activateClocks < 1
        || banksPerWindow < 0
        || activatePauseClocks < 0
        || multiplyPauseClocks < 0) {
      throw new IllegalArgumentException("clocks of all-bank commands must be positive");
    }
  }

  /** Spacing without a limit of power. */
  public PimTimings(
      long multiplyClocks,
      long resultClocks,
      long loadClocks,
      long readClocks,
      long activateClocks,
      int banksPerWindow,
      boolean registerRow) {
    this(
        multiplyClocks,
        resultClocks,
        loadClocks,
        readClocks,
        activateClocks,
        banksPerWindow,
        registerRow,
        0,
        0);
  }

  /**
   * The same commands, so far apart that none needs more than a limit of power: each has at least
   * the time in which the limit pays for its energy.
   *
   * @param activate clocks for an activate
   * @param multiply clocks for a multiply
   */
  PimTimings limited(long activate, long multiply) {
    return new PimTimings(
        Math.max(multiplyClocks, multiply),
        resultClocks,
        loadClocks,
        readClocks,
        Math.max(activateClocks, activate),
        banksPerWindow,
        registerRow,
        activate,
        multiply);
  }
}
