package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.BankRing;
import memwall.memory.dram.channel.ChannelImage;
import memwall.memory.dram.channel.StateBuffer;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * Takes transfers along what is known, edge by edge or as a whole, without the channel.
 *
 * <p>It stands at the last checkpoint before the present tick, or where the last transfer ended, or
 * where a transfer that is known as a whole found the channel.
 *
 * <p>Longer than others: looking ahead, going and taking whole transfers move the same place and
 * keep the same books of banks; what they go along (strides, laps, rows, paths) are classes of
 * their own.
 */
final class Walker {
  private static final long UNKNOWN = -1;

  /** Requests of others in the channel that only wait; 0 at rest. */
  int waiting;

  /** Where it stands; without a node while the exact channel is at work. */
  final Cursor place;

  /** The transfer under way; null if there is none, or it is taken as a whole. */
  @Nullable Transfer transfer;

  /** The transfer that is taken as a whole and the tick at which it was submitted. */
  @Nullable Bulk whole;

  long wholeFrom;

  /** The transfer taken as a whole at whose end it stands; null if it stands elsewhere. */
  @Nullable Bulk last;

  /** In a ring: says instead of the banks of {@link #place} which are open; null if they do. */
  private @Nullable Bulk open;

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
  private final Strides strides;

  /** In a ring: what banks were left with, but for the transfer under way. */
  private final Rows rows;

  /** First burst of the run under way whose page is not among the rows noted. */
  private long firstBurst;

  private final boolean isRing;
  private final BankSet end;
  private final Path path = new Path();
  private boolean isPathWhole;
  private long endTick = UNKNOWN;

  /** The bound that holds instead of the end if something comes behind; else unknown. */
  private long openEndTick = UNKNOWN;

  private long recordedFrom;

  /** What counters grow by while it rests, and nothing: scratch. */
  private final long[] growth;

  private final long[] none;

  Walker(
      DramStandard standard,
      ChannelImage image,
      TransferQueue queue,
      Automaton automaton,
      BulkTable table,
      Checkpoints checkpoints,
      BankRing ring,
      StateBuffer buffer) {
    this.image = image;
    this.queue = queue;
    this.automaton = automaton;
    this.table = table;
    this.checkpoints = checkpoints;
    writeLatencyTicks = standard.writeLatencyTicks();
    place = new Cursor(automaton, checkpoints, new Banks(ring, buffer));
    ahead = new Cursor(automaton, checkpoints, new Banks(ring, buffer));
    laps = new Laps(checkpoints, new Banks(ring, buffer));
    lapsAhead = new Laps(checkpoints, new Banks(ring, buffer));
    strides = new Strides(automaton, checkpoints, place.banks);
    rows = new Rows(ring);
    growth = new long[image.counters()];
    none = new long[image.counters()];
    isRing = ring.isRing();
    end = new BankSet(ring.banks(), ring.ringBanks());
  }

  /** Whether it stands anywhere; if not, the exact channel is at work. */
  boolean isWalking() {
    return place.node != null;
  }

  /** Whether {@link #wakeTick} was told the end of the transfer, not a bound of it. */
  boolean isEndKnown() {
    return whole != null || isPathWhole;
  }

  /** Forgets what it saw ahead: something was submitted or it moved. */
  void lookAgain() {
    endTick = UNKNOWN;
    openEndTick = UNKNOWN;
    isPathWhole = false;
  }

  /** Something comes behind the transfer: its last stretch is not known, what it saw before is. */
  void submitted() {
    if (openEndTick != UNKNOWN) {
      endTick = openEndTick;
      openEndTick = UNKNOWN;
      isPathWhole = false;
      path.clear(); // the way to its end
    }
  }

  /** The exact channel takes over. */
  void leave() {
    place.node = null;
    last = null;
    waiting = 0;
    transfer = null;
    laps.forget();
    table.cancel();
    lookAgain();
  }

  /** A transfer begins or goes on here, along known edges. */
  void enter(Transfer itsTransfer) {
    transfer = itsTransfer;
    Node here = place.node;
    if (isRing && here != null) {
      long from = place.banks.windowFrom(place.next, here.window);
      firstBurst = Math.max(itsTransfer.runFirst, place.banks.ring.firstBurst(from));
    }
    lookAgain();
  }

