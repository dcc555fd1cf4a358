package memwall.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.leap.StateSink;
import memwall.core.stat.Stats;
import org.jspecify.annotations.Nullable;

/**
 * An ordinary network, and trees of switches that add, which take the all-reduces that are chosen
 * for them. Which these are depends on their size alone, unless the trees have failed.
 *
 * <p>Each rank does one collective at a time, whichever part does it, and begins the next when the
 * tree has done with the one before, too: only then is it known whether it fell back. Not folded, a
 * rank contributes to a tree when its launch is over, and is done when its launch is over and its
 * last result has come; with a deadline that may have come before. So the tree may be operations
 * ahead of a rank that is late. Folded, all begin when rank 0 does, and end with the last.
 *
 * <p>An operation that fails in the tree, or that leaves a rank without its result, is carried out
 * by the ordinary network by all ranks; ranks that had their results take part and do not wait.
 * From then on the ordinary network does all.
 */
final class TreeNetwork implements Network, TreeLane.Listener {
  private static final Completion NOBODY = word -> {};

  private final Simulation simulation;
  private final String path;
  private final TreeNetworkSpec spec;
  private final int ranks;
  private final int simulatedRanks;
  private final int foldedAs;
  private final Network plain;
  private final TreeTime time;
  private final TreeNetworkStats stats;
  private final TreeLane lane;

  /** By rank: the end of the launch of its operation. */
  private final Timer[] launched;

  /** By rank: whether its operation waits until the tree is free. */
  private final boolean[] held;

  private final long[] called;
  private final long[] completed;

  /** Operations that some rank has called and not every rank has completed; the oldest first. */
  private final Deque<TreeOperation> operations = new ArrayDeque<>();

  private long oldest;
  private final Completion plainDone = rank -> complete((int) rank);

  TreeNetwork(
      Simulation simulation, Stats stats, TreeNetworkSpec spec, int ranks, int simulatedRanks) {
    this(simulation, stats, spec, ranks, simulatedRanks, true);
  }

  /**
   * A network of at least two ranks.
   *
   * @param reserves whether a folded network takes operations that it knows as a whole
   */
  TreeNetwork(
      Simulation simulation,
      Stats stats,
      TreeNetworkSpec spec,
      int ranks,
      int simulatedRanks,
      boolean reserves) {
    if (ranks < 2 || ranks > spec.ports()) {
      throw new IllegalArgumentException(
          stats.path() + ": " + ranks + " ranks: a tree joins 2 to " + spec.ports() + " of them");
    }
    this.simulation = simulation;
    this.path = stats.path();
    this.spec = spec;
    this.ranks = ranks;
    this.simulatedRanks = simulatedRanks;
    this.foldedAs = ranks / simulatedRanks;
    this.plain = NetworkModels.create(simulation, stats, spec.plain(), ranks, simulatedRanks);
    this.time = new TreeTime(spec, ranks);
    Stats tree = stats.child("tree");
    this.stats = new TreeNetworkStats(tree);
    this.lane = new TreeLane(simulation, tree, spec, ranks, isFolded(), reserves, this.stats, this);
    this.launched = new Timer[simulatedRanks];
    for (int i = 0; i < simulatedRanks; i++) {
      int rank = i;
      launched[i] = simulation.timer(path + ".tree.rank" + i, word -> begin(rank));
    }
    this.held = new boolean[simulatedRanks];
    this.called = new long[simulatedRanks];
    this.completed = new long[simulatedRanks];
    simulation.watch(this);
  }

  private boolean isFolded() {
    return foldedAs > 1;
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
    plain.send(from, to, bytes, done, word);
  }

  @Override
  public void collective(Collective collective, int rank, long bytes, Completion done, long word) {
    CallChecks.rank(path, rank, simulatedRanks, ranks);
    CallChecks.bytes(path, bytes);
    long number = called[rank];
    if (number == oldest + operations.size()) {
      boolean onTree = collective == Collective.ALL_REDUCE && time.usesTree(bytes);
      operations.add(new TreeOperation(number, collective, bytes, onTree, simulatedRanks, ranks));
    }
    TreeOperation operation = operation(number);
    if (operation.bytes != bytes || operation.collective != collective) {
      throw CallChecks.disagree(
          path,
          rank,
          number,
          collective + " of " + bytes,
          operation.collective + " of " + operation.bytes);
    }
    called[rank]++;
    operation.calls.call(rank, simulation.nowPs(), done, word);
    if (operation.isForTree) {
      stats.calls.add(foldedAs);
    }
    if (number == completed[rank]) {
      start(rank);
    }
  }

  private TreeOperation operation(long number) {
    int skip = (int) (number - oldest);
    for (TreeOperation operation : operations) {
      if (skip-- == 0) {
        return operation;
      }
    }
    throw new IllegalStateException(path + ": operation " + number + " is not open");
  }

  /** A rank turns to its next operation. */
  private void start(int rank) {
    TreeOperation operation = operation(completed[rank]);
    leaveTree(operation);
    if (operation.onTree) {
      launched[rank].in(spec.launchPs(), 0);
    } else {
      proceed(rank); // The ordinary network has a launch of its own.
    }
  }

