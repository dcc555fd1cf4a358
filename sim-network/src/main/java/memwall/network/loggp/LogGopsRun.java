package memwall.network.loggp;

import java.util.Arrays;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.network.collective.OpenOperations;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;

/**
 * Carries out a schedule under the LogGOPS model, as LogGOPSim does (Hoefler, Schneider, Lumsdaine,
 * HPDC 2010), to the picosecond.
 *
 * <h2>Rules</h2>
 *
 * <p>A rank has a processor, a way out and a way in, each free from some time on. At t,
 *
 * <ul>
 *   <li>a computation starts if the processor is free, and holds it for its time;
 *   <li>a send of m bytes starts if processor and way out are free, and holds them until t + o +
 *       (m-1) O and t + g + (m-1) G; its first byte arrives at t + o + L. It is done at once, or,
 *       if m is larger than S, when its message meets a receive;
 *   <li>a message that has arrived is taken in if processor and way in are free, and holds them
 *       until t + o + (m-1) max(O, G) and t + g + (m-1) G. It then meets the first receive of its
 *       sender and tag that was posted, which is done, or waits for one;
 *   <li>a receive costs nothing itself; if its message waits, it is done when the processor is
 *       free.
 * </ul>
 *
 * <p>So the processor of the receiver works for as long as the bytes come, and messages from many
 * senders to one are taken in one after the other: k of them end at o + L + k (o + (m-1) G). What a
 * rank could start at the same time starts in the order in which it was scheduled: a message at its
 * send, everything else when the last thing that it waited for was done. Adding up what was
 * received holds the processor after the message, at its own rate.
 *
 * <h2>How</h2>
 *
 * <p>Everything of a rank that waits for the same resources waits in one list, in the order of
 * scheduling; so only heads of lists are compared, and a rank that is busy is looked at once, when
 * it is free, not once for each message that waits. It is looked at when everything has come that
 * comes at that instant. Lists are links by operation; nothing is allocated for a message.
 */
public final class LogGopsRun {
  private static final int NONE = OperationQueues.NONE;
  private static final int EVERY_RANK = -1;

  private final Schedule schedule;
  private final LogGopsSpec spec;
  private final Simulation simulation = new Simulation(0);
  private final Event arrival = simulation.event("arrival", this::arrive);
  private final Event wake = simulation.event("wake", this::wake);
  private final Event look = simulation.event("look", this::look);
  private final Event waited = simulation.event("waited", this::endWait);

  private final OpenOperations open;

  /** By operation, the order of scheduling. */
  private final int[] order;

  /** By operation: when all that it waited for was done; of a receive, when it is posted. */
  private final long[] readyPs;

  /** Of the messages in the order in which they were taken in. */
  private final long[] latenciesPs;

  private final OperationQueues computations;
  private final OperationQueues sends;
  private final OperationQueues messages;
  private final OperationQueues receives;

  /** By channel, messages that wait for a receive, or receives that wait for a message. */
  private final OperationQueues meetings;

  private final long[] processorFreePs;
  private final long[] wayOutFreePs;
  private final long[] wayInFreePs;

  /** By rank, for when its next look is scheduled. */
  private final long[] wakePs;

  /** By rank, whether it is looked at later at this instant. */
  private final boolean[] looks;

  private final long[] finishPs;
  private final long[] busyPs;
  private final long[] sentBytes;
  private final long[] receivedBytes;

  /** The rank that will be looked at as soon as what is done now is done. */
  private int atWork;

  private int scheduled;
  private int arrived;
  private long unexpected;

  private LogGopsRun(Schedule schedule, LogGopsSpec spec) {
    this.schedule = schedule;
    this.spec = spec;
    int operations = schedule.operations();
    int ranks = schedule.ranks();
    open = new OpenOperations(schedule);
    order = new int[operations];
    readyPs = new long[operations];
    latenciesPs = new long[schedule.sends()];
    int[] links = new int[operations];
    computations = new OperationQueues(ranks, links);
    sends = new OperationQueues(ranks, links);
    messages = new OperationQueues(ranks, links);
    receives = new OperationQueues(ranks, links);
    meetings = new OperationQueues(schedule.channels(), links);
    processorFreePs = new long[ranks];
    wayOutFreePs = new long[ranks];
    wayInFreePs = new long[ranks];
    wakePs = new long[ranks];
    Arrays.fill(wakePs, -1);
    looks = new boolean[ranks];
    finishPs = new long[ranks];
    busyPs = new long[ranks];
    sentBytes = new long[ranks];
    receivedBytes = new long[ranks];
    simulation.watch(open);
  }

