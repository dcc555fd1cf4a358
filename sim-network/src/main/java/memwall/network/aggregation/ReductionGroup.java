package memwall.network.aggregation;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.function.Consumer;
import memwall.core.Event;
import memwall.core.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A group of hosts: its operations, one after the other, and what it does when something breaks.
 *
 * <p>An operation goes through <i>epochs</i>, each with one tree. What is sent carries the epoch;
 * what arrives of an earlier one is of no use. When a message has been given up, or a part of the
 * tree is noticed to be broken, the epoch ends at once: slots are given back, nothing is sent
 * again. After the time for it there is a new tree on what works then, and the work of the new
 * epoch is made out: results that all have are done; a result that some have is sent to the others
 * by the first of them; the rest is contributed again.
 */
final class ReductionGroup implements NetworkGroup {
  private enum State {
    IDLE,
    REBUILDING,
    QUEUED,
    RUNNING
  }

  final GroupSpec spec;
  final MemberGate gate;
  private final AggregationNetwork network;
  private final int[] hosts;
  private final SpareHosts spares;
  private final long[] wakePs;
  private final OpenTransfers open = new OpenTransfers();
  private final Timer resume;
  private final Event wake;
  private State state = State.IDLE;
  private int epoch;
  private long epochBeganPs;
  private @Nullable AggregationTree tree;
  private TreeNode[] nodes = new TreeNode[0];
  private boolean isTreeBroken;
  private boolean byHosts;
  private boolean holdsSlots;
  private boolean hasQueued;
  private int operations;
  private @Nullable Operation operation;
  private @Nullable StaleBuffer stale;
  private Consumer<OperationResult> done = result -> {};
  private int rebuilds;
  private @Nullable EpochWork epochWork;

  ReductionGroup(AggregationNetwork network, int index, GroupSpec spec) {
    this.network = network;
    this.spec = spec;
    this.hosts = spec.members().stream().mapToInt(Integer::intValue).toArray();
    int members = hosts.length;
    this.spares = new SpareHosts(network, spec.spares(), hosts);
    this.wakePs = new long[members];
    this.gate = new MemberGate(members);
    this.resume = network.simulation.timer("aggregation.group" + index, word -> resume());
    this.wake = network.simulation.event("aggregation.wake" + index, word -> pump((int) word));
    if (!spec.mayFallBack()) {
      AggregationTree.of(network.graph, spec.members(), network.joint.mostFanIn());
    }
    this.tree = AggregationTree.build(network.live, hosts, network.joint.mostFanIn());
    this.isTreeBroken = tree == null || tree.members() < members;
  }

  int members() {
    return hosts.length;
  }

  int host(int member) {
    return hosts[member];
  }

  @Override
  public int epoch() {
    return epoch;
  }

  @Override
  public OpenTransfers open() {
    return open;
  }

  long epochBeganPs() {
    return epochBeganPs;
  }

  TreeNode node(int inner) {
    return nodes[inner];
  }

  TreeNode[] nodes() {
    return nodes;
  }

  Operation operation() {
    Operation known = operation;
    if (known == null) {
      throw new IllegalStateException("group '" + spec.name() + "' has no operation");
    }
    return known;
  }

  @Override
  public boolean isBusy() {
    return state != State.IDLE;
  }

  @Override
  public String describe() {
    return "group '" + spec.name() + "': operation " + operations + " is " + state;
  }

  int childNode(AggregationTree in, int inner, int place) {
    int child = in.childInner(inner, place);
    return child >= 0 ? in.node(child) : hosts[in.childMember(inner, place)];
  }

  long payloadBytes(int chunk) {
    return operation().payloadBytes(chunk);
  }

  /** Bytes of a message between an inner node and a child; notices are headers alone. */
  long wireBytes(Transfer.Kind kind, TreeNode upper, int place, int chunk) {
    TreeTask task = operation().task;
    boolean isNotice =
        task.isReduce() && kind.isDown() && upper.tree.towards(upper.inner, task.root()) != place;
    return (isNotice ? 0 : payloadBytes(chunk)) + spec.form().headerBytes();
  }

  /** A member begins the operation, of which members begin one by one. */
  void admit(int member) {
    gate.admit(member);
    pump(member);
  }

  /** Begins an operation, of all members or, as the gate says, of none yet. */
  void call(TreeTask task, long bytes, Contributions source, Consumer<OperationResult> listener) {
    task.check(spec);
    if (isBusy()) {
      throw new IllegalStateException(describe() + "; the next one must wait for its end");
    }
    operations++;
    Operation begun =
        new Operation(
            spec, task, operations, bytes, network.simulation.nowPs(), source, network.brokenLaws);
    operation = begun;
    done = listener;
    rebuilds = 0;
    byHosts = false;
    hasQueued = false;
    stale = StaleBuffer.fitting(stale, spec, begun.chunks);
    AggregationTree known = tree;
    if (known == null || isTreeBroken) {
      state = State.REBUILDING;
      resume.in(network.repair.rebuildPs(), 0);
    } else {
      admit(known);
    }
  }

