package memwall.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.leap.StateSink;
import memwall.core.stat.Stats;
import memwall.network.FabricOperation.Plan;
import memwall.network.FabricStage.Output;
import memwall.network.collective.ScheduleBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A network of routers between the chips of a machine: collectives are carried out as schedules of
 * messages, flit by flit, on a {@link FabricStage} of their own clock.
 *
 * <p>Each rank works on one collective at a time: launch, then its part of the schedule. Not
 * folded, ranks begin and end one by one. Folded, all ranks begin when rank 0 calls, and end with
 * the last one: the chip that stands for all goes on when all can. What the others waited for the
 * last is counted; if it is nothing, folding has changed no time.
 *
 * <p>A folded network that has come to rest knows how long an operation takes that it has carried
 * out before, and does not simulate it again: one event at its end. A message that comes before
 * that end makes it begin in earnest after all.
 */
final class FabricNetwork implements Network {
  private static final Plan NOTHING = new Plan(-1, null, 0, () -> new ScheduleBuilder(1).build());

  private final Simulation simulation;
  private final String path;
  private final FabricNetworkSpec spec;
  private final int ranks;
  private final int simulatedRanks;
  private final int foldedAs;
  private final boolean reserves;
  private final FabricFormula formula;
  private final FabricNetworkStats stats;
  private final FabricStage stage;
  private final Map<Plan.Key, Plan> plans = new HashMap<>();
  private final Map<List<Long>, Plan> messagePlans = new HashMap<>();

  private int plansMade;

  /** Goes on with the stage, or ends the reserved operation. */
  private final Timer drive;

  /** By rank: the end of the launch of its operation. */
  private final Timer[] launched;

  private final long[] called;
  private final long[] completed;

  /** Operations that some rank has called and not every rank has completed; the oldest first. */
  private final Deque<FabricOperation> operations = new ArrayDeque<>();

  private long oldest;

  /** Messages to oneself; due at once. */
  private final Event self;

  private final Deque<FabricOperation> toSelf = new ArrayDeque<>();
  private long messagesUnderWay;

  /** The operation that is not simulated, and when it began. */
  private @Nullable FabricOperation reserved;

  private long reservedFromPs;

  /** The last operation, if it was not simulated; it began at that time too. */
  private @Nullable FabricOperation unsimulated;

  /** The operation whose time is being learned, and when it began. */
  private @Nullable FabricOperation learning;

  private long learningFromPs;

  /** Number of the plan of the last operation that ended. */
  private int lastPlan = -1;

  /** Distinguishes states that are not described. */
  private long undescribed;

  FabricNetwork(
      Simulation simulation, Stats stats, FabricNetworkSpec spec, int ranks, int simulatedRanks) {
    this(simulation, stats, spec, ranks, simulatedRanks, true);
  }

  /**
   * A network.
   *
   * @param reserves whether a folded network takes operations that it knows as a whole
   */
  FabricNetwork(
      Simulation simulation,
      Stats stats,
      FabricNetworkSpec spec,
      int ranks,
      int simulatedRanks,
      boolean reserves) {
    if (ranks < 1 || ranks > spec.ports()) {
      throw new IllegalArgumentException(
          stats.path()
              + ": "
              + ranks
              + " ranks do not fit a network of "
              + spec.ports()
              + " ports");
    }
    if (simulatedRanks != ranks && simulatedRanks != 1) {
      throw new IllegalArgumentException(
          stats.path() + ": simulated ranks " + simulatedRanks + " must be 1 or " + ranks);
    }
    this.simulation = simulation;
    this.path = stats.path();
    this.spec = spec;
    this.ranks = ranks;
    this.simulatedRanks = simulatedRanks;
    this.foldedAs = ranks / simulatedRanks;
    this.reserves = reserves;
    this.formula = new FabricFormula(spec, ranks);
    this.stats = new FabricNetworkStats(stats, spec);
    this.stage =
        new FabricStage(spec, ranks, isFolded(), simulation.random().stream(path, "stage"));
    this.drive = simulation.timer(path + ".stage", this::drive);
    this.self = simulation.event(path + ".self", this::atSelf);
    this.launched = new Timer[simulatedRanks];
    for (int i = 0; i < simulatedRanks; i++) {
      int rank = i;
      launched[i] = simulation.timer(path + ".rank" + i, ignored -> begin(rank));
    }
    this.called = new long[simulatedRanks];
    this.completed = new long[simulatedRanks];
    simulation.watch(this);
    stats.beforeReading(this::simulateReserved);
  }

  private boolean isFolded() {
    return foldedAs > 1 || ranks == 1;
  }

  @Override
  public int ranks() {
    return ranks;
  }

  @Override
  public int simulatedRanks() {
    return simulatedRanks;
  }

