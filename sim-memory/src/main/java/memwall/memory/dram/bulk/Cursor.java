package memwall.memory.dram.bulk;

import org.jspecify.annotations.Nullable;

/** A place on the way of a transfer through known states. */
final class Cursor {
  private static final int WAYS_BITS = 24;
  private static final int PLAIN = 0;
  private static final int PLAIN_TO_ROW_END = 1;
  private static final int TO_THE_END = 2;

  /** Phase of an edge without a refresh. */
  static final long NO_REFRESH = -1;

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

  Cursor(Automaton automaton, Checkpoints checkpoints) {
    this.automaton = automaton;
    this.checkpoints = checkpoints;
  }

  void set(Cursor other) {
    node = other.node;
    tick = other.tick;
    due = other.due;
    next = other.next;
    runLeft = other.runLeft;
    unfed = other.unfed;
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

  private boolean staysFarFromRowEnd() {
    return checkpoints.isFarFromRowEnd(next + checkpoints.toNext(next));
  }

  /** The way on from here as a number: together with the node it says what happens. */
  long place() {
    int way;
    if (reachesCheckpoint()) {
      way = staysFarFromRowEnd() ? PLAIN : PLAIN_TO_ROW_END;
    } else {
      way = TO_THE_END + (int) runLeft;
    }
    return ((long) id() << WAYS_BITS) + way;
  }

  private int id() {
    return node == null ? -1 : node.id;
  }

  /** The known stretch that follows here, if nothing is submitted behind; null if none is known. */
  @Nullable Edge edge() {
    Node here = node;
    if (here == null) {
      return null;
    }
    long phase = due - tick;
    long place;
    if (reachesCheckpoint()) {
      Edge plain = staysFarFromRowEnd() ? here.plain : here.plainToRowEnd;
      if (plain != null && plain.ticks < phase) {
        return plain;
      }
      place = place();
    } else if (isLast()) {
      place = place();
      Edge plain = automaton.edge(place, NO_REFRESH);
      if (plain != null && plain.ticks < phase) {
        return plain;
      }
    } else {
      return null;
    }
    return automaton.edge(place, phase);
  }

  /** Records what follows here. */
  void learn(Edge edge) {
    Node here = node;
    if (here == null) {
      throw new IllegalStateException("nowhere");
    }
    if (!edge.isPlain()) {
      automaton.add(place(), due - tick, edge);
    } else if (!reachesCheckpoint()) {
      automaton.add(place(), NO_REFRESH, edge);
    } else if (staysFarFromRowEnd()) {
      here.plain = edge;
      automaton.count(edge);
    } else {
      here.plainToRowEnd = edge;
      automaton.count(edge);
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
    if (here.isFarFromRowEnd) {
      most = Math.min(most, checkpoints.stepsFarFromRowEnd(next));
    } else if (checkpoints.distance != checkpoints.rowBursts) {
      return 1;
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
  }

  /** Goes on by whole laps, to the same state and phase. */
  void skip(long ticks, long bursts) {
    tick += ticks;
    due += due < FAR ? ticks : 0;
    next += bursts;
    runLeft -= bursts;
    unfed -= bursts;
  }
}
