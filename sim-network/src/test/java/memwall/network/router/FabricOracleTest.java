package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every packet arrives in the same cycle as in the plain model of the same rules. */
final class FabricOracleTest {
  /** A packet of a script. */
  private record Offer(long cycle, int source, int destination, int flits) {}

  @Test
  void packetsArriveInTheSameCycle() {
    Randomized.check(2_500, random -> compare(random, plan(random), 20 + random.nextInt(200)));
  }

  /** Masks of more than one word. */
  @Test
  void routersWithManyLanes() {
    Randomized.check(40, random -> compare(random, manyLanes(random), 50 + random.nextInt(300)));
  }

  /** Ports that lead nowhere change nothing, also where masks then need several words. */
  @Test
  void unconnectedPortsChangeNothing() {
    Randomized.check(
        300,
        random -> {
          FabricPlan plan = plan(random);
          int channels = plan.router().channels();
          Topology wider = widened(plan.topology(), 1 + random.nextInt(200 / channels));
          FabricPlan other = new FabricPlan(wider, plan.routing(), plan.router());
          List<Offer> script = script(random, wider.nodes(), 150);
          assertThat(arrivals(other, script)).isEqualTo(arrivals(plan, script));
        });
  }

  private static Topology widened(Topology topology, int more) {
    int radix = topology.radix();
    Topology.Builder builder =
        new Topology.Builder(topology.nodes(), topology.routers(), radix + more);
    for (int port = 0; port < topology.routers() * radix; port++) {
      int cycles = topology.channelCycles(port);
      if (topology.toNode(port)) {
        builder.attach(topology.node(port), port / radix, port % radix, cycles);
      } else if (topology.toRouter(port)) {
        int peer = topology.peer(port);
        builder.join(port / radix, port % radix, peer / radix, peer % radix, cycles);
      }
    }
    return builder.build();
  }

  /** A network that begins anew does what a new one does, whatever it did before. */
  @Test
  void restartForgetsEverything() {
    Randomized.check(
        300,
        random -> {
          FabricPlan plan = plan(random);
          int nodes = plan.topology().nodes();
          List<Offer> script = script(random, nodes, 150);
          Scripted used = new Scripted(plan);
          int before = 0;
          while (before < 3 && used.runs(script(random, nodes, 1 + random.nextInt(100)))) {
            used.fabric.restart();
            before++;
          }
          // A circle of waits may have closed in the dragonfly that allows it.
          if (before == 3) {
            Scripted fresh = new Scripted(plan);
            fresh.runs(script);
            used.runs(script);
            assertThat(used.arrivals).isEqualTo(fresh.arrivals);
            assertThat(FabricLaws.broken(used.fabric, used.offered)).isEmpty();
          }
        });
  }

  private static long[] arrivals(FabricPlan plan, List<Offer> script) {
    Scripted scripted = new Scripted(plan);
    scripted.runs(script);
    assertThat(scripted.fabric.delivered()).isPositive();
    return scripted.arrivals;
  }

  /** A network that sends scripts. */
  private static final class Scripted {
    final RouterFabric fabric;
    long[] arrivals = new long[0];
    long offered;

    Scripted(FabricPlan plan) {
      fabric = new RouterFabric(plan, 23, 1, this::delivered);
    }

    private void delivered(int packet, long cycle) {
      arrivals[(int) fabric.packets().tag[packet]] = cycle;
    }

    /** From cycle 0 on, until nothing is under way; false if that takes too long. */
    boolean runs(List<Offer> script) {
      arrivals = new long[script.size()];
      int next = 0;
      while (fabric.now() < 20_000 && (next < script.size() || !fabric.atRest())) {
        for (; next < script.size() && script.get(next).cycle() == fabric.now(); next++) {
          Offer offer = script.get(next);
          fabric.offer(offer.source(), offer.destination(), offer.flits(), next);
          offered++;
        }
        fabric.step();
      }
      return fabric.atRest();
    }
  }

  @Test
  @Tag("slow")
  void packetsArriveInTheSameCycleForAMillionCycles() {
    Randomized.check(40, random -> compare(random, plan(random), 25_000));
    Randomized.check(20, random -> compare(random, manyLanes(random), 10_000));
    Randomized.check(
        100_000, random -> compare(random.split(), plan(random), 20 + random.nextInt(200)));
  }

  static FabricPlan plan(SplittableRandom random) {
    FabricShape shape = shape(random);
    int channels = Math.max(shape.leastChannels(), 1 + random.nextInt(4));
    if (random.nextInt(3) == 0) {
      channels = Math.max(channels, 4);
    }
    int buffer = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(16);
    return new FabricPlan(
        shape.topology(), shape.routing(), new RouterSpec(channels, buffer, random.nextBoolean()));
  }