  @Override
  public void resume() {
    if (state != State.REBUILDING && state != State.QUEUED) {
      return;
    }
    state = State.REBUILDING;
    long restorePs = spares.replaceDead(operation());
    if (restorePs > 0) {
      resume.in(restorePs, 0);
      return;
    }
    AggregationTree found = byHosts ? direct() : switches();
    if (found == null || found.members() < hosts.length) {
      restorePs = found == null ? 0 : spares.replaceUnreached(found, !byHosts, operation());
      if (restorePs > 0) {
        resume.in(restorePs, 0);
        return;
      }
      if (!byHosts && spec.mayFallBack()) {
        AggregationTree alone = direct();
        if (alone != null && (found == null || alone.members() > found.members())) {
          takeToHosts();
          found = alone;
        }
      }
    }
    if (found == null || found.members() == 0) {
      fail("no member is reached", missing(null));
    } else if (found.members() < hosts.length
        && (!spec.deadline().isOn() || isRootMissing(found))) {
      fail("members are not reached from '" + found.name(0) + "'", missing(found));
    } else {
      isTreeBroken = false;
      admit(found);
    }
  }

  private void takeToHosts() {
    byHosts = true;
    network.stats.fallBacks.increment();
  }

  private @Nullable AggregationTree direct() {
    return AggregationTree.direct(network.live, hosts, operation().task.root());
  }

  private @Nullable AggregationTree switches() {
    return AggregationTree.build(network.live, hosts, network.joint.mostFanIn());
  }

  private boolean isRootMissing(AggregationTree found) {
    int root = operation().task.root();
    return root >= 0 && !found.reaches(root);
  }

  private ImmutableList<String> missing(@Nullable AggregationTree found) {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    for (int member = 0; member < hosts.length; member++) {
      if (found == null || !found.reaches(member)) {
        names.add(network.graph.name(hosts[member]));
      }
    }
    return names.build();
  }

  /** Takes the slots and begins an epoch, or does what is agreed if there are too few. */
  private void admit(AggregationTree found) {
    if (byHosts) {
      begin(found);
    } else if (operation().task.isBroadcast()) {
      begin(found); // Copies take no slots.
    } else if (network.takeQuota(found.nodeNumbers(), spec.quota())) {
      holdsSlots = true;
      begin(found);
    } else {
      switch (spec.admission()) {
        case QUEUE -> {
          if (!hasQueued) {
            hasQueued = true;
            network.stats.operationsQueued.increment();
          }
          state = State.QUEUED;
          network.queue(this);
        }
        case FALL_BACK -> {
          takeToHosts();
          state = State.REBUILDING;
          resume();
        }
        case REFUSE -> {
          network.stats.operationsRefused.increment();
          fail("a switch has too few free slots", ImmutableList.of());
        }
      }
    }
  }

  private void begin(AggregationTree found) {
    if (tree != found && stale != null) {
      stale.clear();
    }
    tree = found;
    hasQueued = false;
    epoch++;
    epochBeganPs = network.simulation.nowPs();
    nodes = new TreeNode[found.nodes()];
    for (int inner = 0; inner < nodes.length; inner++) {
      nodes[inner] = new TreeNode(network, this, found, inner);
    }
    epochWork = new EpochWork(network, this, found, hosts);
    state = State.RUNNING;
    int now = epoch;
    for (int member = 0; member < hosts.length && epoch == now; member++) {
      pump(member);
    }
    endIfDone();
  }

  /** As if an operation had been carried out to which all contributed in time. */
  void repeat(long bytes, Contributions source) {
    operations++;
    stale = StaleBuffer.fitting(stale, spec, Operation.chunks(spec, bytes));
    if (stale != null) {
      stale.putAll(source, operations);
    }
  }

  /** Lets a member send what it may send now. */
  private void pump(int member) {
    EpochWork work = epochWork;
    if (state != State.RUNNING
        || work == null
        || !work.isDoneBy(member)
        || !gate.hasBegun(member)) {
      return;
    }
    long nowPs = network.simulation.nowPs();
    long pausedPs = network.pausedUntilPs(hosts[member]);
    if (pausedPs > nowPs) {
      if (wakePs[member] < pausedPs) {
        wakePs[member] = pausedPs;
        wake.at(pausedPs, member);
      }
      return;
    }
    work.send(member);
    endIfDone();
  }

  /** The member that gets the sum of a chunk first, and gives it to all. */
  int initiator(int chunk) {
    int member = chunk % hosts.length;
    while (!nodes[0].tree.reaches(member)) {
      member = (member + 1) % hosts.length;
    }
    return member;
  }

