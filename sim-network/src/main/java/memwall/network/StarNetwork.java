package memwall.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.stat.Stats;
import org.jspecify.annotations.Nullable;

/**
 * A star at message level: each rank has a full-duplex link to one switch. This class runs the
 * collectives as messages over the {@link StarFabric}.
 *
 * <p>Each rank works on one operation at a time: launch, then send as the {@link Plan} says,
 * whenever something has arrived. Counters of arrivals per operation and rank decide, so a rank
 * that is early, late, or ahead by an operation needs no special case. Unloaded, the time of an
 * all-reduce is that of {@link AllReduceFormula}; it is not asked for it.
 *
 * <p>A folded network that is idle when an operation is launched does not simulate it message by
 * message: what it would do is computed once per size, and applied as a {@link Reservation} with
 * one event at its end. Whoever interferes or looks inside before that end (a message, a
 * description, a shift, a snapshot) makes the network take over the state that a <i>rehearsal</i>,
 * an equal network of its own, has reached at this moment, and go on message by message. What is
 * due inside the operation at this very instant then counts as not yet done when a handler asks,
 * and as done between runs.
 *
 * <p>A little longer than files here usually are: the reservation and the messages that it stands
 * for share all state, and apart they would be harder to keep equal.
 */
final class StarNetwork implements Network {
  private static final long BEGIN = 0;
  private static final long FINISH = 1;
  private static final long RESERVED = 2;
  private static final int PLAN_CACHE_BITS = 12;

  /** Operations in a rehearsal begin at this time, so that an unused link can be told. */
  private static final long REHEARSAL_PS = 1;

  private final Simulation simulation;
  private final String path;
  private final NetworkSpec spec;
  private final int ranks;
  private final int simulatedRanks;
  private final int foldedAs;
  private final AllReduceFormula formula;
  private final NetworkStats stats;
  private final StarFabric fabric;
  private final OperationRows operations;
  private final @Nullable Plan[] planCache = new @Nullable Plan[1 << PLAN_CACHE_BITS];
  private final boolean reserves;
  private final int slots;
  private final List<Alarm> alarms = new ArrayList<>();
  private final List<Alarm> armed = new ArrayList<>();

  // Per rank: the number of operations called and completed, and where it is in the current one.
  private final Alarm[] rankAlarm;
  private final long[] called;
  private final long[] completed;
  private final boolean[] begun;
  private final boolean[] finishing;
  private final int[] sent;
  private final long[] sentPs;
  private final long[] hostUntilPs;

  // The operation under way that is not simulated, and when it begins.
  private @Nullable Reservation reserved;
  private long reservedFromPs;

  // Messages to oneself; at most a few, due at once.
  private final Link loopback;
  private final MessageRows loopbackRows = new MessageRows();

  StarNetwork(Simulation simulation, Stats stats, NetworkSpec spec, int ranks, int simulatedRanks) {
    this(simulation, stats, spec, ranks, simulatedRanks, simulatedRanks == 1);
  }

  /**
   * A network.
   *
   * @param reserves whether operations on an idle folded network are reserved as a whole; else
   *     every message is simulated
   */
  StarNetwork(
      Simulation simulation,
      Stats stats,
      NetworkSpec spec,
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
    this.reserves = reserves && simulatedRanks == 1;
    this.formula = new AllReduceFormula(spec, ranks);
    this.stats = new NetworkStats(stats, spec.linkPjPerBit());
    this.operations = new OperationRows(simulatedRanks);
    ReductionSpec reduction = spec.reduction();
    this.slots = reduction == null ? 0 : reduction.slots();
    Alarm.Order order = new Alarm.Order();
    this.fabric =
        new StarFabric(
            simulation, path, this.stats, spec, ranks, simulatedRanks, order, this::arrived);
    fabric.addAlarms(alarms);
    this.loopback =
        new Link(
            simulation,
            path + ".loopback",
            order,
            row -> atSelf((int) row),
            this.stats.upBusyPs,
            foldedAs);
    alarms.add(loopback.alarm());
    this.rankAlarm = new Alarm[simulatedRanks];
    this.called = new long[simulatedRanks];
    this.completed = new long[simulatedRanks];
    this.begun = new boolean[simulatedRanks];
    this.finishing = new boolean[simulatedRanks];
    this.sent = new int[simulatedRanks];
    this.sentPs = new long[simulatedRanks];
    this.hostUntilPs = new long[simulatedRanks];
    for (int i = 0; i < simulatedRanks; i++) {
      int rank = i;
      rankAlarm[i] =
          new Alarm(simulation, path + ".rank" + i, order, what -> rankAlarm(rank, what));
      alarms.add(rankAlarm[i]);
    }
    simulation.watch(this);
    if (this.reserves) {
      stats.beforeReading(this::simulateReserved);
    }
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
    if (from == to) {
      int row = loopbackRows.take(MessageRows.Kind.POINT, to, 0, 0, 0, 0, 0);
      loopbackRows.onArrival(row, done, word);
      loopback.deliver(simulation.nowPs(), row);
    } else {
      simulateReserved();
      fabric.sendPoint(from, to, bytes, done, word);
    }
  }