  /**
   * A transfer begins at rest; the state at its beginning is known.
   *
   * @param after the refresh since then; null if none came
   * @param recorded key under which the transfer is recorded as a whole; null if it shall not be
   * @param totals counters, which grow
   */
  void enterFromRest(
      Transfer itsTransfer,
      long tick,
      Node known,
      Starts.@Nullable Refreshed after,
      @Nullable BulkKey recorded,
      long[] totals) {
    Node rest = place.node;
    if (rest == null) {
      throw new IllegalStateException("not at rest");
    }
    last = null;
    Arrays.fill(growth, 0);
    countRest(rest, growth, (after == null ? tick : place.due - 1) - place.tick);
    if (after != null) {
      for (int i = 0; i < growth.length; i++) {
        growth[i] += after.counters[i];
      }
      place.due += after.intervalTicks;
      place.banks.close(after.closedScopes);
    }
    rest.noteRows(image, place.next / checkpoints.rowBursts);
    if (recorded != null) {
      record(recorded, Edge.growth(none, growth), tick);
    }
    for (int i = 0; i < growth.length; i++) {
      totals[i] += growth[i];
    }
    place.node = known;
    place.tick = tick;
    place.enter(itsTransfer);
    enter(itsTransfer);
  }

  /**
   * In a ring: looks at the banks of the exact channel, for the run of a transfer with so many
   * pages inside; false if they cannot be told.
   */
  boolean readBanks(Transfer itsTransfer, int window) {
    if (!isRing) {
      return true;
    }
    place.banks.read(image);
    rows.read(image, place.banks);
    return findReady(itsTransfer, window);
  }

  /**
   * In a ring: finds the banks that are ready for what is left of the run of a transfer with so
   * many pages inside; false if they cannot be told.
   */
  boolean findReady(Transfer itsTransfer, int window) {
    Banks banks = place.banks;
    long end = itsTransfer.next + itsTransfer.runLeft;
    rows.findReady(banks, itsTransfer.next, end);
    long first = banks.ring.page(itsTransfer.runFirst);
    return banks.windowFrom(itsTransfer.next, window) > first
        || !rows.isReadyForSecondVisit(banks, itsTransfer.runFirst, end);
  }

  /** In a ring: sets the banks of the exact channel. */
  void writeBanks() {
    Node here = place.node;
    if (isRing && here != null) {
      if (transfer != null) {
        long from = place.banks.windowFrom(place.next, here.window);
        rows.add(firstBurst, place.banks.ring.firstBurst(from), place.banks);
      }
      rows.write(image, place.banks);
    }
  }

  /** At rest: scopes with an open bank, one bit each. */
  int openScopes(Node rest) {
    int bits = 0;
    for (int scope = 0; scope < image.scopes(); scope++) {
      boolean isOpen = isRing ? place.banks.isScopeOpen(scope) : rest.isScopeOpen(scope);
      bits |= isOpen ? 1 << scope : 0;
    }
    return bits;
  }

  /** Counts a time of rest: what is open stays open. */
  void countRest(Node rest, long[] into, long ticks) {
    if (!isRing) {
      rest.countRest(into, ticks);
      return;
    }
    int scopes = place.banks.ring.scopes();
    for (int scope = 0; scope < scopes; scope++) {
      into[into.length - scopes + scope] += place.banks.isScopeOpen(scope) ? ticks : 0;
    }
  }

  /** The transfer that begins at a tick is recorded as a whole. */
  void record(BulkKey key, int[] gapCounters, long tick) {
    table.record(key, gapCounters);
    recordedFrom = tick;
  }

  /** Whether the end of this transfer depends on others: one behind it, or requests that wait. */
  boolean isEndOpen(Transfer itsTransfer) {
    return waiting > 0 || (itsTransfer.isFed() ? queue.first() != null : queue.second() != null);
  }

  /** The stretch that follows, if it is known and has nothing to do with others. */
  private @Nullable Edge edge(Cursor cursor, Transfer itsTransfer, boolean isLast) {
    if (isLast && isEndOpen(itsTransfer)) {
      return null;
    }
    Edge edge = cursor.edge();
    return edge != null && edge.ranDry && waiting > 0 && !itsTransfer.write ? null : edge;
  }

