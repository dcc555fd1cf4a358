package memwall.memory.dram.channel;

import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.memory.dram.standard.Command;
import org.jspecify.annotations.Nullable;

/**
 * Leaps over rows of in-memory compute that were carried out before from the same state.
 *
 * <p>When a command has closed the last open row of all units, with nothing of the host inside that
 * could be served, the channel is described relative to that tick: timers, windows, bus, units.
 * Equal states are one <em>node</em>. What follows until all rows are closed again depends on the
 * node, on where the programs stand ({@link AllBankProgram#place}) and on refreshes. So it is
 * simulated once and kept as an <em>edge</em>: ticks, what was counted, the next node. Known edges
 * are followed as pointers; one that leads back to its node, in a loop, is taken as often as it
 * fits at once. The channel is put into the node's state where no edge is known, or where its owner
 * wants to look.
 *
 * <p>Refreshes. One that becomes due while rows are open waits until they are closed, and changes
 * nothing until then: the edge is the same from its <em>safe</em> tick on, that is behind the last
 * command of a unit whose rows were closed. Then the next edge is one that begins with the refresh.
 * A refresh that becomes due before the safe tick has an edge of its own, which is known by the
 * ticks until then.
 *
 * <p>A listener to commands wants to see all of them, so with one there are no such leaps.
 */
final class RowLeaps {
  private static final int[] COLUMNS = {
    Command.MACAB.index(), Command.WRGB.index(), Command.RDRES.index()
  };

  private static final int MOST_NODES = 1 << 14;
  private static final int MOST_EDGES = 1 << 16;
  private static final int MOST_PLANS = 1 << 10;
  private static final int MOST_PLACES = 1 << 18;
  private static final int MOST_KINDS = 1 << 16;

  /** Kinds of edges: nothing is due; a refresh waits; one becomes due so many ticks later. */
  private static final int PLAIN = 0;

  private static final int REFRESHED = 1;
  private static final int DUE = 2;

  /** A state with all rows closed. */
  private static final class Node {
    final int number;
    final byte[] state;

    Node(int number, byte[] state) {
      this.number = number;
      this.state = state;
    }
  }

  /** What happens until all rows are closed the next time. */
  private static final class Edge {
    final Node next;
    final long ticks;
    final long safeTicks;

    /** Whether a refresh that became due in the edge still waits at its end. */
    final boolean leavesRefresh;

    final long[] growth;
    final long commands;

    Edge(
        Node next,
        long ticks,
        long safeTicks,
        boolean leavesRefresh,
        long[] growth,
        long commands) {
      this.next = next;
      this.ticks = ticks;
      this.safeTicks = safeTicks;
      this.leavesRefresh = leavesRefresh;
      this.growth = growth;
      this.commands = commands;
    }
  }

  private final Scheduler bus;
  private final ChannelState state;
  private final ComputeUnit[] units;
  private final boolean secondRowBuffer;
  private final int close;
  private final RefreshSchedule refresh;
  private final boolean isPossible;
  private final StateBuffer buffer = new StateBuffer();

  private final Int2ObjectOpenHashMap<List<Node>> nodes = new Int2ObjectOpenHashMap<>();
  private final Long2ObjectOpenHashMap<Edge> edges = new Long2ObjectOpenHashMap<>();
  private int nodeCount;
  private final Object[] plans = new Object[MOST_PLANS];
  private final int[] paces = new int[MOST_PLANS];
  private int planCount;
  private int lastPlan;

  // Where it stands: the node, its tick, and whether a refresh waits there.
  private Node at;
  private long now;
  private boolean waits;

  // The edge that is being learned: where it began.
  private @Nullable Node from;
  private long fromPlace;
  private int fromPace;
  private long fromTick;
  private long fromDue;
  private boolean fromWaits;

  /** The last tick at which a unit with closed rows got a command. */
  private long closedTick;

  private final long[] before;
  private final long[] counted;
  private long leapt;

  RowLeaps(
      Scheduler bus, AllBankSpec spec, ComputeUnit[] units, int close, RefreshSchedule refresh) {
    this.bus = bus;
    state = bus.state;
    this.units = units;
    this.close = close;
    this.refresh = refresh;
    secondRowBuffer = spec.secondRowBuffer();
    isPossible = state.isOpenPage();
    at = new Node(-1, new byte[0]);
    before = new long[state.counters.size()];
    counted = new long[state.counters.size()];
  }

  /** What was begun to be learned does not hold. */
  void forget() {
    from = null;
  }

