package memwall.network.graph;

import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.unit.Units;
import memwall.network.collective.OpenOperations;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;

/**
 * Carries out a schedule on a graph of links. A send starts when what it waits for is done, however
 * many others are under way; it is done at once. Messages go over the links of their way as wholes.
 * Each link sends one at a time, in the order in which they came to it; nothing is ever too much
 * for a node. A rank's computations follow each other; messages cost its processor nothing.
 *
 * <p>Since a link serves in order and a message's length is known, what a link does is computed
 * when the message comes to it: it starts at s, when both are there, ends at e = s + bytes / rate,
 * and stores and forwards at e + latency. Cutting through, the next link may start at s + latency,
 * and ends no earlier than e + latency, when the last byte has come to it. One event for each link
 * that a message goes over.
 */
public final class LinkGraphRun {
  private static final int NONE = OperationQueues.NONE;

  private final Schedule schedule;
  private final LinkGraph graph;
  private final LinkSpec spec;

  /** Durations are multiples of this, rounded down; 1 leaves them as they are. */
  private final long tickPs;

  private final Simulation simulation = new Simulation(0);
  private final Event arrival = simulation.event("arrival", this::arrive);
  private final Event computed = simulation.event("computed", this::compute);
  private final OpenOperations open;
  private final OperationQueues meetings;

  /** By operation: of a send, the node at which its message is or will be next. */
  private final int[] nodes;

  /** By operation: of a send, when the last byte comes to that node. */
  private final long[] tailPs;

  private final long[] linkFreePs;
  private final long[] linkBytes;
  private final long[] linkBusyPs;
  private final long[] processorFreePs;
  private final long[] finishPs;
  private long messages;
  private long hops;

  LinkGraphRun(Schedule schedule, LinkGraph graph, LinkSpec spec, long tickPs) {
    if (schedule.ranks() > graph.ranks()) {
      throw new IllegalArgumentException(
          schedule.ranks() + " ranks do not fit a graph of " + graph.ranks());
    }
    this.schedule = schedule;
    this.graph = graph;
    this.spec = spec;
    this.tickPs = tickPs;
    int operations = schedule.operations();
    open = new OpenOperations(schedule);
    meetings = new OperationQueues(schedule.channels(), new int[operations]);
    nodes = new int[operations];
    tailPs = new long[operations];
    linkFreePs = new long[graph.links()];
    linkBytes = new long[graph.links()];
    linkBusyPs = new long[graph.links()];
    processorFreePs = new long[schedule.ranks()];
    finishPs = new long[schedule.ranks()];
    simulation.watch(open);
  }

  /**
   * Carries out a schedule from time 0 on.
   *
   * @throws IllegalArgumentException if it has more ranks than the graph
   * @throws memwall.core.StalledException if it cannot be ended, naming operations that wait
   * @throws ArithmeticException if a time exceeds {@link Long#MAX_VALUE} ps
   */
  public static LinkGraphResult run(Schedule schedule, LinkGraph graph, LinkSpec spec) {
    return new LinkGraphRun(schedule, graph, spec, 1).run();
  }

  LinkGraphResult run() {
    settle();
    simulation.run();
    return new LinkGraphResult(
        finishPs,
        linkBytes,
        linkBusyPs,
        messages,
        hops,
        simulation.eventsFired(),
        simulation.fingerprint());
  }

  private long whole(long durationPs) {
    return durationPs - durationPs % tickPs;
  }

  /**
   * A message is at a node: with its first bit if it cuts through and goes on, or else as a whole.
   */
  private void arrive(long word) {
    int send = (int) word;
    int node = nodes[send];
    if (node != schedule.peer(send)) {
      enter(send, node, simulation.nowPs(), tailPs[send]);
      return;
    }
    messages++;
    int channel = schedule.channel(send);
    int posted = meetings.head(channel);
    if (posted != NONE && schedule.kind(posted) != Schedule.SEND) {
      receive(meetings.take(channel));
    } else {
      meetings.append(channel, send);
    }
    settle();
  }

  /** A message takes its next link. */
  private void enter(int send, int node, long headPs, long comesPs) {
    long bytes = schedule.bytes(send);
    int receiver = schedule.peer(send);
    int link = graph.next(node, receiver);
    long startPs = Math.max(headPs, linkFreePs[link]);
    long serialPs = Units.transferPs(bytes, spec.bytesPerSec());
    long endPs = Math.max(Math.addExact(startPs, whole(serialPs)), comesPs);
    linkFreePs[link] = endPs;
    linkBusyPs[link] += endPs - startPs;
    linkBytes[link] += bytes;
    hops++;
    int next = graph.to(link);
    nodes[send] = next;
    boolean goesOn = next != receiver;
    if (spec.passing() == LinkSpec.Passing.CUT_THROUGH) {
      tailPs[send] = Math.addExact(endPs, spec.latencyPs());
      arrival.at(goesOn ? startPs + spec.latencyPs() : tailPs[send], send);
    } else {
      arrival.at(Math.addExact(startPs, whole(serialPs + spec.latencyPs())), send);
    }
  }

  private void receive(int receive) {
    int rank = schedule.rank(receive);
    finishPs[rank] = Math.max(finishPs[rank], simulation.nowPs());
    open.done(receive);
  }

  private void compute(long word) {
    int operation = (int) word;
    int rank = schedule.rank(operation);
    finishPs[rank] = Math.max(finishPs[rank], simulation.nowPs());
    open.done(operation);
    settle();
  }

  private void settle() {
    for (int operation = open.next(); operation != NONE; operation = open.next()) {
      open.started(operation);
      switch (schedule.kind(operation)) {
        case Schedule.SEND -> {
          long nowPs = simulation.nowPs();
          enter(operation, schedule.rank(operation), nowPs, nowPs);
          open.done(operation);
        }
        case Schedule.WAIT -> computed.in(schedule.durationPs(operation), operation);
        case Schedule.COMPUTE -> {
          int rank = schedule.rank(operation);
          long computePs = schedule.durationPs(operation);
          if (computePs == 0) {
            open.done(operation);
          } else {
            long startPs = Math.max(simulation.nowPs(), processorFreePs[rank]);
            processorFreePs[rank] = Math.addExact(startPs, computePs);
            computed.at(processorFreePs[rank], operation);
          }
        }
        default -> {
          int channel = schedule.channel(operation);
          int waiting = meetings.head(channel);
          if (waiting != NONE && schedule.kind(waiting) == Schedule.SEND) {
            meetings.take(channel);
            receive(operation);
          } else {
            meetings.append(channel, operation);
          }
        }
      }
    }
  }
}
