package memwall.network;

/** One collective of all ranks of a {@link TreeNetwork}, from its first call to its last end. */
final class TreeOperation {
  final long number;
  final Collective collective;
  final long bytes;

  /** Whether it was chosen for the tree. */
  final boolean isForTree;

  /** Whether it goes over the tree: chosen, and not moved off before it was opened. */
  boolean onTree;

  /** Whether it is in the tree, or was. */
  boolean opened;

  /** Whether the tree has done with it. */
  boolean closed;

  /** Whether the ordinary network must do what the tree could not. */
  boolean fellBack;

  /** Members without their last result. */
  int membersLeft;

  /** When it was opened; the sum of members' last results. */
  long openedPs;

  long resultSumPs;
  long lastResultPs;

  final RankCalls calls;
  private final boolean[] begun;
  private final boolean[] got;

  TreeOperation(
      long number, Collective collective, long bytes, boolean onTree, int simulated, int members) {
    this.number = number;
    this.collective = collective;
    this.bytes = bytes;
    this.isForTree = onTree;
    this.onTree = onTree;
    this.membersLeft = members;
    calls = new RankCalls(simulated);
    begun = new boolean[simulated];
    got = new boolean[onTree ? members : 0];
  }

  /** The launch of a rank's part is over. */
  void begin(int rank) {
    begun[rank] = true;
  }

  boolean hasBegun(int rank) {
    return begun[rank];
  }

  /**
   * A member has its last result.
   *
   * @return whether it had not before: a result that a failure took back comes again
   */
  boolean got(int member, long nowPs) {
    if (got[member]) {
      return false;
    }
    got[member] = true;
    membersLeft--;
    resultSumPs += nowPs - openedPs;
    lastResultPs = nowPs;
    return true;
  }

  boolean hasResult(int member) {
    return got[member];
  }

  void shift(long deltaPs) {
    calls.shift(deltaPs);
    openedPs += deltaPs;
    lastResultPs += deltaPs;
  }
}
