package memwall.network;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.leap.StateSink;
import memwall.core.random.RandomStream;
import memwall.core.stat.Stats;
import memwall.network.aggregation.AggregationNetwork;
import memwall.network.aggregation.Contributions;
import memwall.network.aggregation.Graph;
import memwall.network.aggregation.OperationResult;
import memwall.network.aggregation.Substitute;
import memwall.network.reduce.Disturbances;
import memwall.network.reduce.Mishaps;
import org.jspecify.annotations.Nullable;

/**
 * The trees of a {@link TreeNetwork}, which carry out one operation after the other: the next is
 * opened when the last acknowledgement of the one before has come.
 *
 * <p>An operation that all members begin at once, on a network at rest, with nothing that is late,
 * lost or broken, always takes as long and counts the same. It is simulated once for each size;
 * then it is one event, and its counts are added at its end.
 */
final class TreeLane {
  /** Stands for what a member puts in: something that differs between members and chunks. */
  private static final Contributions VALUES =
      (member, chunk) -> (member + 1) * 0x9E3779B97F4A7C15L ^ (chunk + 1) * 0xBF58476D1CE4E5B9L;

  /** Who is told what becomes of operations. */
  interface Listener {
    /** A member has its last result. */
    void result(TreeOperation operation, int member);

    /**
     * All members have their last results.
     *
     * @param unevenPs the sum of the times that members waited for the last one
     */
    void results(TreeOperation operation, long unevenPs);

    /** The next operation can be opened. Which one has ended now; null if that was before. */
    void free(@Nullable TreeOperation ended);
  }

  /** What an operation of a size does from rest to rest. */
  private record Course(long durationPs, long restPs, long unevenPs, ImmutableLongArray counts) {}

  private final Simulation simulation;
  private final int members;
  private final boolean folded;
  private final boolean reserves;
  private final Disturbances disturbances;
  private final AggregationNetwork network;
  private final int group;
  private final Mishaps mishaps;
  private final TreeNetworkStats stats;
  private final Listener listener;
  private final RandomStream random;
  private final long[] latePs;
  private final Timer[] begins;
  private final Timer ends;
  private final Timer rests;
  private final Map<Long, Course> courses = new HashMap<>();
  private @Nullable TreeOperation current;

  /** The course that the current operation takes as a whole. */
  private @Nullable Course reserved;

  /** Counts when the operation began that is being learned. */
  private long @Nullable [] countsBefore;

  /** The operation that was taken as a whole last is over then, with all that follows. */
  private long restedPs;

  private boolean hasGivenUp;

  /** Whether what stands in for late data depends on more than the operation before. */
  private boolean hasHistory;

  private final boolean keepsStale;
  private long opened;
  private long ended;

  /** Distinguishes states that are not described. */
  private long undescribed;

  TreeLane(
      Simulation simulation,
      Stats stats,
      TreeNetworkSpec spec,
      int members,
      boolean folded,
      boolean reserves,
      TreeNetworkStats counts,
      Listener listener) {
    this.simulation = simulation;
    this.members = members;
    this.folded = folded;
    this.reserves = reserves;
    this.disturbances = spec.disturbances();
    this.keepsStale = spec.group().deadline().substitute() == Substitute.STALE;
    this.stats = counts;
    this.listener = listener;
    String path = stats.path();
    network = spec.aggregation().network(simulation, stats);
    stats.derived(
        "link_energy",
        "pJ",
        "Energy of all bytes on all links of the trees",
        () -> 8.0 * spec.linkPjPerBit() * (double) network.sentBytes());
    group = network.group(spec.group(members));
    Graph graph = spec.aggregation().graph();
    for (int link = 0; disturbances.lossShare() > 0 && link < graph.links(); link++) {
      network.loss(link, disturbances.lossShare());
    }
    mishaps = new Mishaps(simulation, path, network, graph, disturbances, () -> hasGivenUp = false);
    stats.exact(
        "link_failures", "1", "Links of the trees that failed by chance", mishaps::linkFailures);
    stats.exact(
        "node_failures",
        "1",
        "Switches and hosts of the trees that failed by chance",
        mishaps::nodeFailures);
    random = simulation.random().stream(path, "late");
    latePs = new long[members];
    begins = new Timer[members];
    for (int i = 0; i < members; i++) {
      int member = i;
      begins[i] = simulation.timer(path + ".late" + i, word -> network.admit(group, member));
    }
    ends = simulation.timer(path + ".end", word -> reservedEnds());
    rests = simulation.timer(path + ".rest", word -> listener.free(null));
  }

  /** Whether the next operation can be opened. */
  boolean isFree() {
    return current == null && simulation.nowPs() >= restedPs;
  }

  /** Lets the listener be told when the lane is free; it is not. */
  void await() {
    if (current == null) {
      rests.at(restedPs, 0);
    } // Else it is told at the end of the operation.
  }

  /** Whether an operation may be opened: not after one that failed, until there is a repair. */
  boolean isUsable() {
    if (hasGivenUp && current == null) {
      mishaps.catchUp();
    }
    return !hasGivenUp;
  }

