package memwall.network.aggregation;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * An inner node of a group's tree, as long as the tree lasts: which contributions have come, the
 * slots, and what waits for slots. Each contribution is added at most once: the bit of its chunk
 * and child tells.
 *
 * <p>A slot is taken by the first contribution of a chunk, and is given back when all children have
 * acknowledged the result, which can be sent again from it until then.
 */
final class TreeNode {
  final ReductionGroup group;
  final AggregationTree tree;
  final int inner;

  /** Number in the graph. */
  final int node;

  private final AggregationNetwork network;
  private final int children;
  private final boolean isRoot;
  private final boolean isHost;
  private final int quota;
  private final @Nullable Slot[] slotOf;
  private final long[] arrived;
  private final long[] closed;
  private final long[] passed;
  private final long[] replied;
  private final long[] published;
  private final long[] closedPs;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private int inUse;

  /** A contribution that waits for a slot. */
  private record Waiting(int place, int chunk, Sum sum) {}

  TreeNode(AggregationNetwork network, ReductionGroup group, AggregationTree tree, int inner) {
    this.network = network;
    this.group = group;
    this.tree = tree;
    this.inner = inner;
    this.node = tree.node(inner);
    this.children = tree.children(inner);
    this.isRoot = inner == 0;
    this.isHost = network.graph.isHost(node);
    this.quota = isHost ? Integer.MAX_VALUE : group.spec.quota();
    int chunks = group.operation().chunks;
    this.slotOf = new @Nullable Slot[chunks];
    this.arrived = new long[Bits.words(Math.multiplyExact(chunks, children))];
    int words = Bits.words(chunks);
    this.closed = new long[words];
    this.passed = new long[words];
    this.replied = new long[words];
    this.published = new long[words];
    this.closedPs = new long[chunks];
  }

  /** A child's contribution or sum has come. */
  void contribution(int place, int chunk, Sum sum, long leadPs) {
    int bit = chunk * children + place;
    if (Bits.get(arrived, bit)) {
      network.stats.duplicates.increment();
      return;
    }
    Bits.put(arrived, bit);
    boolean isLate = Bits.get(closed, chunk);
    int member = tree.childMember(inner, place);
    if (member >= 0) {
      group.remember(member, chunk, sum.value, isLate);
    }
    if (isLate) {
      late(chunk, sum);
      return;
    }
    Slot slot = slotOf[chunk];
    if (slot == null) {
      if (inUse == quota) {
        network.stats.slotWaits.increment();
        Sum copy = new Sum(1);
        copy.copy(sum);
        waiting.addLast(new Waiting(place, chunk, copy));
        return;
      }
      slot = takeSlot(chunk);
    }
    add(slot, place, sum, leadPs);
  }

  private void late(int chunk, Sum sum) {
    network.stats.lateMessages.increment();
    group.operation().late(chunk, sum.mask, network.simulation.nowPs() - closedPs[chunk]);
  }

  private Slot takeSlot(int chunk) {
    Slot slot = network.slots.take();
    long nowPs = network.simulation.nowPs();
    slot.take(this, chunk, group.members(), children, network.joint.ordered(), nowPs);
    slotOf[chunk] = slot;
    inUse++;
    network.stats.slotsTaken.increment();
    if (!isHost) {
      network.slots.taken(node);
    }
    DeadlineSpec deadline = group.spec.deadline();
    if (deadline.isOn()) {
      long depth = tree.height(0);
      long height = tree.height(inner);
      long waitPs = deadline.waitPs();
      long sharePs = waitPs / depth * height + waitPs % depth * height / depth;
      long duePs = deadline.fromCall() ? group.epochBeganPs() + sharePs : nowPs + sharePs;
      slot.deadline.at(Math.max(nowPs, duePs), slot.index);
    }
    return slot;
  }

