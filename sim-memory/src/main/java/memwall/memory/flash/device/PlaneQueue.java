package memwall.memory.flash.device;

import memwall.core.leap.StateSink;

/** Planes that wait for a limited good, each once, first in, first out. */
final class PlaneQueue {
  private final boolean[] waits;
  private final int offset;
  private final int[] ring;
  private int head;
  private int size;

  /** A queue for so many planes from one on. */
  PlaneQueue(int offset, int planes) {
    this.offset = offset;
    waits = new boolean[planes];
    ring = new int[planes];
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Adds a plane unless it waits already; true if it did not. */
  boolean add(int plane) {
    if (waits[plane - offset]) {
      return false;
    }
    waits[plane - offset] = true;
    int at = head + size++;
    ring[at < ring.length ? at : at - ring.length] = plane;
    return true;
  }

  int size() {
    return size;
  }

  boolean contains(int plane) {
    return waits[plane - offset];
  }

  /** One of those that wait, in order. */
  int get(int number) {
    int at = head + number;
    return ring[at < ring.length ? at : at - ring.length];
  }

  int take() {
    int plane = ring[head];
    head = head + 1 == ring.length ? 0 : head + 1;
    size--;
    waits[plane - offset] = false;
    return plane;
  }

  /** Becomes like another whose planes have all gone on in a ring. */
  void copyFrom(PlaneQueue other, int turn) {
    Turned.copy(other.waits, waits, waits.length, turn);
    head = 0;
    size = other.size;
    for (int i = 0; i < size; i++) {
      ring[i] = offset + Turned.at(other.get(i) - offset, waits.length, turn);
    }
  }

  /** Writes who waits, in order. */
  void describe(StateSink sink, Naming names) {
    sink.put(size);
    for (int i = 0; i < size; i++) {
      sink.put(names.plane(get(i)));
    }
  }
}