  /** A unit whose rows are closed got a command. */
  void noteClosed(long tick) {
    closedTick = tick;
  }

  /** Commands that were not carried out. */
  long leapt() {
    return leapt;
  }

  /**
   * A command was issued that closed rows. Leaps if all rows are closed and it is known how that
   * goes on.
   *
   * @param tick tick of that command
   * @param limit nothing but a refresh comes from outside up to this tick
   * @return the tick of the last command that was issued or leapt over
   */
  long closed(long tick, long limit) {
    if (!isPossible || state.listener != null) {
      return tick;
    }
    if (nodeCount == MOST_NODES || edges.size() == MOST_EDGES || planCount == MOST_PLANS) {
      clear();
    }
    long place = isAtRest() ? place() : -1;
    if (place < 0) {
      from = null;
      return tick;
    }
    at = describe(tick);
    now = tick;
    waits = bus.maintenance.size() > 0;
    if (from != null) {
      learn();
    }
    boolean moves = false;
    while (place >= 0 && follow(place, limit)) {
      moves = true;
      place = place();
    }
    if (moves) {
      restore();
    }
    if (place >= 0) {
      begin(place);
    } else {
      from = null;
    }
    return now;
  }

  /** Takes the edge that leads on, if it is known and ends in time; false if not. */
  private boolean follow(long place, long limit) {
    long due = refresh.due();
    Edge edge = edges.get(key(at, place, waits ? REFRESHED : PLAIN));
    boolean comesDue = edge != null && due <= now + edge.ticks;
    if (edge == null || (comesDue && due < now + edge.safeTicks)) {
      long ahead = due - now;
      edge =
          waits || ahead >= MOST_KINDS - DUE ? null : edges.get(key(at, place, DUE + (int) ahead));
      if (edge == null) {
        return false;
      }
      comesDue = true;
    }
    long end = now + edge.ticks;
    if (end > limit || (comesDue && due + refresh.intervalTicks() <= end)) {
      return false;
    }
    boolean leadsBack = edge.next == at && !waits && !comesDue;
    waits = comesDue && edge.leavesRefresh;
    if (comesDue) {
      refresh.pass();
    }
    take(edge, 1);
    if (leadsBack && place() == place) {
      long often = (Math.min(limit, due - 1) - now) / edge.ticks;
      for (ComputeUnit unit : units) {
        often = Math.min(often, unit.program().rowsAlike());
      }
      if (often > 0) {
        take(edge, often);
      }
    }
    return true;
  }

  private void take(Edge edge, long often) {
    for (ComputeUnit unit : units) {
      unit.finishRows(often);
    }
    state.counters.add(edge.growth, often);
    leapt += edge.commands * often;
    now += edge.ticks * often;
    at = edge.next;
  }

  // Learning -----------------------------------------------------------------------------------

  private void begin(long place) {
    from = at;
    fromPlace = place;
    fromPace = units[0].program().pace();
    fromTick = now;
    fromDue = refresh.due();
    fromWaits = waits;
    closedTick = now - 1;
    state.counters.read(before, now);
  }

  /** What happened since {@link #begin} is an edge, unless more happened than an edge may hold. */
  private void learn() {
    Node began = from;
    state.counters.read(counted, now);
    boolean isWhole = began != null && units[0].program().pace() == fromPace;
    for (int i = 0; i < counted.length; i++) {
      counted[i] -= before[i];
      // Nothing for requests.
      isWhole &= i >= ChannelCounters.REQUESTS || counted[i] == 0;
    }
    for (int scope = 0; scope < bus.geometry.scopes(); scope++) {
      // Each unit has closed its rows once: all are a row further.
      isWhole &= state.counters.of(counted, close, scope) == 1;
    }
    if (began == null || !isWhole) {
      return;
    }
    long ticks = now - fromTick;
    long safe = closedTick + 1 - fromTick;
    for (ComputeUnit unit : units) {
      // A refresh that waits would begin in a unit that is closed long before the others.
      safe = unit.refreshTick <= now ? ticks + 1 : safe;
    }
    boolean fired = refresh.due() != fromDue;
    int kind = fromWaits ? REFRESHED : PLAIN;
    if (fired) {
      long ahead = fromDue - fromTick;
      // With several units, one that was closed first may have held back for the refresh.
      boolean changesNothing = waits && ahead >= safe && units.length == 1;
      boolean isOwn = !fromWaits && ahead < MOST_KINDS - DUE;
      if (refresh.due() != fromDue + refresh.intervalTicks() || !(changesNothing || isOwn)) {
        return;
      }
      kind = changesNothing ? kind : DUE + (int) ahead;
    } else if (waits) {
      return;
    }
    edges.put(
        key(began, fromPlace, kind),
        new Edge(at, ticks, safe, kind < DUE || waits, counted.clone(), commands(counted)));
  }

