package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import org.junit.jupiter.api.Test;

/** Who sends to whom, pattern by pattern (Dally, Towles, section 3.2). */
final class TrafficTest {
  private static final int DRAWS = 20_000;

  private static RandomStream random(long seed) {
    return new RandomStreams(seed).stream("test", "traffic");
  }

  private static Traffic traffic(TrafficPattern pattern, int nodes, int... grid) {
    return new Traffic(pattern, nodes, grid, 0, 0, random(1));
  }

  /** Where everybody sends to, for patterns without chance. */
  private static int[] fixed(Traffic traffic, int nodes) {
    RandomStream first = random(2);
    RandomStream second = random(3);
    int[] all = new int[nodes];
    for (int node = 0; node < nodes; node++) {
      all[node] = traffic.destination(node, first);
      assertThat(traffic.destination(node, second)).isEqualTo(all[node]);
    }
    // Nothing was drawn.
    assertThat(first.nextLong()).isEqualTo(random(2).nextLong());
    return all;
  }

  /** How often a node sends to each. */
  private static int[] counts(Traffic traffic, int source, int nodes) {
    RandomStream random = random(source);
    int[] counts = new int[nodes];
    for (int i = 0; i < DRAWS; i++) {
      counts[traffic.destination(source, random)]++;
    }
    return counts;
  }

  /** Counts differ from the share by less than 5 standard deviations. */
  private static void assertShare(int count, double share) {
    double deviation = Math.sqrt(DRAWS * share * (1 - share));
    assertThat((double) count).isCloseTo(DRAWS * share, within(5 * deviation + 1e-9));
  }

  private static void assertPermutation(int[] destinations) {
    int[] sorted = destinations.clone();
    Arrays.sort(sorted);
    assertThat(sorted).isEqualTo(IntStream.range(0, sorted.length).toArray());
  }

  @Test
  void uniformGoesToAllAndItself() {
    int[] counts = counts(traffic(TrafficPattern.UNIFORM, 16), 3, 16);
    for (int count : counts) {
      assertShare(count, 1.0 / 16);
    }
  }

  @Test
  void bitPatterns() {
    for (int bits = 0; bits <= 8; bits++) {
      int nodes = 1 << bits;
      int[] complement = fixed(traffic(TrafficPattern.BIT_COMPLEMENT, nodes), nodes);
      int[] reverse = fixed(traffic(TrafficPattern.BIT_REVERSE, nodes), nodes);
      int[] shuffle = fixed(traffic(TrafficPattern.SHUFFLE, nodes), nodes);
      for (int node = 0; node < nodes; node++) {
        for (int bit = 0; bit < bits; bit++) {
          int value = node >> bit & 1;
          assertThat(complement[node] >> bit & 1).isEqualTo(1 - value);
          assertThat(reverse[node] >> (bits - 1 - bit) & 1).isEqualTo(value);
          assertThat(shuffle[node] >> ((bit + 1) % bits) & 1).isEqualTo(value);
          if (bits % 2 == 0) {
            int[] transpose = fixed(traffic(TrafficPattern.TRANSPOSE, nodes), nodes);
            assertThat(transpose[node] >> ((bit + bits / 2) % bits) & 1).isEqualTo(value);
          }
        }
      }
      assertPermutation(complement);
      assertPermutation(reverse);
      assertPermutation(shuffle);
    }
    // Row and column of a 4 x 4 matrix change places.
    int[] transpose = fixed(traffic(TrafficPattern.TRANSPOSE, 16), 16);
    for (int node = 0; node < 16; node++) {
      assertThat(transpose[node]).isEqualTo(node % 4 * 4 + node / 4);
    }
  }

  @Test
  void tornadoAndNeighbourGoRoundEachDimension() {
    int[] tornado = fixed(traffic(TrafficPattern.TORNADO, 40, 8, 5), 40);
    int[] neighbor = fixed(traffic(TrafficPattern.NEIGHBOR, 40, 8, 5), 40);
    for (int y = 0; y < 5; y++) {
      for (int x = 0; x < 8; x++) {
        // ceil(8 / 2) - 1 = 3 and ceil(5 / 2) - 1 = 2.
        assertThat(tornado[x + 8 * y]).isEqualTo((x + 3) % 8 + 8 * ((y + 2) % 5));
        assertThat(neighbor[x + 8 * y]).isEqualTo((x + 1) % 8 + 8 * ((y + 1) % 5));
      }
    }
    assertPermutation(tornado);
    assertPermutation(neighbor);
  }

