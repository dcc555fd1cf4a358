package memwall.network.router;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.Waiting;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;

/**
 * Messages between the nodes of a network of routers whose parts fail, inside a simulation.
 *
 * <p>A message is cut into packets; each is sent again when no acknowledgement came in time, at
 * most so often, then its message is given up. So each message arrives exactly once or is reported
 * as undeliverable. When a failure is known (by missing signs of life, or by timeouts), new ways
 * are made out: up and down over what remains ({@link EdgeList#around}), or the network's own if
 * all works. To change them, nodes begin no packets until those in the network have left it, each
 * by the old ways; so packets of old and new ways never wait for each other. Failed channels lose
 * what is sent there ({@link ChannelFaults}), so that it always becomes empty.
 *
 * <p>Between messages nothing is simulated: what failed meanwhile is made up for with the next one.
 * A message to oneself does not enter the network and ends with delay 0.
 */
public final class FaultyFabric implements Waiting {
  private static final long STILL_CYCLES = 100_000;

  private final Simulation simulation;
  private final String path;
  private final FabricSpec spec;
  private final FabricPlan plan;
  private final MessageSpec messageSpec;
  private final FabricFaultSpec faultSpec;
  private final RouterFabric fabric;
  private final ChannelFaults faults;
  private final FaultAgenda agenda;
  private final FailedParts parts;
  private final Retries retries;
  private final Timer timer;
  private final Event selfDone;
  private final long cyclePs;
  private final long noticeCycles;
  private final long ackCycles;

  private final List<Message> messages = new ArrayList<>();
  private final PriorityQueue<End> ends = new PriorityQueue<>();
  private long endOrder;
  private long underWay;
  private long movedFlits;
  private long movedCycle;
  private boolean telling;

  private final Counter messagesSent;
  private final Counter messagesEnded;
  private final Counter messagesGivenUp;
  private final Counter bytesSent;
  private final Counter bytesEnded;
  private final Counter bytesGivenUp;
  private final Counter packetsSent;
  private final Counter packetsArrived;
  private final Counter packetsLost;
  private final Counter packetsSpoiled;
  private final Counter duplicates;
  private final Counter tooLate;
  private final Counter retransmissions;
  private final Counter heldBackCycles;

  /** A message under way. */
  private static final class Message {
    final int from;
    final int to;
    final long bytes;
    final Completion done;
    final Completion givenUp;
    final long word;
    int packetsLeft;
    long lastCycle;
    boolean isGivenUp;

    Message(int from, int to, long bytes, Completion done, Completion givenUp, long word) {
      this.from = from;
      this.to = to;
      this.bytes = bytes;
      this.done = done;
      this.givenUp = givenUp;
      this.word = word;
    }
  }

  /** A message has ended; of one cycle those that came first end first. */
  private record End(long cycle, long order, Message message) implements Comparable<End> {
    @Override
    public int compareTo(End other) {
      int byCycle = Long.compare(cycle, other.cycle);
      return byCycle != 0 ? byCycle : Long.compare(order, other.order);
    }
  }

