package memwall.network.router;

import java.util.List;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import memwall.core.stat.TickHistogram;

/** A network under synthetic traffic of one offered load. */
public final class LoadRun {
  /** A network is saturated when more than this share of what is offered stays behind. */
  private static final double LEFT_BEHIND_SHARE = 0.03;

  /** Cycles without any flit moving after which packets under way count as deadlocked. */
  private static final long STILL_CYCLES = 1_000;

  private static final int LONGEST_STEP = 1 << 12;

  private final LoadSpec spec;
  private final double load;
  private final RouterFabric fabric;
  private final Traffic traffic;
  private final RandomStream arrivals;
  private final RandomStream destinations;
  private final int nodes;
  private final long cyclePs;
  private final long flitBytes;
  private final Wheel creations = new Wheel(LONGEST_STEP);
  private final long[] nextCreation;
  private final double logNone;
  private final TickHistogram packetLatency = new TickHistogram();
  private final TickHistogram networkLatency = new TickHistogram();
  private final long sampleEnd;
  private final long stillCycles;
  private long offered;
  private long measured;
  private long measuredArrived;
  private long hops;

  private LoadRun(FabricSpec fabricSpec, LoadSpec spec, double load) {
    this.spec = spec;
    this.load = load;
    FabricPlan plan = fabricSpec.plan();
    nodes = plan.topology().nodes();
    cyclePs = fabricSpec.cyclePs();
    flitBytes = fabricSpec.flitBytes();
    RandomStreams streams = new RandomStreams(spec.seed());
    arrivals = streams.stream("traffic", "arrivals");
    destinations = streams.stream("traffic", "destinations");
    traffic = fabricSpec.traffic(spec, streams.stream("traffic", "permutation"));
    fabric = new RouterFabric(plan, spec.seed(), spec.packetFlits(), this::delivered);
    nextCreation = new long[nodes];
    logNone = StrictMath.log1p(-Math.min(1, load / spec.packetFlits()));
    sampleEnd = spec.warmupCycles() + spec.sampleCycles();
    stillCycles = STILL_CYCLES + 4L * plan.topology().longestChannelCycles();
  }

  /**
   * Runs it.
   *
   * @param load flits per node and cycle, above 0 and not above the packet's length
   * @throws IllegalArgumentException if the load is not in that range
   */
  public static LoadPoint run(FabricSpec fabric, LoadSpec spec, double load) {
    if (!(load > 0 && load <= spec.packetFlits())) {
      throw new IllegalArgumentException(
          "a load of "
              + load
              + " flits per node and cycle: it must be above 0 and, with one packet of "
              + spec.packetFlits()
              + " flits per cycle at most, not above that");
    }
    return new LoadRun(fabric, spec, load).run();
  }

  private LoadPoint run() {
    for (int node = 0; node < nodes; node++) {
      schedule(node, -1);
    }
    advance(spec.warmupCycles());
    long before = fabric.deliveredFlits();
    long aliveBefore = fabric.packets().live();
    long[] sentBefore = fabric.sentFlits();
    long[] nodesBefore = fabric.sources().sentFlits();
    advance(sampleEnd);
    long accepted = fabric.deliveredFlits() - before;
    long left = (fabric.packets().live() - aliveBefore) * spec.packetFlits();
    ChannelFlits channels =
        new ChannelFlits(
            fabric.topology(),
            difference(fabric.sentFlits(), sentBefore),
            difference(fabric.sources().sentFlits(), nodesBefore),
            cyclePs,
            flitBytes,
            (double) spec.sampleCycles());
    boolean deadlocked = drain();
    long created = measured * spec.packetFlits();
    double perNode = (double) nodes * spec.sampleCycles();
    return new LoadPoint(
        load,
        created / perNode,
        accepted / perNode,
        measuredArrived < measured || left > LEFT_BEHIND_SHARE * created + 2L * nodes,
        deadlocked,
        packetLatency,
        networkLatency,
        measured - measuredArrived,
        measuredArrived == 0 ? 0 : (double) hops / measuredArrived,
        channels,
        fabric.now(),
        fabric.delivered(),
        List.copyOf(FabricLaws.broken(fabric, offered)));
  }

  private void advance(long end) {
    while (fabric.now() < end) {
      create();
      fabric.step();
    }
  }

  /** Until all measured packets are there; true if nothing moves any more. */
  private boolean drain() {
    long end = sampleEnd + spec.drainCycles();
    long moved = fabric.movedFlits();
    long since = fabric.now();
    while (measuredArrived < measured && fabric.now() < end) {
      create();
      fabric.step();
      if (fabric.movedFlits() != moved) {
        moved = fabric.movedFlits();
        since = fabric.now();
      } else if (fabric.now() - since > stillCycles) {
        return true;
      }
    }
    return false;
  }

  /** Nodes whose time has come create a packet. */
  private void create() {
    long now = fabric.now();
    int count = creations.size(now);
    for (int i = 0; i < count; i++) {
      int node = creations.slot(now)[i];
      if (nextCreation[node] > now) {
        put(node, now);
        continue;
      }
      boolean counts = now >= spec.warmupCycles() && now < sampleEnd;
      int destination = traffic.destination(node, destinations);
      fabric.offer(node, destination, spec.packetFlits(), counts ? 1 : 0);
      offered++;
      measured += counts ? 1 : 0;
      schedule(node, now);
    }
    creations.clear(now);
  }

  /** Draws the cycle of a node's next packet: the first success of trials in the cycles to come. */
  private void schedule(int node, long now) {
    double failures =
        logNone == Double.NEGATIVE_INFINITY
            ? 0
            : StrictMath.floor(-arrivals.nextExponential() / logNone);
    nextCreation[node] = now + 1 + (long) Math.min(failures, 1e15);
    put(node, now);
  }

  private void put(int node, long now) {
    creations.add(Math.min(nextCreation[node], now + LONGEST_STEP), node);
  }

  private void delivered(int packet, long cycle) {
    Packets packets = fabric.packets();
    if (packets.tag[packet] == 0) {
      return;
    }
    measuredArrived++;
    hops += packets.hops[packet];
    packetLatency.add(cycle - packets.createdCycle[packet]);
    networkLatency.add(cycle - packets.injectedCycle[packet]);
  }

  private static long[] difference(long[] after, long[] before) {
    long[] difference = new long[after.length];
    for (int i = 0; i < after.length; i++) {
      difference[i] = after[i] - before[i];
    }
    return difference;
  }
}
