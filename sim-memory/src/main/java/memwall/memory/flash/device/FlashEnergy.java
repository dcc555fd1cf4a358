package memwall.memory.flash.device;

/**
 * Energy of a flash device by what it does.
 *
 * @param sensePj to sense a page, picojoules
 * @param programPj to program a page, picojoules
 * @param erasePj to erase a block, picojoules
 * @param lanePjPerBit from a die to the base die
 * @param eccPjPerBit to correct errors
 * @param linkPjPerBit from the base die to the host, or back
 * @param idleWatts of the whole device, whatever it does
 */
public record FlashEnergy(
    double sensePj,
    double programPj,
    double erasePj,
    double lanePjPerBit,
    double eccPjPerBit,
    double linkPjPerBit,
    double idleWatts) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is negative, endless or none
   */
  public FlashEnergy {
    check(sensePj);
    check(programPj);
    check(erasePj);
    check(lanePjPerBit);
    check(eccPjPerBit);
    check(linkPjPerBit);
    check(idleWatts);
  }

  private static void check(double value) {
    if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("an energy of " + value + "; must be 0 or more");
    }
  }

  /** Between a page buffer and the host, picojoules a bit. */
  public double pathPjPerBit() {
    return lanePjPerBit + eccPjPerBit + linkPjPerBit;
  }

  /**
   * To read one bit of whole pages, picojoules.
   *
   * @param pageBytes page size, 1 or more
   */
  public double readPjPerBit(int pageBytes) {
    return sensePj / (8.0 * pageBytes) + pathPjPerBit();
  }

  /**
   * To write one bit of whole blocks, erases included, picojoules.
   *
   * @param pageBytes page size, 1 or more
   * @param pagesPerBlock block size, 1 or more
   */
  public double writePjPerBit(int pageBytes, int pagesPerBlock) {
    double pagePj = programPj + erasePj / pagesPerBlock;
    return pagePj / (8.0 * pageBytes) + pathPjPerBit();
  }
}
