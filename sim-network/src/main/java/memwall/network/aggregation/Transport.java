package memwall.network.aggregation;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.random.RandomStream;
import memwall.core.unit.Units;
import org.jspecify.annotations.Nullable;

/**
 * Messages over links: each hop sends again after a timeout until it is acknowledged. Links are
 * served in order; a message passes a switch as it comes in (cut-through), so its time on links of
 * equal rate counts once. Acknowledgements take a link's latency and no room on it.
 *
 * <p>A copy is lost if its link was cut on the way, its receiver does not work when it arrives, or
 * by chance; so is an acknowledgement.
 */
final class Transport {
  private static final long INDEX_MASK = 0xFFFF_FFFFL;

  private final Simulation simulation;
  private final LiveGraph live;
  private final Graph graph;
  private final SwitchSpec joint;
  private final HostSpec host;
  private final RepairSpec repair;
  private final AggregationStats stats;
  private final long[] freePs;
  private final double[] lossShare;
  private final @Nullable RandomStream[] random;
  private final Event arrival;
  private final Event acknowledgement;
  private final List<Transfer> all = new ArrayList<>();
  private final List<Transfer> unused = new ArrayList<>();

  /** Copies and acknowledgements on links. */
  private long underWay;

  Transport(
      Simulation simulation,
      LiveGraph live,
      SwitchSpec joint,
      HostSpec host,
      RepairSpec repair,
      AggregationStats stats) {
    this.simulation = simulation;
    this.live = live;
    this.graph = live.graph;
    this.joint = joint;
    this.host = host;
    this.repair = repair;
    this.stats = stats;
    this.freePs = new long[2 * graph.links()];
    this.lossShare = new double[graph.links()];
    this.random = new @Nullable RandomStream[graph.links()];
    this.arrival = simulation.event("aggregation.arrival", this::arrives);
    this.acknowledgement = simulation.event("aggregation.acknowledgement", this::acknowledged);
  }

  /** Messages over a link are lost by chance from now on. */
  void loss(int link, double share) {
    lossShare[link] = share;
    if (random[link] == null) {
      random[link] = simulation.random().stream("aggregation.link" + link, "loss");
    }
  }

  private boolean isLostByChance(int link) {
    RandomStream stream = random[link];
    return stream != null && lossShare[link] > 0 && stream.nextDouble() < lossShare[link];
  }

  /**
   * Sends a message between an inner node of a tree and one of its children.
   *
   * @param earliestPs when its last byte could leave if the link took no time
   * @param leadPs by how much its first byte was there before its last one
   * @param slot waits for the acknowledgement
   */
  void send(
      Transfer.Kind kind,
      TreeNode upper,
      int place,
      int chunk,
      Sum sum,
      long earliestPs,
      long leadPs,
      @Nullable Slot slot) {
    Transfer transfer = take();
    transfer.kind = kind;
    transfer.sender = upper.group;
    transfer.upper = upper;
    transfer.place = place;
    transfer.chunk = chunk;
    transfer.sum.copy(sum);
    transfer.hop = 0;
    transfer.bytes = upper.group.wireBytes(kind, upper, place, chunk);
    transfer.slot = slot;
    transfer.slotUse = slot == null ? 0 : slot.use;
    AggregationTree tree = upper.tree;
    int[] path = tree.path(upper.inner, place);
    if (kind.isDown()) {
      transfer.from = upper.node;
      transfer.link = path[path.length - 1];
    } else {
      transfer.from = upper.group.childNode(tree, upper.inner, place);
      transfer.link = path[0];
    }
    begin(transfer, earliestPs, leadPs);
  }

  /**
   * Sends a message over one link.
   *
   * @param number what the message is of, for the sender
   * @param sum what it carries; copied
   * @param bytes with header
   * @param tag for the sender
   */
  void sendOver(
      Sender sender,
      int from,
      int link,
      int number,
      Sum sum,
      long bytes,
      long earliestPs,
      long leadPs,
      int tag) {
    Transfer transfer = take();
    transfer.sender = sender;
    transfer.upper = null;
    transfer.chunk = number;
    transfer.sum.copy(sum);
    transfer.bytes = bytes;
    transfer.slot = null;
    transfer.tag = tag;
    transfer.from = from;
    transfer.link = link;
    begin(transfer, earliestPs, leadPs);
  }

  /** Sends what has come over one link of a path of a tree over the next. */
  void forward(Transfer before) {
    Transfer transfer = take();
    transfer.kind = before.kind;
    transfer.sender = before.sender;
    transfer.upper = before.upper;
    transfer.place = before.place;
    transfer.chunk = before.chunk;
    transfer.sum.copy(before.sum);
    transfer.hop = before.hop + 1;
    transfer.bytes = before.bytes;
    transfer.slot = null;
    int[] path = before.path();
    transfer.from = before.to;
    transfer.link = path[before.kind.isDown() ? path.length - 1 - transfer.hop : transfer.hop];
    begin(transfer, simulation.nowPs(), before.servicePs);
  }

