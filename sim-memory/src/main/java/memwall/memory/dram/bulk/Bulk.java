package memwall.memory.dram.bulk;

import org.jspecify.annotations.Nullable;

/**
 * A whole transfer that is known, together with the rest before it: from the state in which the
 * transfer before it left the channel to the state in which it leaves it itself.
 */
final class Bulk {
  // What it follows from.
  final long state;
  final long gapTicks;
  final long phase;
  final long shift;
  final long place;
  final long bursts;
  final long openLow;
  final long openHigh;
  final long readyLow;
  final long readyHigh;

  /** In a ring: banks open at the end, from the one where it ends on. */
  final long endLow;

  final long endHigh;

  /** State at the end; ticks from the submission to it; from then to the next refresh. */
  final Node next;

  final long ticks;
  final long dueTicks;

  /** What the channel's counters grow by before the submission. */
  private final int[] gapCounters;

  /** The stretches that it consists of and how often each is taken. */
  private final Edge[] edges;

  private final long[] times;

  /** Times it was taken and not counted yet. */
  long uses;

  /** What followed it the last time, and how far from its end that began, in bursts. */
  @Nullable Bulk follower;

  long distance;

  /** Next entry with the same place in the table. */
  @Nullable Bulk chained;

  Bulk(
      BulkKey key,
      Node next,
      long ticks,
      long dueTicks,
      BankSet end,
      int[] gapCounters,
      Edge[] edges,
      long[] times) {
    state = key.state;
    gapTicks = key.gapTicks;
    phase = key.phase;
    shift = key.shift;
    place = key.place;
    bursts = key.bursts;
    openLow = key.open.low();
    openHigh = key.open.high();
    readyLow = key.ready.low();
    readyHigh = key.ready.high();
    endLow = end.low();
    endHigh = end.high();
    this.next = next;
    this.ticks = ticks;
    this.dueTicks = dueTicks;
    this.gapCounters = gapCounters;
    this.edges = edges;
    this.times = times;
  }

  boolean is(BulkKey key) {
    return state == key.state
        && gapTicks == key.gapTicks
        && phase == key.phase
        && shift == key.shift
        && place == key.place
        && bursts == key.bursts
        && key.open.is(openLow, openHigh)
        && key.ready.is(readyLow, readyHigh);
  }

  /** Whether data is written. */
  boolean isWrite() {
    return BulkKey.isWrite(place);
  }

  /** In a ring: whether it finds banks with the rows that it wants. */
  boolean wantsReady() {
    return (readyLow | readyHigh) != 0;
  }

  /** What it follows from. */
  void describe(BulkKey key) {
    key.state = state;
    key.gapTicks = gapTicks;
    key.phase = phase;
    key.shift = shift;
    key.place = place;
    key.bursts = bursts;
    key.open.set(openLow, openHigh);
    key.ready.set(readyLow, readyHigh);
  }

  /** Counts all uses: those of its edges are passed on. */
  void expand(long[] totals, Automaton automaton) {
    for (int i = 0; i < gapCounters.length; i++) {
      totals[i] += uses * gapCounters[i];
    }
    for (int i = 0; i < edges.length; i++) {
      automaton.use(edges[i], uses * times[i]);
    }
    uses = 0;
  }

  long sizeBytes() {
    return 168 + 4L * gapCounters.length + 16L * edges.length;
  }
}
