package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import org.junit.jupiter.api.Test;

/**
 * Random networks, messages and faults: every message arrives once or is given up, all laws hold,
 * ways around are free of circles, and when all is known exactly those arrive that have a way. Each
 * kind of event must have happened often.
 */
final class RandomFabricFaultsTest {
  private static final int SCHEDULES = 10_000;
  private static final int EACH_AT_LEAST = 100;
  private static final long MOST_EVENTS = 200_000;
  private static final long CYCLE_PS = 500;
  private static final double NEVER = Double.POSITIVE_INFINITY;

  private final Map<String, Long> happened = new TreeMap<>();

  @Test
  void everyMessageEndsAndLawsHold() {
    long seed = Long.getLong("memwall.seed", 2026);
    int schedules = Integer.getInteger("memwall.schedules", SCHEDULES);
    for (int run = 0; run < schedules; run++) {
      try {
        new Schedule(seed * 1_000_003 + run).run(run % 10 == 0);
      } catch (RuntimeException | AssertionError wrong) {
        throw new AssertionError("memwall.seed=" + seed + ", schedule " + run, wrong);
      }
    }
    if (schedules == SCHEDULES) {
      happened.forEach(
          (event, times) ->
              assertThat(times).as(event + " of " + happened).isGreaterThan(EACH_AT_LEAST));
      assertThat(happened).hasSize(33);
    }
  }

  private void count(String event, long times) {
    happened.merge(event, times, Long::sum);
  }

  /** One network and what happens to it. */
  private final class Schedule {
    private final SplittableRandom random;
    private final Simulation simulation;
    private final Stats stats = new Stats();
    private final FabricSpec spec;
    private final Topology topology;
    private final FaultyFabric fabric;
    private final boolean byChance;
    private final boolean looksForSigns;
    private final List<FabricFault.Timed> given = new ArrayList<>();
    private final List<int[]> sends = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private final Event send;

    Schedule(long seed) {
      random = new SplittableRandom(seed);
      simulation = new Simulation(seed);
      FabricShape shape = shape();
      int least = shape.leastChannels();
      least = shape.groupNodes() > 0 && least == 3 ? 4 : least;
      RouterSpec router =
          new RouterSpec(least + random.nextInt(2), 1 + random.nextInt(8), random.nextBoolean());
      spec = new FabricSpec("random", shape, router, CYCLE_PS, 16);
      topology = shape.topology();
      byChance = random.nextInt(3) == 0;
      for (int i = random.nextInt(6); i > 0; i--) {
        FabricFault fault = fault();
        count("fault " + fault.getClass().getSimpleName(), 1);
        given.add(new FabricFault.Timed(random.nextInt(1_500_000), fault));
      }
      looksForSigns = random.nextInt(3) > 0;
      FabricFaultSpec faults =
          new FabricFaultSpec(
              CYCLE_PS * (30 + random.nextInt(1_500)),
              random.nextInt(5),
              CYCLE_PS * random.nextInt(60),
              looksForSigns ? CYCLE_PS * (1 + random.nextInt(400)) : 0,
              1 + random.nextInt(3),
              CYCLE_PS * random.nextInt(200),
              given,
              byChance ? 1e-6 * (1 + random.nextInt(9)) : NEVER,
              byChance && random.nextBoolean() ? 1e-7 * (1 + random.nextInt(9)) : NEVER,
              byChance ? 1e-5 * (1 + random.nextInt(9)) : NEVER);
      fabric = new FaultyFabric(simulation, stats, "net", spec, new MessageSpec(64, 8), faults);
      send = simulation.event("send", this::send);
    }

