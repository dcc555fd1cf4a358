package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.ChannelImage;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * Takes transfers along what is known, edge by edge or as a whole, without the channel.
 *
 * <p>It stands at the last checkpoint before the present tick, or where the last transfer ended, or
 * where a transfer that is known as a whole found the channel.
 */
final class Walker {
  private static final long UNKNOWN = -1;

  /** Where it stands; without a node while the exact channel is at work. */
  final Cursor place;

  /** The transfer under way; null if there is none, or it is taken as a whole. */
  @Nullable Transfer transfer;

  /** The transfer that is taken as a whole and the tick at which it was submitted. */
  @Nullable Bulk whole;

  long wholeFrom;

  long leaptBursts;
  long leaps;
  long tableHits;

  /** Told which rows banks are left with, not driven. */
  private final ChannelImage image;

  private final Checkpoints checkpoints;
  private final TransferQueue queue;
  private final Automaton automaton;
  private final BulkTable table;
  private final int writeLatencyTicks;
  private final Laps laps;

  // The way from here as far as it is known; the whole way to the end of the transfer or not.
  private final Cursor ahead;
  private final Laps lapsAhead;
  private final Path path = new Path();
  private boolean isPathWhole;
  private long endTick = UNKNOWN;

  private long recordedFrom;

  Walker(
      DramStandard standard,
      ChannelImage image,
      TransferQueue queue,
      Automaton automaton,
      BulkTable table,
      Checkpoints checkpoints) {
    this.image = image;
    this.queue = queue;
    this.automaton = automaton;
    this.table = table;
    this.checkpoints = checkpoints;
    writeLatencyTicks = standard.writeLatencyTicks();
    place = new Cursor(automaton, checkpoints);
    ahead = new Cursor(automaton, checkpoints);
    laps = new Laps(checkpoints);
    lapsAhead = new Laps(checkpoints);
  }

  /** Whether it stands anywhere; if not, the exact channel is at work. */
  boolean isWalking() {
    return place.node != null;
  }

  /** Forgets what it saw ahead: something was submitted or it moved. */
  void lookAgain() {
    endTick = UNKNOWN;
    isPathWhole = false;
  }

  /** The exact channel takes over. */
  void leave() {
    place.node = null;
    transfer = null;
    laps.forget();
    table.cancel();
    lookAgain();
  }

  /** A transfer begins here, along known edges. */
  void enter(Transfer itsTransfer) {
    transfer = itsTransfer;
    lookAgain();
  }

  /** The transfer that begins at a tick is recorded as a whole. */
  void record(BulkKey key, int[] gapCounters, long tick) {
    table.record(key, gapCounters);
    recordedFrom = tick;
  }

  /** Whether there is another transfer behind this one. */
  boolean hasFollower(Transfer itsTransfer) {
    return itsTransfer.isFed() ? queue.first() != null : queue.second() != null;
  }

  /**
   * A tick before which nothing ends: that of the end where the way there is known.
   *
   * @param told present tick
   * @param spacingTicks least distance of two bursts
   */
  long wakeTick(long told, int spacingTicks) {
    if (whole != null) {
      return Math.min(queue.firstEnd(), wholeFrom + whole.ticks + restOfWrite(queue.first()));
    }
    if (transfer == null) {
      return queue.firstEnd();
    }
    if (endTick == UNKNOWN) {
      endTick = lookAhead(transfer, spacingTicks);
    }
    return Math.min(queue.firstEnd(), Math.max(told + 1, endTick));
  }

  private long lookAhead(Transfer itsTransfer, int spacingTicks) {
    ahead.set(place);
    lapsAhead.forget();
    path.clear();
    while (true) {
      boolean isLast = ahead.isLast();
      Edge edge = isLast && hasFollower(itsTransfer) ? null : ahead.edge();
      if (edge == null) {
        return ahead.tick + 1 + Math.max(0, ahead.unfed - 1) * spacingTicks;
      }
      long times = ahead.repeats(edge, BulkPort.NEVER);
      path.add(edge, times);
      ahead.follow(edge, times);
      if (isLast) {
        isPathWhole = !path.isTooLong;
        return ahead.tick + restOfWrite(itsTransfer);
      }
      lapsAhead.followed(ahead, edge, times, BulkPort.NEVER, null, path);
    }
  }

