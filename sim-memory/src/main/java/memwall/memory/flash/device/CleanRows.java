package memwall.memory.flash.device;

/** Rows of pages that all planes sense one after the other, with nothing to report of any. */
final class CleanRows {
  private final PlaneArray planes;
  private final SensedPages pages;
  private final int count;

  CleanRows(PlaneArray planes, int count) {
    this.planes = planes;
    this.count = count;
    pages = planes.pages();
  }

  /**
   * All planes sense so many rows, without retries: each begins with what waits for it, pages up to
   * but without those of the base row, and goes on with the rows from there.
   */
  void sense(int baseRow, int rows) {
    pages.skip((long) rows * count);
    for (int plane = 0; plane < count; plane++) {
      pages.senseClean(plane, baseRow - planes.unsensed(plane), rows);
    }
  }

  /**
   * How many rows all planes can sense from here on without anything that has to be looked at: no
   * page without data, no block read too often, no retry, no data that get too old.
   *
   * @param most at most so many
   * @param rowPs what a row takes
   * @see #sense
   */
  int count(int baseRow, int most, double rowPs, long nowPs) {
    int clean = readable(baseRow, (int) Math.min(most, pages.cleanSenses() / count));
    // An end that is not covered is taken page by page, until it is; then there are leaps again.
    while (clean > 0 && !areCovered(baseRow, clean, nowPs + (long) (clean * rowPs))) {
      clean /= 2;
    }
    return clean;
  }

  /** Whether {@link FlashErrors#cleanSenses} holds for all blocks that so many rows are in. */
  private boolean areCovered(int baseRow, int rows, long endPs) {
    for (int plane = 0; plane < count; plane++) {
      if (!pages.areCovered(plane, baseRow - planes.unsensed(plane), rows, endPs)) {
        return false;
      }
    }
    return true;
  }

  private int readable(int baseRow, int most) {
    int clean = most;
    for (int plane = 0; plane < count && clean > 0; plane++) {
      clean = Math.min(clean, pages.cleanRows(plane, baseRow - planes.unsensed(plane), clean));
    }
    return clean;
  }
}
