package memwall.memory.flash.replay;

import java.util.Arrays;

/**
 * What translation layers want done, as columns: pages to be programmed, in each plane one after
 * the other, some of which have to be read elsewhere first.
 */
final class Jobs {
  static final int NONE = -1;

  /** Where it is: nothing asked of the device, page being read, program asked of the device. */
  static final byte QUEUED = 0;

  static final byte READING = 1;
  static final byte PROGRAMMING = 2;

  /** Its program has failed; its data are written elsewhere by other jobs. */
  static final byte FAILED = 3;

  int[] plane = new int[64];
  int[] from = new int[64];
  int[] to = new int[64];
  int[] access = new int[64];

  /** Erases of the block to be programmed, when it was chosen. */
  int[] erases = new int[64];

  byte[] stage = new byte[64];
  private int[] next = new int[64];
  private int free = NONE;
  private int used;
  private int live;

  private final int[] first;
  private final int[] last;

  Jobs(int planes) {
    first = new int[planes];
    last = new int[planes];
    Arrays.fill(first, NONE);
  }

  /**
   * Adds a job behind those of its plane.
   *
   * @param itsFrom page to be read first, or {@link #NONE}
   * @param itsAccess whose page it is, or {@link #NONE}
   */
  int add(int itsPlane, int itsFrom, int itsTo, int itsErases, int itsAccess) {
    int at = free;
    if (at != NONE) {
      free = next[at];
    } else {
      if (used == plane.length) {
        grow();
      }
      at = used++;
    }
    plane[at] = itsPlane;
    from[at] = itsFrom;
    to[at] = itsTo;
    access[at] = itsAccess;
    erases[at] = itsErases;
    stage[at] = QUEUED;
    next[at] = NONE;
    if (first[itsPlane] == NONE) {
      first[itsPlane] = at;
    } else {
      next[last[itsPlane]] = at;
    }
    last[itsPlane] = at;
    live++;
    return at;
  }

  /** The first of a plane, or {@link #NONE}. */
  int first(int itsPlane) {
    return first[itsPlane];
  }

  /** The first of a plane leaves its queue and remains a job. */
  void leave(int itsPlane) {
    first[itsPlane] = next[first[itsPlane]];
  }

  /** The data of a page are at hand: who waits in a plane's queue to read them need not. */
  void provide(int itsPlane, int page) {
    for (int at = first[itsPlane]; at != NONE; at = next[at]) {
      from[at] = from[at] == page ? NONE : from[at];
    }
  }

  /** A job that has left its queue is over. */
  void remove(int at) {
    next[at] = free;
    free = at;
    live--;
  }

  /** Jobs that are not over. */
  int live() {
    return live;
  }

  private void grow() {
    int length = 2 * plane.length;
    plane = Arrays.copyOf(plane, length);
    from = Arrays.copyOf(from, length);
    to = Arrays.copyOf(to, length);
    access = Arrays.copyOf(access, length);
    erases = Arrays.copyOf(erases, length);
    stage = Arrays.copyOf(stage, length);
    next = Arrays.copyOf(next, length);
  }
}
