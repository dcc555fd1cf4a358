package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import memwall.network.collective.OpenOperations;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;
import memwall.network.router.FabricSpec;
import memwall.network.router.MessageFabric;
import memwall.network.router.MessageSpec;

/**
 * Carries out a schedule between the nodes of a network of routers.
 *
 * <p>A rank's processor does one thing at a time, in the order in which they come to it: it posts
 * sends, takes received messages, adds and computes. A message leaves when its send has been
 * posted, which also ends the send; its receive is open for it when what that waits for is done. A
 * message has come when it is in its place and the processor knows; then, or when the receive is
 * open, the processor takes it.
 */
public final class FabricRun {
  private static final int NONE = OperationQueues.NONE;

  private final Schedule schedule;
  private final EndpointSpec ends;
  private final Simulation simulation;
  private final Stats stats = new Stats();
  private final MessageFabric fabric;
  private final Event posted;
  private final Event placed;
  private final Event worked;
  private final OperationQueues meetings;
  private OpenOperations open;
  private long startOfRoundPs;
  private final long[] processorFreePs;
  private final long[] finishPs;
  private final int[] freeSlots;

  /** By operation: of a send, whether its message takes a place of on-chip memory. */
  private final boolean[] inSram;

  private final Counter toSram;
  private final Counter toMemory;
  private final Counter overflows;
  private final Counter consumed;

  private FabricRun(
      Schedule schedule,
      FabricSpec spec,
      MessageSpec messages,
      EndpointSpec ends,
      boolean fast,
      long seed) {
    if (schedule.ranks() > spec.nodes()) {
      throw new IllegalArgumentException(
          schedule.ranks() + " ranks do not fit a network of " + spec.nodes() + " nodes");
    }
    this.schedule = schedule;
    this.ends = ends;
    simulation = new Simulation(seed);
    fabric = new MessageFabric(simulation, stats.child("network"), "network", spec, messages, fast);
    posted = simulation.event("posted", this::post);
    placed = simulation.event("placed", this::know);
    worked = simulation.event("worked", this::end);
    int operations = schedule.operations();
    meetings = new OperationQueues(schedule.channels(), new int[operations]);
    open = new OpenOperations(schedule);
    processorFreePs = new long[schedule.ranks()];
    finishPs = new long[schedule.ranks()];
    freeSlots = new int[schedule.ranks()];
    Arrays.fill(freeSlots, ends.sramSlots());
    inSram = new boolean[operations];
    Stats placements = stats.child("endpoint");
    toSram = placements.counter("to_sram", "1", "Messages put into on-chip memory");
    toMemory = placements.counter("to_memory", "1", "Messages put into memory");
    overflows =
        placements.counter("overflows", "1", "Of them, small ones for which no place was free");
    consumed = placements.counter("consumed", "1", "Messages that a rank took");
  }

  /**
   * Carries out a schedule from time 0 on.
   *
   * @param fast whether the network may follow episodes that it has seen
   * @param rounds how often, one round after the other, at least 1
   * @throws IllegalArgumentException if it has more ranks than the network has nodes
   * @throws memwall.core.StalledException if it cannot be ended
   */
  public static FabricRunResult run(
      Schedule schedule,
      FabricSpec spec,
      MessageSpec messages,
      EndpointSpec ends,
      boolean fast,
      long seed,
      int rounds) {
    return new FabricRun(schedule, spec, messages, ends, fast, seed).run(rounds);
  }

  /**
   * Carries out a schedule once.
   *
   * @throws IllegalArgumentException if it has more ranks than the network has nodes
   * @throws memwall.core.StalledException if it cannot be ended
   */
  public static FabricRunResult run(Schedule schedule, FabricRunSpec spec) {
    return run(
        schedule, spec.fabric(), spec.messages(), spec.endpoint(), spec.fast(), spec.seed(), 1);
  }