  /**
   * An idle network in which everything works.
   *
   * @param path names it in messages
   * @throws IllegalArgumentException if a fault is of a part that is not there
   */
  public FaultyFabric(
      Simulation simulation,
      Stats stats,
      String path,
      FabricSpec spec,
      MessageSpec messageSpec,
      FabricFaultSpec faultSpec) {
    this.simulation = simulation;
    this.path = path;
    this.spec = spec;
    this.messageSpec = messageSpec;
    this.faultSpec = faultSpec;
    plan = spec.plan();
    Topology topology = plan.topology();
    for (FabricFault.Timed timed : faultSpec.faults()) {
      String wrong = FabricFaultSpec.misfit(timed.fault(), topology);
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(path + ": " + wrong);
      }
    }
    cyclePs = spec.cyclePs();
    long seed = simulation.random().stream(path, "routing").nextLong();
    fabric =
        new RouterFabric(
            plan,
            seed,
            1,
            new PacketSink() {
              @Override
              public void delivered(int packet, long cycle) {
                FaultyFabric.this.delivered(packet, cycle);
              }

              @Override
              public void lost(int packet) {
                packetsLost.add(1);
              }
            });
    retries = new Retries(cycles(faultSpec.timeoutPs()));
    faults = fabric.withFaults((packet, cycle) -> started(packet, cycle));
    agenda =
        new FaultAgenda(
            faultSpec, topology, cyclePs, simulation.random().stream(path, "faults").nextLong());
    timer = simulation.timer(path + ".fabric", this::goOn);
    selfDone = simulation.event(path + ".self", this::endSelf);
    noticeCycles = 2L + topology.shortestNodeCycles();
    ackCycles = cycles(faultSpec.ackPs());
    messagesSent = stats.counter("messages_sent", "1", "Messages that nodes sent");
    messagesEnded = stats.counter("messages_arrived", "1", "Messages that arrived in full");
    messagesGivenUp = stats.counter("messages_undeliverable", "1", "Messages given up");
    bytesSent = stats.counter("bytes_sent", "bytes", "Bytes of the messages sent");
    bytesEnded = stats.counter("bytes_arrived", "bytes", "Bytes of the messages arrived");
    bytesGivenUp = stats.counter("bytes_undeliverable", "bytes", "Bytes of those given up");
    packetsSent = stats.counter("packets_sent", "1", "Packets, repetitions included");
    packetsArrived = stats.counter("packets_arrived", "1", "Packets that came for the first time");
    packetsLost = stats.counter("packets_lost", "1", "Packets lost in failed channels, or no way");
    packetsSpoiled = stats.counter("packets_spoiled", "1", "Packets that lost flits in a failure");
    duplicates = stats.counter("duplicates", "1", "Packets that had come before");
    tooLate = stats.counter("too_late", "1", "Packets of messages that were given up");
    retransmissions = stats.counter("retransmissions", "1", "Packets sent again after a timeout");
    Counter faultsSeen =
        stats.counter("faults", "1", "Things that happened to channels and routers");
    Counter reroutes = stats.counter("reroutes", "1", "Times that ways were changed");
    parts = new FailedParts(fabric, plan, faults, agenda, faultSpec, cyclePs, faultsSeen, reroutes);
    heldBackCycles = stats.counter("held_back_cycles", "1", "Cycles in which nodes began nothing");
    stats.exact("channel_flits", "1", "Flits on channels between routers", this::channelFlits);
    simulation.watch(this);
  }

  private long cycles(long timePs) {
    return (timePs + cyclePs - 1) / cyclePs;
  }

  /** Flits that passed each channel so far, or were lost in it. */
  public ChannelFlits channels() {
    return new ChannelFlits(
        plan.topology(),
        fabric.sentFlits(),
        fabric.sources().sentFlits(),
        cyclePs,
        spec.flitBytes(),
        0);
  }

  /** Nodes that can send. */
  public int nodes() {
    return spec.nodes();
  }

  /**
   * Sends a message.
   *
   * @param bytes size, 0 or more; an empty message is a packet with a header only
   * @param done called when it has arrived in full
   * @param givenUp called when it is known to be undeliverable; exactly one of both is called
   * @param word passed to them
   * @throws IllegalArgumentException if a node is unknown or the size negative
   */
  public void send(int from, int to, long bytes, Completion done, Completion givenUp, long word) {
    if (from < 0 || from >= nodes() || to < 0 || to >= nodes() || bytes < 0) {
      throw new IllegalArgumentException(
          path
              + ": message of "
              + bytes
              + " B from node "
              + from
              + " to "
              + to
              + ", of "
              + nodes());
    }
    if (underWay == 0 && isIdle()) {
      messages.clear();
      retries.clear();
    }
    messagesSent.add(1);
    bytesSent.add(bytes);
    underWay++;
    Message message = new Message(from, to, bytes, done, givenUp, word);
    if (from == to) {
      messages.add(message);
      selfDone.in(0, messages.size() - 1);
      return;
    }
    long cycle = cycleAt(simulation.nowPs());
    advanceTo(cycle);
    messages.add(message);
    int number = messages.size() - 1;
    long packets = messageSpec.packets(bytes);
    message.packetsLeft = Math.toIntExact(packets);
    long left = bytes;
    for (long i = 0; i < packets; i++) {
      long payload = Math.min(left, messageSpec.payloadBytes());
      left -= payload;
      offer(retries.add(number, messageSpec.packetFlits(payload, spec.flitBytes())));
    }
    if (!telling) {
      arm(cycle);
    }
  }

  private void offer(int record) {
    Message message = messages.get(retries.message(record));
    packetsSent.add(1);
    fabric.offer(message.from, message.to, retries.flits(record), record);
  }

  private long cycleAt(long timePs) {
    return Math.floorDiv(timePs - 1, cyclePs) + 1;
  }

  private void arm(long cycle) {
    long timePs = Math.max(simulation.nowPs(), cycle * cyclePs);
    if (!timer.isArmed() || timer.duePs() > timePs) {
      timer.at(timePs, 0);
    }
  }

  private void goOn(long ignored) {
    long nowPs = simulation.nowPs();
    telling = true;
    while (isEndKnown() && ends.element().cycle() * cyclePs <= nowPs) {
      tell(ends.remove().message());
    }
    telling = false;
    if (!isEndKnown()) {
      advance(cycleAt(simulation.quietUntilPs()));
    }
    if (isEndKnown()) {
      arm(ends.element().cycle());
    } else if (!isIdle()) {
      arm(Math.max(fabric.now(), cycleAt(nowPs) + 1));
    }
  }

  private void tell(Message message) {
    underWay--;
    if (message.isGivenUp) {
      messagesGivenUp.add(1);
      bytesGivenUp.add(message.bytes);
      message.givenUp.complete(message.word);
    } else {
      messagesEnded.add(1);
      bytesEnded.add(message.bytes);
      message.done.complete(message.word);
    }
  }

  private void endSelf(long number) {
    tell(messages.get((int) number));
  }

  /** Whether the next end is known, and that nothing can end before. */
  private boolean isEndKnown() {
    return !ends.isEmpty() && ends.element().cycle() <= fabric.now() + noticeCycles;
  }

  /** Whether all packets have left, and none must be sent again. */
  private boolean isIdle() {
    return ends.isEmpty() && retries.open() == 0 && fabric.empty();
  }

  /** Goes on until the next end is known, or to a cycle. */
  private void advance(long limit) {
    while (!isEndKnown() && fabric.now() < limit) {
      settle();
      if (isEndKnown() || isIdle()) {
        return;
      }
      cycle(limit);
    }
  }

  /** Goes on to a cycle, whatever happens before. */
  private void advanceTo(long cycle) {
    while (fabric.now() < cycle) {
      settle();
      cycle(cycle);
    }
    settle();
  }

  private void cycle(long limit) {
    if (fabric.empty()) {
      long next = Math.min(limit, Math.min(agenda.nextCycle(), retries.nextCycle()));
      fabric.skipTo(Math.max(next, fabric.now() + 1));
      movedCycle = fabric.now();
      return;
    }
    heldBackCycles.add(faults.isHeldBack() ? 1 : 0);
    fabric.step();
    if (fabric.movedFlits() != movedFlits) {
      movedFlits = fabric.movedFlits();
      movedCycle = fabric.now();
    } else if (fabric.now() - movedCycle > STILL_CYCLES) {
      throw new IllegalStateException(
          path + ": no flit has moved for " + STILL_CYCLES + " cycles: the network is deadlocked");
    }
  }

  /** Does what is due in this cycle beside the network. */
  private void settle() {
    long now = fabric.now();
    while (agenda.nextCycle() <= now) {
      parts.happens(agenda.take());
    }
    for (int record = retries.due(now); record >= 0; record = retries.due(now)) {
      timedOut(record);
    }
    parts.installIfEmpty();
  }

  private void started(int packet, long cycle) {
    retries.started((int) fabric.packets().tag[packet], cycle);
  }

  /** A packet's tail will be at its node. */
  private void delivered(int packet, long cycle) {
    int record = (int) fabric.packets().tag[packet];
    if (faults.takeSpoiled(packet)) {
      packetsSpoiled.add(1);
      return;
    }
    if (retries.arrived(record)) {
      duplicates.add(1);
      return;
    }
    Message message = messages.get(retries.message(record));
    retries.setArrived(record, cycle + ackCycles);
    if (message.isGivenUp) {
      tooLate.add(1);
      return;
    }
    packetsArrived.add(1);
    message.lastCycle = Math.max(message.lastCycle, cycle);
    if (--message.packetsLeft == 0) {
      ends.add(new End(message.lastCycle, endOrder++, message));
    }
  }

  private void timedOut(int record) {
    Message message = messages.get(retries.message(record));
    if (message.isGivenUp || retries.acknowledged(record, fabric.now())) {
      retries.close(record);
      return;
    }
    int tries = retries.tries(record);
    if (faultSpec.heartbeatPs() == 0 && tries >= faultSpec.misses()) {
      parts.look();
    }
    if (tries <= faultSpec.retries()) {
      retransmissions.add(1);
      offer(record);
    } else if (retries.arrived(record)) {
      // It came, and its acknowledgement is on the way: nothing is sent again.
      retries.close(record);
    } else {
      retries.close(record);
      message.isGivenUp = true;
      ends.add(new End(fabric.now(), endOrder++, message));
    }
  }

  /** Whether packets from one node to another have a way by the present routes. */
  boolean reaches(int from, int to) {
    return fabric.routing() instanceof EdgeList around ? around.reaches(from, to) : true;
  }

  /** The ways that packets take now. */
  FabricPlan presentPlan() {
    return new FabricPlan(plan.topology(), fabric.routing(), plan.router());
  }

  private long channelFlits() {
    long[] flits = fabric.sentFlits();
    long sum = 0;
    for (int port = 0; port < flits.length; port++) {
      sum += plan.topology().toRouter(port) ? flits[port] : 0;
    }
    return sum;
  }

  @Override
  public long waitingCount() {
    return underWay;
  }

  @Override
  public String describeWaiting() {
    return path + ": " + underWay + " messages";
  }

  /**
   * Compares what was sent with what became of it, and the state of the network.
   *
   * @return a sentence for each law that does not hold
   */
  public List<String> checkLaws() {
    List<String> broken = new ArrayList<>();
    long ended = messagesEnded.value() + messagesGivenUp.value() + underWay;
    if (messagesSent.value() != ended) {
      broken.add(path + ": " + messagesSent.value() + " messages sent, " + ended + " known");
    }
    if (underWay == 0 && bytesSent.value() != bytesEnded.value() + bytesGivenUp.value()) {
      broken.add(
          path
              + ": "
              + bytesSent.value()
              + " bytes sent, "
              + bytesEnded.value()
              + " arrived, "
              + bytesGivenUp.value()
              + " given up");
    }
    long known =
        packetsArrived.value()
            + packetsLost.value()
            + packetsSpoiled.value()
            + duplicates.value()
            + tooLate.value()
            + fabric.packets().live();
    if (packetsSent.value() != known) {
      broken.add(path + ": " + packetsSent.value() + " packets sent, " + known + " known");
    }
    for (String law : FabricLaws.broken(fabric, packetsSent.value())) {
      broken.add(path + ": " + law);
    }
    return broken;
  }
}
