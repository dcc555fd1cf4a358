package memwall.memory.dram.bulk;

/** A stretch of time from one node to another that was simulated once. */
final class Edge {
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

  /** Times it was taken and not counted yet. */
  long uses;

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
  }

  /** The same stretch to another node, of another length and with other latencies. */
  Edge with(Node itsNext, long itsTicks, int[] itsLatencies) {
    return new Edge(this, itsNext, itsTicks, itsLatencies);
  }

  private Edge(Edge alike, Node next, long ticks, int[] latencies) {
    this.next = next;
    this.ticks = ticks;
    bursts = alike.bursts;
    dueTicks = alike.dueTicks;
    pages = alike.pages;
    openBits = alike.openBits;
    openBitsBeyond = alike.openBitsBeyond;
    closedScopes = alike.closedScopes;
    ranDry = alike.ranDry;
    counters = alike.counters;
    this.latencies = latencies;
    isDerived = true;
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

  /** Adds what all uses do. */
  void count(long[] totals, TickCounts readLatencies) {
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
    return 96 + 4L * latencies.length + (isDerived ? 0 : 4L * counters.length);
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
