package memwall.network.aggregation;

import java.util.Arrays;
import memwall.core.Timer;
import org.jspecify.annotations.Nullable;

/** Room in an inner node for one sum. Used again and again. */
final class Slot {
  /** What a slot waits for. */
  enum State {
    FREE,
    /** Contributions. */
    COLLECTING,
    /** The adder. */
    SUMMING,
    /** The result from above. */
    SENT,
    /** Acknowledgements of the result from below. */
    PASSING
  }

  final int index;
  final Timer deadline;
  final Sum sum = new Sum(1);
  State state = State.FREE;

  /** Counts its uses, so that what was meant for an earlier one is told. */
  int use;

  @Nullable TreeNode owner;
  int chunk;
  int arrived;

  /** In ordered mode: the next child to be added, and what has come of later ones. */
  int nextChild;

  @Nullable Sum[] early = new @Nullable Sum[0];
  boolean[] isEarly = new boolean[0];

  /** When the adder has added what it has got. */
  long addedPs;

  /** By how much the head of the last operand was ahead of its tail; 0 if the deadline was over. */
  long leadPs;

  int acksLeft;
  long takenPs;

  Slot(int index, Timer deadline) {
    this.index = index;
    this.deadline = deadline;
  }

  TreeNode owner() {
    TreeNode known = owner;
    if (known == null) {
      throw new IllegalStateException("slot " + index + " is free");
    }
    return known;
  }

  void take(TreeNode newOwner, int newChunk, int members, int children, boolean ordered, long now) {
    state = State.COLLECTING;
    owner = newOwner;
    chunk = newChunk;
    arrived = 0;
    nextChild = 0;
    addedPs = 0;
    leadPs = 0;
    takenPs = now;
    sum.clear(members);
    if (ordered) {
      if (early.length < children) {
        early = new @Nullable Sum[children];
        isEarly = new boolean[children];
      }
      Arrays.fill(isEarly, false);
    }
  }

  void keep(int child, Sum operand) {
    Sum room = early[child];
    if (room == null) {
      room = new Sum(1);
      early[child] = room;
    }
    room.copy(operand);
    isEarly[child] = true;
  }

  Sum early(int child) {
    Sum kept = early[child];
    if (kept == null) {
      throw new IllegalStateException("child " + child + " gave nothing");
    }
    return kept;
  }
}
