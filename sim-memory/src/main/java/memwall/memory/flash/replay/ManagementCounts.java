package memwall.memory.flash.replay;

/**
 * What was done to blocks and pages in a replay.
 *
 * @param hostPages pages that the host wrote and the device did not refuse
 * @param programs pages programmed for all causes
 * @param moved pages programmed to clean, level or refresh
 * @param unwritten pages read that hold no data, in a device with a translation layer
 * @param fromController pages read whose data had not left the controller for their plane
 * @param trimmed pages with data that were given up
 * @param unplaced pages refused because no block was left
 * @param refused programs of a translation layer that the device refused because one before them in
 *     their block had failed; they were made again elsewhere
 * @param lost pages that a translation layer moved although they could not be corrected
 * @param meanErases P/E cycles of a block on average, what was done before the trace included
 * @param mostErases of the most worn block
 * @param retired blocks out of use
 */
public record ManagementCounts(
    long hostPages,
    long programs,
    long moved,
    long unwritten,
    long fromController,
    long trimmed,
    long unplaced,
    long refused,
    long lost,
    double meanErases,
    int mostErases,
    long retired) {
  /** Pages programmed for each of the host; NaN if there is none. */
  public double writeAmplification() {
    return (double) programs / hostPages;
  }
}
