package memwall.workloads.execution;

import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.stat.Stats;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Machine;

/**
 * Runs the operators of a step on one rank, one after the other. An operator begins with its fixed
 * overhead; then its memory reads and its compute work run side by side (a roofline by events), and
 * it is complete when the last of them is. KV writes are posted: an operator waits for them only
 * when the write buffer is full. A collective is complete when its result is here.
 *
 * <p>An operator that is left to the memory of its data (NearPlan) reads nothing of it over the
 * channels and does no work in the compute engine: its kernels bring the input there and the
 * results back. The chip reads the operator's input from where activations lie, and writes its
 * results there, as for any operator; reads are submitted before the kernels, writes behind them.
 *
 * <p>A step of sub-batches (SubBatches) is run in a fixed order, the same on every rank: the
 * operators of a batch up to and with the start of one that is left to a memory, then those of the
 * other batch, in turn. Only when it is a batch's turn does the rank wait for what memories do for
 * it; so what kernels take beside the chip's work for the other batch costs no time.
 *
 * <p>While an operator runs, the flash reads that follow are announced, so that pages are sensed
 * early; reads whose address depends on results (embedding rows, routed experts) are not.
 *
 * <p>Layers of a segment are equal. If the machine is folded, the executor compares the state of
 * the whole machine at the beginning of consecutive repeats; once it comes again, the remaining
 * repeats but the last will each take what this one took, and are jumped over. The last one is
 * simulated, because what it announces belongs to the next segment. Steps of sub-batches do not
 * leap.
 */
final class RankExecutor {
  private final Simulation simulation;
  private final Machine machine;
  private final Stats machineStats;
  private final RankContext context;
  private final SubBatches batches;
  private final Event issue;
  private final Event resume;
  private final Leaping leaping;
  private final StateLog states = new StateLog();
  private final Position[] positions;

  private Completion stepDone = word -> {};
  private long stepWord;
  private boolean running;

  /** The batch whose turn it is, and how many the step has. */
  private int turn;

  private int count = 1;
  private long repeatStartedPs;
  private boolean marked;

  /** How far a batch has come in its plan. */
  private static final class Position {
    final OperatorRun run;
    final KernelPlan kernels;
    OperatorPlan plan;
    NearPlan near;
    int segment;
    int repeat;
    int operator;

    Position(OperatorPlan plan, NearPlan near, KernelPlan kernels, OperatorRun run) {
      this.kernels = kernels;
      this.run = run;
      this.plan = plan;
      this.near = near;
    }

    void begin(OperatorPlan newPlan, NearPlan newNear) {
      plan = newPlan;
      near = newNear;
      kernels.fill(newPlan);
      segment = 0;
      repeat = 0;
      operator = newPlan.segmentFirst(0);
    }

    boolean isAtEnd() {
      return segment == plan.segments();
    }

    boolean isAtRepeat() {
      return operator == plan.segmentFirst(segment);
    }
  }

  RankExecutor(
      Simulation simulation,
      Machine machine,
      int rank,
      Parts parts,
      SubBatches batches,
      OperatorPlan first,
      long kvBlockBytes,
      Leaping leaping) {
    this.simulation = simulation;
    this.machine = machine;
    this.machineStats = machine.stats();
    this.leaping = leaping;
    this.batches = batches;
    this.context = new RankContext(simulation, machine, rank, parts, first, kvBlockBytes);
    this.positions = new Position[2];
    for (int i = 0; i < positions.length; i++) {
      int batch = i;
      NearPlan near = batches.near(batch);
      KernelPlan kernels = new KernelPlan(context.spec);
      positions[batch] =
          new Position(
              first,
              near,
              kernels,
              new OperatorRun(
                  context, first, near, kernels, waited -> operatorDone(batch, waited)));
    }
    String path = machineStats.child("rank" + rank).child("time").path();
    this.issue = simulation.event(path + ".issue", this::issue);
    this.resume = simulation.event(path + ".resume", this::resumeAfterLeap);
  }

  /**
   * Runs the step that was decided last; the completion is called when the last operator is
   * complete on this rank.
   */
  void execute(Completion done, long word) {
    if (running) {
      throw new IllegalStateException("rank " + context.rank + " is in a step");
    }
    running = true;
    stepDone = done;
    stepWord = word;
    for (AnnouncementCursor cursor : context.cursors) {
      if (cursor != null) {
        cursor.restart();
      }
    }
    StagingBuffer buffer = context.staging;
    if (buffer != null) {
      buffer.restart(batches.plan(0));
    }
    count = batches.count();
    for (int batch = 0; batch < count; batch++) {
      positions[batch].begin(batches.plan(batch), batches.near(batch));
    }
    turn = 0;
    forgetStates();
    advance();
  }

  /** The host worked for the step; this rank waited. */
  void hostWorked(long hostPs) {
    context.spent[Parts.HOST].add(hostPs);
  }

  /** The rank was done and waited for others. */
  void waitedForRanks(long waitPs) {
    context.spent[Parts.NETWORK].add(waitPs);
  }

  long spentPs(int part) {
    return context.spent[part].value();
  }

  /** Copies KV entries into the second memory, beside the steps. */
  void storeKv(long bytes, Completion done, long word) {
    KvCopies copies = context.kvCopies;
    if (copies == null) {
      throw new IllegalStateException("there is no second memory for KV entries");
    }
    copies.copy(bytes, done, word);
  }