  /** The stretch that follows here, likewise. */
  @Nullable Edge edge(Transfer itsTransfer) {
    return edge(place, itsTransfer, place.isLast());
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
    strides.begin();
    while (true) {
      Edge stride = waiting > 0 ? null : strides.find(ahead);
      if (stride != null) {
        path.add(stride, 1);
        ahead.follow(stride, 1);
        lapsAhead.followed(ahead, stride, 1, BulkPort.NEVER, null, path);
        continue;
      }
      boolean isLast = ahead.isLast();
      Edge edge = edge(ahead, itsTransfer, isLast);
      if (edge == null) {
        return bound(spacingTicks);
      }
      if (isLast) {
        openEndTick = bound(spacingTicks);
      }
      long times = ahead.repeats(edge, BulkPort.NEVER);
      path.add(edge, times);
      ahead.follow(edge, times);
      if (isLast) {
        isPathWhole = !path.isTooLong;
        return ahead.tick + restOfWrite(itsTransfer);
      }
      strides.followed(ahead, edge, times);
      if (lapsAhead.followed(ahead, edge, times, BulkPort.NEVER, null, path) > 0) {
        strides.begin();
      }
    }
  }

  // Requests that wait may come before the last burst.
  private long bound(int spacingTicks) {
    long apart = waiting > 0 ? 0 : Math.max(0, ahead.unfed - 1) * spacingTicks;
    return ahead.tick + 1 + apart;
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
    if (itsTransfer != null && endTick != UNKNOWN && path.steps > 0 && ahead.tick <= tick) {
      takePart(itsTransfer);
    }
    while (itsTransfer != null) {
      boolean isLast = place.isLast();
      Edge edge = edge(place, itsTransfer, isLast);
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

  // The part of the path that is known.
  private void takePart(Transfer itsTransfer) {
    if (path.isTooLong) {
      return;
    }
    long before = place.next;
    usePath();
    laps.forget();
    lookAgain();
    feed(itsTransfer, place.next - before);
  }

  private void takePath(Transfer itsTransfer) {
    usePath();
    lookAgain();
    feed(itsTransfer, itsTransfer.unfed());
    arrive(itsTransfer);
  }

  private void usePath() {
    Path recording = table.recording();
    for (int i = 0; i < path.steps; i++) {
      automaton.use(path.edges[i], path.times[i]);
      if (recording != null) {
        recording.add(path.edges[i], path.times[i]);
      }
    }
    leaps += path.steps;
    place.set(ahead);
  }

  private void arrive(Transfer itsTransfer) {
    end(itsTransfer);
    transfer = null;
    laps.forget();
    Node rest = place.node;
    if (isRing) {
      rows.add(firstBurst, place.next, place.banks);
      place.banks.ready.clear();
    }
    if (table.recording() != null && rest != null) {
      end.set(place.banks.open);
      if (isRing) {
        place.banks.turnBack(end, place.banks.base(place.next));
      }
      table.finish(rest, place.tick - recordedFrom, place.phase(), end);
    }
  }

  private void end(Transfer itsTransfer) {
    itsTransfer.done = itsTransfer.bursts;
    itsTransfer.lastDone = place.tick + restOfWrite(itsTransfer);
    queue.end(itsTransfer);
  }

  /** In a ring: whether no bank has a row that a run may want. */
  boolean isFarFromRows(long first, long bursts) {
    return !isRing || rows.isFarFrom(first, first + bursts);
  }

  /** Makes the banks of {@link #place} say which are open. */
  void openBanks() {
    if (open != null) {
      place.banks.open.set(open.endLow, open.endHigh);
      place.banks.turn(place.banks.open, place.banks.base(place.next));
      place.banks.ready.clear();
      open = null;
    }
  }

  /** Takes a transfer as a whole that is in no queue, from a burst on; it finds no bank ready. */
  void take(Bulk known, long tick, long first) {
    if (isRing && rows.isFull()) {
      openBanks();
    }
    table.use(known);
    tableHits++;
    leaptBursts += known.bursts;
    last = known;
    place.node = known.next;
    place.tick = tick + known.ticks;
    if (known.dueTicks >= 0) {
      place.due = place.tick + known.dueTicks;
    }
    place.next = first + known.bursts;
    place.runLeft = 0;
    place.unfed = 0;
    if (isRing) {
      if (rows.isFull()) {
        rows.makeRoom(place.banks);
      }
      rows.add(first, place.next);
      open = known;
    }
  }

  private void take(Bulk known) {
    whole = null;
    last = known;
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
    long first = itsTransfer.next - itsTransfer.fed;
    place.enter(itsTransfer);
    if (isRing) {
      Banks banks = place.banks;
      banks.open.set(known.endLow, known.endHigh);
      banks.turn(banks.open, banks.base(place.next));
      rows.add(first, place.next, banks);
      banks.ready.clear();
    }
    end(itsTransfer);
  }
}