    private FabricShape shape() {
      int node = 1 + random.nextInt(2);
      int channel = 1 + random.nextInt(4);
      int kind = random.nextInt(9);
      count("topology " + kind, 1);
      return switch (kind) {
        case 0 -> FabricShape.cube(sizes(2), false, random.nextBoolean(), node, channel);
        case 1 -> FabricShape.cube(sizes(2), true, random.nextBoolean(), node, channel);
        case 2 -> FabricShape.cube(List.of(3 + random.nextInt(4)), true, false, node, channel);
        case 3 -> FabricShape.cube(List.of(2, 2, 2), false, false, node, channel);
        case 4 -> FabricShape.tree(2 + random.nextInt(5), 1, 1, false, node, channel);
        case 5 ->
            FabricShape.flat(
                1, 3 + random.nextInt(3), 1, FlatButterfly.Choice.MINIMAL, 0, node, channel);
        case 6 ->
            FabricShape.tree(2, 1 + random.nextInt(2), 2, random.nextBoolean(), node, channel);
        case 7 ->
            FabricShape.dragonfly(
                1, 2, 1, any(List.of(Dragonfly.Choice.values())), 2, node, channel, channel + 3);
        default -> edges(node, channel);
      };
    }

    private <T> T any(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    private List<Integer> sizes(int dimensions) {
      List<Integer> sizes = new ArrayList<>();
      for (int i = 0; i < dimensions; i++) {
        sizes.add(2 + random.nextInt(2));
      }
      return sizes;
    }

    /** A tree of routers and some channels more; a node or two at each. */
    private FabricShape edges(int node, int channel) {
      int routers = 2 + random.nextInt(6);
      List<EdgeListReader.Edge> edges = new ArrayList<>();
      int nodes = 0;
      for (int router = 0; router < routers; router++) {
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
          edges.add(new EdgeListReader.Edge(true, router, nodes++, node, 0, 0));
        }
        if (router > 0) {
          edges.add(new EdgeListReader.Edge(false, router, random.nextInt(router), channel, 0, 0));
        }
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        int one = random.nextInt(routers);
        int other = random.nextInt(routers);
        if (one != other) {
          edges.add(new EdgeListReader.Edge(false, one, other, channel, 0, 0));
        }
      }
      return FabricShape.edges(
          EdgeList.of(nodes, routers, edges, channel), any(List.of(EdgeList.Ways.values())));
    }

    private FabricFault fault() {
      int node = random.nextInt(topology.nodes());
      int router = random.nextInt(topology.routers());
      List<Integer> others = new ArrayList<>();
      for (int port = router * topology.radix(); port < (router + 1) * topology.radix(); port++) {
        if (topology.toRouter(port)) {
          others.add(topology.peer(port) / topology.radix());
        }
      }
      int what = random.nextInt(12);
      if (what < 8 && !others.isEmpty()) {
        int other = any(others);
        return switch (what) {
          case 0, 1, 2 -> new FabricFault.LinkDown(router, other);
          case 3, 4, 5 -> new FabricFault.LinkUp(router, other);
          default -> new FabricFault.LinkRate(router, other, 0.05 + 0.95 * random.nextDouble());
        };
      }
      return switch (what % 4) {
        case 0 -> new FabricFault.RouterDown(router);
        case 1 -> new FabricFault.NodeUp(node);
        default -> new FabricFault.NodeDown(node);
      };
    }

    private void send(long i) {
      int[] one = sends.get((int) i);
      fabric.send(
          one[0],
          one[1],
          one[2],
          word -> ends.set((int) word, ends.get((int) word) + 1),
          word -> ends.set((int) word, ends.get((int) word) + 100),
          i);
    }

    private void message(long atPs, int from, int to, int bytes) {
      sends.add(new int[] {from, to, bytes});
      ends.add(0);
      send.at(atPs, sends.size() - 1);
    }

    void run(boolean findsCircles) {
      int nodes = topology.nodes();
      for (int i = 1 + random.nextInt(12); i > 0; i--) {
        message(
            random.nextInt(1_200_000),
            random.nextInt(nodes),
            random.nextInt(nodes),
            random.nextInt(random.nextInt(4) == 0 ? 2_000 : 300));
      }
      go();
      if (!byChance) {
        probe();
      }
      if (findsCircles) {
        FabricPlan plan = fabric.presentPlan();
        count("ways looked at", 1);
        assertThat(DependencyCheck.circle(plan, 4, 3)).isEmpty();
      }
      for (int end : ends) {
        assertThat(end == 1 || end == 100).isTrue();
        count(end == 1 ? "messages arrived" : "messages given up", 1);
      }
      for (String name :
          List.of(
              "packets_sent",
              "packets_arrived",
              "packets_lost",
              "packets_spoiled",
              "duplicates",
              "too_late",
              "retransmissions",
              "faults",
              "reroutes",
              "held_back_cycles",
              "channel_flits")) {
        count(name, (long) stats.snapshot(0).number(name));
      }
    }