  private void add(Slot slot, int place, Sum sum, long leadPs) {
    slot.arrived++;
    slot.leadPs = leadPs;
    if (network.joint.ordered()) {
      slot.keep(place, sum);
      while (slot.nextChild < children && slot.isEarly[slot.nextChild]) {
        operand(slot, slot.early(slot.nextChild), leadPs);
        slot.nextChild++;
      }
    } else {
      operand(slot, sum, leadPs);
    }
    if (slot.arrived == children) {
      close(slot);
    }
  }

  private void operand(Slot slot, Sum sum, long leadPs) {
    slot.sum.add(sum);
    slot.addedPs = network.reserveAdder(node, group.payloadBytes(slot.chunk), leadPs);
  }

  /** Takes no more contributions. */
  private void close(Slot slot) {
    slot.state = Slot.State.SUMMING;
    slot.deadline.cancel();
    long nowPs = network.simulation.nowPs();
    Bits.put(closed, slot.chunk);
    closedPs[slot.chunk] = nowPs;
    long latencyPs = isHost ? 0 : network.joint.addLatencyPs();
    network.slots.summed.at(Math.max(nowPs, slot.addedPs) + latencyPs, network.slots.word(slot));
  }

  /** The deadline of a slot is over. */
  void expire(Slot slot) {
    if (slot.state != Slot.State.COLLECTING || !network.live.isUp(node)) {
      return;
    }
    network.stats.expired.increment();
    if (network.joint.ordered()) {
      for (; slot.nextChild < children; slot.nextChild++) {
        if (slot.isEarly[slot.nextChild]) {
          operand(slot, slot.early(slot.nextChild), 0);
        }
      }
    }
    if (group.spec.deadline().substitute() == Substitute.STALE) {
      for (int member = 0; member < group.members(); member++) {
        int place = tree.towards(inner, member);
        if (place >= 0 && !Bits.get(arrived, slot.chunk * children + place)) {
          group.substitute(member, slot.chunk, slot.sum);
        }
      }
    }
    slot.leadPs = 0;
    close(slot);
  }

  /** The adder has made the sum of a slot. */
  void summed(Slot slot) {
    if (slot.state != Slot.State.SUMMING || !network.live.isUp(node)) {
      return;
    }
    int chunk = slot.chunk;
    long nowPs = network.simulation.nowPs();
    slot.state = Slot.State.SENT;
    if (!isRoot) {
      TreeNode above = group.node(tree.parent(inner));
      network.transport.send(
          Transfer.Kind.CONTRIBUTION,
          above,
          tree.placeAtParent(inner),
          chunk,
          slot.sum,
          nowPs,
          slot.leadPs,
          null);
      return;
    }
    group.operation().decide(chunk, slot.sum);
    if (group.spec.pull() && !isHost && !group.operation().task.isReduce()) {
      Bits.put(replied, chunk);
      sendReply(chunk, slot.sum, slot.leadPs);
    } else {
      pass(chunk, slot.sum, slot.leadPs);
    }
  }

  private void sendReply(int chunk, Sum sum, long leadPs) {
    int place = tree.towards(inner, group.initiator(chunk));
    send(Transfer.Kind.REPLY, place, chunk, sum, leadPs, null);
  }

  /** A sum for one host comes from above. */
  void reply(int chunk, Sum sum, long leadPs) {
    if (Bits.get(replied, chunk)) {
      network.stats.duplicates.increment();
      return;
    }
    Bits.put(replied, chunk);
    sendReply(chunk, sum, leadPs);
  }

  /** A host's sum for all comes from a child. */
  void publish(int place, int chunk, Sum sum, long leadPs) {
    if (Bits.get(published, chunk)) {
      network.stats.duplicates.increment();
      return;
    }
    Bits.put(published, chunk);
    boolean isMulticast = group.operation().task.isBroadcast();
    if (isMulticast) {
      spread(place, chunk, sum, leadPs);
    }
    if (isRoot && !isMulticast) {
      pass(chunk, sum, leadPs);
    } else if (!isRoot) {
      network.transport.send(
          Transfer.Kind.PUBLISH,
          group.node(tree.parent(inner)),
          tree.placeAtParent(inner),
          chunk,
          sum,
          network.simulation.nowPs(),
          leadPs,
          null);
    }
  }

