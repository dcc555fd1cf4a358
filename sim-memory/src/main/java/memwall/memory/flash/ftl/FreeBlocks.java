package memwall.memory.flash.ftl;

/**
 * The erased blocks: a binary heap, the least worn on top if wear is levelled, else in the order in
 * which they came.
 */
final class FreeBlocks {
  /** Bits of a key below the count of erases: the order of 2^39 blocks that were freed. */
  private static final int ORDER_BITS = 39;

  private final long[] keys;
  private final int[] blocks;
  private final boolean leastWornFirst;
  private long freed;
  private int size;

  FreeBlocks(int blockCount, boolean leastWornFirst) {
    keys = new long[blockCount];
    blocks = new int[blockCount];
    this.leastWornFirst = leastWornFirst;
  }

  int size() {
    return size;
  }

  void add(int block, int erases) {
    long key = leastWornFirst ? ((long) erases << ORDER_BITS) + freed : freed;
    freed++;
    int at = size++;
    while (at > 0 && keys[(at - 1) / 2] > key) {
      move((at - 1) / 2, at);
      at = (at - 1) / 2;
    }
    keys[at] = key;
    blocks[at] = block;
  }

  /** Takes the first one; there is one. */
  int take() {
    int taken = blocks[0];
    size--;
    long key = keys[size];
    int block = blocks[size];
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && keys[child + 1] < keys[child]) {
        child++;
      }
      if (keys[child] >= key) {
        break;
      }
      move(child, at);
      at = child;
    }
    keys[at] = key;
    blocks[at] = block;
    return taken;
  }

  private void move(int from, int to) {
    keys[to] = keys[from];
    blocks[to] = blocks[from];
  }
}
