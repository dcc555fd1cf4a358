package memwall.network.aggregation;

/** A group of hosts that does operations, one after the other, and hears of failures. */
interface NetworkGroup extends Sender {
  /** Whether an operation has not ended. */
  boolean isBusy();

  /** What it does now, for a message. */
  String describe();

  /** Goes on, or tries to, on what works now. */
  void resume();

  /** A node has been noticed not to work. */
  void noticedNode(int node);

  /** A link has been noticed not to work. */
  void noticedLink(int link);

  /** A link works again. */
  void noticedRepair();
}