  private FabricRunResult run(int rounds) {
    List<Long> roundPs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      startOfRoundPs = simulation.nowPs();
      if (round > 0) {
        open = new OpenOperations(schedule);
      }
      Arrays.fill(finishPs, startOfRoundPs);
      settle();
      simulation.run();
      if (open.waitingCount() > 0) {
        throw new IllegalStateException("the schedule cannot end: " + open.describeWaiting());
      }
      roundPs.add(Arrays.stream(finishPs).max().orElse(startOfRoundPs) - startOfRoundPs);
    }
    return new FabricRunResult(
        List.copyOf(roundPs),
        Arrays.stream(finishPs).map(finish -> finish - startOfRoundPs).boxed().toList(),
        consumed.value(),
        stats.snapshot(simulation.nowPs()),
        simulation.eventsFired(),
        simulation.fingerprint(),
        List.copyOf(brokenLaws()));
  }

  private List<String> brokenLaws() {
    List<String> broken = new ArrayList<>(fabric.checkLaws());
    if (consumed.value() != toSram.value() + toMemory.value()) {
      broken.add(
          consumed.value()
              + " messages taken, "
              + toSram.value()
              + " came into SRAM and "
              + toMemory.value()
              + " into memory");
    }
    for (int rank = 0; rank < freeSlots.length; rank++) {
      if (freeSlots[rank] != ends.sramSlots()) {
        broken.add("rank " + rank + " has " + freeSlots[rank] + " free places at the end");
      }
    }
    return broken;
  }

  /** The processor is busy with an operation behind what it has to do. */
  private void work(Event event, int operation, long durationPs) {
    int rank = schedule.rank(operation);
    long startPs = Math.max(simulation.nowPs(), processorFreePs[rank]);
    processorFreePs[rank] = Math.addExact(startPs, durationPs);
    event.at(processorFreePs[rank], operation);
  }

  private void settle() {
    for (int operation = open.next(); operation != NONE; operation = open.next()) {
      open.started(operation);
      switch (schedule.kind(operation)) {
        case Schedule.SEND -> work(posted, operation, ends.sendPs());
        case Schedule.COMPUTE -> work(worked, operation, schedule.durationPs(operation));
        case Schedule.WAIT -> worked.in(schedule.durationPs(operation), operation);
        default -> {
          int channel = schedule.channel(operation);
          int waiting = meetings.head(channel);
          if (waiting != NONE && schedule.kind(waiting) == Schedule.SEND) {
            take(operation, meetings.take(channel));
          } else {
            meetings.append(channel, operation);
          }
        }
      }
    }
  }

  /** A send has been posted: its message leaves. */
  private void post(long word) {
    int send = (int) word;
    fabric.send(schedule.rank(send), schedule.peer(send), schedule.bytes(send), this::arrive, word);
    end(word);
  }

  /** The last tail of a message is at its node. */
  private void arrive(long word) {
    int send = (int) word;
    int rank = schedule.peer(send);
    boolean small = schedule.bytes(send) <= ends.sramBytes() && ends.sramSlots() > 0;
    inSram[send] = small && freeSlots[rank] > 0;
    if (inSram[send]) {
      freeSlots[rank]--;
      toSram.add(1);
    } else {
      toMemory.add(1);
      if (small) {
        overflows.add(1);
      }
    }
    placed.in((inSram[send] ? ends.sramPs() : ends.memoryPs()) + ends.notifyPs(), send);
  }

  /** The processor knows of a message. */
  private void know(long word) {
    int send = (int) word;
    int channel = schedule.channel(send);
    int receive = meetings.head(channel);
    if (receive != NONE && schedule.kind(receive) != Schedule.SEND) {
      take(meetings.take(channel), send);
    } else {
      meetings.append(channel, send);
    }
  }

  /** The processor takes a message; its place is free when it has. */
  private void take(int receive, int send) {
    long addPs =
        schedule.kind(receive) == Schedule.RECEIVE_ADD
            ? Units.transferPs(schedule.bytes(receive), ends.addBytesPerSec())
            : 0;
    consumed.add(1);
    inSram[receive] = inSram[send];
    work(worked, receive, ends.receivePs() + addPs);
  }

  private void end(long word) {
    int operation = (int) word;
    int rank = schedule.rank(operation);
    if (inSram[operation] && schedule.kind(operation) != Schedule.SEND) {
      freeSlots[rank]++;
      inSram[operation] = false;
    }
    finishPs[rank] = Math.max(finishPs[rank], simulation.nowPs());
    open.done(operation);
    settle();
  }
}
