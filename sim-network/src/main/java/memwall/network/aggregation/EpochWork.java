package memwall.network.aggregation;

/**
 * What the members of a group have to send in an epoch: the chunks whose result somebody lacks, in
 * order. If a member of the tree has the result of a chunk, the first such sends it to the others;
 * else all contribute to it. A member may send for a chunk when it has the result of the chunk that
 * is a window earlier in the work; what it sends for others it sends at once.
 *
 * <p>Where members begin one by one, who has the result of a chunk contributes no more to it, and
 * nobody waits for one who has all but has not begun.
 */
final class EpochWork {
  private static final int NOBODY = -1;

  private final AggregationNetwork network;
  private final ReductionGroup group;
  private final AggregationTree tree;
  private final Operation operation;
  private final int[] hosts;
  private final int epoch;
  private final int window;
  private final boolean oneByOne;
  private final int[] chunks;
  private final int[] publisher;
  private final int[] next;
  private final Sum scratch;
  private int count;

  EpochWork(AggregationNetwork network, ReductionGroup group, AggregationTree tree, int[] hosts) {
    this.network = network;
    this.group = group;
    this.tree = tree;
    this.hosts = hosts;
    this.operation = group.operation();
    this.oneByOne = group.gate.isOneByOne();
    this.epoch = group.epoch();
    this.window = Math.min(group.spec.window(), group.spec.quota());
    this.chunks = new int[operation.chunks];
    this.publisher = new int[operation.chunks];
    this.next = new int[hosts.length];
    this.scratch = new Sum(hosts.length);
    for (int chunk = 0; chunk < operation.chunks; chunk++) {
      plan(chunk);
    }
  }

  private void plan(int chunk) {
    int root = operation.task.root();
    if (operation.task.isReduce()) {
      if (operation.got(root, chunk)) {
        return;
      }
      operation.redo(chunk);
      publisher[count] = NOBODY;
      chunks[count++] = chunk;
      return;
    }
    int first = NOBODY;
    boolean allHave = true;
    for (int member = hosts.length - 1; member >= 0; member--) {
      if (tree.reaches(member)) {
        if (operation.got(member, chunk)) {
          first = member;
        } else {
          allHave = false;
        }
      }
    }
    if (allHave) {
      return;
    }
    if (first == NOBODY) {
      operation.redo(chunk);
    } else if (first != root) {
      network.stats.chunksRepublished.increment();
    }
    publisher[count] = first;
    chunks[count++] = chunk;
  }

  /** Whether a member is in the tree and its host works. */
  boolean isDoneBy(int member) {
    return tree.reaches(member) && network.live.isUp(hosts[member]);
  }

  /** Whether all members of the tree have sent all, and have all results. */
  boolean isDone() {
    for (int member = 0; member < hosts.length; member++) {
      boolean lacks = operation.task.wants(member) && operation.gotCount[member] < operation.chunks;
      if (tree.reaches(member) && (lacks || (!oneByOne && next[member] < count))) {
        return false;
      }
    }
    return true;
  }

  /** Sends what a member may send now. */
  void send(int member) {
    while (group.epoch() == epoch && next[member] < count) {
      int item = next[member];
      if (item >= window && !operation.got(member, chunks[item - window])) {
        return;
      }
      next[member]++;
      int chunk = chunks[item];
      if (oneByOne && publisher[item] == NOBODY && operation.got(member, chunk)) {
        continue; // The sum was made without it.
      }
      if (publisher[item] == NOBODY) {
        scratch.single(member, operation.source.value(member, chunk), hosts.length);
        sendUp(network, group.nodes(), Transfer.Kind.CONTRIBUTION, member, chunk, scratch);
      } else if (publisher[item] == member) {
        Sum result = operation.result(chunk);
        sendUp(network, group.nodes(), Transfer.Kind.PUBLISH, member, chunk, result);
      }
    }
  }

  /** Sends from a member to the inner node above it. */
  static void sendUp(
      AggregationNetwork network,
      TreeNode[] nodes,
      Transfer.Kind kind,
      int member,
      int chunk,
      Sum sum) {
    AggregationTree in = nodes[0].tree;
    TreeNode above = nodes[in.memberAt(member)];
    int place = in.memberPlace(member);
    if (in.path(above.inner, place).length > 0) {
      long earliestPs = network.simulation.nowPs() + network.host.overheadPs();
      network.transport.send(kind, above, place, chunk, sum, earliestPs, 0, null);
    } else if (kind == Transfer.Kind.CONTRIBUTION) {
      above.contribution(place, chunk, sum, 0);
    } else {
      above.publish(place, chunk, sum, 0);
    }
  }
}