  /** Opens an operation; folded, all members begin it. The lane must be free. */
  void open(TreeOperation operation) {
    current = operation;
    operation.opened = true;
    operation.openedPs = simulation.nowPs();
    opened++;
    mishaps.begin();
    boolean isSteady = !drawLate() && network.isAtRest() && !disturbances.breaks() && folded;
    Course known = courses.get(operation.bytes);
    if (isSteady && reserves && known != null) {
      reserved = known;
      ends.in(known.durationPs, 0);
      return;
    }
    countsBefore = isSteady && reserves ? network.counts() : null;
    network.open(group, operation.bytes, VALUES, this::got, this::ended);
    for (int member = 0; folded && member < members; member++) {
      begin(operation, member);
    }
  }

  private boolean drawLate() {
    boolean any = false;
    for (int member = 0; disturbances.hasStragglers() && member < members; member++) {
      latePs[member] = disturbances.stragglers().drawPs(random);
      if (latePs[member] > 0) {
        any = true;
        stats.lateMembers.increment();
      }
    }
    return any;
  }

  /** A member begins an operation; late, if it is. Of no effect if the operation is over. */
  void begin(TreeOperation operation, int member) {
    if (!operation.equals(current)) {
      return;
    }
    if (latePs[member] > 0) {
      begins[member].in(latePs[member], 0);
    } else {
      network.admit(group, member);
    }
  }

  private TreeOperation current() {
    TreeOperation known = current;
    if (known == null) {
      throw new IllegalStateException("no operation is in the tree");
    }
    return known;
  }

  private void got(int member) {
    TreeOperation operation = current();
    if (!operation.got(member, simulation.nowPs())) {
      return;
    }
    listener.result(operation, member);
    if (operation.membersLeft == 0) {
      listener.results(operation, unevenPs(operation));
    }
  }

  private long unevenPs(TreeOperation operation) {
    return members * (operation.lastResultPs - operation.openedPs) - operation.resultSumPs;
  }

  private void ended(OperationResult result) {
    TreeOperation operation = current();
    close(operation);
    mishaps.end();
    for (Timer late : begins) {
      late.cancel();
    }
    boolean complete = !result.failed() && operation.membersLeft == 0;
    long[] before = countsBefore;
    if (before != null && complete && !result.substituted() && network.isAtRest()) {
      learn(operation, before);
    }
    countsBefore = null;
    hasHistory |= keepsStale && result.substituted();
    if (!complete) {
      operation.fellBack = true;
      hasGivenUp = true;
    }
    listener.free(operation);
  }

  private void close(TreeOperation operation) {
    current = null;
    operation.closed = true;
    ended++;
  }

  private void learn(TreeOperation operation, long[] before) {
    long[] counts = network.counts();
    for (int i = 0; i < counts.length; i++) {
      counts[i] -= before[i];
    }
    courses.put(
        operation.bytes,
        new Course(
            operation.lastResultPs - operation.openedPs,
            simulation.nowPs() - operation.openedPs,
            unevenPs(operation),
            ImmutableLongArray.copyOf(counts)));
  }

  private void reservedEnds() {
    Course course = reserved;
    if (course == null) {
      throw new IllegalStateException("no operation is taken as a whole");
    }
    reserved = null;
    TreeOperation operation = current();
    close(operation);
    mishaps.end();
    operation.membersLeft = 0;
    restedPs = operation.openedPs + course.restPs;
    network.repeat(group, operation.bytes, VALUES, course.counts, course.durationPs);
    listener.results(operation, course.unevenPs);
  }

  /** What is simulated or drawn is not described: such a state is like no other. */
  void describe(StateSink sink) {
    long nowPs = simulation.nowPs();
    TreeOperation operation = current;
    boolean isKnown = !disturbances.breaks() && !disturbances.hasStragglers();
    isKnown &= !hasHistory && (operation == null || reserved != null);
    sink.put(isKnown ? 0 : ++undescribed);
    sink.put(operation == null ? -1 : nowPs - operation.openedPs);
    sink.put(operation == null ? -1 : operation.bytes);
    sink.put(Math.max(0, restedPs - nowPs));
    sink.put(rests.isArmed() ? 1 : 0);
    sink.put(hasGivenUp ? 1 : 0);
  }

  /** Moves what is under way later; it must be described. */
  void shift(long deltaPs) {
    if (current != null && reserved == null) {
      throw new IllegalStateException("an operation that is simulated cannot be moved");
    }
    for (Timer timer : List.of(ends, rests)) {
      if (timer.isArmed()) {
        timer.at(timer.duePs() + deltaPs, 0);
      }
    }
    restedPs += deltaPs;
  }

  /** A sentence for each law that does not hold. */
  List<String> checkLaws() {
    List<String> broken = new ArrayList<>(network.checkLaws());
    StarFabric.equal(
        broken,
        "operations opened in the tree = ended + under way",
        opened,
        ended + (current == null ? 0 : 1));
    return broken;
  }
}
