package memwall.memory.flash.ftl;

import java.util.Arrays;

/** Doubly linked lists of blocks, a block in one of them at most; all operations take O(1). */
final class BlockLists {
  static final int NONE = -1;

  private final int[] heads;
  private final int[] tails;
  private final int[] next;
  private final int[] previous;

  /** So many empty lists. */
  BlockLists(int lists, int blocks) {
    heads = new int[lists];
    tails = new int[lists];
    next = new int[blocks];
    previous = new int[blocks];
    Arrays.fill(heads, NONE);
    Arrays.fill(tails, NONE);
  }

  /** The block that has been in the list for longest, or {@link #NONE}. */
  int head(int list) {
    return heads[list];
  }

  /** The block after one in its list, or {@link #NONE}. */
  int next(int block) {
    return next[block];
  }

  void append(int list, int block) {
    int last = tails[list];
    next[block] = NONE;
    previous[block] = last;
    tails[list] = block;
    if (last == NONE) {
      heads[list] = block;
    } else {
      next[last] = block;
    }
  }

  void remove(int list, int block) {
    int before = previous[block];
    int after = next[block];
    if (before == NONE) {
      heads[list] = after;
    } else {
      next[before] = after;
    }
    if (after == NONE) {
      tails[list] = before;
    } else {
      previous[after] = before;
    }
  }
}
