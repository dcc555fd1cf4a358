package memwall.memory.dram.channel;

import java.util.Arrays;

/**
 * The queued requests of one direction in order of age, and which of them are hits: each has a
 * place, larger than those of all that came before it, and a bit in one of two sets of places. So a
 * request becomes a hit or a miss again without a search, and the oldest are found word by word.
 *
 * <p>Places are given out upwards. When the last one is taken, those that are inside move to the
 * lowest, in order; there are at least four times as many as requests, so that is rare.
 */
final class AgeOrder {
  /** Hits by place, 64 to a word. Not to be changed elsewhere. */
  final long[] hits;

  /** Misses likewise. */
  final long[] misses;

  /** Request at each place that is in a set. */
  final int[] slots;

  /** Place of each request; shared with the other direction. */
  private final int[] places;

  private int end;

  /**
   * Nothing is queued.
   *
   * @param most requests that may be queued at once
   * @param places place of each slot, shared by orders of which a slot is only ever in one
   */
  AgeOrder(int most, int[] places) {
    int size = Math.max(64, Integer.highestOneBit(Math.max(1, most)) * 8);
    hits = new long[size / 64];
    misses = new long[size / 64];
    slots = new int[size];
    this.places = places;
  }

  /** Enters a request that is younger than all others. */
  void enter(int slot, boolean isHit) {
    if (end == slots.length) {
      moveDown();
    }
    int place = end++;
    slots[place] = slot;
    places[slot] = place;
    (isHit ? hits : misses)[place >> 6] |= 1L << place;
  }

  private void moveDown() {
    int count = 0;
    for (int word = 0; word < hits.length; word++) {
      long hitsOfWord = hits[word];
      long left = hitsOfWord | misses[word];
      hits[word] = 0;
      misses[word] = 0;
      while (left != 0) {
        int bit = Long.numberOfTrailingZeros(left);
        left &= left - 1;
        int slot = slots[word << 6 | bit];
        slots[count] = slot;
        places[slot] = count;
        ((hitsOfWord >>> bit & 1) != 0 ? hits : misses)[count >> 6] |= 1L << count;
        count++;
      }
    }
    end = count;
  }

  /** A request's row was opened. */
  void becomesHit(int slot) {
    int place = places[slot];
    misses[place >> 6] &= ~(1L << place);
    hits[place >> 6] |= 1L << place;
  }

  /** A request's row was closed. */
  void becomesMiss(int slot) {
    int place = places[slot];
    hits[place >> 6] &= ~(1L << place);
    misses[place >> 6] |= 1L << place;
  }

  /** Takes a request out. */
  void leave(int slot) {
    int place = places[slot];
    hits[place >> 6] &= ~(1L << place);
    misses[place >> 6] &= ~(1L << place);
  }

  /** The oldest request; {@link RequestQueues#NONE} if there is none. */
  int oldest() {
    for (int word = 0; word < hits.length; word++) {
      long some = hits[word] | misses[word];
      if (some != 0) {
        return slots[(word << 6) | Long.numberOfTrailingZeros(some)];
      }
    }
    return RequestQueues.NONE;
  }

  /** Writes all requests, the oldest first; returns how many. */
  int inOrder(int[] into) {
    int count = 0;
    for (int word = 0; word < hits.length; word++) {
      for (long left = hits[word] | misses[word]; left != 0; left &= left - 1) {
        into[count++] = slots[word << 6 | Long.numberOfTrailingZeros(left)];
      }
    }
    return count;
  }

  /** Forgets all requests. */
  void clear() {
    Arrays.fill(hits, 0);
    Arrays.fill(misses, 0);
    end = 0;
  }
}
