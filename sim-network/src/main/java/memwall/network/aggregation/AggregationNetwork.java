package memwall.network.aggregation;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.Waiting;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;

/**
 * A network whose switches add: groups of hosts reduce vectors chunk by chunk on trees of switches,
 * several groups at once, while nodes, links and messages fail.
 *
 * <p>What is simulated: links served in order, cut-through; the latency of switches; in each switch
 * one adder shared by all ports and groups, and a number of slots; each message hop by hop with
 * acknowledgement, timeout and repetition; deadlines; new trees, spare hosts, reduction by the
 * hosts alone. What is not: flow control of links (queues have room for all), the bytes of
 * acknowledgements, and that restoring a spare's state slows other traffic.
 */
public final class AggregationNetwork implements Waiting {
  /** Operands smaller than this are added to a fraction of a picosecond exactly. */
  private static final long EXACT_BYTES = Long.MAX_VALUE / Units.PS_PER_SECOND / 2;

  final Simulation simulation;
  final Graph graph;
  final LiveGraph live;
  final SwitchSpec joint;
  final HostSpec host;
  final RepairSpec repair;
  final AggregationStats stats;
  final Transport transport;
  final SlotPool slots;
  final List<String> brokenLaws = new ArrayList<>();

  private final String path;
  private final long[] adderFreePs;
  private final long[] adderRest;
  private final long[] pausedUntilPs;
  private final int[] slotsReserved;
  private final List<ReductionGroup> groups = new ArrayList<>();
  private final List<TokenGroup> tokenGroups = new ArrayList<>();
  private final List<NetworkGroup> all = new ArrayList<>();
  private final List<NetworkGroup> queued = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Event happens;
  private final Event noticed;
  private int mostReserved;
  private long quotaTaken;
  private long quotaGivenBack;
  private boolean isAdmitting;

  /** A network on which nothing has happened. */
  public AggregationNetwork(
      Simulation simulation,
      Stats stats,
      Graph graph,
      SwitchSpec joint,
      HostSpec host,
      RepairSpec repair) {
    this.simulation = simulation;
    this.path = stats.path();
    this.graph = graph;
    this.live = new LiveGraph(graph);
    this.joint = joint;
    this.host = host;
    this.repair = repair;
    this.stats = new AggregationStats(stats);
    this.transport = new Transport(simulation, live, joint, host, repair, this.stats);
    this.slots = new SlotPool(simulation, graph.nodes());
    this.adderFreePs = new long[graph.nodes()];
    this.adderRest = new long[graph.nodes()];
    this.pausedUntilPs = new long[graph.nodes()];
    this.slotsReserved = new int[graph.nodes()];
    this.happens = simulation.event("aggregation.fault", this::happens);
    this.noticed = simulation.event("aggregation.noticed", this::noticed);
    stats.exact(
        "most_slots", "1", "Most slots of one switch that were taken at once", slots::mostInSwitch);
    stats.exact(
        "most_quota",
        "1",
        "Most slots of one switch that groups had reserved at once",
        () -> mostReserved);
    simulation.watch(this);
  }

  /**
   * A new group.
   *
   * @return its number
   * @throws IllegalArgumentException if it cannot work on this network
   */
  public int group(GroupSpec spec) {
    spec.check(graph, joint);
    groups.add(new ReductionGroup(this, all.size(), spec));
    all.add(groups.get(groups.size() - 1));
    return groups.size() - 1;
  }

  /**
   * A new group that exchanges tokens.
   *
   * @param spec without deadline and spares
   * @param trees that tokens take in turn, at most, as far as others are as good as the group's; 0
   *     if each copy and each part is a message of its own, over the shortest path, and not copied
   *     or added by switches
   * @return its number among the groups that exchange tokens
   * @throws IllegalArgumentException if it cannot work on this network
   */
  public int tokenGroup(GroupSpec spec, int trees) {
    spec.check(graph, joint);
    tokenGroups.add(new TokenGroup(this, all.size(), spec, trees));
    all.add(tokenGroups.get(tokenGroups.size() - 1));
    return tokenGroups.size() - 1;
  }