    private void go() {
      simulation.stopAfter(MOST_EVENTS);
      simulation.run();
      assertThat(simulation.eventsFired()).isLessThan(MOST_EVENTS);
      assertThat(fabric.waitingCount()).isZero();
      assertThat(fabric.checkLaws()).isEmpty();
    }

    /** Long after the last fault: what failed is known, if somebody looks for signs of life. */
    private void probe() {
      long laterPs = Math.max(simulation.nowPs(), 2_000_000) + 2_000_000;
      int first = ends.size();
      int nodes = topology.nodes();
      for (int i = 0; i < 4; i++) {
        message(laterPs, random.nextInt(nodes), random.nextInt(nodes), random.nextInt(200));
      }
      go();
      int[] part = parts();
      for (int i = first; i < ends.size(); i++) {
        int from = sends.get(i)[0];
        int to = sends.get(i)[1];
        boolean joined = from == to || (part[from] >= 0 && part[from] == part[to]);
        count(joined ? "probes with a way" : "probes without", 1);
        if (from == to) {
          assertThat(ends.get(i)).isEqualTo(1);
        } else if (!joined) {
          assertThat(ends.get(i)).isEqualTo(100);
        } else {
          if (looksForSigns) {
            assertThat(fabric.reaches(from, to)).isTrue();
          }
          // Slow channels and full queues may take longer than all tries.
          count(ends.get(i) == 1 ? "probes that arrived" : "probes in vain", 1);
        }
      }
    }

    /** By node, the lowest router that it is joined to; -1 if its own channel is down. */
    private int[] parts() {
      int routers = topology.routers();
      int radix = topology.radix();
      boolean[] portDown = new boolean[routers * radix];
      boolean[] nodeDown = new boolean[topology.nodes()];
      boolean[] routerDown = new boolean[routers];
      List<FabricFault.Timed> sorted = new ArrayList<>(given);
      sorted.sort((a, b) -> Long.compare(cycle(a), cycle(b)));
      for (FabricFault.Timed timed : sorted) {
        FabricFault fault = timed.fault();
        if (fault instanceof FabricFault.NodeDown down) {
          nodeDown[down.node()] = true;
        } else if (fault instanceof FabricFault.NodeUp up) {
          nodeDown[up.node()] = false;
        } else if (fault instanceof FabricFault.RouterDown down) {
          routerDown[down.router()] = true;
        } else if (fault instanceof FabricFault.LinkDown down) {
          mark(portDown, down.router(), down.other(), true);
        } else if (fault instanceof FabricFault.LinkUp up) {
          mark(portDown, up.router(), up.other(), false);
        }
      }
      int[] part = new int[routers];
      for (int router = 0; router < routers; router++) {
        part[router] = router;
      }
      for (int round = 0; round < routers; round++) {
        for (int port = 0; port < portDown.length; port++) {
          if (topology.toRouter(port) && !portDown[port]) {
            int one = port / radix;
            int other = topology.peer(port) / radix;
            if (!routerDown[one] && !routerDown[other]) {
              int least = Math.min(part[one], part[other]);
              part[one] = least;
              part[other] = least;
            }
          }
        }
      }
      int[] ofNode = new int[topology.nodes()];
      Arrays.setAll(
          ofNode,
          node -> {
            int router = topology.nodePort(node) / radix;
            return nodeDown[node] || routerDown[router] ? -1 : part[router];
          });
      return ofNode;
    }

    private long cycle(FabricFault.Timed timed) {
      return (timed.atPs() + CYCLE_PS - 1) / CYCLE_PS;
    }

    private void mark(boolean[] portDown, int router, int other, boolean isDown) {
      int radix = topology.radix();
      for (int port = 0; port < portDown.length; port++) {
        if (topology.toRouter(port)) {
          int one = port / radix;
          int two = topology.peer(port) / radix;
          if ((one == router && two == other) || (one == other && two == router)) {
            portDown[port] = isDown;
          }
        }
      }
    }
  }
}
