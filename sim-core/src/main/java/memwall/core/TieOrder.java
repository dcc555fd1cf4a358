package memwall.core;

import java.util.Arrays;

/**
 * Puts entries that were added again ({@link EntryId#AGAIN}) to where they belong among entries of
 * the same time: by the order of scheduling.
 *
 * <p>Whatever the {@link RadixLadder} does keeps entries of one time in the order in which they
 * were added. For entries that were added when they were scheduled this is the order of scheduling.
 * An entry that was added again was scheduled earlier than some that were added before it, and than
 * all that were added after it; so it alone has to move, and only forward.
 */
final class TieOrder {
  private long[] ids = new long[64];

  /** Puts the entries of a run, which is sorted by time, in order; made for a few entries. */
  static void settle(long[] run, int until) {
    for (int at = RadixLadder.STRIDE; at < until; at += RadixLadder.STRIDE) {
      if ((run[at + 1] & EntryId.AGAIN) != 0) {
        moveForward(run, 0, at);
      }
    }
  }

  /**
   * Moves an entry forward past those of the same time that were scheduled later.
   *
   * @param from where the run begins
   * @param at where the entry is; everything before it is in order
   * @return where it is now
   */
  static int moveForward(long[] run, int from, int at) {
    long time = run[at];
    long id = run[at + 1];
    long word = run[at + 2];
    long order = EntryId.order(id);
    int to = at;
    while (to > from
        && run[to - RadixLadder.STRIDE] == time
        && EntryId.order(run[to - RadixLadder.STRIDE + 1]) > order) {
      run[to] = time;
      run[to + 1] = run[to - RadixLadder.STRIDE + 1];
      run[to + 2] = run[to - RadixLadder.STRIDE + 2];
      to -= RadixLadder.STRIDE;
    }
    run[to] = time;
    run[to + 1] = id;
    run[to + 2] = word;
    return to;
  }

  /** Puts a run of any number of entries, all of one time, in order. */
  void settleEqual(long[] run, int until) {
    int again = 0;
    int others = 0;
    for (int at = 0; at < until; at += RadixLadder.STRIDE) {
      long id = run[at + 1];
      if ((id & EntryId.AGAIN) == 0) {
        run[others + 1] = id;
        run[others + 2] = run[at + 2];
        others += RadixLadder.STRIDE;
      } else {
        if (again == ids.length) {
          ids = Arrays.copyOf(ids, 2 * again);
        }
        ids[again++] = id;
      }
    }
    // All have the same bits above the order.
    Arrays.sort(ids, 0, again);
    int to = until;
    while (again > 0) {
      to -= RadixLadder.STRIDE;
      long id = ids[again - 1];
      if (others > 0 && EntryId.order(run[others - RadixLadder.STRIDE + 1]) > EntryId.order(id)) {
        others -= RadixLadder.STRIDE;
        run[to + 1] = run[others + 1];
        run[to + 2] = run[others + 2];
      } else {
        again--;
        run[to + 1] = id;
        run[to + 2] = 0;
      }
    }
  }
}
