package memwall.network.aggregation;

/** Something that happens to a node or link. */
public sealed interface Fault {
  /** A link stops working; what is on it is lost. */
  record LinkDown(int link) implements Fault {}

  /** A link works again. */
  record LinkUp(int link) implements Fault {}

  /**
   * A link has another rate for what is sent from now on.
   *
   * @param bytesPerSec at least 1
   */
  record LinkRate(int link, long bytesPerSec) implements Fault {}

  /** A switch or host stops working for good, and forgets all. */
  record NodeDown(int node) implements Fault {}

  /**
   * A host begins no messages for a while.
   *
   * @param latePs at least 0
   */
  record Straggler(int host, long latePs) implements Fault {}
}
