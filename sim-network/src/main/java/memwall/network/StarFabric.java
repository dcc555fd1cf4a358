package memwall.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.unit.Units;
import memwall.network.MessageRows.Kind;

/**
 * The wires of a star: a link up and a link down per rank, a non-blocking switch, and the adder in
 * it. Messages cut through at message level: two alarms each, none allocated.
 */
final class StarFabric {
  /** Takes what arrives for a collective. */
  interface Receiver {
    /** A piece or a result of an operation has arrived at a rank. */
    void arrived(int rank, long operation, int phase);
  }

  private final Simulation simulation;
  private final NetworkSpec spec;
  private final NetworkStats stats;
  private final Receiver receiver;
  private final int ranks;
  private final int simulatedRanks;
  private final int foldedAs;
  private final MessageRows messages = new MessageRows();
  private final Link[] up;
  private final Link[] down;
  private final Link adder;
  private final List<Link> links = new ArrayList<>();
  private final long adderLatencyPs;
  // Contributions that have arrived, per slot of the switch.
  private final int[] slotContributions;
  private final long[] slotBytes;
  private int partialSlots;

  StarFabric(
      Simulation simulation,
      String path,
      NetworkStats stats,
      NetworkSpec spec,
      int ranks,
      int simulatedRanks,
      Alarm.Order order,
      Receiver receiver) {
    this.simulation = simulation;
    this.spec = spec;
    this.stats = stats;
    this.receiver = receiver;
    this.ranks = ranks;
    this.simulatedRanks = simulatedRanks;
    this.foldedAs = ranks / simulatedRanks;
    this.up = new Link[simulatedRanks];
    this.down = new Link[simulatedRanks];
    for (int rank = 0; rank < simulatedRanks; rank++) {
      up[rank] =
          new Link(
              simulation,
              path + ".up" + rank,
              order,
              row -> atSwitch((int) row),
              stats.upBusyPs,
              foldedAs);
      down[rank] =
          new Link(
              simulation,
              path + ".down" + rank,
              order,
              row -> atRank((int) row),
              stats.downBusyPs,
              foldedAs);
    }
    this.adder =
        new Link(
            simulation, path + ".adder", order, row -> multicast((int) row), stats.adderBusyPs, 1);
    links.addAll(Arrays.asList(up));
    links.addAll(Arrays.asList(down));
    links.add(adder);
    ReductionSpec reduction = spec.reduction();
    this.adderLatencyPs = reduction == null ? 0 : reduction.latencyPs();
    this.slotContributions = new int[reduction == null ? 0 : reduction.slots()];
    this.slotBytes = new long[slotContributions.length];
  }

  /** Sends a message for a caller of the network. */
  void sendPoint(int from, int to, long bytes, Completion done, long word) {
    Overheads overheads = spec.message();
    long servicePs = Units.transferPs(bytes, overheads.bytesPerSec(spec.linkBytesPerSec()));
    int row = messages.take(Kind.POINT, to, bytes, servicePs, overheads.syncPs(), 0, 0);
    messages.onArrival(row, done, word);
    send(from, row, overheads.messagePs());
  }

  /** Sends a piece of a collective; returns when the sender is done with it. */
  long sendPiece(
      int from,
      int to,
      long bytes,
      long servicePs,
      Overheads overheads,
      long operation,
      int phase) {
    int row = messages.take(Kind.PIECE, to, bytes, servicePs, overheads.syncPs(), operation, phase);
    stats.pieceBytesSent.add(bytes * foldedAs);
    return send(from, row, overheads.messagePs());
  }

  /** Sends a chunk to the adder; returns when the sender is done with it. */
  long sendContribution(
      int from, int slot, long bytes, long servicePs, long addPs, long overheadPs, long operation) {
    int row = messages.take(Kind.CONTRIBUTION, slot, bytes, servicePs, addPs, operation, 0);
    stats.contributionBytesSent.add(bytes * foldedAs);
    return send(from, row, overheadPs);
  }

  private long send(int from, int row, long overheadPs) {
    stats.upBytes.add(messages.bytes(row) * foldedAs);
    stats.messagesSent.add(foldedAs);
    long sentPs = up[from].reserve(simulation.nowPs(), overheadPs, messages.servicePs(row));
    up[from].deliver(sentPs + spec.linkLatencyPs() + spec.switchLatencyPs(), row);
    return sentPs;
  }

  private void atSwitch(int row) {
    if (messages.kind(row) == Kind.CONTRIBUTION) {
      contribute(row);
    } else {
      passDown(messages.to(row) % simulatedRanks, row, messages.extraPs(row));
    }
  }

  private void passDown(int rank, int row, long extraPs) {
    long nowPs = simulation.nowPs();
    long servicePs = messages.servicePs(row);
    long throughPs = Math.max(nowPs, down[rank].reserve(nowPs - servicePs, 0, servicePs));
    stats.downWaitPs.add((throughPs - nowPs) * foldedAs);
    down[rank].deliver(throughPs + spec.linkLatencyPs() + extraPs, row);
  }

  private void contribute(int row) {
    long nowPs = simulation.nowPs();
    int slot = messages.to(row);
    long bytes = messages.bytes(row);
    if (slotContributions[slot] == 0) {
      slotBytes[slot] = bytes;
      partialSlots++;
    }
    slotContributions[slot] += foldedAs;
    stats.contributionBytesAdded.add(bytes * foldedAs);
    long servicePs = messages.servicePs(row);
    long addedPs =
        Math.max(nowPs, adder.reserve(nowPs - servicePs, 0, foldedAs * messages.extraPs(row)));
    long operation = messages.operation(row);
    messages.release(row);
    if (slotContributions[slot] == ranks) {
      slotContributions[slot] = 0;
      partialSlots--;
      int sum = messages.take(Kind.SUM, slot, bytes, servicePs, 0, operation, 0);
      adder.deliver(addedPs + adderLatencyPs, sum);
    }
  }

