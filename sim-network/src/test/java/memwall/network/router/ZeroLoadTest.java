package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A packet alone takes {@code n + 4 H + (channels between routers) + n + (S - 1) + 1} cycles, n
 * those of a node's channel, H routers, S flits (network facts, section 4, where n is 1).
 */
final class ZeroLoadTest {
  private static final int[] LENGTHS = {1, 4, 16};

  /** All pairs of networks up to this size, of larger ones some. */
  private static final int MOST_NODES = 128;

  /** A network, the ways in it, and whether packets go by a middle. */
  record Net(String name, FabricShape shape, Ways.Between ways, int nodeCycles, int middleNodes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Net> nets() {
    List<Net> nets = new ArrayList<>(references());
    cube(nets, List.of(5), true, false, 2, 3);
    cube(nets, List.of(2), true, false, 1, 1);
    cube(nets, List.of(3, 4, 2), true, false, 1, 7);
    cube(nets, List.of(5, 3), false, false, 4, 2);
    cube(nets, List.of(4, 4), false, true, 1, 3);
    cube(nets, List.of(5, 4), true, true, 2, 1);
    cube(nets, Collections.nCopies(5, 2), false, true, 1, 1);
    tree(nets, 16, 1, 1, false, 5, 1);
    tree(nets, 4, 2, 3, false, 1, 2);
    tree(nets, 4, 1, 2, true, 1, 1);
    tree(nets, 3, 3, 3, true, 2, 4);
    for (FlatButterfly.Choice choice : FlatButterfly.Choice.values()) {
      flat(nets, 1, 9, 1, choice, 1, 6);
      flat(nets, 2, 3, 3, choice, 2, 1);
    }
    for (Dragonfly.Choice choice : Dragonfly.Choice.values()) {
      dragonfly(nets, 1, 2, 1, choice, 1, 1, 1);
      dragonfly(nets, 2, 4, 2, choice, 3, 10, 25);
      dragonfly(nets, 1, 1, 4, choice, 1, 1, 2);
    }
    return nets;
  }

  /** Those of the table of closed forms, under its names. */
  static List<Net> references() {
    List<Net> nets = new ArrayList<>();
    cube(nets, List.of(4, 4), false, false, 1, 1);
    cube(nets, List.of(8, 8), false, false, 1, 1);
    cube(nets, List.of(8, 8), true, false, 1, 1);
    cube(nets, List.of(4, 4, 4), true, false, 1, 1);
    cube(nets, Collections.nCopies(6, 2), false, false, 1, 1);
    tree(nets, 4, 4, 3, false, 1, 1);
    tree(nets, 8, 8, 2, false, 1, 1);
    tree(nets, 8, 1, 1, false, 1, 1);
    dragonfly(nets, 2, 4, 2, Dragonfly.Choice.MINIMAL, 1, 10, 100);
    dragonfly(nets, 4, 8, 4, Dragonfly.Choice.MINIMAL, 1, 10, 100);
    List<String> names =
        List.of(
            "mesh4x4 (DOR)",
            "mesh8x8 (DOR)",
            "torus8x8 (dim_order)",
            "torus4x4x4 (dim_order)",
            "hypercube6 (DOR)",
            "fattree k=4 n=3 (nca)",
            "fattree k=8 n=2 (nca)",
            "xbar8",
            "dragonfly k=2 (72 nodes, min)",
            "dragonfly k=4 (1056 nodes, min)");
    List<Net> named = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Net net = nets.get(i);
      named.add(new Net(names.get(i), net.shape, net.ways, net.nodeCycles, net.middleNodes));
    }
    return named;
  }

  private static void cube(
      List<Net> nets, List<Integer> sizes, boolean wraps, boolean valiant, int node, int channel) {
    FabricShape shape = FabricShape.cube(sizes, wraps, valiant, node, channel);
    Ways.Between ways = Ways.cube(sizes, wraps, channel);
    nets.add(new Net(shape.text(), shape, ways, node, valiant ? 1 : 0));
  }

  private static void tree(
      List<Net> nets, int down, int up, int levels, boolean adaptive, int node, int channel) {
    FabricShape shape = FabricShape.tree(down, up, levels, adaptive, node, channel);
    nets.add(new Net(shape.text(), shape, Ways.tree(down, channel), node, 0));
  }

