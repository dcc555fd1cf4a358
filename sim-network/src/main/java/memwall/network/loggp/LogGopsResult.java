package memwall.network.loggp;

import java.util.Arrays;

/** What came of a schedule under LogGOPS. */
public final class LogGopsResult {
  private final long[] finishPs;
  private final long[] busyPs;
  private final long[] sentBytes;
  private final long[] receivedBytes;
  private final long[] latenciesPs;
  private final long unexpected;
  private final long events;
  private final long fingerprint;

  LogGopsResult(
      long[] finishPs,
      long[] busyPs,
      long[] sentBytes,
      long[] receivedBytes,
      long[] latenciesPs,
      long unexpected,
      long events,
      long fingerprint) {
    this.finishPs = finishPs;
    this.busyPs = busyPs;
    this.sentBytes = sentBytes;
    this.receivedBytes = receivedBytes;
    this.latenciesPs = latenciesPs;
    Arrays.sort(latenciesPs);
    this.unexpected = unexpected;
    this.events = events;
    this.fingerprint = fingerprint;
  }

  /** How many ranks there are. */
  public int ranks() {
    return finishPs.length;
  }

  /** When the last rank has finished. */
  public long totalPs() {
    long total = 0;
    for (long finish : finishPs) {
      total = Math.max(total, finish);
    }
    return total;
  }

  /** When a rank's processor has done its last operation; 0 if it has none. */
  public long finishPs(int rank) {
    return finishPs[rank];
  }

  /** For how long a rank's processor worked: overheads, bytes, sums, computations. */
  public long busyPs(int rank) {
    return busyPs[rank];
  }

  /** What a rank sent. */
  public long sentBytes(int rank) {
    return sentBytes[rank];
  }

  /** What a rank received. */
  public long receivedBytes(int rank) {
    return receivedBytes[rank];
  }

  /** How many messages arrived. */
  public long messages() {
    return latenciesPs.length;
  }

  /**
   * Latency of messages: from when the send had nothing more to wait for but its rank, to when the
   * receiver's processor had all of it.
   *
   * @param share from 0, the least, to 1, the largest
   * @return the least latency that so large a share of the messages does not exceed; 0 of none
   */
  public long latencyPs(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share " + share + " is not in [0, 1]");
    }
    int count = latenciesPs.length;
    int index = (int) Math.ceil(share * count) - 1;
    return count == 0 ? 0 : latenciesPs[Math.max(0, index)];
  }

  /** Sum of the latencies of all messages, at most {@link Long#MAX_VALUE}. */
  public long latencySumPs() {
    long sum = 0;
    for (long latencyPs : latenciesPs) {
      sum = sum > Long.MAX_VALUE - latencyPs ? Long.MAX_VALUE : sum + latencyPs;
    }
    return sum;
  }

  /** How many messages arrived before the receiver asked for them. */
  public long unexpected() {
    return unexpected;
  }

  /** Events of the simulation. */
  public long events() {
    return events;
  }

  /** Order-sensitive fingerprint of the simulation. */
  public long fingerprint() {
    return fingerprint;
  }
}
