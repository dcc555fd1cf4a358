package memwall.memory.dram.bulk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Several stretches in a row, taken as one: what a run in a ring of banks does over some hundred
 * bursts if no refresh comes.
 *
 * <p>Where the banks are as they were, relative to the run, each stretch meets the guard that it
 * met before. So a stride follows from the node, the banks that are open and where in a step of the
 * ring the run goes on, as long as no bank is ready for the run, no request of others waits, and
 * neither a refresh, nor the end of the run, nor that of the segment comes before its end.
 */
final class Strides {
  private static final int STEPS = 8;
  private static final int MOST_ENTRIES = 1 << 15;

  private final Automaton automaton;
  private final Checkpoints checkpoints;
  private final boolean isRing;

  // Open addressing.
  private @Nullable Edge[] strides = new @Nullable Edge[1 << 8];
  private @Nullable Node[] nodes = new @Nullable Node[1 << 8];
  private long[] places = new long[1 << 8];
  private long[] lows = new long[1 << 8];
  private long[] highs = new long[1 << 8];
  private int count;

  // Where the cursor is.
  private final BankSet open;
  private long place;

  // The stride that is being recorded.
  private @Nullable Node from;
  private long fromPlace;
  private long fromLow;
  private long fromHigh;
  private long fromTick;
  private long fromNext;
  private final Edge[] parts = new Edge[STEPS];
  private final long[] times = new long[STEPS];
  private int steps;

  /** Whether a known stride was too long: so are all others up to the next refresh. */
  private boolean isBlocked;

  Strides(Automaton automaton, Checkpoints checkpoints, Banks banks) {
    this.automaton = automaton;
    this.checkpoints = checkpoints;
    isRing = checkpoints.isRing;
    open = new BankSet(banks.ring.banks(), banks.ring.ringBanks());
  }

  /** A walk begins. */
  void begin() {
    from = null;
    isBlocked = false;
  }

  /** The stride that can be taken at once from here; null if there is none. */
  @Nullable Edge find(Cursor cursor) {
    Node here = cursor.node;
    if (!isRing || isBlocked || from != null || here == null || !cursor.banks.ready.isEmpty()) {
      return null;
    }
    Banks banks = cursor.banks;
    long base = banks.base(cursor.next);
    open.set(banks.open);
    banks.turnBack(open, base);
    place = cursor.next - banks.ring.firstBurst(base);
    int mask = strides.length - 1;
    int at = home(here, place, open.low(), open.high(), mask);
    Edge stride = strides[at];
    while (stride != null) {
      if (nodes[at] == here && places[at] == place && open.is(lows[at], highs[at])) {
        if (fits(cursor, stride.ticks, stride.bursts)) {
          return stride;
        }
        isBlocked = true;
        return null;
      }
      at = (at + 1) & mask;
      stride = strides[at];
    }
    if (count < MOST_ENTRIES && !automaton.isFull()) {
      from = here;
      fromPlace = place;
      fromLow = open.low();
      fromHigh = open.high();
      fromTick = cursor.tick;
      fromNext = cursor.next;
      steps = 0;
    }
    return null;
  }

  private boolean fits(Cursor cursor, long ticks, long bursts) {
    return cursor.tick + ticks < cursor.due
        && bursts < cursor.runLeft
        && bursts < checkpoints.leftOfKind(cursor.next);
  }

  /** The cursor has followed a stretch that is none of the last ones of its transfer. */
  void followed(Cursor cursor, Edge edge, long itsTimes) {
    Node start = from;
    Node end = cursor.node;
    if (!edge.isPlain()) {
      begin();
      return;
    }
    if (start == null || end == null) {
      return;
    }
    parts[steps] = edge;
    times[steps++] = itsTimes;
    long bursts = cursor.next - fromNext;
    if (steps < STEPS && bursts < STEPS * checkpoints.distance) {
      return;
    }
    from = null;
    if (steps == 1 || checkpoints.leftOfKind(fromNext) <= bursts) {
      return;
    }
    Banks banks = cursor.banks;
    open.set(banks.open);
    banks.turnBack(open, banks.base(cursor.next));
    add(
        start,
        new Edge(
            end,
            cursor.tick - fromTick,
            bursts,
            new Edge.Parts(
                Arrays.copyOf(parts, steps),
                Arrays.copyOf(times, steps),
                open.low(),
                open.high())));
  }

  private void add(Node start, Edge stride) {
    if (2 * ++count > strides.length) {
      grow();
    }
    automaton.count(stride);
    put(start, fromPlace, fromLow, fromHigh, stride);
  }

  private void put(Node start, long itsPlace, long low, long high, Edge stride) {
    int mask = strides.length - 1;
    int at = home(start, itsPlace, low, high, mask);
    while (strides[at] != null) {
      at = (at + 1) & mask;
    }
    strides[at] = stride;
    nodes[at] = start;
    places[at] = itsPlace;
    lows[at] = low;
    highs[at] = high;
  }

  private static int home(Node node, long place, long low, long high, int mask) {
    long hash = (node.id * 0x9E3779B97F4A7C15L + place) * 0xD6E8FEB86659FD93L + low;
    hash = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L + high * 0xD6E8FEB86659FD93L;
    return (int) (hash >>> 32) & mask;
  }

  private void grow() {
    @Nullable Edge[] oldStrides = strides;
    @Nullable Node[] oldNodes = nodes;
    long[] oldPlaces = places;
    long[] oldLows = lows;
    long[] oldHighs = highs;
    strides = new @Nullable Edge[2 * oldStrides.length];
    nodes = new @Nullable Node[strides.length];
    places = new long[strides.length];
    lows = new long[strides.length];
    highs = new long[strides.length];
    for (int i = 0; i < oldStrides.length; i++) {
      Edge stride = oldStrides[i];
      Node start = oldNodes[i];
      if (stride != null && start != null) {
        put(start, oldPlaces[i], oldLows[i], oldHighs[i], stride);
      }
    }
  }
}