  private static void flat(
      List<Net> nets,
      int perRouter,
      int size,
      int dimensions,
      FlatButterfly.Choice choice,
      int node,
      int channel) {
    FabricShape shape = FabricShape.flat(perRouter, size, dimensions, choice, 0, node, channel);
    Ways.Between ways = Ways.flat(perRouter, size, channel);
    // The middle is a router: its first node stands for it.
    nets.add(new Net(shape.text(), shape, ways, node, perRouter));
  }

  private static void dragonfly(
      List<Net> nets,
      int perRouter,
      int perGroup,
      int global,
      Dragonfly.Choice choice,
      int node,
      int local,
      int globalCycles) {
    FabricShape shape =
        FabricShape.dragonfly(perRouter, perGroup, global, choice, 0, node, local, globalCycles);
    Ways.Between ways = Ways.dragonfly(shape.topology(), perRouter, perGroup, local, globalCycles);
    nets.add(new Net(shape.text(), shape, ways, node, 1));
  }

  private static FabricPlan plan(Net net, boolean hold) {
    int channels = Math.max(4, net.shape.leastChannels());
    return new FabricPlan(
        net.shape.topology(), net.shape.routing(), new RouterSpec(channels, 32, hold));
  }

  @ParameterizedTest
  @MethodSource("nets")
  void everyPair(Net net) {
    int nodes = net.shape.nodes();
    int stride = nodes <= MOST_NODES ? 1 : 1_009;
    for (int flits : LENGTHS) {
      Alone alone = new Alone(plan(net, flits == 4), 7);
      long middles = 0;
      for (long pair = 0; pair < (long) nodes * nodes; pair += stride) {
        int from = (int) (pair / nodes);
        int to = (int) (pair % nodes);
        long cycles = alone.cycles(from, to, flits);
        Ways.Way way = net.ways.way(from, to);
        if (alone.middle != Packets.NONE && net.middleNodes > 0) {
          int middle = alone.middle * net.middleNodes;
          way = net.ways.way(from, middle).then(net.ways.way(middle, to));
          middles++;
        }
        if (cycles != way.aloneCycles(net.nodeCycles, flits) || alone.routers != way.routers()) {
          assertThat(cycles)
              .as("%s: %s flits from %s to %s by %s", net, flits, from, to, alone.middle)
              .isEqualTo(way.aloneCycles(net.nodeCycles, flits));
          assertThat(alone.routers).isEqualTo(way.routers());
        }
      }
      if (net.name.endsWith("aliant")) {
        assertThat(middles).isPositive();
      } else {
        // Nothing is ever behind an output: UGAL sees no reason for a detour.
        assertThat(middles).isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("references")
  void averagesAndCapacitiesOfTheTable(Net net) throws IOException {
    int nodes = net.shape.nodes();
    for (int flits : LENGTHS) {
      String[] row = row(net.name, flits);
      double sum = 0;
      double routers = 0;
      long least = Long.MAX_VALUE;
      long most = 0;
      int mostRouters = 0;
      for (int from = 0; from < nodes; from++) {
        for (int to = 0; to < nodes; to++) {
          Ways.Way way = net.ways.way(from, to);
          long cycles = way.aloneCycles(net.nodeCycles, flits);
          sum += (double) cycles;
          routers += way.routers();
          least = Math.min(least, cycles);
          most = Math.max(most, cycles);
          mostRouters = Math.max(mostRouters, way.routers());
        }
      }
      double pairs = (double) nodes * nodes;
      near(routers / pairs, row[2]);
      near(mostRouters, row[3]);
      near(sum / pairs, row[4]);
      near((double) least, row[5]);
      near((double) most, row[6]);
      if (!row[7].startsWith("~")) {
        near(Math.min(1, 1 / busiest(net, 0)), row[7]);
      }
    }
  }

  private static void near(double value, String expected) {
    double number = Double.parseDouble(expected);
    assertThat(value).isCloseTo(number, within(0.001 * number));
  }

  /**
   * Flits on the busiest channel between routers for each flit that every node sends: to all nodes
   * in turn, or to those of the next group. Where chance decides between equal ways, of the mean
   * channel, since the load is the same on all of them.
   */
  private static double busiest(Net net, int groupNodes) {
    int nodes = net.shape.nodes();
    Alone alone = new Alone(plan(net, false), 3);
    int targets = groupNodes == 0 ? nodes : groupNodes;
    for (int from = 0; from < nodes; from++) {
      int first = groupNodes == 0 ? 0 : (from / groupNodes + 1) * groupNodes % nodes;
      for (int i = 0; i < targets; i++) {
        alone.cycles(from, first + i, 1);
      }
    }
    Topology topology = alone.fabric().topology();
    long[] sent = alone.fabric().sentFlits();
    long most = 0;
    long all = 0;
    int channels = 0;
    for (int port = 0; port < sent.length; port++) {
      if (topology.toRouter(port)) {
        most = Math.max(most, sent[port]);
        all += sent[port];
        channels++;
      }
    }
    boolean chance = net.name.startsWith("torus") || net.name.startsWith("fattree");
    return (channels == 0 ? 0 : chance ? (double) all / channels : (double) most) / targets;
  }

  /**
   * All nodes of a group share one channel to the next: 1 / (a p) flits each (facts, section 4).
   */
  @Test
  void dragonflyCarriesLittleToTheNextGroup() {
    Net small = references().get(8);
    assertThat(busiest(small, 8)).isEqualTo(8.0);
    Net large = references().get(9);
    assertThat(busiest(large, 32)).isEqualTo(32.0);
  }

  /** In a tapered tree, leaf switches send (1 - k/N) k flits up over u ports. */
  @Test
  void taperedTreeIsTapered() {
    List<Net> nets = new ArrayList<>();
    tree(nets, 4, 2, 3, false, 1, 1);
    Net net = nets.get(0);
    Alone alone = new Alone(plan(net, false), 3);
    for (int pair = 0; pair < 64 * 64; pair++) {
      alone.cycles(pair / 64, pair % 64, 1);
    }
    long[] sent = alone.fabric().sentFlits();
    Topology topology = alone.fabric().topology();
    long up = 0;
    for (int router = topology.routers() - 16; router < topology.routers(); router++) {
      up += sent[router * topology.radix() + 4] + sent[router * topology.radix() + 5];
    }
    assertThat(up / 64.0 / 16 / 2).isEqualTo((1 - 4.0 / 64) * 4 / 2);
    // Levels of up^2, up and no times up over 1, 4 and 16 subtrees.
    assertThat(topology.routers()).isEqualTo(4 + 8 + 16);
  }

  /**
   * With fewer places than the way of a credit is long, a long packet moves them once in each
   * round: 2 (switch) + channel there, the same back.
   */
  @Test
  void fewPlacesSlowALongPacket() {
    for (int channel = 1; channel <= 9; channel += 4) {
      FabricShape shape = FabricShape.cube(List.of(3), false, false, 1, channel);
      int round = 4 + 2 * channel;
      for (int places = 1; places <= round + 2; places++) {
        FabricPlan plan =
            new FabricPlan(shape.topology(), shape.routing(), new RouterSpec(2, places, false));
        long some = new Alone(plan, 1).cycles(0, 2, 10 * round);
        long more = new Alone(plan, 1).cycles(0, 2, 10 * round + 60 * places);
        // From the router to the node and from the node the round is that of channels of 1.
        assertThat(more - some).isEqualTo(60L * Math.max(places, Math.max(6, round)));
      }
    }
  }

  private static String[] row(String network, int flits) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    ZeroLoadTest.class.getResourceAsStream("/booksim/zero_load_and_capacity.csv")),
                StandardCharsets.UTF_8))) {
      String line = in.readLine();
      while (line != null) {
        String name = line.startsWith("\"") ? line.substring(1, line.indexOf('"', 1)) : null;
        String rest = name == null ? line : "," + line.substring(name.length() + 3);
        String[] cells = rest.split(",", -1);
        cells[0] = name == null ? cells[0] : name;
        if (cells[0].equals(network) && cells[1].equals(String.valueOf(flits))) {
          return cells;
        }
        line = in.readLine();
      }
    }
    throw new AssertionError("no row of " + network);
  }
}