  /** Copies what comes from a child to all others; what goes to the parent is no part of this. */
  private void spread(int from, int chunk, Sum sum, long leadPs) {
    for (int place = 0; place < children; place++) {
      if (place == from) {
        continue;
      }
      if (tree.path(inner, place).length > 0) {
        send(Transfer.Kind.RESULT, place, chunk, sum, leadPs, null);
      } else {
        group.hostGot(tree.childMember(inner, place), chunk, sum);
      }
    }
  }

  /** Passes a result to all children. What has not been added by now is late. */
  void pass(int chunk, Sum result, long leadPs) {
    if (Bits.get(passed, chunk)) {
      network.stats.duplicates.increment();
      return;
    }
    Bits.put(passed, chunk);
    if (!Bits.get(closed, chunk)) {
      Bits.put(closed, chunk);
      closedPs[chunk] = network.simulation.nowPs();
    }
    Slot slot = slotOf[chunk];
    if (slot == null) {
      dropWaiting(chunk);
    } else {
      if (slot.state == Slot.State.COLLECTING || slot.state == Slot.State.SUMMING) {
        discard(slot);
      }
      slot.deadline.cancel();
      slot.state = Slot.State.PASSING;
      slot.acksLeft = children;
    }
    int local = -1;
    for (int place = 0; place < children; place++) {
      if (tree.path(inner, place).length == 0) {
        local = place;
      } else {
        send(Transfer.Kind.RESULT, place, chunk, result, leadPs, slot);
      }
    }
    if (local >= 0) {
      if (slot != null) {
        acknowledged(slot);
      }
      group.hostGot(tree.childMember(inner, local), chunk, group.operation().result(chunk));
    }
  }

  private void send(
      Transfer.Kind kind, int place, int chunk, Sum sum, long leadPs, @Nullable Slot slot) {
    long nowPs = network.simulation.nowPs();
    if (isHost) {
      long earliestPs = nowPs + network.host.overheadPs();
      network.transport.send(kind, this, place, chunk, sum, earliestPs, 0, slot);
    } else {
      network.transport.send(kind, this, place, chunk, sum, nowPs, leadPs, slot);
    }
  }

  private void discard(Slot slot) {
    late(slot.chunk, slot.sum);
    if (network.joint.ordered()) {
      for (int child = slot.nextChild; child < children; child++) {
        if (slot.isEarly[child]) {
          late(slot.chunk, slot.early(child));
        }
      }
    }
  }

  private void dropWaiting(int chunk) {
    Iterator<Waiting> each = waiting.iterator();
    while (each.hasNext()) {
      Waiting one = each.next();
      if (one.chunk() == chunk) {
        late(chunk, one.sum());
        each.remove();
      }
    }
  }

  /** A child has acknowledged the result of a slot. */
  void acknowledged(Slot slot) {
    if (slot.state == Slot.State.PASSING && --slot.acksLeft == 0) {
      giveBack(slot);
      admit();
    }
  }

  private void giveBack(Slot slot) {
    network.stats.slotsGivenBack.increment();
    network.stats.slotHoldPs.add(network.simulation.nowPs() - slot.takenPs);
    slotOf[slot.chunk] = null;
    inUse--;
    if (!isHost) {
      network.slots.givenBack(node);
    }
    network.slots.give(slot);
  }

  private void admit() {
    while (!waiting.isEmpty() && inUse < quota) {
      int chunk = waiting.getFirst().chunk();
      Slot slot = takeSlot(chunk);
      Iterator<Waiting> each = waiting.iterator();
      while (each.hasNext()) {
        Waiting one = each.next();
        if (one.chunk() == chunk) {
          each.remove();
          add(slot, one.place(), one.sum(), 0);
        }
      }
    }
  }

  /** Gives all slots back: the tree is of no more use. */
  void dissolve() {
    waiting.clear();
    for (Slot slot : slotOf) {
      if (slot != null) {
        giveBack(slot);
      }
    }
  }

  int slotsInUse() {
    return inUse;
  }
}
