package memwall.memory.flash.device;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * What is due in a device, in order of (time, entry).
 *
 * <p>A device has few kinds of work and each kind mostly takes the same time, so entries of one
 * kind come in order of time: each kind has a ring, and only what falls behind the last of its
 * ring, such as a sense without retries after one with many, goes to a heap. The earliest is the
 * least of a few heads.
 */
final class Agenda {
  static final long NEVER = Long.MAX_VALUE;

  private static final int WIDTH = 4;

  private final int kinds;
  private final long[][] ring;
  private final int[] head;
  private final int[] size;

  /** How far each ring is described. */
  private final int[] read;

  private long[] heap = new long[64 * WIDTH];
  private int heaped;

  private long entries;
  private long nextPs = NEVER;
  private int nextKind;

  /** Of the entry taken last. */
  int kind;

  int index;
  int tag;

  Agenda(int kinds) {
    this.kinds = kinds;
    ring = new long[kinds][16 * WIDTH];
    head = new int[kinds];
    size = new int[kinds];
    read = new int[kinds];
  }

  /** When the first entry is due; {@link #NEVER} if there is none. */
  long nextPs() {
    return nextPs;
  }

  boolean isEmpty() {
    return nextPs == NEVER;
  }

  void add(int itsKind, long ps, int itsIndex, int itsTag) {
    long what = (long) itsTag << 32 | itsIndex;
    long order = entries++;
    long[] its = ring[itsKind];
    int count = size[itsKind];
    int mask = its.length / WIDTH - 1;
    if (count > 0 && its[(head[itsKind] + count - 1 & mask) * WIDTH] > ps) {
      push(ps, order, what, itsKind);
    } else {
      if (count > mask) {
        its = grow(itsKind);
        mask = its.length / WIDTH - 1;
      }
      int at = (head[itsKind] + count & mask) * WIDTH;
      its[at] = ps;
      its[at + 1] = order;
      its[at + 2] = what;
      size[itsKind] = count + 1;
    }
    if (ps < nextPs) {
      nextPs = ps;
      nextKind = size[itsKind] == count ? kinds : itsKind;
    }
  }

  /** Takes the first entry; there must be one. */
  void take() {
    long what;
    if (nextKind == kinds) {
      kind = (int) heap[3];
      what = heap[2];
      pop();
    } else {
      kind = nextKind;
      long[] its = ring[kind];
      what = its[head[kind] * WIDTH + 2];
      head[kind] = head[kind] + 1 & its.length / WIDTH - 1;
      size[kind]--;
    }
    index = (int) what;
    tag = (int) (what >>> 32);
    findNext();
  }

  private void findNext() {
    long ps = NEVER;
    long order = 0;
    int best = 0;
    for (int i = 0; i < kinds; i++) {
      if (size[i] > 0) {
        int at = head[i] * WIDTH;
        long its = ring[i][at];
        if (its < ps || (its == ps && ring[i][at + 1] < order)) {
          ps = its;
          order = ring[i][at + 1];
          best = i;
        }
      }
    }
    if (heaped > 0 && (heap[0] < ps || (heap[0] == ps && heap[1] < order))) {
      ps = heap[0];
      best = kinds;
    }
    nextPs = ps;
    nextKind = best;
  }

  /** Whether everything lies in the rings, so that it can be described. */
  boolean isPlain() {
    return heaped == 0;
  }

  /** Names what an entry is about, so that it does not depend on where things lie in memory. */
  @FunctionalInterface
  interface Namer {
    void name(int kind, int index, int tag, StateSink sink);
  }

  /** Writes all entries in order, times relative to now; they must lie in the rings. */
  void describe(StateSink sink, long nowPs, Namer namer) {
    Arrays.fill(read, 0);
    int left = 0;
    for (int count : size) {
      left += count;
    }
    sink.put(left);
    for (; left > 0; left--) {
      int first = kinds;
      long ps = NEVER;
      long order = NEVER;
      for (int i = 0; i < kinds; i++) {
        if (read[i] < size[i]) {
          int at = at(i, read[i]);
          if (ring[i][at] < ps || (ring[i][at] == ps && ring[i][at + 1] < order)) {
            ps = ring[i][at];
            order = ring[i][at + 1];
            first = i;
          }
        }
      }
      long what = ring[first][at(first, read[first]++) + 2];
      sink.put(ps - nowPs);
      sink.put(first);
      namer.name(first, (int) what, (int) (what >>> 32), sink);
    }
  }