  /**
   * Begins an operation of a group that exchanges tokens.
   *
   * @param combine whether parts go from the holders to the homes, and not copies from the homes to
   *     the holders
   * @param tokens of whom, to whom
   * @param tokenBytes of a token on the links, without headers, at least 1
   * @param source what a holder's part of a piece is; the piece is that of the token, times pieces
   *     of a token, plus that in the token. Not asked for copies.
   * @param done gets the result when all is over; may call the next operation
   * @throws IllegalStateException if the group's last operation has not ended
   */
  public void exchange(
      int group,
      boolean combine,
      TokenSets tokens,
      long tokenBytes,
      Contributions source,
      Consumer<TokenResult> done) {
    tokenGroups.get(group).call(combine, tokens, tokenBytes, source, done);
  }

  /** The host that is in a member's place now: a spare, if one has replaced it. */
  public int hostOf(int group, int member) {
    return groups.get(group).host(member);
  }

  /**
   * Reduces a vector of each member of a group; all get the sum.
   *
   * @param bytes of the vector on the links, without headers, at least 1
   * @param source what the members put in
   * @param done gets the result when all is over; may call the next operation
   * @throws IllegalStateException if the group's last operation has not ended
   */
  public void reduce(int group, long bytes, Contributions source, Consumer<OperationResult> done) {
    call(group, TreeTask.ALL_REDUCE, bytes, source, done);
  }