  @Override
  public void send(int from, int to, long bytes, Completion done, long word) {
    CallChecks.rank(path, from, simulatedRanks, ranks);
    CallChecks.rank(path, to, ranks, ranks);
    CallChecks.bytes(path, bytes);
    stats.pointMessages.add(foldedAs);
    messagesUnderWay++;
    if (from == to) {
      toSelf.add(FabricOperation.message(NOTHING, done, word));
      self.in(0, 0);
      return;
    }
    simulateReserved();
    learning = null;
    FabricOperation operation = FabricOperation.message(messagePlan(from, to, bytes), done, word);
    catchUp(simulation.nowPs());
    stage.begin(operation);
    drive.at(simulation.nowPs(), 0);
  }

  private void atSelf(long ignored) {
    messagesUnderWay--;
    stats.pointMessagesDone.add(foldedAs);
    toSelf.remove().calls.complete(0);
  }

  /** A message, or one of every rank if folded. */
  private Plan messagePlan(int from, int to, long bytes) {
    return messagePlans.computeIfAbsent(
        List.of((long) from, (long) to, bytes),
        key ->
            new Plan(
                plansMade++,
                null,
                bytes,
                () -> {
                  ScheduleBuilder builder = new ScheduleBuilder(ranks);
                  for (int i = 0; i < foldedAs; i++) {
                    int sender = (from + i) % ranks;
                    int receiver = (to + i) % ranks;
                    builder.send(sender, receiver, Math.max(1, bytes), 0);
                    builder.receive(receiver, sender, Math.max(1, bytes), 0);
                  }
                  return builder.build();
                }));
  }

  @Override
  public void collective(Collective collective, int rank, long bytes, Completion done, long word) {
    CallChecks.rank(path, rank, simulatedRanks, ranks);
    CallChecks.bytes(path, bytes);
    long number = called[rank];
    if (number == oldest + operations.size()) {
      operations.add(new FabricOperation(plan(collective, bytes), simulatedRanks));
    }
    FabricOperation operation = operation(number);
    if (operation.plan.bytes != bytes || operation.plan.collective != collective) {
      throw CallChecks.disagree(
          path,
          rank,
          number,
          collective + " of " + bytes,
          operation.plan.collective + " of " + operation.plan.bytes);
    }
    called[rank]++;
    operation.calls.call(rank, simulation.nowPs(), done, word);
    stats.collectiveCalls.add(foldedAs);
    if (number == completed[rank]) {
      launch(rank);
    }
  }

  private FabricOperation operation(long number) {
    int skip = (int) (number - oldest);
    for (FabricOperation operation : operations) {
      if (skip-- == 0) {
        return operation;
      }
    }
    throw new IllegalStateException(path + ": operation " + number + " is not open");
  }

  private Plan plan(Collective collective, long bytes) {
    return plans.computeIfAbsent(
        new Plan.Key(collective, bytes),
        key ->
            new Plan(
                plansMade++,
                collective,
                bytes,
                () ->
                    (collective == Collective.ALL_REDUCE
                            ? formula.allReduce(bytes)
                            : formula.choose(collective, bytes))
                        .algorithm()
                        .schedule(spec.shape(ranks, bytes))));
  }

  private void launch(int rank) {
    launched[rank].in(ranks == 1 ? 0 : spec.launchPs(), 0);
  }

  /** The launch of a rank's operation is over. */
  private void begin(int rank) {
    FabricOperation operation = operation(completed[rank]);
    long nowPs = simulation.nowPs();
    if (ranks == 1 || operation.plan.bytes == 0) {
      complete(rank, 0);
      return;
    }
    learning = null;
    boolean rested = stage.isAtRest(nowPs);
    if (rested && isFolded()) {
      if (reserves && operation.plan.isKnown()) {
        unsimulated = null;
        reserved = operation;
        reservedFromPs = nowPs;
        drive.at(nowPs + operation.plan.durationPs, 0);
        return;
      }
      learning = operation;
      learningFromPs = nowPs;
    }
    catchUp(nowPs);
    if (isFolded()) {
      stage.begin(operation);
    } else {
      stage.begin(operation, rank);
    }
    drive.at(nowPs, 0);
  }

  /**
   * Brings the stage up to now. If it has not come to rest from an operation that was not
   * simulated, what it does next depends on that one after all.
   */
  private void catchUp(long nowPs) {
    if (unsimulated != null && nowPs < stage.restedPs()) {
      stage.replay(unsimulated, reservedFromPs, nowPs);
    } else {
      stage.catchUp(nowPs);
    }
    unsimulated = null;
  }

  /** Tells what has ended now, then looks ahead as far as nothing else can happen. */
  private void drive(long ignored) {
    FabricOperation undisturbed = reserved;
    if (undisturbed != null) {
      reserved = null;
      stage.restFrom(simulation.nowPs());
      unsimulated = undisturbed;
      lastPlan = undisturbed.plan.number;
      stats.count(undisturbed.plan, undisturbed.plan.linkFlits);
      complete(0, undisturbed.plan.unevenPs);
      return;
    }
    stage.catchUp(simulation.nowPs());
    for (Output output = stage.takeOutput(); output != null; output = stage.takeOutput()) {
      tell(output);
    }
    if (!drive.isArmed() && reserved == null) {
      long nextPs = stage.lookAhead(simulation.quietUntilPs());
      if (nextPs != Long.MAX_VALUE) {
        drive.at(Math.max(nextPs, simulation.nowPs()), 0);
      }
    }
  }

