package memwall.network.endpoint;

import java.util.List;
import memwall.core.stat.Snapshot;
import memwall.network.router.ChannelFlits;

/**
 * A schedule carried out on a network of routers.
 *
 * @param roundPs by round, from its start until the last rank was done
 * @param finishPs by rank, when it was done, from the start of the last round
 * @param messages messages that ranks took
 * @param undeliverable messages that were given up, in the order in which that was known
 * @param unfinishedRanks ranks that wait for ever, because of them
 * @param nodeFailures nodes that died while they had a rank
 * @param channels what passed each channel of the network, over all rounds; the time for its shares
 *     is that until the last event
 * @param statistics of the network and the ends, over all rounds
 * @param events events fired
 * @param fingerprint of the events
 * @param brokenLaws laws of conservation that do not hold at the end, a sentence each
 */
public record FabricRunResult(
    List<Long> roundPs,
    List<Long> finishPs,
    long messages,
    List<Undeliverable> undeliverable,
    int unfinishedRanks,
    List<NodeFailure> nodeFailures,
    ChannelFlits channels,
    Snapshot statistics,
    long events,
    long fingerprint,
    List<String> brokenLaws) {
  /**
   * A message that could not be delivered.
   *
   * @param fromRank who sent it
   * @param toRank who waits for it
   * @param bytes its size
   * @param knownPs when its sender gave it up
   */
  public record Undeliverable(int fromRank, int toRank, long bytes, long knownPs) {}

  /**
   * A node that had a rank and died.
   *
   * @param atPs when
   * @param node which
   * @param rank whose it was
   * @param noticedPs when that was noticed, or -1
   * @param spare the node that took its place, or -1 if there was none
   * @param readyPs when that went on, or -1
   */
  public record NodeFailure(
      long atPs, int node, int rank, long noticedPs, int spare, long readyPs) {
    NodeFailure noticed(long timePs, int chosen) {
      return new NodeFailure(atPs, node, rank, timePs, chosen, readyPs);
    }

    NodeFailure ready(long timePs) {
      return new NodeFailure(atPs, node, rank, noticedPs, spare, timePs);
    }
  }

  /** Copies the lists. */
  public FabricRunResult {
    roundPs = List.copyOf(roundPs);
    finishPs = List.copyOf(finishPs);
    undeliverable = List.copyOf(undeliverable);
    nodeFailures = List.copyOf(nodeFailures);
    brokenLaws = List.copyOf(brokenLaws);
  }

  /**
   * Element number floor(share x count) of the sorted times of rounds, counted from 0, the last one
   * at most.
   *
   * @param share in [0, 1]
   */
  public long roundPs(double share) {
    List<Long> sorted = roundPs.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, (int) (share * sorted.size())));
  }

  /** Until the last rank was done, in the last round. */
  public long totalPs() {
    return roundPs.get(roundPs.size() - 1);
  }
}