  private void multicast(int sum) {
    long bytes = messages.bytes(sum);
    stats.chunksReduced.increment();
    stats.resultBytes.add(bytes);
    for (int rank = 0; rank < simulatedRanks; rank++) {
      int copy =
          messages.take(
              Kind.RESULT, rank, bytes, messages.servicePs(sum), 0, messages.operation(sum), 0);
      passDown(rank, copy, 0);
    }
    messages.release(sum);
  }

  private void atRank(int row) {
    int rank = messages.to(row) % simulatedRanks;
    long bytes = messages.bytes(row);
    Kind kind = messages.kind(row);
    long operation = messages.operation(row);
    int phase = messages.phase(row);
    Completion done = messages.done(row);
    long word = messages.word(row);
    messages.release(row);
    stats.downBytes.add(bytes * foldedAs);
    stats.messagesArrived.add(foldedAs);
    if (kind == Kind.POINT) {
      done.complete(word);
      return;
    }
    (kind == Kind.PIECE ? stats.pieceBytesArrived : stats.resultBytesArrived).add(bytes * foldedAs);
    receiver.arrived(rank, operation, phase);
  }

  int messagesUnderWay() {
    return messages.count();
  }

  /** Whether nothing is under way and all links are free from this time on. */
  boolean isIdleFrom(long timePs) {
    if (messages.count() > 0) {
      return false;
    }
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i).freeAtPs() > timePs) {
        return false;
      }
    }
    return true;
  }

  /** Leaves the links as a reserved operation does that began at a time. */
  void leave(long beganPs, Reservation reservation) {
    up[0].freeAt(beganPs + reservation.upFreePs);
    down[0].freeAt(beganPs + reservation.downFreePs);
    if (reservation.adderFreePs > 0) {
      adder.freeAt(beganPs + reservation.adderFreePs);
    }
  }

  /**
   * Takes over what is under way in the fabric of an equal network; this one must be idle. Alarms
   * are not set.
   *
   * @param sincePs what the other's links served before this time of its clock does not count
   */
  void adopt(StarFabric other, long sincePs, long deltaPs, long operationDelta) {
    messages.adopt(other.messages, operationDelta);
    for (int i = 0; i < links.size(); i++) {
      Link theirs = other.links.get(i);
      links.get(i).adopt(theirs, deltaPs);
      if (theirs.freeAtPs() >= sincePs) {
        links.get(i).freeAt(theirs.freeAtPs() + deltaPs);
      }
    }
    System.arraycopy(other.slotContributions, 0, slotContributions, 0, slotContributions.length);
    partialSlots = other.partialSlots;
    System.arraycopy(other.slotBytes, 0, slotBytes, 0, slotBytes.length);
  }

  void addAlarms(List<Alarm> alarms) {
    for (Link link : links) {
      alarms.add(link.alarm());
    }
  }

  void describe(StateSink sink, long oldestOperation) {
    long longestPs = messages.longestServicePs();
    for (Link link : links) {
      link.describe(sink, simulation.nowPs(), longestPs, messages, oldestOperation);
    }
    sink.put(partialSlots);
    if (partialSlots > 0) {
      for (int contributions : slotContributions) {
        sink.put(contributions);
      }
    }
  }

  void shift(long deltaPs) {
    for (Link link : links) {
      link.shift(deltaPs);
    }
  }

  /** Adds a sentence for each law that does not hold; counts what is under way row by row. */
  void checkLaws(List<String> broken) {
    long points = messages.bytesUnderWay(Kind.POINT);
    long pieces = messages.bytesUnderWay(Kind.PIECE);
    long contributions = messages.bytesUnderWay(Kind.CONTRIBUTION);
    long sums = messages.bytesUnderWay(Kind.SUM);
    long results = messages.bytesUnderWay(Kind.RESULT);
    long partial = 0;
    long partialMessages = 0;
    for (int slot = 0; slot < slotContributions.length; slot++) {
      partial += slotContributions[slot] * slotBytes[slot];
      partialMessages += slotContributions[slot];
    }
    equal(
        broken,
        "bytes sent from rank to rank = arrived + under way",
        stats.pieceBytesSent.value(),
        stats.pieceBytesArrived.value() + foldedAs * pieces);
    equal(
        broken,
        "bytes sent to the adder = added + under way",
        stats.contributionBytesSent.value(),
        stats.contributionBytesAdded.value() + foldedAs * contributions);
    equal(
        broken,
        "operand bytes added = ranks x (sums made + sums in the adder) + in slots",
        stats.contributionBytesAdded.value(),
        ranks * (stats.resultBytes.value() + sums) + partial);
    equal(
        broken,
        "ranks x sums made = sums arrived + under way",
        ranks * stats.resultBytes.value(),
        stats.resultBytesArrived.value() + foldedAs * results);
    equal(
        broken,
        "bytes over links up = over links down + under way",
        stats.upBytes.value(),
        stats.downBytes.value()
            + foldedAs * (points + pieces + contributions + results)
            + ranks * sums
            + partial);
    equal(
        broken,
        "messages sent = arrived + under way",
        stats.messagesSent.value(),
        stats.messagesArrived.value()
            + foldedAs * (messages.count() - messages.count(Kind.SUM))
            + ranks * messages.count(Kind.SUM)
            + partialMessages);
  }

  static void equal(List<String> broken, String law, long left, long right) {
    if (left != right) {
      broken.add("network: " + law + ": " + left + " against " + right);
    }
  }
}