  private void atSelf(int row) {
    Completion done = loopbackRows.done(row);
    long word = loopbackRows.word(row);
    loopbackRows.release(row);
    done.complete(word);
  }

  @Override
  public void collective(Collective collective, int rank, long bytes, Completion done, long word) {
    CallChecks.rank(path, rank, simulatedRanks, ranks);
    CallChecks.bytes(path, bytes);
    long operation = called[rank];
    if (operation == operations.next()) {
      operations.add(plan(collective, bytes));
    } else {
      Plan plan = operations.plan(operation);
      if (plan.bytes != bytes || plan.collective != collective) {
        throw CallChecks.disagree(
            path,
            rank,
            operation,
            collective + " of " + bytes,
            plan.collective + " of " + plan.bytes);
      }
    }
    called[rank]++;
    operations.call(operation, rank, simulation.nowPs(), done, word);
    stats.collectiveCalls.add(foldedAs);
    if (operation == completed[rank]) {
      launch(rank);
    }
  }

  private Plan plan(Collective collective, long bytes) {
    long key = bytes * 31 + collective.name().hashCode();
    int entry = (int) ((key * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - PLAN_CACHE_BITS));
    Plan plan = planCache[entry];
    if (plan == null || plan.bytes != bytes || plan.collective != collective) {
      plan = Plan.of(collective, bytes, ranks, spec, formula);
      planCache[entry] = plan;
    }
    return plan;
  }

  private void launch(int rank) {
    Plan plan = operations.plan(completed[rank]);
    sent[rank] = 0;
    sentPs[rank] = 0;
    hostUntilPs[rank] = simulation.nowPs() + plan.hostPs;
    long beginPs = simulation.nowPs() + plan.delayPs;
    if (reserves && plan.pattern != Plan.Pattern.NOTHING && fabric.isIdleFrom(beginPs)) {
      Reservation reservation = plan.reservation;
      if (reservation == null) {
        reservation = new Reservation(plan, spec, ranks);
        plan.reservation = reservation;
      }
      reserved = reservation;
      reservedFromPs = beginPs;
      rankAlarm[rank].at(beginPs + reservedPs(reservation), RESERVED);
    } else {
      rankAlarm[rank].at(beginPs, BEGIN);
    }
  }

  /** From the begin of the reserved operation to its completion. */
  private long reservedPs(Reservation reservation) {
    return Math.max(reservation.durationPs, hostUntilPs[0] - reservedFromPs);
  }

  /** Runs an operation on an idle network of its own, from its begin, up to a time. */
  private StarNetwork rehearse(Plan plan, long untilPs) {
    Simulation stage = new Simulation(0);
    StarNetwork copy = new StarNetwork(stage, new Stats(), spec, ranks, 1, false);
    stage.runUntil(REHEARSAL_PS);
    copy.operations.add(plan);
    copy.called[0] = 1;
    copy.begun[0] = true;
    copy.hostUntilPs[0] = REHEARSAL_PS + plan.hostPs - plan.delayPs;
    copy.advance(0);
    stage.runUntil(untilPs);
    return copy;
  }

  /** The end of a reserved operation that nobody has disturbed. */
  private void completeReserved(Reservation reservation) {
    reserved = null;
    reservation.count(stats);
    fabric.leave(reservedFromPs, reservation);
    sent[0] = reservation.sent;
    sentPs[0] = reservedFromPs + reservation.upFreePs;
    complete(0);
  }