  /**
   * Carries out a schedule from time 0 on.
   *
   * @throws memwall.core.StalledException if it cannot be ended, naming operations that wait
   * @throws ArithmeticException if a time exceeds {@link Long#MAX_VALUE} ps
   */
  public static LogGopsResult run(Schedule schedule, LogGopsSpec spec) {
    LogGopsRun run = new LogGopsRun(schedule, spec);
    run.start();
    run.simulation.run();
    return run.result();
  }

  private void start() {
    atWork = EVERY_RANK;
    settle();
    for (int rank = 0; rank < finishPs.length; rank++) {
      serve(rank);
    }
  }

  private LogGopsResult result() {
    return new LogGopsResult(
        finishPs,
        busyPs,
        sentBytes,
        receivedBytes,
        latenciesPs,
        unexpected,
        simulation.eventsFired(),
        simulation.fingerprint());
  }

  // ---- events

  private void arrive(long word) {
    int send = (int) word;
    int rank = schedule.peer(send);
    messages.append(rank, send);
    if (processorFreePs[rank] <= simulation.nowPs()) {
      lookSoon(rank);
      return;
    }
    long readyPs = Math.max(processorFreePs[rank], wayInFreePs[rank]);
    if (wakePs[rank] < 0 || wakePs[rank] > readyPs) {
      wakeAt(rank, readyPs);
    }
  }

  private void wake(long word) {
    int rank = (int) word;
    if (wakePs[rank] == simulation.nowPs()) {
      wakePs[rank] = -1;
      lookSoon(rank);
    }
  }

  /** Looks at a rank when everything has come that comes at this instant. */
  private void lookSoon(int rank) {
    if (!looks[rank]) {
      looks[rank] = true;
      look.in(0, rank);
    }
  }

  private void look(long word) {
    int rank = (int) word;
    looks[rank] = false;
    serve(rank);
  }

  private void endWait(long word) {
    int operation = (int) word;
    int rank = schedule.rank(operation);
    atWork = rank;
    long nowPs = simulation.nowPs();
    finishPs[rank] = Math.max(finishPs[rank], nowPs);
    open.done(operation);
    settle();
    lookSoon(rank);
  }

  private void wakeAt(int rank, long timePs) {
    if (wakePs[rank] != timePs) {
      wakePs[rank] = timePs;
      wake.at(timePs, rank);
    }
  }

  // ---- what a rank does

  /** Starts whatever can start on a rank now, and sees to it that it is looked at again. */
  private void serve(int rank) {
    atWork = rank;
    long nowPs = simulation.nowPs();
    while (true) {
      long processorPs = processorFreePs[rank];
      long againPs = Long.MAX_VALUE;
      int chosen = NONE;
      int compute = computations.head(rank);
      if (compute != NONE) {
        if (processorPs <= nowPs) {
          chosen = compute;
        } else {
          againPs = processorPs;
        }
      }
      int send = sends.head(rank);
      if (send != NONE) {
        long readyPs = Math.max(processorPs, wayOutFreePs[rank]);
        if (readyPs > nowPs) {
          againPs = Math.min(againPs, readyPs);
        } else if (chosen == NONE || order[send] < order[chosen]) {
          chosen = send;
        }
      }
      int message = messages.head(rank);
      if (message != NONE) {
        long readyPs = Math.max(processorPs, wayInFreePs[rank]);
        if (readyPs > nowPs) {
          againPs = Math.min(againPs, readyPs);
        } else if (chosen == NONE || order[message] < order[chosen]) {
          chosen = message;
        }
      }
      int receive = receives.head(rank);
      if (receive != NONE) {
        if (readyPs[receive] > nowPs) {
          againPs = Math.min(againPs, readyPs[receive]);
        } else if (chosen == NONE || order[receive] < order[chosen]) {
          chosen = receive;
        }
      }
      if (chosen == NONE) {
        if (againPs != Long.MAX_VALUE) {
          wakeAt(rank, againPs);
        }
        return;
      }
      if (chosen == message) {
        takeIn(rank, messages.take(rank), nowPs);
      } else if (chosen == send) {
        send(rank, sends.take(rank), nowPs);
      } else if (chosen == receive) {
        post(receives.take(rank));
      } else {
        work(rank, nowPs, schedule.durationPs(computations.take(rank)));
        open.started(chosen);
        open.done(chosen);
      }
      settle();
    }
  }

