package memwall.memory.dram.bulk;

/**
 * What a port did and how; every field only grows.
 *
 * @param transfers transfers submitted
 * @param bursts bursts of the transfers submitted
 * @param simulatedBursts bursts that were offered to the exact channel one by one
 * @param leaptBursts bursts that were taken from what was known; with {@code simulatedBursts} and
 *     what still waits they add up to {@code bursts}
 * @param leaps known stretches that were taken at once, repetitions counted as one
 * @param edgesLearned stretches that were learned
 * @param tableHits whole transfers found in the table of transfers
 * @param restarts times that the exact channel was set up again from a known state
 * @param refusals states that could not be made canonical, or were too many to keep
 */
public record PortCounters(
    long transfers,
    long bursts,
    long simulatedBursts,
    long leaptBursts,
    long leaps,
    long edgesLearned,
    long tableHits,
    long restarts,
    long refusals) {

  /** Share of the bursts under way or done that the exact channel simulated, from 0 to 1. */
  public double simulatedShare() {
    long all = simulatedBursts + leaptBursts;
    return all == 0 ? 0 : (double) simulatedBursts / all;
  }
}