  /** Says what an entry is about when planes and buffers have changed places. */
  @FunctionalInterface
  interface Mover {
    /** The new index, and above it the new tag. */
    long what(int kind, int index, int tag);
  }

  /** What {@link #add} keeps of an index and a tag. */
  static long what(int index, int tag) {
    return (long) tag << 32 | index;
  }

  /** Becomes like another, of which everything lies in the rings, but so much later. */
  void copyFrom(Agenda other, long byPs, Mover mover) {
    for (int i = 0; i < kinds; i++) {
      int count = other.size[i];
      while (ring[i].length < count * WIDTH) {
        ring[i] = new long[2 * ring[i].length];
      }
      head[i] = 0;
      size[i] = count;
      long[] its = ring[i];
      for (int j = 0; j < count; j++) {
        int from = other.at(i, j);
        long what = other.ring[i][from + 2];
        its[j * WIDTH] = other.ring[i][from] + byPs;
        its[j * WIDTH + 1] = other.ring[i][from + 1];
        its[j * WIDTH + 2] = mover.what(i, (int) what, (int) (what >>> 32));
      }
    }
    heaped = 0;
    entries = other.entries;
    findNext();
  }

  /** A number that is the same for equal times and kinds of entries, hardly ever for others. */
  long glance(long nowPs) {
    long hash = heaped;
    for (int i = 0; i < kinds; i++) {
      for (int j = 0; j < size[i]; j++) {
        hash = (hash ^ (ring[i][at(i, j)] - nowPs)) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 29;
      }
      hash = hash * 31 + size[i];
    }
    return hash;
  }

  private int at(int itsKind, int number) {
    return ((head[itsKind] + number) & (ring[itsKind].length / WIDTH - 1)) * WIDTH;
  }

  /** All that lies in the rings becomes due so much later. */
  void shift(long ps) {
    for (int i = 0; i < kinds; i++) {
      for (int j = 0; j < size[i]; j++) {
        ring[i][at(i, j)] += ps;
      }
    }
    findNext();
  }

  private long[] grow(int itsKind) {
    long[] old = ring[itsKind];
    long[] grown = new long[2 * old.length];
    int first = head[itsKind] * WIDTH;
    System.arraycopy(old, first, grown, 0, old.length - first);
    System.arraycopy(old, 0, grown, old.length - first, first);
    ring[itsKind] = grown;
    head[itsKind] = 0;
    return grown;
  }

  private void push(long ps, long order, long what, int itsKind) {
    if (heaped * WIDTH == heap.length) {
      heap = Arrays.copyOf(heap, 2 * heap.length);
    }
    int at = heaped++;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (heap[parent * WIDTH] <= ps) {
        break;
      }
      System.arraycopy(heap, parent * WIDTH, heap, at * WIDTH, WIDTH);
      at = parent;
    }
    put(at, ps, order, what, itsKind);
  }

  private void pop() {
    int last = --heaped * WIDTH;
    long ps = heap[last];
    long order = heap[last + 1];
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= heaped) {
        break;
      }
      if (child + 1 < heaped
          && isBefore(heap[(child + 1) * WIDTH], heap[(child + 1) * WIDTH + 1], child * WIDTH)) {
        child++;
      }
      if (isBefore(ps, order, child * WIDTH)) {
        break;
      }
      System.arraycopy(heap, child * WIDTH, heap, at * WIDTH, WIDTH);
      at = child;
    }
    put(at, ps, order, heap[last + 2], (int) heap[last + 3]);
  }

  private boolean isBefore(long ps, long order, int other) {
    return ps < heap[other] || (ps == heap[other] && order < heap[other + 1]);
  }

  private void put(int at, long ps, long order, long what, int itsKind) {
    heap[at * WIDTH] = ps;
    heap[at * WIDTH + 1] = order;
    heap[at * WIDTH + 2] = what;
    heap[at * WIDTH + 3] = itsKind;
  }
}