  @Test
  void permutationIsOneAndDependsOnTheSeed() {
    int[] first =
        fixed(new Traffic(TrafficPattern.PERMUTATION, 50, new int[0], 0, 0, random(1)), 50);
    int[] again =
        fixed(new Traffic(TrafficPattern.PERMUTATION, 50, new int[0], 0, 0, random(1)), 50);
    int[] other =
        fixed(new Traffic(TrafficPattern.PERMUTATION, 50, new int[0], 0, 0, random(9)), 50);
    assertPermutation(first);
    assertPermutation(other);
    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
  }

  /** Every one of the 24 permutations of 4 is equally likely. */
  @Test
  void permutationsAreFair() {
    RandomStream random = random(4);
    int[] counts = new int[256];
    for (int i = 0; i < DRAWS; i++) {
      Traffic traffic = new Traffic(TrafficPattern.PERMUTATION, 4, new int[0], 0, 0, random);
      int code = 0;
      for (int node = 0; node < 4; node++) {
        code = 4 * code + traffic.destination(node, random);
      }
      counts[code]++;
    }
    assertThat(Arrays.stream(counts).filter(count -> count > 0).count()).isEqualTo(24);
    Arrays.stream(counts).filter(count -> count > 0).forEach(count -> assertShare(count, 1 / 24.0));
  }

  @Test
  void nextGroup() {
    Traffic traffic = new Traffic(TrafficPattern.NEXT_GROUP, 72, new int[0], 8, 0, random(1));
    for (int source : new int[] {0, 7, 8, 71}) {
      int first = (source / 8 + 1) % 9 * 8;
      int[] counts = counts(traffic, source, 72);
      for (int node = 0; node < 72; node++) {
        boolean there = node >= first && node < first + 8;
        assertShare(counts[node], there ? 1.0 / 8 : 0);
      }
    }
  }

  @Test
  void hotspot() {
    Traffic traffic = new Traffic(TrafficPattern.HOTSPOT, 10, new int[0], 0, 0.3, random(1));
    int[] counts = counts(traffic, 4, 10);
    assertShare(counts[0], 0.3 + 0.07);
    for (int node = 1; node < 10; node++) {
      assertShare(counts[node], 0.07);
    }
    Traffic all = new Traffic(TrafficPattern.HOTSPOT, 10, new int[0], 0, 1, random(1));
    assertThat(counts(all, 4, 10)[0]).isEqualTo(DRAWS);
  }

  @Test
  void incast() {
    Traffic traffic = traffic(TrafficPattern.INCAST, 6);
    for (int source = 1; source < 6; source++) {
      assertThat(counts(traffic, source, 6)[0]).isEqualTo(DRAWS);
    }
    int[] back = counts(traffic, 0, 6);
    assertThat(back[0]).isZero();
    for (int node = 1; node < 6; node++) {
      assertShare(back[node], 1.0 / 5);
    }
  }

  @Test
  void misfitsAreNamed() {
    refused("a power of 4 nodes, there are 8", TrafficPattern.TRANSPOSE, 8);
    refused("a power of 4 nodes, there are 36", TrafficPattern.TRANSPOSE, 36);
    refused("bit-complement needs a power of 2 nodes", TrafficPattern.BIT_COMPLEMENT, 12);
    refused("bit-reverse needs a power of 2 nodes", TrafficPattern.BIT_REVERSE, 12);
    refused("shuffle needs a power of 2 nodes, there are 12", TrafficPattern.SHUFFLE, 12);
    refused("tornado needs a mesh, torus or hypercube", TrafficPattern.TORNADO, 16);
    refused("neighbor needs a mesh, torus or hypercube", TrafficPattern.NEIGHBOR, 16);
    refused("next-group needs a dragonfly", TrafficPattern.NEXT_GROUP, 16);
    refused("incast needs 2 nodes", TrafficPattern.INCAST, 1);
  }

