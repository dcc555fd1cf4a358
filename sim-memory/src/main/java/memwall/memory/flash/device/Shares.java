package memwall.memory.flash.device;

import memwall.core.leap.StateSink;

/**
 * So many shares of a limited good. Planes that lack one wait in order: a share that becomes free
 * is kept for the plane that has waited longest, until it uses it or turns out not to need it. So
 * no plane that asks often can starve the others.
 */
final class Shares {
  private final PlaneQueue queue;
  private final boolean[] isKept;
  private final int firstPlane;
  private int most;

  /** Shares that planes use, or that are kept for them. */
  private int taken;

  private int kept;

  /** Shares for so many planes from one on. */
  Shares(int most, int firstPlane, int planes) {
    this.most = most;
    this.firstPlane = firstPlane;
    queue = new PlaneQueue(firstPlane, planes);
    isKept = new boolean[planes];
  }

  /** There are so many shares from now on; those that are taken stay so. */
  void limit(int itsMost) {
    most = itsMost;
  }

  int taken() {
    return taken;
  }

  /** Those that wait, in order. */
  PlaneQueue queue() {
    return queue;
  }

  /** Takes a share, which is kept for the plane until {@link #use}; if there is none, it waits. */
  boolean take(int plane) {
    if (!isKept[plane - firstPlane]) {
      if (taken >= most || !queue.isEmpty()) {
        return false;
      }
      keep(plane);
    }
    return true;
  }

  private void keep(int plane) {
    isKept[plane - firstPlane] = true;
    kept++;
    taken++;
  }

  /** A plane uses its share until {@link #release}. */
  void use(int plane) {
    isKept[plane - firstPlane] = false;
    kept--;
  }

  /** A share that was used is free. */
  void release() {
    taken--;
  }

  /**
   * Keeps a share for the plane that has waited longest.
   *
   * @return the plane, which may go on; {@link Requests#NONE} if there is none, or no share
   */
  int keepForNext() {
    if (taken >= most || queue.isEmpty()) {
      return Requests.NONE;
    }
    int plane = queue.take();
    keep(plane);
    return plane;
  }

  /** A plane does not need what is kept for it; whether anything was. */
  boolean giveBack(int plane) {
    if (!isKept[plane - firstPlane]) {
      return false;
    }
    use(plane);
    release();
    return true;
  }

  /** Become like others whose planes have all gone on in a ring. */
  void copyFrom(Shares other, int turn) {
    most = other.most;
    taken = other.taken;
    kept = other.kept;
    queue.copyFrom(other.queue, turn);
    Turned.copy(other.isKept, isKept, isKept.length, turn);
  }

  /** Writes what is taken, for whom some is kept, and who waits. */
  void describe(StateSink sink, Naming names) {
    sink.put(most);
    sink.put(taken);
    queue.describe(sink, names);
    sink.put(kept);
    for (int i = 0, left = kept; left > 0; i++) {
      if (isKept[Turned.at(i, isKept.length, names.turn())]) {
        sink.put(i);
        left--;
      }
    }
  }
}
