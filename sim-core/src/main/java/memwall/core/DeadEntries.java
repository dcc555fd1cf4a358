package memwall.core;

/**
 * Cancelled entries of the {@link RadixLadder}: how they are known and swept out. The upper half of
 * a timer's id is the generation of its arming, a negative int; the entry is dead when the timer
 * has moved on to another one. Ids of entries that cannot be cancelled are 0 or more.
 */
final class DeadEntries {
  private DeadEntries() {}

  /** Whether an entry with this id was cancelled; the generation of an event is always 0. */
  static boolean isDead(long id, int[] generations) {
    return generations[(int) id] != (int) (id >>> 32);
  }

  /**
   * Copies the living of some consecutive entries to an earlier or the same position. The dead are
   * copied too and then written over: whether an entry is alive cannot be predicted, so no branch
   * depends on it. A target position at the end of a chunk is followed to the next chunk; positions
   * in the run never are.
   *
   * @param linked whether entries are in chunks
   * @return the position after the last living one; if linked, maybe the start of a chunk
   */
  static int sweep(
      long[] entries, int from, int until, int target, int[] generations, boolean linked) {
    int to = target;
    for (int at = from; at != until; at += RadixLadder.STRIDE) {
      long id = entries[at + 1];
      int differing = generations[(int) id] ^ (int) (id >>> 32);
      if (linked && (to & RadixLadder.LINK) == RadixLadder.LINK) {
        to = (int) entries[to];
      }
      entries[to] = entries[at];
      entries[to + 1] = id;
      entries[to + 2] = entries[at + 2];
      // All bits set if nothing differs.
      int alive = ~((differing | -differing) >> 31);
      to += RadixLadder.STRIDE & alive;
    }
    return to;
  }
}
