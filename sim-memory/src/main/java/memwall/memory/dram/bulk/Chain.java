package memwall.memory.dram.bulk;

import org.jspecify.annotations.Nullable;

/**
 * Transfers that follow each other as they did before: each is the follower that its predecessor
 * had the last time, after the same gap and as far from it. Then everything else that a transfer
 * taken as a whole follows from is the same too, so nothing is looked up, and nothing is queued.
 *
 * <p>The predecessor says in which state the channel is left, how far the next refresh is and which
 * banks are open. So the gap, the distance and the length of what comes say the rest of a {@link
 * BulkKey}, as long as no bank is ready for it ({@link Rows#isFarFrom}), no foreign row is open and
 * both lie in one segment of the addresses.
 *
 * <p>The last transfer waits here until it ends. Before anything else is done with the port it has
 * to be {@link #release released} into the queue.
 */
final class Chain {
  private final Walker walker;
  private final TransferQueue queue;
  private final Checkpoints checkpoints;
  private final int writeLatencyTicks;

  /** The pattern that was checked last, if it is a run. */
  private @Nullable BurstPattern checked;

  /** The segment in which the last transfer lay: first burst and end. */
  private long segmentFirst;

  private long segmentEnd;

  // The transfer under way.
  private @Nullable Bulk known;
  private long position;
  private boolean write;
  private long word;
  private long first;
  private long fromTick;
  private long endTick;

  /** Transfers taken here so far. */
  long taken;

  Chain(Walker walker, TransferQueue queue, Checkpoints checkpoints, int writeLatencyTicks) {
    this.walker = walker;
    this.queue = queue;
    this.checkpoints = checkpoints;
    this.writeLatencyTicks = writeLatencyTicks;
  }

  /** Whether a transfer is under way here. */
  boolean isBusy() {
    return known != null;
  }

  /** When it ends. */
  long endTick() {
    return endTick;
  }

  /** The pattern of a transfer that was found to lie in the channel. */
  void checked(BurstPattern pattern) {
    checked = pattern.isRun() ? pattern : null;
  }

  /**
   * A transfer is submitted; false if it is not the one that followed the last time, then nothing
   * has happened.
   */
  boolean begin(
      BurstPattern pattern,
      long itsPosition,
      long bursts,
      boolean itWrites,
      long itsWord,
      long tick) {
    Bulk before = walker.last;
    if (before == null || known != null || !pattern.equals(checked)) {
      return false;
    }
    Bulk follower = before.follower;
    if (follower == null
        || follower.bursts != bursts
        || follower.gapTicks != tick - walker.place.tick
        || follower.isWrite() != itWrites
        || itsPosition < 0
        || itsPosition > pattern.bursts() - bursts) {
      return false;
    }
    long itsFirst = pattern.first() + itsPosition;
    if (itsFirst - walker.place.next != before.distance
        || itsFirst < segmentFirst
        || itsFirst + bursts >= segmentEnd
        || !walker.isFarFromRows(itsFirst, bursts)
        || queue.pending() > 0) {
      return false;
    }
    known = follower;
    position = itsPosition;
    write = itWrites;
    word = itsWord;
    first = itsFirst;
    fromTick = tick;
    endTick = tick + follower.ticks + (itWrites ? writeLatencyTicks : 0);
    return true;
  }

  /** Goes to a tick; the transfer is delivered if it ends until then. */
  void advanceTo(long tick, BulkPort.Sink sink) {
    Bulk done = known;
    if (done == null || endTick > tick) {
      return;
    }
    known = null;
    taken++;
    walker.take(done, fromTick, first);
    sink.done(word, endTick);
  }

  /** Hands the transfer under way, if there is one, to the queue and the walker. */
  void release() {
    walker.openBanks();
    Bulk begun = known;
    BurstPattern pattern = checked;
    if (begun == null || pattern == null) {
      return;
    }
    known = null;
    queue.add(pattern, position, begun.bursts, write, word);
    walker.whole = begun;
    walker.wholeFrom = fromTick;
  }

  /** A transfer at rest was found to be known as a whole: perhaps it follows again. */
  void found(Transfer transfer, Bulk whole) {
    Bulk before = walker.last;
    if (checkpoints.hasTiers) {
      return;
    }
    long next = walker.place.next;
    segmentFirst = checkpoints.segmentFirst(transfer.next);
    segmentEnd = checkpoints.segmentEnd(transfer.next);
    if (before != null
        && next > segmentFirst
        && next < segmentEnd
        && !before.next.hasForeign
        && !whole.next.hasForeign
        && !whole.wantsReady()) {
      before.follower = whole;
      before.distance = transfer.next - next;
    }
  }
}
