package memwall.network.router;

import java.util.Arrays;

/** The packets that are under way, as arrays; numbers of packets are used again. */
final class Packets {
  static final int NONE = -1;

  int[] source = new int[64];
  int[] destination = new int[64];
  int[] flits = new int[64];

  /** Cycle in which it was created, and in which its head left the source. */
  long[] createdCycle = new long[64];

  long[] injectedCycle = new long[64];

  /** What a routing algorithm remembers; 0 in a new packet. */
  int[] phase = new int[64];

  /** The node or router by which a non-minimal route goes. */
  int[] middle = new int[64];

  /** Routers that have computed a route for it. */
  int[] hops = new int[64];

  /** What the owner wants to know when it arrives. */
  long[] tag = new long[64];

  /** The packet behind it in the queue of its source, or the next free number. */
  int[] next = new int[64];

  private int free = NONE;
  private int used;
  private int live;

  /** A packet from {@code from} to {@code to}, at least one flit long. */
  int create(int from, int to, int length, long cycle, long word) {
    int packet = free;
    if (packet == NONE) {
      if (used == source.length) {
        grow();
      }
      packet = used++;
    } else {
      free = next[packet];
    }
    live++;
    source[packet] = from;
    destination[packet] = to;
    flits[packet] = length;
    createdCycle[packet] = cycle;
    injectedCycle[packet] = cycle;
    phase[packet] = 0;
    middle[packet] = NONE;
    hops[packet] = 0;
    tag[packet] = word;
    next[packet] = NONE;
    return packet;
  }

  void release(int packet) {
    next[packet] = free;
    free = packet;
    live--;
  }

  /** Packets created and not released. */
  int live() {
    return live;
  }

  private void grow() {
    int size = Math.multiplyExact(used, 2);
    source = Arrays.copyOf(source, size);
    destination = Arrays.copyOf(destination, size);
    flits = Arrays.copyOf(flits, size);
    createdCycle = Arrays.copyOf(createdCycle, size);
    injectedCycle = Arrays.copyOf(injectedCycle, size);
    phase = Arrays.copyOf(phase, size);
    middle = Arrays.copyOf(middle, size);
    hops = Arrays.copyOf(hops, size);
    tag = Arrays.copyOf(tag, size);
    next = Arrays.copyOf(next, size);
  }
}
