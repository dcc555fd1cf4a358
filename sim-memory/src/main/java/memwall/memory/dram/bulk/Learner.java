package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.StreamFrame;
import org.jspecify.annotations.Nullable;

/** Keeps the checkpoint that the exact channel left last, until it arrives at the next one. */
final class Learner {
  /** The transfer that is fed since; null if nothing can be learned. */
  @Nullable Transfer transfer;

  /** Counters there. */
  final long[] totals;

  long learned;

  private final Cursor from;
  private long runFirst;
  private final Automaton automaton;
  private final Feeder feeder;

  Learner(Automaton automaton, Checkpoints checkpoints, Feeder feeder, int counters) {
    this.automaton = automaton;
    this.feeder = feeder;
    from = new Cursor(automaton, checkpoints);
    totals = new long[counters];
  }

  /** The exact channel leaves a checkpoint of a transfer; its counters are set by the caller. */
  void leave(Cursor place, Transfer itsTransfer, boolean hasFollower) {
    from.set(place);
    if (!from.reachesCheckpoint() && (!from.isLast() || hasFollower)) {
      forget();
      return;
    }
    transfer = itsTransfer;
    runFirst = itsTransfer.runFirst;
    feeder.logged = 0;
    feeder.isLogging = true;
  }

  /** What happened since is not what follows from the checkpoint. */
  void forget() {
    from.node = null;
    transfer = null;
    feeder.isLogging = false;
  }

  /** Something is submitted; the end of a transfer is only known if nothing follows it. */
  void submitted() {
    if (from.node != null && from.isLast()) {
      forget();
    }
  }

  /** The exact channel arrives at a node, as described relative to the frame. */
  void arrive(
      Transfer itsTransfer, Node node, StreamFrame frame, long tick, long due, long[] counters) {
    Node start = from.node;
    if (start == null
        || transfer != itsTransfer
        || runFirst != itsTransfer.runFirst
        || !frame.isForeignWithin(start.foreign)
        || automaton.isFull()) {
      return;
    }
    from.learn(
        new Edge(
            node,
            tick - from.tick,
            itsTransfer.next - from.next,
            due == from.due ? Cursor.NO_REFRESH : due - tick,
            Edge.growth(totals, counters),
            Edge.tally(feeder.log, feeder.logged)));
    learned++;
  }
}
