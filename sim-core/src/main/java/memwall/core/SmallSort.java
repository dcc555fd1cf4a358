package memwall.core;

/**
 * Sorts a few entries of the {@link RadixLadder} by time; stable. Every pair is compared once and
 * counts for the place of one of the two. These are more comparisons than a sort by insertion
 * makes, but no branch depends on a time, so none is mispredicted.
 */
final class SmallSort {
  private final long[] times;
  private final int[] places;

  /** All bits of the ids sorted last. */
  private long ids;

  SmallSort(int mostEntries) {
    times = new long[mostEntries];
    places = new int[mostEntries];
  }

  /**
   * Writes the entries between two positions to the start of the target.
   *
   * @return the position after them
   */
  int sort(long[] source, int from, int until, long[] target) {
    long[] before = times;
    int[] to = places;
    int count = 0;
    for (int at = from; at < until; at += RadixLadder.STRIDE) {
      long time = source[at];
      int place = count;
      for (int i = 0; i < count; i++) {
        // 1 if that one, which came before, is later than this one; times are never negative.
        int later = (int) ((time - before[i]) >>> 63);
        to[i] += later;
        place -= later;
      }
      before[count] = time;
      to[count] = place;
      count++;
    }
    long bits = 0;
    for (int i = 0, at = from; i < count; i++, at += RadixLadder.STRIDE) {
      int place = to[i] * RadixLadder.STRIDE;
      long id = source[at + 1];
      bits |= id;
      target[place] = source[at];
      target[place + 1] = id;
      target[place + 2] = source[at + 2];
    }
    ids = bits;
    return until - from;
  }

  /** Whether an entry sorted last was added again, so that ties are to be looked after. */
  boolean anyAgain() {
    return (ids & EntryId.AGAIN) != 0;
  }
}
