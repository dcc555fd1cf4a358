package memwall.core;

/**
 * Sorts a few entries of the {@link RadixLadder} by time; stable. Every pair is compared once and
 * counts for the place of one of the two. These are more comparisons than a sort by insertion
 * makes, but no branch depends on a time, so none is mispredicted.
 */
final class SmallSort {
  private final long[] times;
  private final int[] places;

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
      int place = count * RadixLadder.STRIDE;
      for (int i = 0; i < count; i++) {
        // -1 if that one, which came before, is later than this one; times are never negative.
        int later = (int) ((time - before[i]) >> 63);
        to[i] -= RadixLadder.STRIDE * later;
        place += RadixLadder.STRIDE * later;
      }
      before[count] = time;
      to[count] = place;
      count++;
    }
    for (int i = 0, at = from; i < count; i++, at += RadixLadder.STRIDE) {
      int place = to[i];
      target[place] = source[at];
      target[place + 1] = source[at + 1];
      target[place + 2] = source[at + 2];
    }
    return until - from;
  }
}
