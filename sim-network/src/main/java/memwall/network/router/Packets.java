package memwall.network.router;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/** The packets that are under way, as arrays; numbers of packets are used again. */
final class Packets {
  static final int NONE = -1;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

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

  /** State of its random numbers. */
  private long[] random = new long[64];

  /** The packet behind it in the queue of its source, or the next free number. */
  int[] next = new int[64];

  private final long seed;
  private int free = NONE;
  private int used;
  private int live;
  private long created;
  private long draws;

  /** No packets yet; the seed is that of all their random numbers. */
  Packets(long seed) {
    this.seed = seed;
  }

  /** A packet from {@code from} to {@code to}, at least one flit long; its turn is the next one. */
  int create(int from, int to, int length, long cycle, long word) {
    return create(from, to, length, cycle, word, created++);
  }

  /**
   * A packet with a turn of its own.
   *
   * @param turn its number among all packets, which decides what it draws
   */
  int create(int from, int to, int length, long cycle, long word, long turn) {
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
    random[packet] = mix(seed + turn * GOLDEN);
    return packet;
  }

  /**
   * A random number in [0, bound): SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), a generator of its
   * own for each packet, so that a packet's way does not depend on what others drew. A bound is far
   * below 2^32, so the multiplication's bias is below 2^-31.
   */
  long draw(int packet, long bound) {
    draws++;
    long state = random[packet] + GOLDEN;
    random[packet] = state;
    return Math.multiplyHigh(mix(state) >>> 1, bound << 1);
  }

  /** Random numbers drawn so far. */
  long draws() {
    return draws;
  }

  /** What decides a packet's way from here on, of one that will draw nothing. */
  void describe(StateSink sink, int packet) {
    sink.put(tag[packet]);
    sink.put(flits[packet]);
    sink.put(((long) phase[packet] << 32) | (middle[packet] & 0xffff_ffffL));
  }

  private static long mix(long bits) {
    long z = bits;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The next packet is the first one again; there must be none. */
  void restart() {
    if (live != 0) {
      throw new IllegalStateException(live + " packets are under way");
    }
    created = 0;
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
    random = Arrays.copyOf(random, size);
    next = Arrays.copyOf(next, size);
  }
}
