package memwall.core;

import java.util.Arrays;

/** The plain future event list that the ladder must agree with: a binary heap on (time, order). */
final class HeapOracle {
  record Entry(long time, long sequence, long id, long word) {
    boolean before(Entry other) {
      return time != other.time ? time < other.time : sequence < other.sequence;
    }
  }

  private Entry[] heap = new Entry[16];
  private int size;
  private long sequence;

  int size() {
    return size;
  }

  void add(long time, long id, long word) {
    add(time, sequence++, id, word);
  }

  /** Adds an entry that was scheduled as the one of this number. */
  void add(long time, long scheduledAs, long id, long word) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    Entry entry = new Entry(time, scheduledAs, id, word);
    int at = size++;
    while (at > 0 && entry.before(heap[(at - 1) / 2])) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = entry;
  }

  /** The time of the earliest entry; the end of time if there is none. */
  long nextTime() {
    return size == 0 ? Long.MAX_VALUE : heap[0].time;
  }

  /** Takes the earliest entry out if its time is not after the end; else null. */
  Entry poll(long end) {
    if (size == 0 || heap[0].time > end) {
      return null;
    }
    Entry first = heap[0];
    Entry last = heap[--size];
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && heap[child + 1].before(heap[child])) {
        child++;
      }
      if (!heap[child].before(last)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