  long stagedBytes() {
    StagingBuffer buffer = context.staging;
    return buffer == null ? 0 : buffer.stagedBytes();
  }

  NearTotals near() {
    NearCounters near = context.near;
    return near == null ? NearTotals.NONE : near.totals();
  }

  /** Starts the next operator that has work, or ends the step. */
  private void advance() {
    while (true) {
      Position at = positions[turn];
      if (at.run.isUnderWay()) {
        at.run.await();
        return;
      }
      goOn(at);
      if (at.isAtEnd()) {
        if (positions[other()].isAtEnd()) {
          running = false;
          forgetStates();
          stepDone.complete(stepWord);
          return;
        }
        turn = other();
        continue;
      }
      if (at.isAtRepeat()
          && count == 1
          && leaping.enabled()
          && machine.folded()
          && at.plan.segmentRepeat(at.segment) >= 3
          && leap(at)) {
        return;
      }
      if (!at.plan.isIdle(at.operator)) {
        start(at);
        return;
      }
      at.operator++;
    }
  }

  /** The other batch; of a whole step the same. */
  private int other() {
    return count - 1 - turn;
  }

  /** Enters the next repeat or segment at the end of one. */
  private void goOn(Position at) {
    if (at.isAtEnd() || at.operator < at.plan.segmentEnd(at.segment)) {
      return;
    }
    if (++at.repeat < at.plan.segmentRepeat(at.segment)) {
      at.operator = at.plan.segmentFirst(at.segment);
    } else if (++at.segment < at.plan.segments()) {
      at.repeat = 0;
      at.operator = at.plan.segmentFirst(at.segment);
      forgetStates();
    }
  }

  private void start(Position at) {
    context.operators.increment();
    long overheadPs = at.kernels.overheadPs(at.plan, at.operator, at.near.isNear(at.operator));
    context.spent[Parts.OVERHEAD].add(overheadPs);
    if (overheadPs > 0) {
      issue.in(overheadPs, 0);
    } else {
      issue(0);
    }
  }

  private void issue(long ignored) {
    Position at = positions[turn];
    boolean waits = count == 1 || !at.near.isNear(at.operator);
    at.run.issue(at.plan, at.near, at.operator, waits);
    announceNext(at);
    at.run.issued();
    if (!waits) {
      turn = other();
      advance();
    }
  }

  /** Announces, per tier, the reads of stored data that follow, as far as the tier looks ahead. */
  private void announceNext(Position at) {
    StagingBuffer buffer = context.staging;
    if (buffer != null) {
      buffer.isAt(at.segment, at.repeat);
    }
    for (AnnouncementCursor cursor : context.cursors) {
      if (cursor != null) {
        cursor.announce(at.plan, at.segment, at.repeat, at.operator);
      }
    }
  }

  /** An operator is complete; if the rank waited for it, the next one follows. */
  private void operatorDone(int batch, boolean awaited) {
    positions[batch].operator++;
    if (awaited) {
      advance();
    }
  }

  /**
   * At the beginning of a repeat: jumps over all further repeats but the last if this moment is
   * like the beginning of the repeat before.
   *
   * @return whether it jumped; then the step goes on by an event
   */
  private boolean leap(Position at) {
    states.next();
    StateSink sink = leaping.filter().apply(states);
    machine.describe(sink);
    describe(sink, at);
    long nowPs = simulation.nowPs();
    long skipped = at.plan.segmentRepeat(at.segment) - at.repeat - 1L - repeatsAnnouncedAhead(at);
    if (at.repeat == 0 || skipped < 1 || !states.repeats()) {
      machineStats.mark();
      marked = true;
      repeatStartedPs = nowPs;
      return false;
    }
    long deltaPs = Math.multiplyExact(skipped, nowPs - repeatStartedPs);
    machineStats.repeat(skipped);
    // First this, then the shift: at one instant the rank goes on before what it left under way.
    resume.in(deltaPs, 0);
    machine.shift(deltaPs);
    at.repeat += (int) skipped;
    for (AnnouncementCursor cursor : context.cursors) {
      if (cursor != null) {
        cursor.skip((int) skipped);
      }
    }
    StagingBuffer buffer = context.staging;
    if (buffer != null) {
      buffer.skip((int) skipped);
    }
    forgetStates();
    return true;
  }

  /**
   * How many repeats at the end of the segment have to be simulated because what they announce, or
   * try to announce, belongs to the next segment.
   */
  private int repeatsAnnouncedAhead(Position at) {
    StagingBuffer buffer = context.staging;
    int ahead = buffer == null ? 0 : buffer.repeatsAhead(at.segment, at.repeat);
    for (AnnouncementCursor cursor : context.cursors) {
      if (cursor != null) {
        ahead = Math.max(ahead, cursor.repeatsAhead(at.plan, at.segment, at.repeat));
      }
    }
    return ahead;
  }

  private void forgetStates() {
    states.reset();
    if (marked) {
      marked = false;
      machineStats.unmark();
    }
  }

  private void resumeAfterLeap(long ignored) {
    advance();
  }

  private void describe(StateSink sink, Position at) {
    for (AnnouncementCursor cursor : context.cursors) {
      if (cursor != null) {
        cursor.describe(sink, at.repeat);
      }
    }
    sink.put(context.kvWrites.backlogBytes());
    StagingBuffer buffer = context.staging;
    if (buffer != null) {
      buffer.describe(sink, at.repeat);
    }
    KvCopies copies = context.kvCopies;
    if (copies != null) {
      copies.describe(sink);
    }
  }
}