  private Transfer take() {
    if (!unused.isEmpty()) {
      return unused.remove(unused.size() - 1);
    }
    int index = all.size();
    Transfer transfer =
        new Transfer(index, simulation.timer("aggregation.timeout", this::timedOut));
    all.add(transfer);
    return transfer;
  }

  private void begin(Transfer transfer, long earliestPs, long leadPs) {
    transfer.to = graph.otherEnd(transfer.link, transfer.from);
    transfer.tries = 0;
    transfer.open = true;
    transfer.isTaken = false;
    transfer.epoch = transfer.sender().epoch();
    transfer.sender().open().add(transfer);
    stats.messages.increment();
    transmit(transfer, earliestPs, leadPs);
  }

  private void transmit(Transfer transfer, long earliestPs, long leadPs) {
    int link = transfer.link;
    int half = graph.half(link, transfer.from);
    long servicePs = Units.transferPs(transfer.bytes, live.bytesPerSec(link));
    long startPs = Math.max(freePs[half], earliestPs - leadPs);
    long endPs = Math.max(earliestPs, startPs + servicePs);
    freePs[half] = endPs;
    transfer.servicePs = servicePs;
    transfer.copies++;
    underWay++;
    stats.sentBytes.add(transfer.bytes);
    if (graph.isHost(transfer.from) || graph.isHost(transfer.to)) {
      stats.hostLinkBytes.add(transfer.bytes);
    }
    stats.busyPs.add(servicePs);
    long passPs = graph.isHost(transfer.to) ? host.overheadPs() : joint.latencyPs();
    arrival.at(endPs + graph.wire(link).latencyPs() + passPs, word(transfer));
    transfer.timer.at(endPs + repair.timeoutPs(), transfer.index);
  }

  private long word(Transfer transfer) {
    return (long) live.cuts(transfer.link) << Integer.SIZE | transfer.index;
  }

  private boolean wasCut(Transfer transfer, long word) {
    return (int) (word >>> Integer.SIZE) != live.cuts(transfer.link)
        || !live.isUsable(transfer.link);
  }

  private void arrives(long word) {
    Transfer transfer = all.get((int) (word & INDEX_MASK));
    if (wasCut(transfer, word) || isLostByChance(transfer.link)) {
      stats.lostBytes.add(transfer.bytes);
      stats.messagesLost.increment();
    } else {
      stats.arrivedBytes.add(transfer.bytes);
      transfer.acks++;
      underWay++;
      acknowledgement.in(graph.wire(transfer.link).latencyPs(), word);
      if (transfer.epoch != transfer.sender().epoch()) {
        stats.oldEpochMessages.increment();
      } else {
        transfer.sender().arrived(transfer);
      }
    }
    transfer.copies--;
    underWay--;
    releaseIfDone(transfer);
  }

  private void acknowledged(long word) {
    Transfer transfer = all.get((int) (word & INDEX_MASK));
    transfer.acks--;
    underWay--;
    if (wasCut(transfer, word) || isLostByChance(transfer.link)) {
      stats.acksLost.increment();
    } else if (transfer.open) {
      close(transfer);
      transfer.sender().acknowledged(transfer);
    }
    releaseIfDone(transfer);
  }

  private void timedOut(long index) {
    Transfer transfer = all.get((int) index);
    Sender group = transfer.sender();
    if (!live.isUp(transfer.from)) {
      close(transfer); // Whoever misses it waits for the next sign of life.
      group.acknowledged(transfer);
    } else if (transfer.tries == repair.retries()) {
      close(transfer);
      stats.givenUp.increment();
      group.gaveUp(transfer);
    } else {
      transfer.tries++;
      stats.retransmissions.increment();
      transmit(transfer, simulation.nowPs(), 0);
    }
    releaseIfDone(transfer);
  }

  private static void close(Transfer transfer) {
    transfer.timer.cancel();
    transfer.open = false;
    transfer.sender().open().remove(transfer);
  }

  /** Sends no more of a transfer; what is under way arrives and is of no use. */
  void abandon(Transfer transfer) {
    close(transfer);
    releaseIfDone(transfer);
  }

  private void releaseIfDone(Transfer transfer) {
    if (!transfer.open && transfer.copies == 0 && transfer.acks == 0 && transfer.sender != null) {
      transfer.sender = null;
      transfer.upper = null;
      transfer.slot = null;
      unused.add(transfer);
    }
  }

  /** Whether nothing is on any link, acknowledgements included. */
  boolean isEmpty() {
    return underWay == 0;
  }

  /** Bytes of the copies that are under way, counted one by one. */
  long underWayBytes() {
    long bytes = 0;
    for (Transfer transfer : all) {
      bytes += transfer.copies * transfer.bytes;
    }
    return bytes;
  }
}
