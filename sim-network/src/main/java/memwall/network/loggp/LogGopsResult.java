package memwall.network.loggp;

/** What came of a schedule under LogGOPS. */
public final class LogGopsResult {
  private final long[] finishPs;
  private final long[] busyPs;
  private final long[] sentBytes;
  private final long[] receivedBytes;
  private final long messages;
  private final long unexpected;
  private final long events;
  private final long fingerprint;

  LogGopsResult(
      long[] finishPs,
      long[] busyPs,
      long[] sentBytes,
      long[] receivedBytes,
      long messages,
      long unexpected,
      long events,
      long fingerprint) {
    this.finishPs = finishPs;
    this.busyPs = busyPs;
    this.sentBytes = sentBytes;
    this.receivedBytes = receivedBytes;
    this.messages = messages;
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
    return messages;
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
