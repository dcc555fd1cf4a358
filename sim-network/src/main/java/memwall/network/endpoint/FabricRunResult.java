package memwall.network.endpoint;

import java.util.List;
import memwall.core.stat.Snapshot;

/**
 * A schedule carried out on a network of routers.
 *
 * @param roundPs by round, from its start until the last rank was done
 * @param finishPs by rank, when it was done, from the start of the last round
 * @param messages messages that ranks took
 * @param statistics of the network and the ends, over all rounds
 * @param events events fired
 * @param fingerprint of the events
 * @param brokenLaws laws of conservation that do not hold at the end, a sentence each
 */
public record FabricRunResult(
    List<Long> roundPs,
    List<Long> finishPs,
    long messages,
    Snapshot statistics,
    long events,
    long fingerprint,
    List<String> brokenLaws) {
  /** Until the last rank was done, in the last round. */
  public long totalPs() {
    return roundPs.get(roundPs.size() - 1);
  }
}
