package memwall.memory.dram.channel;

/** Requests in order of age: a doubly linked list over slots. */
final class AgeList {
  private final long[] sequence;
  private final int[] older;
  private final int[] newer;
  private int oldest = RequestQueues.NONE;
  private int newest = RequestQueues.NONE;

  /**
   * An empty list.
   *
   * @param sequence order of acceptance of each slot
   * @param older links, shared by lists of which a slot is only ever in one
   * @param newer links likewise
   */
  AgeList(long[] sequence, int[] older, int[] newer) {
    this.sequence = sequence;
    this.older = older;
    this.newer = newer;
  }

  /** The oldest, or {@link RequestQueues#NONE}. */
  int oldest() {
    return oldest;
  }

  /** The one after a slot, or {@link RequestQueues#NONE}. */
  int after(int slot) {
    return newer[slot];
  }

  /** Enters a slot at its place: nearly always at the end. */
  void enter(int slot) {
    int before = newest;
    int after = RequestQueues.NONE;
    while (before >= 0 && sequence[before] > sequence[slot]) {
      after = before;
      before = older[before];
    }
    older[slot] = before;
    newer[slot] = after;
    if (before < 0) {
      oldest = slot;
    } else {
      newer[before] = slot;
    }
    if (after < 0) {
      newest = slot;
    } else {
      older[after] = slot;
    }
  }

  /** Takes a slot out. */
  void leave(int slot) {
    int before = older[slot];
    int after = newer[slot];
    if (before < 0) {
      oldest = after;
    } else {
      newer[before] = after;
    }
    if (after < 0) {
      newest = before;
    } else {
      older[after] = before;
    }
  }

  /** Forgets all slots. */
  void clear() {
    oldest = RequestQueues.NONE;
    newest = RequestQueues.NONE;
  }
}
