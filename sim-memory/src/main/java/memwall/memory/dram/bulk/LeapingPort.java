package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.channel.BankRing;
import memwall.memory.dram.channel.ChannelImage;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.StateBuffer;
import memwall.memory.dram.channel.StreamFrame;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * A port that gives the answers of {@link ExactPort} without asking the channel twice.
 *
 * <p>While a contiguous run of bursts is fed, the channel's state is looked at each time a
 * checkpoint's burst was accepted. Described relative to the run and to now, the same states recur:
 * they are interned as nodes. What happens from one checkpoint to the next follows from the node,
 * the time to the next refresh where one becomes due, and the way to the end of a row. So it is
 * simulated once and kept as an edge: time, bursts, next node, growth of counters, latencies. A
 * known edge is followed as a pointer; one that leads back to its own node is taken as often as
 * refresh, row and run allow at once.
 *
 * <p>Whole transfers from rest to rest are kept in a table, and what followed one the last time is
 * tried first ({@link Chain}). A refresh between two commands is the same edge whenever it becomes
 * due; the channel tells how far ({@link ChannelImage#refreshEarlier}).
 *
 * <p>The port is either <em>live</em>, then the exact channel is at the present tick, or it
 * <em>walks</em>, then it is at the last checkpoint before the present tick and the channel is
 * somewhere in the past. It goes live, by putting the channel into the node's state, where no edge
 * is known, where a transfer ends with another one behind it, and for everything that is not a long
 * run. Because transfers are fed in order, a submission changes nothing before the one ahead of it
 * is fed.
 *
 * <p>A listener to the channel's commands sees those that are simulated; what is leapt over issues
 * none.
 *
 * <p>Nothing is approximated. Counters and latencies are counted as uses of edges and added up when
 * somebody asks.
 *
 * <p>Longer than others: going live, walking and learning share the channel, the place and the
 * counters, and each step of one decides which of the others comes next. What is known (states,
 * automaton, starts, table), the way along it and the feeding of bursts are classes of their own.
 */
public final class LeapingPort implements BulkPort {
  /** Bound of the memory for what is known, in bytes. */
  public static final long MOST_BYTES = 64L << 20;

  private final TransferQueue queue = new TransferQueue();
  private final Feeder feeder;
  private final DramChannel channel;
  private final ChannelImage image;
  private final Automaton automaton;
  private final Checkpoints checkpoints;
  private final States states;
  private Sink sink = (word, doneTicks) -> {};

  /** The tick that the owner told last. */
  private long told;

  /** Takes transfers along what is known; where it stands is {@code place}. */
  private final Walker walker;

  private final Cursor place;
  private final Learner learner;
  private final BulkTable table;
  private final BulkKey key;
  private final Starts starts;
  private final Chain chain;

  /** The node that was described last. */
  private @Nullable Node described;

  /** Counters of the channel at {@link #place} but for the edges used so far and not counted. */
  private final long[] totals;

  private final long[] totalsNow;
  private final long[] totalsAtRest;
  private final long[] totalsRested;

  private long transfers;
  private long bursts;
  private long restarts;
  private long refusals;

  /** A port to a channel at rest. */
  public LeapingPort(DramStandard standard, ControllerSpec controller) {
    this(standard, controller, MOST_BYTES);
  }

  /**
   * A port to a channel at rest.
   *
   * @param mostBytes bound of the memory for what is known; what does not fit is simulated
   */
  public LeapingPort(DramStandard standard, ControllerSpec controller, long mostBytes) {
    this(standard, controller, null, mostBytes);
  }

  /**
   * A port to a channel at rest whose banks may compute. Kernels are the channel's, which remembers
   * their rows; between them transfers are leapt over as ever.
   *
   * @param standard with the commands of in-memory compute, if there is any
   * @param compute how they are carried out; null: the banks do not compute
   * @param mostBytes bound of the memory for what is known; what does not fit is simulated
   */
  public LeapingPort(
      DramStandard standard,
      ControllerSpec controller,
      @Nullable AllBankSpec compute,
      long mostBytes) {
    channel = new DramChannel(standard, controller, compute);
    image = channel.image();
    feeder = new Feeder(channel, queue);
    AddressMapping mapping =
        AddressMapping.of(standard, controller.mapping(), controller.bankHash());
    automaton = new Automaton(mostBytes / 2, standard.readLatencyTicks());
    starts = new Starts(image, automaton);
    BankRing ring = BankRing.of(standard, controller, mapping);
    table = new BulkTable(mostBytes / 2, ring.banks(), ring.ringBanks());
    key = new BulkKey(ring.banks(), ring.ringBanks());
    checkpoints = new Checkpoints(standard, controller, mapping, ring);
    StateBuffer buffer = new StateBuffer();
    StreamFrame frame = new StreamFrame(standard, controller, mapping, ring);
    states = new States(image, automaton, checkpoints, frame, buffer, compute == null);
    walker = new Walker(standard, image, queue, automaton, table, checkpoints, ring, buffer);
    place = walker.place;
    chain = new Chain(walker, queue, checkpoints, standard.writeLatencyTicks());
    learner = new Learner(automaton, checkpoints, feeder, new Banks(ring, buffer), image);
    totals = new long[image.counters()];
    totalsNow = new long[image.counters()];
    totalsAtRest = new long[image.counters()];
    totalsRested = new long[image.counters()];
  }

  @Override
  public void onCompletion(Sink itsSink) {
    sink = itsSink;
  }

  @Override
  public void submit(
      BurstPattern pattern, long position, long itsBursts, boolean write, long word, long nowTick) {
    if (nowTick >= told && chain.begin(pattern, position, itsBursts, write, word, nowTick)) {
      told = nowTick;
      transfers++;
      bursts += itsBursts;
      return;
    }
    Feeder.check(pattern, position, itsBursts, channel.standard());
    Ticks.checkOrder(nowTick, told);
    release();
    chain.checked(pattern);
    told = nowTick;
    run(nowTick);
    unfold();
    boolean isIdle = isAtRest();
    if (!isIdle && walker.isWalking() && place.isLast()) {
      // From here on the future depends on what is submitted now.
      goLive();
      runLive(nowTick);
    }
    learner.submitted();
    walker.submitted();
    Transfer transfer = queue.add(pattern, position, itsBursts, write, word);
    transfers++;
    bursts += itsBursts;
    if (isIdle) {
      begin(transfer, nowTick);
    }
    run(nowTick);
  }

  /** From here on everything is in the queue and where the walker stands. */
  private void release() {
    chain.release();
    run(told);
  }

  private boolean isAtRest() {
    return queue.first() == null && queue.openCount == 0 && !feeder.kernels.isBusy();
  }

  @Override
  public void compute(UnitPrograms programs, long word, long nowTick) {
    Ticks.checkOrder(nowTick, told);
    release();
    told = nowTick;
    run(nowTick);
    unfold();
    // From here on the channel is where it is, and nothing that was begun to be learned holds.
    goLive();
    runLive(nowTick);
    feeder.kernels.add(programs, word);
    feeder.kernels.begin();
  }

  @Override
  public void advanceTo(long tick) {
    Ticks.checkOrder(tick, told);
    told = tick;
    if (chain.isBusy()) {
      chain.advanceTo(tick, sink);
      return;
    }
    run(tick);
    queue.deliver(tick, sink);
  }

  @Override
  public long wakeTick() {
    if (chain.isBusy()) {
      return chain.endTick();
    }
    return walker.isWalking() ? walker.wakeTick(told, feeder.spacingTicks()) : feeder.earliestEnd();
  }

  @Override
  public void lookAhead(long tick) {
    if (chain.isBusy()) {
      return; // its end is known
    }
    while (!feeder.kernels.isBusy() && !isAtRest()) {
      if (!walker.isWalking()) {
        if (stepLive(Math.min(tick, queue.firstEnd()), true)) {
          return;
        }
        continue;
      }
      long next = walker.wakeTick(told, feeder.spacingTicks());
      if (next > tick || next >= queue.firstEnd() || walker.isEndKnown()) {
        return;
      }
      if (!walker.walk(next)) {
        goLive();
      }
    }
  }

  private void run(long tick) {
    while (true) {
      if (!walker.isWalking()) {
        if (stepLive(tick, false)) {
          return;
        }
      } else if (walker.walk(tick)) {
        return;
      } else {
        goLive();
      }
    }
  }

  // Whole transfers ----------------------------------------------------------------------------

  /** A transfer finds the channel at rest. */
  private void begin(Transfer transfer, long tick) {
    Node rest = place.node;
    if (rest == null || !hasKey(rest, transfer, tick)) {
      start(transfer, tick);
      return;
    }
    long hash = key.hash();
    Bulk whole = table.find(key, hash);
    if (whole != null) {
      chain.found(transfer, whole);
      walker.whole = whole;
      walker.wholeFrom = tick;
      return;
    }
    boolean records = table.isWorthwhile(hash);
    if (Starts.isCertain(rest, key, tick, place.due)) {
      Node known = starts.find(rest, key, tick);
      if (known != null) {
        walker.enterFromRest(transfer, tick, known, null, records ? key : null, totals);
        return;
      }
      startAndRecord(transfer, tick, records);
      if (described != null) {
        starts.add(described);
      }
    } else if (starts.isCertainAfterRefresh(rest, key, tick, place.due)) {
      beginAfterRefresh(rest, transfer, tick, records);
    } else {
      startAndRecord(transfer, tick, records);
    }
  }

  private void beginAfterRefresh(Node rest, Transfer transfer, long tick, boolean records) {
    long due = place.due;
    Node without = starts.find(rest, key, tick);
    if (without == null) {
      startAndRecord(transfer, tick, records);
      return;
    }
    int openScopes = walker.openScopes(rest);
    Starts.Refreshed after = starts.findRefreshed(without, tick, due, openScopes);
    if (after != null) {
      walker.enterFromRest(transfer, tick, after.next, after, records ? key : null, totals);
      return;
    }
    Arrays.fill(totalsRested, 0);
    walker.countRest(rest, totalsRested, due - 1 - place.tick);
    startAndRecord(transfer, tick, records);
    if (described == null) {
      return;
    }
    int closed = openScopes;
    for (int scope = 0; scope < image.scopes(); scope++) {
      closed &= image.isScopeOpen(scope) ? ~(1 << scope) : -1;
    }
    for (int i = 0; i < totalsRested.length; i++) {
      totalsRested[i] += totalsAtRest[i];
    }
    starts.addRefreshed(
        new Starts.Refreshed(
            described, image.refreshDueTicks() - due, closed, Edge.growth(totalsRested, totalsNow)),
        image.isQuiet() ? image.settledTicks() - due : BulkPort.NEVER);
  }

  private void startAndRecord(Transfer transfer, long tick, boolean records) {
    if (start(transfer, tick) && records) {
      walker.record(key, Edge.growth(totalsAtRest, totals), tick);
    }
  }

  private boolean hasKey(Node rest, Transfer transfer, long tick) {
    if (!checkpoints.isRing) {
      return key.set(rest, place, transfer, tick, image, checkpoints);
    }
    return walker.findReady(transfer, 0) && key.setInRing(rest, place, transfer, tick, checkpoints);
  }

  /** The exact channel rests until the transfer begins; whether it is known how that goes on. */
  private boolean start(Transfer transfer, long tick) {
    goLive();
    channel.advanceTo(tick);
    described = null;
    System.arraycopy(totals, 0, totalsAtRest, 0, totals.length);
    return checkpoints.rowBursts > 0 && checkpoint(transfer, false);
  }

  /** What was taken as a whole has to be looked at in the middle. */
  private void unfold() {
    Transfer transfer = queue.first();
    if (walker.whole != null && transfer != null) {
      walker.whole = null;
      start(transfer, walker.wholeFrom);
      run(told);
    }
  }

  /** Puts the channel into the state at which the port is walking, if it is. */
  private void goLive() {
    Node node = place.node;
    if (node == null) {
      return;
    }
    Transfer transfer = walker.transfer;
    walker.writeBanks();
    states.restore(node, place, transfer, walker.waiting);
    image.writeCounters(totals);
    feeder.blocked = false;
    restarts++;
    if (transfer != null) {
      transfer.done = transfer.fed - (channel.pending() - walker.waiting);
      learner.leave(place, transfer, walker.isEndOpen(transfer), walker.waiting);
      System.arraycopy(totals, 0, learner.totals, 0, totals.length);
    }
    walker.leave();
  }

  // Live ---------------------------------------------------------------------------------------

  private void runLive(long tick) {
    learner.forget();
    feeder.run(tick);
  }

  /**
   * One step of the exact channel up to a tick; true if that tick is reached and nothing is left.
   *
   * @param isShort whether the step ends where a transfer may be complete
   */
  private boolean stepLive(long tick, boolean isShort) {
    feeder.kernels.begin();
    if (feeder.kernels.isBusy()) {
      feeder.feed();
      if (channel.nowTicks() >= tick) {
        return true;
      }
      feeder.step(tick);
      return false;
    }
    Transfer first = queue.first();
    while (first != null) {
      long run = first.runFirst;
      long most = checkpoints.rowBursts == 0 ? NEVER : checkpoints.toNext(first.next);
      long stop = first.next + most;
      boolean accepted = feeder.feed(Math.min(most, first.runLeft));
      if (first.next == stop && first.runFirst == run && most != NEVER) {
        if (accepted && checkpoint(first, false)) {
          return false;
        }
      }
      if (!accepted) {
        break;
      }
      first = queue.first();
    }
    if (first == null) {
      feeder.blocked = false;
    }
    if (channel.nowTicks() >= tick) {
      return true;
    }
    Transfer learned = learner.transfer;
    if (first == null && learned != null) {
      channel.advanceToChange(tick);
      if (channel.pending() == 0) {
        checkpoint(learned, true);
        learner.forget();
      }
    } else if (isShort) {
      channel.advanceToChange(tick);
    } else {
      feeder.step(tick);
    }
    return false;
  }

  /**
   * Looks at the live channel, learns how it came here, and walks on if it is known how to; true if
   * so.
   */
  private boolean checkpoint(Transfer transfer, boolean isAtRest) {
    long now = channel.nowTicks();
    Node node = states.look(transfer, isAtRest);
    described = node;
    place.next = transfer.next;
    if (node == null || !walker.readBanks(transfer, node.window)) {
      described = null;
      refusals++;
      learner.forget();
      return false;
    }
    image.readCounters(totalsNow);
    learner.arrive(
        transfer, node, states.frame, place.banks, now, image.refreshDueTicks(), totalsNow);
    if (isAtRest) {
      node.setRest(image, states.frame, now, checkpoints.isRing);
      return false;
    }
    place.node = node;
    place.tick = now;
    place.due = image.refreshDueTicks();
    place.enter(transfer);
    walker.waiting = states.frame.waiting();
    if (walker.edge(transfer) != null) {
      walker.enter(transfer);
      System.arraycopy(totalsNow, 0, totals, 0, totalsNow.length);
      learner.forget();
      return true;
    }
    learner.leave(place, transfer, walker.isEndOpen(transfer), walker.waiting);
    walker.waiting = 0;
    System.arraycopy(totalsNow, 0, learner.totals, 0, totalsNow.length);
    place.node = null;
    return false;
  }

  // Reports ------------------------------------------------------------------------------------

  @Override
  public long pending() {
    return chain.isBusy() ? 1 : queue.pending();
  }

  @Override
  public DramChannel channel() {
    release();
    unfold();
    if (walker.isWalking()) {
      goLive();
      runLive(told);
    }
    image.readCounters(totals);
    table.expand(totals, automaton);
    automaton.expand(totals, feeder.readLatencies);
    image.writeCounters(totals);
    // The owner may change what the state does not tell, such as the refresh interval.
    learner.forget();
    return channel;
  }

  @Override
  public TickCounts readLatencies() {
    DramChannel present = channel();
    if (present.nowTicks() > told) {
      throw new IllegalStateException("ahead of its owner");
    }
    return feeder.readLatencies;
  }

  @Override
  public PortCounters counters() {
    return new PortCounters(
        transfers,
        bursts,
        feeder.accepted,
        walker.leaptBursts,
        walker.leaps,
        learner.learned,
        walker.tableHits,
        restarts,
        refusals);
  }

  /** Nodes known, for tests. */
  int nodes() {
    return automaton.nodes();
  }

  /** Stretches that were put together from others, for tests. */
  long derived() {
    return automaton.derivations.derived;
  }

  /** Transfers that followed as they did before, for tests. */
  long chained() {
    return chain.taken;
  }

  /** For tests of completeness: leaves a part of the state out. */
  StateBuffer buffer() {
    return states.buffer;
  }
}
