package memwall.memory.flash.host;

import java.util.Arrays;

/** Free zones of a die set, by erases; among equals who was free first. All steps in O(1). */
final class FreeZones {
  private static final int NONE = ZonePool.NONE;

  private final int[] next;

  // First and last of each number of erases; a ring from the least up.
  private int[] first = new int[64];
  private int[] last = new int[64];
  private int least;
  private int most;
  private int size;

  FreeZones(int zones) {
    next = new int[zones];
    Arrays.fill(first, NONE);
  }

  int size() {
    return size;
  }

  long stateBytes() {
    return 4L * (next.length + first.length + last.length);
  }

  void add(int zone, int erases) {
    if (size == 0) {
      least = erases;
      most = erases;
    }
    int low = Math.min(least, erases);
    int high = Math.max(most, erases);
    while (high - low >= first.length) {
      grow();
    }
    least = low;
    most = high;
    int at = erases & (first.length - 1);
    next[zone] = NONE;
    if (first[at] == NONE) {
      first[at] = zone;
    } else {
      next[last[at]] = zone;
    }
    last[at] = zone;
    size++;
  }

  private void grow() {
    int[] oldFirst = first;
    int[] oldLast = last;
    int old = oldFirst.length - 1;
    first = new int[2 * oldFirst.length];
    last = new int[first.length];
    Arrays.fill(first, NONE);
    if (size > 0) {
      for (int erases = least; erases <= most; erases++) {
        first[erases & (first.length - 1)] = oldFirst[erases & old];
        last[erases & (first.length - 1)] = oldLast[erases & old];
      }
    }
  }

  /** The zone that is worn least, or none; it stays free. */
  int peek() {
    if (size == 0) {
      return NONE;
    }
    int at = least & (first.length - 1);
    while (first[at] == NONE) {
      least++;
      at = least & (first.length - 1);
    }
    return first[at];
  }

  /** Takes the zone that {@link #peek} shows; there is one. */
  int take() {
    int zone = peek();
    first[least & (first.length - 1)] = next[zone];
    size--;
    return zone;
  }
}