  private void tell(Output output) {
    FabricOperation operation = output.operation();
    lastPlan = operation.plan.number;
    if (operation.plan.collective == null) {
      messagesUnderWay--;
      stats.pointMessagesDone.add(foldedAs);
      stats.count(operation.plan, output.linkFlits());
      operation.calls.complete(0);
      return;
    }
    if (output.last()) {
      stats.count(operation.plan, output.linkFlits());
      if (operation.equals(learning)) {
        operation.plan.learn(
            simulation.nowPs() - learningFromPs, output.unevenPs(), output.linkFlits());
        learning = null;
      }
    }
    complete(output.rank(), output.unevenPs());
  }

  private void complete(int rank, long unevenPs) {
    FabricOperation operation = operation(completed[rank]++);
    if (unevenPs > 0) {
      stats.uneven.add(foldedAs);
      stats.unevenPs.add(unevenPs);
    }
    (operation.plan.collective == Collective.ALL_REDUCE
            ? stats.allReduceLatency
            : stats.otherLatency)
        .record(simulation.nowPs() - operation.calls.calledPs(rank), foldedAs);
    stats.collectivesDone.add(foldedAs);
    if (operation.calls.doneBy(rank)) {
      operations.remove();
      oldest++;
      if (!isFolded()) {
        operation.plan.letGo();
      }
    }
    if (called[rank] > completed[rank]) {
      launch(rank);
    }
    operation.calls.complete(rank);
  }

  /** If an operation is reserved, simulates it from its begin up to now. */
  private void simulateReserved() {
    FabricOperation operation = reserved;
    if (operation == null) {
      return;
    }
    reserved = null;
    catchUp(reservedFromPs);
    stage.begin(operation);
    // What is due at this very instant is told by an event of its own.
    drive.at(simulation.nowPs(), 0);
    stage.catchUp(simulation.nowPs());
  }

  @Override
  public List<String> checkLaws() {
    simulateReserved();
    List<String> broken = new ArrayList<>(stage.checkLaws());
    StarFabric.equal(
        broken,
        "calls of collectives = completed + waiting",
        stats.collectiveCalls.value(),
        stats.collectivesDone.value() + foldedAs * waitingCalls());
    StarFabric.equal(
        broken,
        "messages of callers = arrived + under way",
        stats.pointMessages.value(),
        stats.pointMessagesDone.value() + foldedAs * messagesUnderWay);
    return broken;
  }

  @Override
  public long waitingCount() {
    return waitingCalls() + messagesUnderWay;
  }

  private long waitingCalls() {
    long waiting = 0;
    for (int rank = 0; rank < simulatedRanks; rank++) {
      waiting += called[rank] - completed[rank];
    }
    return waiting;
  }

  @Override
  public String describeWaiting() {
    StringBuilder text = new StringBuilder(path);
    text.append(": ").append(waitingCalls()).append(" calls of collectives, ");
    text.append(messagesUnderWay).append(" messages under way");
    if (!operations.isEmpty()) {
      text.append("; operation ").append(oldest).append(" is not called by ranks");
      for (int rank = 0; rank < simulatedRanks; rank++) {
        if (called[rank] <= oldest) {
          text.append(' ').append(rank);
        }
      }
    }
    return text.toString();
  }

  /** What the stage does is not described: such a state is like no other. */
  @Override
  public void describe(StateSink sink) {
    long nowPs = simulation.nowPs();
    boolean known = reserved != null || stage.isIdle();
    sink.put(known ? 0 : ++undescribed);
    sink.put(reserved == null ? -1 : nowPs - reservedFromPs);
    sink.put(Math.max(0, stage.restedPs() - nowPs));
    sink.put(nowPs < stage.restedPs() ? lastPlan : -1);
    for (int rank = 0; rank < simulatedRanks; rank++) {
      sink.put(launched[rank].isArmed() ? launched[rank].duePs() - nowPs : -1);
      sink.put(called[rank] - oldest);
      sink.put(completed[rank] - oldest);
    }
    for (FabricOperation operation : operations) {
      sink.put(operation.plan.number);
    }
  }

  @Override
  public void shift(long deltaPs) {
    for (Timer timer : launched) {
      if (timer.isArmed()) {
        timer.at(timer.duePs() + deltaPs, 0);
      }
    }
    if (drive.isArmed()) {
      drive.at(drive.duePs() + deltaPs, 0);
    }
    for (FabricOperation operation : operations) {
      operation.calls.shift(deltaPs);
    }
    reservedFromPs += deltaPs;
    learningFromPs += deltaPs;
    stage.shift(deltaPs);
  }
}
