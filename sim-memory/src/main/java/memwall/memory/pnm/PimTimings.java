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
 */
public record PimTimings(
    long multiplyClocks,
    long resultClocks,
    long loadClocks,
    long readClocks,
    long activateClocks,
    int banksPerWindow,
    boolean registerRow) {

  /** Checks the ranges. */
  public PimTimings {
    if (multiplyClocks < 1
        || resultClocks < 0
        || loadClocks < 1
        || readClocks < 1
        || activateClocks < 1
        || banksPerWindow < 0) {
      throw new IllegalArgumentException("clocks of all-bank commands must be positive");
    }
  }
}
