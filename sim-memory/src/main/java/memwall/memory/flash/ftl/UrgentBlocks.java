package memwall.memory.flash.ftl;

/** Blocks that have to be dealt with before others, in order, each at most once. */
final class UrgentBlocks {
  private final int[] ring;
  private final boolean[] inside;
  private int head;
  private int size;

  UrgentBlocks(int blocks) {
    ring = new int[blocks];
    inside = new boolean[blocks];
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(int block) {
    if (!inside[block]) {
      inside[block] = true;
      int tail = head + size;
      ring[tail < ring.length ? tail : tail - ring.length] = block;
      size++;
    }
  }

  /** The one that is next; there is one. */
  int first() {
    return ring[head];
  }

  void removeFirst() {
    inside[ring[head]] = false;
    head = head + 1 == ring.length ? 0 : head + 1;
    size--;
  }
}
