package memwall.network;

import java.util.Arrays;
import memwall.core.Completion;

/** One collective of all ranks of a {@link TreeNetwork}, from its first call to its last end. */
final class TreeOperation {
  private static final Completion NONE = word -> {};

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

  private final Completion[] done;
  private final long[] words;
  private final long[] calledPs;
  private final boolean[] begun;
  private final boolean[] got;
  private int ranksLeft;

  TreeOperation(
      long number, Collective collective, long bytes, boolean onTree, int simulated, int members) {
    this.number = number;
    this.collective = collective;
    this.bytes = bytes;
    this.isForTree = onTree;
    this.onTree = onTree;
    this.membersLeft = members;
    done = new Completion[simulated];
    Arrays.fill(done, NONE);
    words = new long[simulated];
    calledPs = new long[simulated];
    begun = new boolean[simulated];
    got = new boolean[onTree ? members : 0];
    ranksLeft = simulated;
  }

  void call(int rank, long nowPs, Completion completion, long word) {
    done[rank] = completion;
    words[rank] = word;
    calledPs[rank] = nowPs;
  }

  long calledPs(int rank) {
    return calledPs[rank];
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

  /** A rank is done; returns whether all are. */
  boolean doneBy(int rank) {
    if (rank >= done.length) {
      throw new IllegalArgumentException("no rank " + rank);
    }
    return --ranksLeft == 0;
  }

  void complete(int rank) {
    done[rank].complete(words[rank]);
  }

  void shift(long deltaPs) {
    for (int rank = 0; rank < calledPs.length; rank++) {
      calledPs[rank] += deltaPs;
    }
    openedPs += deltaPs;
    lastResultPs += deltaPs;
  }
}