  /** If an operation is reserved, goes on with it message by message. */
  private void simulateReserved() {
    Reservation reservation = reserved;
    if (reservation == null) {
      return;
    }
    reserved = null;
    // Between two runs all that is due now has fired; inside a handler it is taken as still due.
    long donePs = simulation.nowPs() - reservedFromPs - (simulation.isRunning() ? 1 : 0);
    donePs = Math.min(donePs, reservedPs(reservation) - 1);
    rankAlarm[0].cancel();
    if (donePs < 0) {
      rankAlarm[0].at(reservedFromPs, BEGIN);
      return;
    }
    long operation = completed[0];
    StarNetwork copy = rehearse(operations.plan(operation), REHEARSAL_PS + donePs);
    long deltaPs = reservedFromPs - REHEARSAL_PS;
    fabric.adopt(copy.fabric, REHEARSAL_PS, deltaPs, operation);
    operations.adopt(operation, copy.operations, 0);
    begun[0] = true;
    finishing[0] = copy.finishing[0];
    sent[0] = copy.sent[0];
    sentPs[0] = copy.sentPs[0] + deltaPs;
    for (int i = 0; i < stats.traffic.size(); i++) {
      stats.traffic.get(i).add(copy.stats.traffic.get(i).value());
    }
    List<Alarm> inOrder = new ArrayList<>(copy.alarms);
    Collections.sort(inOrder);
    for (Alarm alarm : inOrder) {
      if (alarm.isArmed()) {
        alarms.get(copy.alarms.indexOf(alarm)).at(alarm.duePs() + deltaPs, alarm.word());
      }
    }
  }

  private void rankAlarm(int rank, long what) {
    if (what == BEGIN) {
      begun[rank] = true;
      advance(rank);
    } else if (reserved != null) {
      completeReserved(reserved); // The alarm is set for RESERVED.
    } else {
      complete(rank);
    }
  }

  private void arrived(int rank, long operation, int phase) {
    operations.arrived(operation, rank, phase);
    if (begun[rank] && operation == completed[rank]) {
      advance(rank);
    }
  }

  /** Does what the rank can do now for its current operation. */
  private void advance(int rank) {
    long operation = completed[rank];
    Plan plan = operations.plan(operation);
    boolean complete =
        switch (plan.pattern) {
          case NOTHING -> true;
          case EXCHANGE -> exchange(rank, operation, plan);
          case RING -> ring(rank, operation, plan);
          case STREAM -> stream(rank, operation, plan);
        };
    if (complete && !finishing[rank]) {
      finishing[rank] = true;
      long freePs = Math.max(sentPs[rank], hostUntilPs[rank]);
      if (freePs > simulation.nowPs()) {
        // Its own bytes are still being sent, or the host is still busy.
        rankAlarm[rank].at(freePs, FINISH);
      } else {
        complete(rank);
      }
    }
  }

  private boolean exchange(int rank, long operation, Plan plan) {
    int peers = ranks - 1;
    while (sent[rank] < plan.steps
        && (sent[rank] == 0 || operations.arrivals(operation, rank, sent[rank] - 1) == peers)) {
      int phase = sent[rank]++;
      for (int distance = 1; distance <= peers; distance++) {
        int to = (rank + distance) % simulatedRanks;
        sentPs[rank] =
            fabric.sendPiece(
                rank, to, plan.pieceBytes, plan.servicePs, plan.overheads, operation, phase);
      }
    }
    return sent[rank] == plan.steps
        && operations.arrivals(operation, rank, plan.steps - 1) == peers;
  }

  private boolean ring(int rank, long operation, Plan plan) {
    int arrivals = operations.arrivals(operation, rank, 0);
    while (sent[rank] < plan.steps && sent[rank] <= arrivals) {
      sent[rank]++;
      int to = (rank + 1) % simulatedRanks;
      sentPs[rank] =
          fabric.sendPiece(rank, to, plan.pieceBytes, plan.servicePs, plan.overheads, operation, 0);
    }
    return sent[rank] == plan.steps && arrivals == plan.steps;
  }

