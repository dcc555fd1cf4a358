package memwall.network.aggregation;

import memwall.core.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A message over one link, from its first sending until it is acknowledged or given up and no copy
 * of it is under way. Used again and again.
 */
final class Transfer {
  /** What a message carries, and where to. */
  enum Kind {
    /** A contribution or a sum of some, up. */
    CONTRIBUTION,
    /** A sum for one host, down. */
    REPLY,
    /** A sum that a host gives to all, up to the root. */
    PUBLISH,
    /** A sum for all, down. */
    RESULT;

    boolean isDown() {
      return this == REPLY || this == RESULT;
    }
  }

  final int index;
  final Timer timer;
  final Sum sum = new Sum(1);
  Kind kind = Kind.CONTRIBUTION;
  @Nullable Sender sender;

  /** The inner node above; null if it is no message of a tree. */
  @Nullable TreeNode upper;

  int place;
  int epoch;
  int chunk;
  int hop;
  long bytes;

  /** Time on the link: by so much the head was ahead of the tail when it arrived. */
  long servicePs;

  int link;
  int from;
  int to;
  int tries;
  int copies;
  int acks;
  boolean open;

  /** Place among the group's open transfers. */
  int openAt;

  /** The slot that waits for the acknowledgement, and which of its uses. */
  @Nullable Slot slot;

  int slotUse;

  /** What the sender wants to know of it again. */
  int tag;

  /** Whether a copy has been taken in: what comes after it has come before. */
  boolean isTaken;

  Transfer(int index, Timer timer) {
    this.index = index;
    this.timer = timer;
  }

  Sender sender() {
    Sender known = sender;
    if (known == null) {
      throw new IllegalStateException("transfer " + index + " is not in use");
    }
    return known;
  }

  TreeNode upper() {
    TreeNode known = upper;
    if (known == null) {
      throw new IllegalStateException("transfer " + index + " is of no tree");
    }
    return known;
  }

  int[] path() {
    TreeNode node = upper();
    return node.tree.path(node.inner, place);
  }

  boolean isLastHop() {
    return hop == path().length - 1;
  }
}