  /** From the command of the last burst to its last beat; reads are looked at to their end. */
  private long restOfWrite(@Nullable Transfer itsTransfer) {
    return itsTransfer != null && itsTransfer.write ? writeLatencyTicks : 0;
  }

  /** Goes on up to a tick; false if it cannot because it is not known what follows. */
  boolean walk(long tick) {
    if (whole != null && wholeFrom + whole.ticks <= tick) {
      take(whole);
    }
    Transfer itsTransfer = transfer;
    if (itsTransfer != null && isPathWhole && ahead.tick <= tick) {
      takePath(itsTransfer);
      return true;
    }
    while (itsTransfer != null) {
      boolean isLast = place.isLast();
      Edge edge = isLast && hasFollower(itsTransfer) ? null : place.edge();
      if (edge == null) {
        return false;
      }
      if (place.tick + edge.ticks > tick) {
        return true;
      }
      takeEdge(itsTransfer, edge, isLast, tick);
      if (isLast) {
        arrive(itsTransfer);
        itsTransfer = null;
      }
    }
    return true;
  }

  private void takeEdge(Transfer itsTransfer, Edge edge, boolean isLast, long tick) {
    lookAgain();
    long times = place.repeats(edge, tick);
    long before = place.next;
    automaton.use(edge, times);
    Path recording = table.recording();
    if (recording != null) {
      recording.add(edge, times);
    }
    place.follow(edge, times);
    leaps++;
    if (!isLast && laps.followed(place, edge, times, tick, automaton, recording) > 0) {
      leaps++;
    }
    feed(itsTransfer, place.next - before);
  }

  private void feed(Transfer itsTransfer, long bursts) {
    leaptBursts += bursts;
    queue.openOnce(itsTransfer);
    if (bursts > 0) {
      itsTransfer.accept(bursts);
      if (itsTransfer.isFed()) {
        queue.removeFirst();
      }
    }
  }

  private void takePath(Transfer itsTransfer) {
    Path recording = table.recording();
    for (int i = 0; i < path.steps; i++) {
      automaton.use(path.edges[i], path.times[i]);
      if (recording != null) {
        recording.add(path.edges[i], path.times[i]);
      }
    }
    leaps += path.steps;
    place.set(ahead);
    lookAgain();
    feed(itsTransfer, itsTransfer.unfed());
    arrive(itsTransfer);
  }

  private void arrive(Transfer itsTransfer) {
    end(itsTransfer);
    transfer = null;
    laps.forget();
    Node rest = place.node;
    if (table.recording() != null && rest != null) {
      table.finish(rest, place.tick - recordedFrom, place.phase());
    }
  }

  private void end(Transfer itsTransfer) {
    itsTransfer.done = itsTransfer.bursts;
    itsTransfer.lastDone = place.tick + restOfWrite(itsTransfer);
    queue.end(itsTransfer);
  }

  private void take(Bulk known) {
    whole = null;
    Transfer itsTransfer = queue.first();
    if (itsTransfer == null) {
      throw new IllegalStateException("no transfer to take");
    }
    Node rest = place.node;
    if (known.next.hasForeign && rest != null) {
      rest.noteRows(image, place.next / checkpoints.rowBursts);
    }
    table.use(known);
    tableHits++;
    feed(itsTransfer, itsTransfer.bursts);
    place.node = known.next;
    place.tick = wholeFrom + known.ticks;
    if (known.dueTicks >= 0) {
      place.due = place.tick + known.dueTicks;
    }
    place.enter(itsTransfer);
    end(itsTransfer);
  }
}
