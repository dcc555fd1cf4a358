package memwall.network.reduce;

import java.util.List;
import memwall.core.stat.Snapshot;

/**
 * One run of all groups.
 *
 * @param sizeBytes of the point
 * @param deadlines whether deadlines counted
 * @param plain whether copies and parts of tokens were messages of their own
 * @param tenants what came of each group
 * @param endPs when the last operation ended
 * @param faultsGiven faults at given times that happened before the end
 * @param linkFailures links that failed by chance
 * @param nodeFailures switches and hosts that failed by chance
 * @param lateHosts how often a host was late by chance
 * @param statistics of the network, at the end
 * @param events events fired
 * @param fingerprint of the events
 * @param brokenLaws laws of conservation that do not hold at the end, a sentence each
 */
public record ReduceResult(
    long sizeBytes,
    boolean deadlines,
    boolean plain,
    List<TenantResult> tenants,
    long endPs,
    int faultsGiven,
    long linkFailures,
    long nodeFailures,
    long lateHosts,
    Snapshot statistics,
    long events,
    long fingerprint,
    List<String> brokenLaws) {
  /** Path of the statistics. */
  static final String PATH = "network";

  /** Copies the lists. */
  public ReduceResult {
    tenants = List.copyOf(tenants);
    brokenLaws = List.copyOf(brokenLaws);
  }

  /** A count of the network, for example {@code retransmissions}. */
  public long count(String name) {
    return (long) statistics.number(PATH + "." + name);
  }

  /** Bytes sent on links between switches. */
  public long switchLinkBytes() {
    return count("sent_bytes") - count("host_link_bytes");
  }

  /** Share of the time that the adders of so many switches worked. */
  public double adderUtilisation(int switches) {
    return endPs == 0 || switches == 0
        ? 0
        : (double) count("switch_adder_busy_ps") / (double) endPs / switches;
  }

  /** Slots in use, mean over time and over so many switches that add. */
  public double meanSlots(int switches) {
    return endPs == 0 || switches == 0
        ? 0
        : (double) count("slot_hold_ps") / (double) endPs / switches;
  }
}