  private static void refused(String message, TrafficPattern pattern, int nodes) {
    assertThatThrownBy(() -> traffic(pattern, nodes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /** What is offered is what is drawn: Bernoulli, by node and cycle. */
  @Test
  void offeredLoadIsBernoulli() {
    FabricSpec spec = switches(8);
    for (int flits : new int[] {1, 4}) {
      for (double load : new double[] {0.05, 0.5}) {
        LoadPoint point =
            LoadRun.run(
                spec,
                new LoadSpec(TrafficPattern.UNIFORM, 0, flits, 100, 100_000, 10_000, 3),
                load);
        double trials = 800_000;
        double chance = load / flits;
        double packets = point.createdFlits() / flits * trials;
        double deviation = Math.sqrt(trials * chance * (1 - chance));
        assertThat(packets).isCloseTo(trials * chance, within(5 * deviation));
        // At a load of 0.5, what waits at either end differs by less than this.
        assertThat(point.acceptedFlits()).isCloseTo(point.createdFlits(), within(0.001));
      }
    }
  }

  /** With a packet in every cycle, no chance is left. */
  @Test
  void fullLoadIsAPacketEveryCycle() {
    FabricSpec spec = switches(4);
    LoadPoint point =
        LoadRun.run(spec, new LoadSpec(TrafficPattern.NEIGHBOR, 0, 1, 10, 1_000, 100, 3), 1.0);
    assertThat(point.createdFlits()).isEqualTo(1.0);
  }

  private static FabricSpec switches(int ports) {
    FabricShape shape =
        ports == 4
            ? FabricShape.cube(List.of(2, 2), false, false, 1, 1)
            : FabricShape.tree(ports, 1, 1, false, 1, 1);
    return new FabricSpec("switch", shape, new RouterSpec(4, 8, false), 1_000, 16);
  }

  @Test
  void sameSeedSamePoint() {
    List<FabricShape> shapes =
        List.of(
            FabricShape.cube(List.of(4, 4), true, true, 1, 1),
            FabricShape.cube(Collections.nCopies(4, 2), false, false, 1, 1),
            FabricShape.dragonfly(1, 4, 2, Dragonfly.Choice.UGAL, 2, 1, 3, 9));
    for (FabricShape shape : shapes) {
      RouterSpec router = new RouterSpec(4, 4, true);
      FabricSpec spec = new FabricSpec("x", shape, router, 1_000, 16);
      // A shape is data: it can be used by several runs, one after the other or in turn.
      LoadSpec load = new LoadSpec(TrafficPattern.UNIFORM, 0, 3, 200, 2_000, 5_000, 17);
      String first = text(LoadRun.run(spec, load, 0.3));
      LoadSpec other = new LoadSpec(TrafficPattern.UNIFORM, 0, 3, 200, 2_000, 5_000, 18);
      assertThat(text(LoadRun.run(spec, other, 0.3))).isNotEqualTo(first);
      assertThat(text(LoadRun.run(spec, load, 0.3))).isEqualTo(first);
    }
  }

  /** Two networks of one plan, stepped in turn, do what each does alone. */
  @Test
  void sideBySide() {
    FabricShape shape = FabricShape.dragonfly(1, 4, 2, Dragonfly.Choice.VALIANT, 2, 1, 3, 9);
    FabricPlan plan = new FabricPlan(shape.topology(), shape.routing(), new RouterSpec(4, 4, true));
    long[] alone = new long[4];
    for (int seed = 0; seed < 2; seed++) {
      RouterFabric fabric = fabric(plan, seed, alone, 2 * seed);
      RandomStream random = random(seed);
      for (int i = 0; i < 3_000; i++) {
        drive(fabric, random);
      }
    }
    long[] together = new long[4];
    RouterFabric first = fabric(plan, 0, together, 0);
    RouterFabric second = fabric(plan, 1, together, 2);
    RandomStream firstRandom = random(0);
    RandomStream secondRandom = random(1);
    for (int i = 0; i < 3_000; i++) {
      drive(first, firstRandom);
      drive(second, secondRandom);
    }
    assertThat(together).isEqualTo(alone);
    assertThat(alone[0]).isNotEqualTo(alone[2]);
  }

  private static RouterFabric fabric(FabricPlan plan, long seed, long[] sums, int at) {
    return new RouterFabric(
        plan,
        seed,
        1,
        (packet, cycle) -> {
          sums[at]++;
          sums[at + 1] = 31 * sums[at + 1] + cycle;
        });
  }

  private static void drive(RouterFabric fabric, RandomStream random) {
    int nodes = fabric.topology().nodes();
    for (int node = 0; node < nodes; node++) {
      if (random.nextLong(12) == 0) {
        fabric.offer(node, (int) random.nextLong(nodes), 1 + (int) random.nextLong(6), 0);
      }
    }
    fabric.step();
  }

  private static String text(LoadPoint point) {
    StringBuilder text = new StringBuilder();
    point.packetLatency().forEach((ticks, count) -> text.append(ticks).append(' ').append(count));
    point.networkLatency().forEach((ticks, count) -> text.append(ticks).append(' ').append(count));
    return text.append(point.acceptedFlits())
        .append(' ')
        .append(point.cycles())
        .append(' ')
        .append(point.packets())
        .append(' ')
        .append(point.meanHops())
        .append(' ')
        .append(point.mostChannelLoad())
        .toString();
  }
}