  @Override
  public void arrived(Transfer transfer) {
    if (!transfer.isLastHop()) {
      network.transport.forward(transfer);
      return;
    }
    TreeNode upper = transfer.upper();
    int chunk = transfer.chunk;
    long leadPs = transfer.servicePs;
    if (transfer.kind == Transfer.Kind.CONTRIBUTION) {
      upper.contribution(transfer.place, chunk, transfer.sum, leadPs);
    } else if (transfer.kind == Transfer.Kind.PUBLISH) {
      upper.publish(transfer.place, chunk, transfer.sum, leadPs);
    } else {
      boolean isResult = transfer.kind == Transfer.Kind.RESULT;
      int inner = upper.tree.childInner(upper.inner, transfer.place);
      int member = upper.tree.childMember(upper.inner, transfer.place);
      if (inner < 0 && isResult) {
        hostGot(member, chunk, transfer.sum);
      } else if (inner < 0) {
        EpochWork.sendUp(network, nodes, Transfer.Kind.PUBLISH, member, chunk, transfer.sum);
      } else if (isResult) {
        nodes[inner].pass(chunk, transfer.sum, leadPs);
      } else {
        nodes[inner].reply(chunk, transfer.sum, leadPs);
      }
    }
  }

  void hostGot(int member, int chunk, Sum sum) {
    Operation known = operation();
    if (known.deliver(member, chunk, sum, network.simulation.nowPs())) {
      if (known.hostPs[member] >= 0) {
        gate.tell(member);
      }
      pump(member);
    } else {
      network.stats.duplicates.increment();
    }
  }

  /** A member's contribution has come to a switch. */
  void remember(int member, int chunk, long value, boolean isLate) {
    StaleBuffer buffer = stale;
    if (buffer != null && (!isLate || spec.deadline().refresh())) {
      buffer.put(member, chunk, value, operations);
    }
  }

  /** Adds what there is for a member whose contribution has not come. */
  void substitute(int member, int chunk, Sum sum) {
    StaleBuffer buffer = stale;
    if (buffer != null) {
      buffer.addTo(sum, member, chunk, operations, spec.deadline().mostAge());
    }
  }

  @Override
  public void acknowledged(Transfer transfer) {
    if (transfer.epoch != epoch || state != State.RUNNING) {
      return;
    }
    Slot slot = transfer.slot;
    if (slot != null && slot.use == transfer.slotUse) {
      transfer.upper().acknowledged(slot);
    }
    endIfDone();
  }

  @Override
  public void gaveUp(Transfer transfer) {
    if (transfer.epoch == epoch && state == State.RUNNING) {
      rebuild();
    }
  }

  @Override
  public void noticedNode(int node) {
    AggregationTree known = tree;
    if (known != null && known.usesNode(node)) {
      broken();
    }
  }

  @Override
  public void noticedLink(int link) {
    AggregationTree known = tree;
    if (known != null && known.usesLink(link)) {
      broken();
    }
  }

  private void broken() {
    isTreeBroken = true;
    if (state == State.RUNNING) {
      rebuild();
    }
  }

  @Override
  public void noticedRepair() { // The next operation looks for a tree.
    AggregationTree known = tree;
    isTreeBroken |= known == null || known.members() < hosts.length || byHosts;
  }

  private void rebuild() {
    dissolve();
    rebuilds++;
    network.stats.rebuilds.increment();
    isTreeBroken = true;
    state = State.REBUILDING;
    if (rebuilds > network.repair.mostRebuilds()) {
      if (byHosts || !spec.mayFallBack()) {
        fail(
            "began anew more than " + network.repair.mostRebuilds() + " times",
            network.live.cutOff(hosts));
        return;
      }
      takeToHosts();
      rebuilds = 0;
    }
    AggregationTree known = tree;
    boolean isOnlyHosts = !byHosts && known != null && spares.canKeep(known);
    long restorePs = spares.replaceDead(operation());
    long treePs = network.repair.rebuildPs();
    if (restorePs > 0 && isOnlyHosts) {
      network.stats.remaps.increment();
      treePs = network.repair.remapPs();
    }
    resume.in(Math.max(treePs, restorePs), 0);
    network.admitQueued();
  }

  private void dissolve() {
    open.abandon(network.transport);
    for (TreeNode node : nodes) {
      node.dissolve();
    }
    AggregationTree known = tree;
    if (holdsSlots && known != null) {
      network.giveQuota(known.nodeNumbers(), spec.quota());
      holdsSlots = false;
    }
    nodes = new TreeNode[0];
    epochWork = null;
    epoch++;
  }

  private void endIfDone() {
    EpochWork work = epochWork;
    if (state == State.RUNNING && open.isEmpty() && work != null && work.isDone()) {
      end("", ImmutableList.of());
    }
  }

  private void fail(String why, ImmutableList<String> names) {
    end(why, names);
  }

  private void end(String failure, ImmutableList<String> names) {
    for (TreeNode node : nodes) {
      if (node.slotsInUse() > 0) {
        network.brokenLaws.add(describe() + " and ends, but holds slots");
      }
    }
    dissolve();
    isTreeBroken |= !failure.isEmpty() || byHosts;
    state = State.IDLE;
    resume.cancel();
    Arrays.fill(wakePs, 0);
    OperationResult result =
        operation()
            .end(network.stats, network.simulation.nowPs(), failure, names, rebuilds, byHosts);
    network.admitQueued();
    done.accept(result);
  }
}
