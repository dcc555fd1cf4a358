package memwall.memory.dram.bulk;

import org.jspecify.annotations.Nullable;

/** A place on the way of a transfer through known states. */
final class Cursor {
  private static final int WAYS_BITS = 24;
  private static final int GUARD_BITS = 31;
  private static final int PLAIN = 0;
  private static final int TO_THE_END = 1;

  // What guards are without a ring of banks.
  private static final int FAR_FROM_ROW_END = 0;
  private static final int TO_ROW_END = 1;
  private static final int TO_OTHER_KIND = 2;

  /** Phase of an edge without a refresh. */
  static final long NO_REFRESH = -1;

  /** Refreshes are not moved further than this. */
  private static final int MOST_SHIFT = 16;

  /** Refreshes that never come are due later than this. */
  private static final long FAR = Long.MAX_VALUE / 8;

  private final Automaton automaton;
  private final Checkpoints checkpoints;

  /** The state here; null if the cursor is nowhere. */
  @Nullable Node node;

  long tick;

  /** When the next refresh becomes due. */
  long due;

  /** Next burst to be offered; bursts left of the run and of the transfer from it on. */
  long next;

  long runLeft;
  long unfed;

  /** In a ring: banks that the node does not tell of. */
  final Banks banks;

  Cursor(Automaton automaton, Checkpoints checkpoints, Banks banks) {
    this.automaton = automaton;
    this.checkpoints = checkpoints;
    this.banks = banks;
  }

  void set(Cursor other) {
    node = other.node;
    tick = other.tick;
    due = other.due;
    next = other.next;
    runLeft = other.runLeft;
    unfed = other.unfed;
    banks.set(other.banks);
  }

  void enter(Transfer transfer) {
    next = transfer.next;
    runLeft = transfer.runLeft;
    unfed = transfer.unfed();
  }

  /** Ticks to the next refresh; {@link #NO_REFRESH} if none ever comes. */
  long phase() {
    return due < FAR ? due - tick : NO_REFRESH;
  }

  /** Whether the next stretch ends at a checkpoint: of the same run, or the end of all. */
  boolean reachesCheckpoint() {
    long step = checkpoints.toNext(next);
    return runLeft > step || (runLeft == step && runLeft == unfed);
  }

  /** Whether what is left is too short for a checkpoint, so that the next stretch is the last. */
  boolean isLast() {
    return runLeft == unfed && runLeft < checkpoints.toNext(next);
  }

  // What matters beside the node on the way to the next checkpoint, or so many bursts to the end.
  private int guard(Node here, long bursts) {
    boolean isLast = !reachesCheckpoint();
    if (checkpoints.isRing) {
      return banks.guard(next, bursts, here.window, isLast);
    }
    if (checkpoints.leftOfKind(next) <= bursts) {
      // The node only knows the kind of the row that it is in, and the banks of its segment.
      return TO_OTHER_KIND + checkpoints.kind(next + bursts);
    }
    boolean isFar = isLast || checkpoints.isFarFromRowEnd(next + bursts);
    return isFar ? FAR_FROM_ROW_END : TO_ROW_END;
  }

  // The node and the guard, then the way on from here and how far it is to the next refresh:
  // together they say what happens.
  private static long place(Node here, int guard) {
    return ((long) here.id << GUARD_BITS) + guard;
  }

  private static long way(int way, long phase) {
    return ((phase - NO_REFRESH) << WAYS_BITS) + way;
  }

  /** The known stretch that follows here, if nothing is submitted behind; null if none is known. */
  @Nullable Edge edge() {
    Node here = node;
    if (here == null) {
      return null;
    }
    long phase = due - tick;
    int guard;
    int way;
    if (reachesCheckpoint()) {
      guard = guard(here, checkpoints.toNext(next));
      Edge plain = here.plain(guard);
      if (plain != null && plain.ticks < phase) {
        return plain;
      }
      way = PLAIN;
    } else if (isLast()) {
      guard = guard(here, runLeft);
      way = TO_THE_END + (int) runLeft;
      Edge plain = automaton.edge(place(here, guard), way(way, NO_REFRESH));
      if (plain != null && plain.ticks < phase) {
        return plain;
      }
    } else {
      return null;
    }
    Edge edge = automaton.edge(place(here, guard), way(way, phase));
    return edge != null ? edge : derive(here, guard, way, phase);
  }

  /**
   * The stretch that follows from what was seen where only ages were others; null if nothing was.
   */
  private @Nullable Edge derive(Node here, int guard, int way, long phase) {
    Node core = here.core;
    long phaseAfter = phase - here.waitTicks;
    if (core == null || automaton.isFull() || !waitsInVain(here, phaseAfter)) {
      return null;
    }
    Derivations derivations = automaton.derivations;
    long place = place(core, guard);
    Derivations.Pattern pattern = derivations.find(place, way(way, NO_REFRESH));
    if (pattern == null || pattern.ticks >= phaseAfter) {
      pattern = derivations.find(place, way(way, phaseAfter));
    }
    Edge edge = pattern == null ? null : derivations.derive(here, pattern, automaton);
    if (edge != null) {
      add(here, guard, way, edge);
    }
    return edge;
  }