  private void send(int rank, int send, long nowPs) {
    long bytes = schedule.bytes(send);
    work(rank, nowPs, spec.overheadPs() + spec.handlePs(bytes));
    wayOutFreePs[rank] = nowPs + spec.gapPs() + spec.streamPs(bytes);
    sentBytes[rank] += bytes;
    order[send] = scheduled++;
    arrival.at(nowPs + spec.overheadPs() + spec.latencyPs(), send);
    open.started(send);
    if (bytes <= spec.eagerBytes()) {
      open.done(send);
    }
  }

  private void takeIn(int rank, int send, long nowPs) {
    long bytes = schedule.bytes(send);
    long streamPs = spec.streamPs(bytes);
    work(rank, nowPs, spec.overheadPs() + Math.max(spec.handlePs(bytes), streamPs));
    wayInFreePs[rank] = nowPs + spec.gapPs() + streamPs;
    receivedBytes[rank] += bytes;
    latenciesPs[arrived++] = processorFreePs[rank] - readyPs[send];
    int channel = schedule.channel(send);
    int posted = meetings.head(channel);
    if (posted != NONE && schedule.kind(posted) != Schedule.SEND) {
      meet(send, meetings.take(channel));
    } else {
      unexpected++;
      meetings.append(channel, send);
    }
  }

  /** A message and its receive have met. */
  private void meet(int send, int receive) {
    int rank = schedule.rank(receive);
    long nowPs = simulation.nowPs();
    long bytes = schedule.bytes(send);
    if (schedule.kind(receive) == Schedule.RECEIVE_ADD) {
      long reducePs = spec.reducePs(bytes);
      processorFreePs[rank] = Math.max(processorFreePs[rank], nowPs) + reducePs;
      busyPs[rank] += reducePs;
    }
    finishPs[rank] = Math.max(finishPs[rank], Math.max(nowPs, processorFreePs[rank]));
    open.done(receive);
    if (bytes > spec.eagerBytes()) {
      int sender = schedule.rank(send);
      finishPs[sender] = Math.max(finishPs[sender], nowPs);
      open.done(send);
    }
  }

  /** The processor of a rank, which is free, has something to do. */
  private void work(int rank, long nowPs, long workPs) {
    long freePs = Math.addExact(nowPs, workPs);
    processorFreePs[rank] = freePs;
    finishPs[rank] = Math.max(finishPs[rank], freePs);
    busyPs[rank] += workPs;
  }

  /** Operations that wait for nothing any more begin to wait for their turn. */
  private void settle() {
    for (int operation = open.next(); operation != NONE; operation = open.next()) {
      switch (schedule.kind(operation)) {
        case Schedule.SEND -> {
          readyPs[operation] = simulation.nowPs();
          order[operation] = scheduled++;
          queue(sends, operation);
        }
        case Schedule.WAIT -> {
          open.started(operation);
          waited.in(schedule.durationPs(operation), operation);
        }
        case Schedule.COMPUTE -> {
          order[operation] = scheduled++;
          queue(computations, operation);
        }
        default -> {
          readyPs[operation] =
              Math.max(simulation.nowPs(), processorFreePs[schedule.rank(operation)]);
          order[operation] = scheduled++;
          queue(receives, operation);
        }
      }
    }
  }

  private void queue(OperationQueues queues, int operation) {
    int rank = schedule.rank(operation);
    queues.append(rank, operation);
    if (rank != atWork && atWork != EVERY_RANK) {
      lookSoon(rank); // a sender whose message was met
    }
  }

  /** A receive is known from now on; it is done at once if its message is there. */
  private void post(int receive) {
    open.started(receive);
    int channel = schedule.channel(receive);
    int waiting = meetings.head(channel);
    if (waiting != NONE && schedule.kind(waiting) == Schedule.SEND) {
      meet(meetings.take(channel), receive);
    } else {
      meetings.append(channel, receive);
    }
  }
}
