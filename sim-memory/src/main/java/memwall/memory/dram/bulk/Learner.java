package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.ChannelImage;
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
  private int waiting;
  private final ChannelImage image;
  private final Automaton automaton;
  private final Checkpoints checkpoints;
  private final Feeder feeder;
  private final Tally latencies = new Tally();

  Learner(
      Automaton automaton,
      Checkpoints checkpoints,
      Feeder feeder,
      Banks banks,
      ChannelImage image) {
    this.automaton = automaton;
    this.checkpoints = checkpoints;
    this.feeder = feeder;
    from = new Cursor(automaton, checkpoints, banks);
    totals = new long[image.counters()];
    this.image = image;
  }

  /**
   * The exact channel leaves a checkpoint of a transfer; its counters are set by the caller.
   *
   * @param isEndOpen whether the end of the transfer depends on others
   * @param itsWaiting requests of others that only wait
   */
  void leave(Cursor place, Transfer itsTransfer, boolean isEndOpen, int itsWaiting) {
    from.set(place);
    if (!from.reachesCheckpoint() && (!from.isLast() || isEndOpen)) {
      forget();
      return;
    }
    waiting = itsWaiting;
    image.watch();
    transfer = itsTransfer;
    runFirst = itsTransfer.runFirst;
    feeder.logged = 0;
    feeder.logFrom = from.tick;
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

  /**
   * The exact channel arrives at a node, as described relative to the frame.
   *
   * @param banks what else there is in a ring
   */
  void arrive(
      Transfer itsTransfer,
      Node node,
      StreamFrame frame,
      Banks banks,
      long tick,
      long due,
      long[] counters) {
    Node start = from.node;
    if (start == null
        || transfer != itsTransfer
        || runFirst != itsTransfer.runFirst
        || !frame.isForeignWithin(start.foreign)
        || automaton.isFull()
        || (waiting > 0
            && ((!itsTransfer.write && image.ranDry()) || frame.waiting() != waiting))) {
      return;
    }
    int pages = 0;
    long openBits = 0;
    long openBitsBeyond = 0;
    int closedScopes = 0;
    if (checkpoints.isRing) {
      long first = banks.windowFrom(from.next, start.window);
      long last = banks.ring.page(itsTransfer.next - 1);
      closedScopes = banks.closedSince(from.banks, first, last);
      if (closedScopes < 0 || !banks.canTell(last - first + 1)) {
        return;
      }
      pages = (int) (last - first + 1);
      openBits = banks.openBits(last, pages);
      openBitsBeyond = banks.openBitsBeyond(last, pages);
    }
    Edge edge =
        new Edge(
            node,
            tick - from.tick,
            itsTransfer.next - from.next,
            due == from.due ? Cursor.NO_REFRESH : due - tick,
            pages,
            openBits,
            openBitsBeyond,
            closedScopes,
            image.ranDry(),
            Edge.growth(totals, counters),
            latencies());
    from.learn(edge, feeder);
    if (waiting == 0 && due != from.due) {
      from.learnAlike(edge, image.refreshEarlier(), image.refreshLater(), feeder);
    }
    learned++;
  }

  private int[] latencies() {
    for (int i = 0; i < feeder.logged; i += 2) {
      latencies.add(feeder.log[i + 1] - feeder.log[i]);
    }
    return latencies.take();
  }
}
