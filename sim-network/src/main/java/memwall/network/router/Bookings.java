package memwall.network.router;

import java.util.Arrays;

/**
 * By port of a network, the stretches of cycles in which a message leaves by it, in order; no two
 * of a port overlap.
 *
 * <p>A port that leads to a router is also closed to a message whose head would come to the virtual
 * channel of a packet while its tail is about to leave: the head would wait a cycle for its route.
 * With two virtual channels or more that can be so if the tail is two cycles before the head.
 */
final class Bookings {
  /** By port: first and last cycle; the last bit says whether the last packet has one flit. */
  private final long[][] begins;

  private final long[][] ends;
  private final int[] first;
  private final int[] behind;

  /** By port, flits booked. */
  private final long[] flits;

  private int[] touched = new int[16];
  private int touchedCount;

  Bookings(int ports) {
    begins = new long[ports][0];
    ends = new long[ports][0];
    first = new int[ports];
    behind = new int[ports];
    flits = new long[ports];
  }

  /**
   * Books a port, if it is free.
   *
   * @param begin cycle of the first flit
   * @param end cycle of the last one
   * @param single whether the last packet has a single flit
   * @param toRouter whether the port leads to a router
   * @param now no booking asked for later begins before
   */
  boolean add(int port, long begin, long end, boolean single, boolean toRouter, long now) {
    drop(port, now);
    int at = place(port, begin);
    if (at > first[port] && !follows(ends[port][at - 1], begin, toRouter)) {
      return false;
    }
    long marked = (end << 1) | (single ? 1 : 0);
    if (at < behind[port] && !follows(marked, begins[port][at], toRouter)) {
      return false;
    }
    insert(port, at, begin, marked);
    if (flits[port] == 0) {
      if (touchedCount == touched.length) {
        touched = Arrays.copyOf(touched, 2 * touchedCount);
      }
      touched[touchedCount++] = port;
    }
    flits[port] += end - begin + 1;
    return true;
  }

  private static boolean follows(long markedEnd, long begin, boolean toRouter) {
    long gap = begin - (markedEnd >> 1) - 1;
    if (!toRouter) {
      return gap >= 0;
    }
    return gap >= 2 || (gap == 0 && (markedEnd & 1) == 0);
  }

  /** Forgets what is over. */
  private void drop(int port, long now) {
    while (first[port] < behind[port] && (ends[port][first[port]] >> 1) + 3 < now) {
      first[port]++;
    }
  }

  /** Where the first booking that begins later is. */
  private int place(int port, long begin) {
    int low = first[port];
    int high = behind[port];
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (begins[port][middle] <= begin) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void insert(int port, int place, long begin, long end) {
    int at = place;
    if (behind[port] == begins[port].length) {
      at -= first[port];
      makeRoom(port);
    }
    int moved = behind[port] - at;
    System.arraycopy(begins[port], at, begins[port], at + 1, moved);
    System.arraycopy(ends[port], at, ends[port], at + 1, moved);
    begins[port][at] = begin;
    ends[port][at] = end;
    behind[port]++;
  }

  private void makeRoom(int port) {
    int used = behind[port] - first[port];
    int size = Math.max(4, 2 * used);
    begins[port] = Arrays.copyOf(Arrays.copyOfRange(begins[port], first[port], behind[port]), size);
    ends[port] = Arrays.copyOf(Arrays.copyOfRange(ends[port], first[port], behind[port]), size);
    first[port] = 0;
    behind[port] = used;
  }

  /** Adds what was booked to flits by port. */
  void addFlits(long[] byPort) {
    for (int i = 0; i < touchedCount; i++) {
      byPort[touched[i]] += flits[touched[i]];
    }
  }

  /** Forgets everything. */
  void clear() {
    for (int i = 0; i < touchedCount; i++) {
      int port = touched[i];
      first[port] = 0;
      behind[port] = 0;
      flits[port] = 0;
    }
    touchedCount = 0;
  }
}