  /**
   * Begins an operation of a group.
   *
   * @param task what is done with the vectors
   * @param bytes of a vector on the links, without headers, at least 1
   * @param source what the members put in; of a broadcast only the root is asked
   * @param done gets the result when all is over; may call the next operation
   * @throws IllegalArgumentException if the group cannot do that
   * @throws IllegalStateException if the group's last operation has not ended
   */
  public void call(
      int group, TreeTask task, long bytes, Contributions source, Consumer<OperationResult> done) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          path + ": operation of " + bytes + " bytes: must be at least 1");
    }
    ReductionGroup called = groups.get(group);
    called.gate.open();
    called.call(task, bytes, source, done);
  }

  /**
   * Opens a reduction for all whose members begin one by one, as {@link #admit} says. Who has the
   * result of a chunk before it has contributed, because of a deadline, contributes no more to it;
   * the operation does not wait for who has all results, whether it has begun or not.
   *
   * @param bytes of a vector on the links, without headers, at least 1
   * @param each gets the number of each member that has its last result, at that time. May come
   *     again for a member if a failure takes results back.
   * @param done gets the result when all is over; may open the next operation
   * @throws IllegalStateException if the group's last operation has not ended
   */
  public void open(
      int group,
      long bytes,
      Contributions source,
      IntConsumer each,
      Consumer<OperationResult> done) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          path + ": operation of " + bytes + " bytes: must be at least 1");
    }
    ReductionGroup opened = groups.get(group);
    opened.gate.close(each);
    opened.call(TreeTask.ALL_REDUCE, bytes, source, done);
  }

  /** A member begins its part of the operation that is open; again is of no effect. */
  public void admit(int group, int member) {
    groups.get(group).admit(member);
  }

  /**
   * Whether no operation is under way and nothing is on the links. If so, the adders begin anew:
   * what an operation does from now on depends on nothing that was before it, but for failures,
   * chance and stale data.
   */
  public boolean isAtRest() {
    if (!transport.isEmpty() || waitingCount() > 0) {
      return false;
    }
    Arrays.fill(adderRest, 0);
    return true;
  }

  /** Bytes put on links so far, repetitions included, on each link. */
  public long sentBytes() {
    return stats.sentBytes.value();
  }

  /** All counts so far, in the order in which statistics are declared. */
  public long[] counts() {
    return stats.counts();
  }

  /**
   * As if a group had carried out an operation once more that began and ended at rest, with all
   * contributions in its results.
   *
   * @param differences of {@link #counts} over that operation
   * @param latencyPs from its call to its last result
   */
  public void repeat(
      int group, long bytes, Contributions source, ImmutableLongArray differences, long latencyPs) {
    groups.get(group).repeat(bytes, source);
    stats.repeat(differences, latencyPs);
  }

  /**
   * Messages over a link, and acknowledgements, are lost by chance from now on.
   *
   * @param share of them, in [0, 1)
   */
  public void loss(int link, double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "loss of " + share + " on " + graph.linkName(link) + ": must be in [0, 1)");
    }
    transport.loss(link, share);
  }

  /** Lets something happen at a time, not before now. */
  public void fault(Fault fault, long atPs) {
    check(fault);
    faults.add(fault);
    happens.at(atPs, faults.size() - 1);
  }

  private void check(Fault fault) {
    if (fault instanceof Fault.LinkRate rate && rate.bytesPerSec() < 1) {
      throw new IllegalArgumentException(
          "rate of " + graph.linkName(rate.link()) + ": needs at least 1 B/s");
    }
    if (fault instanceof Fault.Straggler late
        && (late.latePs() < 0 || !graph.isHost(late.host()))) {
      throw new IllegalArgumentException(
          "'" + graph.name(late.host()) + "' late by " + late.latePs() + " ps: hosts are, by >= 0");
    }
  }

  private void happens(long number) {
    Fault fault = faults.get((int) number);
    apply(fault);
    if (fault instanceof Fault.LinkDown
        || fault instanceof Fault.LinkUp
        || fault instanceof Fault.NodeDown) {
      noticed.at(repair.noticedPs(simulation.nowPs()), number);
    }
  }

  /** Something happens now; groups do not hear of it until it is {@link #noticed}. */
  public void happens(Fault fault) {
    check(fault);
    apply(fault);
  }

  private void apply(Fault fault) {
    if (fault instanceof Fault.LinkDown down) {
      live.link(down.link(), false);
    } else if (fault instanceof Fault.LinkUp up) {
      live.link(up.link(), true);
    } else if (fault instanceof Fault.LinkRate rate) {
      live.rate(rate.link(), rate.bytesPerSec());
    } else if (fault instanceof Fault.NodeDown down) {
      live.nodeDown(down.node());
    } else if (fault instanceof Fault.Straggler late) {
      long untilPs = simulation.nowPs() + late.latePs();
      pausedUntilPs[late.host()] = Math.max(pausedUntilPs[late.host()], untilPs);
    }
  }

  private void noticed(long number) {
    noticed(faults.get((int) number));
  }

  /** When groups hear of something that happens at a time. */
  public long noticedPs(long atPs) {
    return repair.noticedPs(atPs);
  }

  /** Groups hear of what has happened. */
  public void noticed(Fault fault) {
    for (NetworkGroup group : all) {
      if (fault instanceof Fault.NodeDown down) {
        group.noticedNode(down.node());
      } else if (fault instanceof Fault.LinkUp) {
        group.noticedRepair();
      } else if (fault instanceof Fault.LinkDown down && !live.isUsable(down.link())) {
        group.noticedLink(down.link());
      }
    }
  }

  long pausedUntilPs(int node) {
    return pausedUntilPs[node];
  }

  /** When the adder of a node has added an operand that ends now. */
  long reserveAdder(int node, long bytes, long leadPs) {
    long nowPs = simulation.nowPs();
    long rate = graph.isHost(node) ? host.addBytesPerSec() : joint.addBytesPerSec();
    long startPs = Math.max(adderFreePs[node], nowPs - leadPs);
    long servicePs;
    if (bytes < EXACT_BYTES) {
      if (startPs > adderFreePs[node]) {
        adderRest[node] = 0;
      }
      long units = bytes * Units.PS_PER_SECOND + adderRest[node];
      servicePs = units / rate;
      adderRest[node] = units % rate;
    } else {
      servicePs = Units.transferPs(bytes, rate);
    }
    adderFreePs[node] = startPs + servicePs;
    long endPs = Math.max(nowPs, adderFreePs[node]);
    stats.addedBytes.add(bytes);
    stats.adderBusyPs.add(servicePs);
    if (!graph.isHost(node)) {
      stats.switchAdderBusyPs.add(servicePs);
    }
    return endPs;
  }

  /** Takes slots in all of some switches, or in none. */
  boolean takeQuota(int[] nodes, int quota) {
    for (int node : nodes) {
      if (joint.slots() - slotsReserved[node] < quota) {
        return false;
      }
    }
    for (int node : nodes) {
      slotsReserved[node] += quota;
      mostReserved = Math.max(mostReserved, slotsReserved[node]);
    }
    quotaTaken += (long) quota * nodes.length;
    return true;
  }

  void giveQuota(int[] nodes, int quota) {
    for (int node : nodes) {
      slotsReserved[node] -= quota;
    }
    quotaGivenBack += (long) quota * nodes.length;
  }

  void queue(NetworkGroup group) {
    if (!queued.contains(group)) {
      queued.add(group);
    }
  }

  /** Lets those go on that wait for slots, in the order in which they came. */
  void admitQueued() {
    if (isAdmitting) {
      return;
    }
    isAdmitting = true;
    List<NetworkGroup> waiting = List.copyOf(queued);
    queued.clear();
    for (NetworkGroup group : waiting) {
      group.resume();
    }
    isAdmitting = false;
  }

  /** Time for a state from a node to a host: latencies, and bytes at the least rate. */
  long restorePs(Reach source, int to, long bytes) {
    long latencyPs = 0;
    long bytesPerSec = Long.MAX_VALUE;
    for (int link : source.path(graph, to)) {
      latencyPs += graph.wire(link).latencyPs();
      bytesPerSec = Math.min(bytesPerSec, live.bytesPerSec(link));
    }
    return latencyPs + Units.transferPs(bytes, bytesPerSec);
  }

  @Override
  public long waitingCount() {
    return all.stream().filter(NetworkGroup::isBusy).count();
  }

  @Override
  public String describeWaiting() {
    StringBuilder text = new StringBuilder(path);
    for (NetworkGroup group : all) {
      if (group.isBusy()) {
        text.append("; ").append(group.describe());
      }
    }
    return text.toString();
  }

  /** A sentence for each law that has been broken; also meant for between operations. */
  public List<String> checkLaws() {
    List<String> broken = new ArrayList<>(brokenLaws);
    equal(
        broken,
        "bytes sent = arrived + lost + under way",
        stats.sentBytes.value(),
        stats.arrivedBytes.value() + stats.lostBytes.value() + transport.underWayBytes());
    equal(
        broken,
        "slots taken = given back + in use",
        stats.slotsTaken.value(),
        stats.slotsGivenBack.value() + slotsInUse());
    long reserved = 0;
    for (int node : slotsReserved) {
      reserved += node;
    }
    equal(broken, "quota taken = given back + held", quotaTaken, quotaGivenBack + reserved);
    equal(
        broken,
        "contributions = added + substituted + late + failed",
        stats.contributions.value(),
        stats.contributionsAdded.value()
            + stats.contributionsSubstituted.value()
            + stats.contributionsLate.value()
            + stats.contributionsFailed.value());
    equal(
        broken,
        "copies and parts of tokens = arrived + failed",
        stats.tokenParts.value(),
        stats.tokenPartsArrived.value() + stats.tokenPartsFailed.value());
    if (waitingCount() == 0) {
      equal(broken, "slots in use between operations", 0, slotsInUse());
      equal(broken, "slots reserved between operations", 0, reserved);
    }
    return broken;
  }

  /** Slots that are not given back, counted one by one. */
  long slotsInUse() {
    long count = slots.inUse();
    for (TokenGroup group : tokenGroups) {
      count += group.slotsInUse();
    }
    return count;
  }

  private void equal(List<String> broken, String law, long left, long right) {
    if (left != right) {
      broken.add(path + ": " + law + ": " + left + " against " + right);
    }
  }
}