  /** Whether nothing happens here before the node's wait is over, if it has to wait. */
  private boolean waitsInVain(Node here, long phaseAfter) {
    return here.waitTicks == 0 || (phaseAfter > 0 && (!checkpoints.isRing || banks.open.isEmpty()));
  }

  private void add(Node here, int guard, int way, Edge edge) {
    if (way == PLAIN && edge.isPlain()) {
      here.addPlain(guard, edge);
      automaton.count(edge);
    } else {
      long phase = edge.isPlain() ? NO_REFRESH : due - tick;
      automaton.add(place(here, guard), way(way, phase), edge);
    }
  }

  /**
   * Records what follows here.
   *
   * @param feeder with the reads that were completed on the way
   */
  void learn(Edge edge, Feeder feeder) {
    Node here = node;
    if (here == null) {
      throw new IllegalStateException("nowhere");
    }
    boolean isOnTheWay = reachesCheckpoint();
    int guard = guard(here, isOnTheWay ? checkpoints.toNext(next) : runLeft);
    int way = isOnTheWay ? PLAIN : TO_THE_END + (int) runLeft;
    add(here, guard, way, edge);
    Node core = here.core;
    long phaseAfter = due - tick - here.waitTicks;
    if (core != null && waitsInVain(here, phaseAfter)) {
      long phase = edge.isPlain() ? NO_REFRESH : phaseAfter;
      automaton.learn(place(core, guard), way(way, phase), here, edge, feeder);
    }
  }

  /**
   * Records what follows here if the refresh becomes due earlier or later and does the same.
   *
   * @param edge what was recorded
   * @param earlier how many ticks earlier at most
   * @param later how many ticks later at most
   */
  void learnAlike(Edge edge, long earlier, long later, Feeder feeder) {
    Node here = node;
    if (here == null) {
      throw new IllegalStateException("nowhere");
    }
    boolean isOnTheWay = reachesCheckpoint();
    int guard = guard(here, isOnTheWay ? checkpoints.toNext(next) : runLeft);
    int way = isOnTheWay ? PLAIN : TO_THE_END + (int) runLeft;
    Node core = here.core;
    for (long shift = -Math.min(MOST_SHIFT, earlier);
        shift <= Math.min(MOST_SHIFT, later);
        shift++) {
      long phase = due - tick + shift;
      if (phase <= here.waitTicks || automaton.edge(place(here, guard), way(way, phase)) != null) {
        continue;
      }
      Edge alike = edge.withRefresh(shift);
      automaton.add(place(here, guard), way(way, phase), alike);
      long phaseAfter = phase - here.waitTicks;
      if (core != null && waitsInVain(here, phaseAfter)) {
        automaton.learn(place(core, guard), way(way, phaseAfter), here, alike, feeder);
      }
    }
  }

  /** How often the edge here can be taken at once until a tick, at least once. */
  long repeats(Edge edge, long limit) {
    Node here = node;
    if (here == null || edge.next != here || !edge.isPlain() || edge.ticks == 0) {
      return 1;
    }
    long most = Math.min((due - tick - 1) / edge.ticks, (limit - tick) / edge.ticks);
    most = Math.min(most, (runLeft - (runLeft == unfed ? 0 : 1)) / edge.bursts);
    most = Math.min(most, (checkpoints.leftOfKind(next) - 1) / edge.bursts);
    if (most <= 1) {
      return 1;
    }
    if (checkpoints.isRing) {
      if (checkpoints.pages == 0 || !edge.leavesAllOpen(here.window)) {
        return 1;
      }
      most = Math.min(most, banks.alike(next, checkpoints.pages, here.window));
    } else if (here.isFarFromRowEnd) {
      most = Math.min(most, checkpoints.stepsFarFromRowEnd(next));
    } else if (checkpoints.distance != checkpoints.rowBursts) {
      return 1;
    } else {
      most = Math.min(most, (checkpoints.leftOfKind(next) - 1) / checkpoints.rowBursts);
    }
    return Math.max(1, most);
  }

  /** Goes to the end of an edge that was taken so many times. */
  void follow(Edge edge, long times) {
    node = edge.next;
    tick += times * edge.ticks;
    if (!edge.isPlain()) {
      due = tick + edge.dueTicks;
    }
    long bursts = times * edge.bursts;
    next += bursts;
    runLeft -= bursts;
    unfed -= bursts;
    Edge.Parts parts = edge.parts;
    if (parts != null) {
      banks.open.set(parts.openLow, parts.openHigh);
      banks.turn(banks.open, banks.base(next));
    } else if (edge.pages > 0) {
      banks.close(edge.closedScopes);
      long all = edge.pages + (times - 1) * checkpoints.pages;
      banks.pass(banks.ring.page(next - 1), all, edge.pages, edge.openBits, edge.openBitsBeyond);
    }
  }

  /** Goes on by whole laps, to the same state and phase. */
  void skip(long ticks, long bursts) {
    tick += ticks;
    due += due < FAR ? ticks : 0;
    next += bursts;
    runLeft -= bursts;
    unfed -= bursts;
    if (checkpoints.isRing) {
      banks.rotate(next, banks.ring.page(bursts));
    }
  }
}
