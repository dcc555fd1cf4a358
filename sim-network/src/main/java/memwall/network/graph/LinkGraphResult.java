package memwall.network.graph;

/** What came of a schedule on a graph of links. */
public final class LinkGraphResult {
  private final long[] finishPs;
  private final long[] linkBytes;
  private final long[] linkBusyPs;
  private final long messages;
  private final long hops;
  private final long events;
  private final long fingerprint;

  LinkGraphResult(
      long[] finishPs,
      long[] linkBytes,
      long[] linkBusyPs,
      long messages,
      long hops,
      long events,
      long fingerprint) {
    this.finishPs = finishPs;
    this.linkBytes = linkBytes;
    this.linkBusyPs = linkBusyPs;
    this.messages = messages;
    this.hops = hops;
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

  /** When a rank has received its last message and computed its last; 0 if it does neither. */
  public long finishPs(int rank) {
    return finishPs[rank];
  }

  /** How many links there are. */
  public int links() {
    return linkBytes.length;
  }

  /** What went over a link. */
  public long linkBytes(int link) {
    return linkBytes[link];
  }

  /** For how long a link had a message to send on, waiting for its bytes included. */
  public long linkBusyPs(int link) {
    return linkBusyPs[link];
  }

  /** How many messages arrived. */
  public long messages() {
    return messages;
  }

  /** Over how many links they went, together. */
  public long hops() {
    return hops;
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