  /** Commands of all units: those for a whole unit are counted in each of its scopes. */
  private long commands(long[] growth) {
    long units = 0;
    for (int scope = 0; scope < bus.geometry.scopes(); scope++) {
      for (int command : COLUMNS) {
        units += state.counters.of(growth, command, scope);
      }
      units += state.counters.of(growth, close, scope);
    }
    units /= bus.geometry.scopes() / this.units.length;
    for (int scope = 0; scope < bus.geometry.scopes(); scope++) {
      units += state.counters.of(growth, Command.ACTAB.index(), scope);
    }
    return units;
  }

  // State --------------------------------------------------------------------------------------

  /** Whether all rows are closed, and nothing but refreshes and compute can issue anything. */
  private boolean isAtRest() {
    int waiting = bus.maintenance.size();
    if ((waiting != 0 && waiting != bus.geometry.scopes())
        || state.counters.openBanks() > 0
        || state.reads.size() > 0
        || bus.halfOpened() >= 0
        || bus.queues.activeCount > 0
        || (secondRowBuffer && bus.queues.size() > 0)) {
      return false;
    }
    for (ComputeUnit unit : units) {
      if (unit.program == null || !unit.running || unit.released || unit.group > 0) {
        return false;
      }
    }
    return true;
  }

  /** Where all units stand; -1 if they stand in different places or no row is left. */
  private long place() {
    AllBankProgram first = units[0].program();
    int place = first.place();
    if (place < 0 || place >= MOST_PLACES || units[0].repeated > 0) {
      return -1;
    }
    for (int i = 1; i < units.length; i++) {
      AllBankProgram other = units[i].program();
      if (other.plan() != first.plan()
          || other.place() != place
          || other.pace() != first.pace()
          || units[i].repeated > 0) {
        return -1;
      }
    }
    int plan = plan(first);
    return plan < 0 ? -1 : (long) plan * MOST_PLACES + place;
  }

  private int plan(AllBankProgram program) {
    Object its = program.plan();
    int pace = program.pace();
    if (lastPlan < planCount && plans[lastPlan] == its && paces[lastPlan] == pace) {
      return lastPlan;
    }
    for (int i = 0; i < planCount; i++) {
      if (plans[i] == its && paces[i] == pace) {
        lastPlan = i;
        return i;
      }
    }
    if (planCount == MOST_PLANS) {
      return -1;
    }
    plans[planCount] = its;
    paces[planCount] = pace;
    lastPlan = planCount;
    return planCount++;
  }

  private Node describe(long tick) {
    buffer.write();
    exchange(tick);
    byte[] packed = buffer.packed();
    int length = buffer.packedLength();
    int hash = 1;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + packed[i];
    }
    List<Node> equals = nodes.computeIfAbsent(hash, ignored -> new ArrayList<>(1));
    for (int i = 0; i < equals.size(); i++) {
      Node node = equals.get(i);
      if (Arrays.equals(node.state, 0, node.state.length, packed, 0, length)) {
        return node;
      }
    }
    Node node = new Node(nodeCount++, Arrays.copyOf(packed, length));
    equals.add(node);
    return node;
  }

  /** Puts the channel where it stands. */
  private void restore() {
    buffer.unpack(at.state);
    exchange(now);
    bus.maintenance.clear();
    if (waits) {
      refresh.enter(now, bus.maintenance, state.power);
    }
    state.maintenanceChanged();
    // On the way there was a plan; requests that are held off were considered then.
    bus.serve();
  }

  /** Everything on which the future depends behind a command at a tick, in writing and back. */
  private void exchange(long tick) {
    buffer.part(StateBuffer.PARITY);
    buffer.exchange(tick & bus.edge);
    state.timing.exchange(buffer, null, tick);
    bus.exchangeBus(buffer, null, tick);
    buffer.part(StateBuffer.TIMERS);
    for (ComputeUnit unit : units) {
      unit.exchange(buffer, tick);
    }
  }

  private static long key(Node node, long place, int kind) {
    return ((long) node.number << 44 | place << 16) + kind;
  }

  private void clear() {
    nodes.clear();
    edges.clear();
    nodeCount = 0;
    planCount = 0;
    lastPlan = 0;
    Arrays.fill(plans, null);
    from = null;
  }
}