  private boolean stream(int rank, long operation, Plan plan) {
    int results = operations.arrivals(operation, rank, 0);
    while (sent[rank] < plan.steps && sent[rank] - results < slots) {
      int chunk = sent[rank]++;
      boolean last = chunk == plan.steps - 1;
      long idlePs = simulation.nowPs() - sentPs[rank];
      if (chunk > 0 && idlePs > 0) {
        // The link was free, the chunk was not sent: it waited for its slot.
        stats.slotWaits.add(foldedAs);
        stats.slotWaitPs.add(idlePs * foldedAs);
      }
      sentPs[rank] =
          fabric.sendContribution(
              rank,
              chunk % slots,
              last ? plan.lastBytes : plan.pieceBytes,
              last ? plan.lastServicePs : plan.servicePs,
              last ? plan.lastAddPs : plan.addPs,
              chunk == 0 ? plan.overheads.messagePs() : 0,
              operation);
    }
    return results == plan.steps;
  }

  private void complete(int rank) {
    long operation = completed[rank]++;
    begun[rank] = false;
    finishing[rank] = false;
    Plan plan = operations.plan(operation);
    Completion done = operations.done(operation, rank);
    long word = operations.word(operation, rank);
    long latencyPs = simulation.nowPs() - operations.calledPs(operation, rank);
    (plan.collective == Collective.ALL_REDUCE ? stats.allReduceLatency : stats.otherLatency)
        .record(latencyPs, foldedAs);
    stats.collectivesDone.add(foldedAs);
    operations.complete(operation, rank);
    if (called[rank] > completed[rank]) {
      launch(rank);
    }
    done.complete(word);
  }

  /** The counters, for tests of the laws. */
  NetworkStats counts() {
    return stats;
  }

  @Override
  public List<String> checkLaws() {
    simulateReserved();
    List<String> broken = new ArrayList<>();
    fabric.checkLaws(broken);
    StarFabric.equal(
        broken,
        "calls of collectives = completed + waiting",
        stats.collectiveCalls.value(),
        stats.collectivesDone.value() + foldedAs * waitingCalls());
    return broken;
  }

  @Override
  public long waitingCount() {
    simulateReserved();
    return waitingCalls() + fabric.messagesUnderWay() + loopbackRows.count();
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
    text.append(fabric.messagesUnderWay()).append(" messages under way");
    long operation = operations.oldest();
    if (operation < operations.next()) {
      text.append("; operation ").append(operation).append(" is not called by ranks");
      for (int rank = 0; rank < simulatedRanks; rank++) {
        if (called[rank] <= operation) {
          text.append(' ').append(rank);
        }
      }
    }
    return text.toString();
  }

  @Override
  public void describe(StateSink sink) {
    simulateReserved();
    fabric.describe(sink, operations.oldest());
    operations.describe(sink);
    sink.put(loopbackRows.count());
    long nowPs = simulation.nowPs();
    for (int rank = 0; rank < simulatedRanks; rank++) {
      sink.put(called[rank] - operations.oldest());
      sink.put(completed[rank] - operations.oldest());
      boolean armed = rankAlarm[rank].isArmed();
      sink.put(armed ? rankAlarm[rank].duePs() - nowPs : -1);
      sink.put(armed ? rankAlarm[rank].word() : -1);
      if (called[rank] > completed[rank]) {
        sink.put(begun[rank] ? 1 : 0);
        sink.put(finishing[rank] ? 1 : 0);
        sink.put(sent[rank]);
        sink.put(Math.max(0, sentPs[rank] - nowPs));
        sink.put(Math.max(0, hostUntilPs[rank] - nowPs));
      }
    }
  }

  @Override
  public void shift(long deltaPs) {
    simulateReserved();
    fabric.shift(deltaPs);
    loopback.shift(deltaPs);
    operations.shift(deltaPs);
    for (int rank = 0; rank < simulatedRanks; rank++) {
      sentPs[rank] += deltaPs;
      hostUntilPs[rank] += deltaPs;
    }
    armed.clear();
    for (int i = 0; i < alarms.size(); i++) {
      if (alarms.get(i).isArmed()) {
        armed.add(alarms.get(i));
      }
    }
    if (armed.size() > 1) {
      Collections.sort(armed); // Who fires first at one instant stays the same.
    }
    for (int i = 0; i < armed.size(); i++) {
      armed.get(i).shift(deltaPs);
    }
  }
}