  private void begin(int rank) {
    TreeOperation operation = operation(completed[rank]);
    operation.begin(rank);
    leaveTree(operation);
    proceed(rank);
  }

  /** An operation that has not been opened when the trees have failed is none for them. */
  private void leaveTree(TreeOperation operation) {
    if (operation.onTree && !operation.opened && !lane.isUsable()) {
      operation.onTree = false;
      stats.fellBack.increment();
    }
  }

  private void proceed(int rank) {
    TreeOperation operation = operation(completed[rank]);
    boolean isPlain = !operation.onTree || operation.fellBack;
    if ((isPlain || !operation.opened) && !lane.isFree()) {
      held[rank] = true;
      lane.await();
    } else if (isPlain) {
      plain.collective(operation.collective, rank, operation.bytes, plainDone, rank);
    } else {
      if (!operation.opened) {
        lane.open(operation);
      }
      if (!isFolded()) {
        lane.begin(operation, rank);
        if (operation.hasResult(rank)) {
          complete(rank);
        }
      }
    }
  }

  @Override
  public void result(TreeOperation operation, int member) {
    if (!isFolded() && operation.hasBegun(member)) {
      complete(member);
    }
  }

  @Override
  public void results(TreeOperation operation, long unevenPs) {
    if (isFolded()) {
      stats.unevenPs.add(unevenPs);
      complete(0);
    }
  }

  @Override
  public void free(@Nullable TreeOperation ended) {
    if (ended != null && ended.fellBack) {
      stats.fellBack.increment();
      for (int rank = 0; rank < simulatedRanks; rank++) {
        if (completed[rank] > ended.number) {
          plain.collective(ended.collective, rank, ended.bytes, NOBODY, 0);
        } else if (completed[rank] == ended.number && ended.hasBegun(rank) && !held[rank]) {
          plain.collective(ended.collective, rank, ended.bytes, plainDone, rank);
        }
      }
    }
    for (int rank = 0; rank < simulatedRanks; rank++) {
      if (held[rank]) {
        held[rank] = false;
        leaveTree(operation(completed[rank]));
        proceed(rank);
      }
    }
  }

  private void complete(int rank) {
    TreeOperation operation = operation(completed[rank]++);
    if (operation.isForTree) {
      stats.latency.record(simulation.nowPs() - operation.calls.calledPs(rank), foldedAs);
      stats.done.add(foldedAs);
    }
    if (operation.calls.doneBy(rank)) {
      operations.remove();
      oldest++;
    }
    if (called[rank] > completed[rank]) {
      start(rank);
    }
    operation.calls.complete(rank);
  }

  @Override
  public List<String> checkLaws() {
    List<String> broken = new ArrayList<>(plain.checkLaws());
    broken.addAll(lane.checkLaws());
    long waiting = 0;
    for (int rank = 0; rank < simulatedRanks; rank++) {
      for (long number = completed[rank]; number < called[rank]; number++) {
        waiting += operation(number).isForTree ? 1 : 0;
      }
    }
    StarFabric.equal(
        broken,
        "calls of all-reduces for the tree = completed + waiting",
        stats.calls.value(),
        stats.done.value() + foldedAs * waiting);
    return broken;
  }

  @Override
  public long waitingCount() {
    long waiting = 0;
    for (int rank = 0; rank < simulatedRanks; rank++) {
      waiting += called[rank] - completed[rank];
    }
    return waiting;
  }

  @Override
  public String describeWaiting() {
    StringBuilder text = new StringBuilder(path);
    text.append(": ").append(waitingCount()).append(" calls of collectives");
    if (!operations.isEmpty()) {
      text.append("; operation ").append(oldest).append(" is not called by ranks");
      for (int rank = 0; rank < simulatedRanks; rank++) {
        if (called[rank] <= oldest) {
          text.append(' ').append(rank);
        }
      }
    }
    return text.toString();
  }

  @Override
  public void describe(StateSink sink) {
    plain.describe(sink);
    lane.describe(sink);
    long nowPs = simulation.nowPs();
    for (int rank = 0; rank < simulatedRanks; rank++) {
      sink.put(launched[rank].isArmed() ? launched[rank].duePs() - nowPs : -1);
      sink.put(held[rank] ? 1 : 0);
      sink.put(called[rank] - oldest);
      sink.put(completed[rank] - oldest);
    }
    for (TreeOperation operation : operations) {
      sink.put(code(operation.collective));
      sink.put(operation.bytes);
    }
  }

  private static int code(Collective collective) {
    return switch (collective) {
      case ALL_REDUCE -> 0;
      case REDUCE_SCATTER -> 1;
      case ALL_GATHER -> 2;
      case ALL_TO_ALL -> 3;
    };
  }

  @Override
  public void shift(long deltaPs) {
    plain.shift(deltaPs);
    lane.shift(deltaPs);
    for (Timer timer : launched) {
      if (timer.isArmed()) {
        timer.at(timer.duePs() + deltaPs, 0);
      }
    }
    for (TreeOperation operation : operations) {
      operation.shift(deltaPs);
    }
  }
}