  private static FabricPlan manyLanes(SplittableRandom random) {
    FabricShape shape;
    int channels;
    if (random.nextBoolean()) {
      shape = FabricShape.tree(17 + random.nextInt(20), 1, 1, false, 1 + random.nextInt(3), 1);
      channels = 4 + random.nextInt(3);
    } else {
      shape = FabricShape.cube(List.of(2, 2), random.nextBoolean(), false, 1, 2);
      channels = 13 + random.nextInt(52);
    }
    RouterSpec router = new RouterSpec(channels, 1 + random.nextInt(10), random.nextBoolean());
    return new FabricPlan(shape.topology(), shape.routing(), router);
  }

  private static FabricShape shape(SplittableRandom random) {
    int node = cycles(random);
    int channel = cycles(random);
    return switch (random.nextInt(6)) {
      case 0 -> FabricShape.cube(sizes(random), false, random.nextInt(4) == 0, node, channel);
      case 1 -> FabricShape.cube(sizes(random), true, random.nextInt(4) == 0, node, channel);
      case 2 ->
          FabricShape.tree(
              2 + random.nextInt(2),
              1 + random.nextInt(3),
              1 + random.nextInt(2),
              random.nextBoolean(),
              node,
              channel);
      case 3 ->
          FabricShape.flat(
              1 + random.nextInt(3),
              2 + random.nextInt(2),
              1 + random.nextInt(2),
              one(random, FlatButterfly.Choice.values()),
              random.nextInt(4),
              node,
              channel);
      case 4 ->
          FabricShape.dragonfly(
              1 + random.nextInt(2),
              1 + random.nextInt(2),
              1 + random.nextInt(2),
              one(random, Dragonfly.Choice.values()),
              random.nextInt(4),
              node,
              channel,
              cycles(random));
      default -> FabricShape.tree(2 + random.nextInt(7), 1, 1, false, node, channel);
    };
  }

  private static <T> T one(SplittableRandom random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private static int cycles(SplittableRandom random) {
    return random.nextBoolean() ? 1 : 1 + random.nextInt(7);
  }

  private static List<Integer> sizes(SplittableRandom random) {
    return random.nextBoolean()
        ? List.of(2 + random.nextInt(5))
        : List.of(2 + random.nextInt(3), 2 + random.nextInt(2));
  }

  /** Random times, pairs and lengths; some nodes are preferred, some stretches are busier. */
  private static List<Offer> script(SplittableRandom random, int nodes, int packets) {
    List<Offer> script = new ArrayList<>();
    int longest = 1 + random.nextInt(9);
    int hot = random.nextInt(nodes);
    boolean hotSpot = random.nextInt(3) == 0;
    long cycle = 0;
    int gap = 1;
    for (int i = 0; i < packets; i++) {
      if (random.nextInt(30) == 0) {
        gap = random.nextInt(4) == 0 ? 1 + random.nextInt(60) : 1 + random.nextInt(3);
      }
      cycle += random.nextInt(3) == 0 ? random.nextInt(2 * gap) : 0;
      int destination = hotSpot && random.nextBoolean() ? hot : random.nextInt(nodes);
      script.add(new Offer(cycle, random.nextInt(nodes), destination, 1 + random.nextInt(longest)));
    }
    return script;
  }

  private static void compare(SplittableRandom random, FabricPlan plan, int packets) {
    List<Offer> script = script(random, plan.topology().nodes(), packets);
    long seed = random.nextLong();
    PlainFabric plain = new PlainFabric(plan, seed, packets);
    long[] arrivals = new long[packets];
    long[] injections = new long[packets];
    int[] hops = new int[packets];
    RouterFabric[] made = new RouterFabric[1];
    RouterFabric fabric =
        new RouterFabric(
            plan,
            seed,
            1,
            (packet, cycle) -> {
              Packets all = made[0].packets();
              int number = (int) all.tag[packet];
              arrivals[number] = cycle;
              injections[number] = all.injectedCycle[packet];
              hops[number] = all.hops[packet];
            });
    made[0] = fabric;
    boolean skips = random.nextBoolean();
    long end = script.get(packets - 1).cycle() + 3_000 + 40L * packets;
    int next = 0;
    while (plain.now() < end && (next < packets || plain.delivered() < packets)) {
      while (next < packets && script.get(next).cycle() == plain.now()) {
        Offer offer = script.get(next);
        if (skips && fabric.empty()) {
          fabric.skipTo(plain.now());
        }
        fabric.offer(offer.source(), offer.destination(), offer.flits(), next);
        plain.offer(offer.source(), offer.destination(), offer.flits());
        next++;
      }
      if (!skips || !fabric.empty()) {
        fabric.step();
      }
      plain.step();
    }
    for (int i = 0; i < packets; i++) {
      if (arrivals[i] != plain.arrivalCycle(i)) {
        assertThat(arrivals[i])
            .as("packet %s, %s, %s", i, script.get(i), plan.router())
            .isEqualTo(plain.arrivalCycle(i));
      }
      if (arrivals[i] != 0) {
        assertThat(injections[i]).isEqualTo(plain.packets().injectedCycle[i]);
        assertThat(hops[i]).isEqualTo(plain.packets().hops[i]);
      }
    }
    assertThat(fabric.delivered()).isEqualTo(plain.delivered());
    assertThat(FabricLaws.broken(fabric, packets)).isEmpty();
  }
}
