package memwall.memory.dram.bulk;

import org.jspecify.annotations.Nullable;

/** A stretch of time from one node to another that was simulated once. */
final class Edge {
  private static final int[] NONE = {};

  final Node next;
  final long ticks;
  final long bursts;

  /** Ticks from its end to the next refresh; -1 if none became due during it. */
  final long dueTicks;

  /**
   * In a ring: pages that it has to do with, from the last one back, which of them it leaves open,
   * and the scopes of which it closes all others, one bit each.
   */
  final int pages;

  final long openBits;

  /** Likewise the banks from the 65th on. */
  final long openBitsBeyond;

  final int closedScopes;

  /** Whether queued writes were considered because no read was queued: with some it is no more. */
  final boolean ranDry;

  /** What the channel's counters grow by. */
  private final int[] counters;

  /** Latencies of reads that end during it and how often, in turn. */
  private final int[] latencies;

  private final boolean isDerived;

  /** What a stride consists of; null if it is a single stretch. */
  final @Nullable Parts parts;

  /** Times it was taken and not counted yet. */
  long uses;

  /**
   * The stretches of a stride, in order and how often each is taken, and the banks that it leaves
   * open, from the one where it ends on.
   */
  static final class Parts {
    private final Edge[] edges;
    private final long[] times;
    final long openLow;
    final long openHigh;

    Parts(Edge[] edges, long[] times, long openLow, long openHigh) {
      this.edges = edges;
      this.times = times;
      this.openLow = openLow;
      this.openHigh = openHigh;
    }
  }

  /** A stride: several stretches without a refresh. */
  Edge(Node next, long ticks, long bursts, Parts parts) {
    this.next = next;
    this.ticks = ticks;
    this.bursts = bursts;
    this.parts = parts;
    dueTicks = Cursor.NO_REFRESH;
    pages = 0;
    openBits = 0;
    openBitsBeyond = 0;
    closedScopes = 0;
    ranDry = false;
    counters = NONE;
    latencies = NONE;
    isDerived = true;
  }

  Edge(
      Node next,
      long ticks,
      long bursts,
      long dueTicks,
      int pages,
      long openBits,
      long openBitsBeyond,
      int closedScopes,
      boolean ranDry,
      int[] counters,
      int[] latencies) {
    this.next = next;
    this.ticks = ticks;
    this.bursts = bursts;
    this.dueTicks = dueTicks;
    this.pages = pages;
    this.openBits = openBits;
    this.openBitsBeyond = openBitsBeyond;
    this.closedScopes = closedScopes;
    this.ranDry = ranDry;
    this.counters = counters;
    this.latencies = latencies;
    isDerived = false;
    parts = null;
  }

  /** The same stretch to another node, of another length and with other latencies. */
  Edge with(Node itsNext, long itsTicks, int[] itsLatencies) {
    return new Edge(this, itsNext, itsTicks, itsLatencies, dueTicks);
  }

  private Edge(Edge alike, Node next, long ticks, int[] latencies, long dueTicks) {
    this.next = next;
    this.ticks = ticks;
    bursts = alike.bursts;
    this.dueTicks = dueTicks;
    pages = alike.pages;
    openBits = alike.openBits;
    openBitsBeyond = alike.openBitsBeyond;
    closedScopes = alike.closedScopes;
    ranDry = alike.ranDry;
    counters = alike.counters;
    this.latencies = latencies;
    isDerived = true;
    parts = null;
  }

  /** The same stretch with a refresh so much later, which changes nothing but when the next is. */
  Edge withRefresh(long laterTicks) {
    return new Edge(this, next, ticks, latencies, dueTicks + laterTicks);
  }

  /** Whether no refresh became due during it. */
  boolean isPlain() {
    return dueTicks < 0;
  }

  /** Whether all pages that it leaves behind, if it leads to its own node, stay open. */
  boolean leavesAllOpen(int window) {
    return closedScopes == 0
        && pages < Long.SIZE
        && (~openBits & (-1L >>> (64 - pages)) & -1L << window) == 0;
  }

  /** Adds what all uses do; those of a stride are passed on. */
  void count(long[] totals, TickCounts readLatencies, Automaton automaton) {
    if (parts != null) {
      for (int i = 0; i < parts.edges.length; i++) {
        automaton.use(parts.edges[i], uses * parts.times[i]);
      }
    }
    for (int i = 0; i < counters.length; i++) {
      totals[i] += uses * counters[i];
    }
    for (int i = 0; i < latencies.length; i += 2) {
      readLatencies.add(latencies[i], uses * latencies[i + 1]);
    }
    uses = 0;
  }

  /** Bytes that it takes; one that was derived shares counters with the one it was derived from. */
  long sizeBytes() {
    long ofParts = parts == null ? 0 : 64 + 16L * parts.edges.length;
    return 96 + ofParts + 4L * latencies.length + (isDerived ? 0 : 4L * counters.length);
  }

  /** The growth of counters. */
  static int[] growth(long[] from, long[] to) {
    int[] growth = new int[from.length];
    for (int i = 0; i < growth.length; i++) {
      growth[i] = Math.toIntExact(to[i] - from[i]);
    }
    return growth;
  }
}
