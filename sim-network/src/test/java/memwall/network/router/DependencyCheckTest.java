package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Routes have no circular waits, and networks full to the brim do not stand still. */
final class DependencyCheckTest {
  static List<ZeroLoadTest.Net> nets() {
    return ZeroLoadTest.nets().stream().filter(net -> net.shape().nodes() <= 128).toList();
  }

  /** As many channels as are free of circles: one more for detours in dragonflies. */
  private static int channels(FabricShape shape) {
    int least = shape.leastChannels();
    return shape.groupNodes() > 0 && least == 3 ? 4 : least;
  }

  private static FabricPlan plan(FabricShape shape, int channels, int buffer, boolean hold) {
    return new FabricPlan(
        shape.topology(), shape.routing(), new RouterSpec(channels, buffer, hold));
  }

  @ParameterizedTest
  @MethodSource("nets")
  void noCircles(ZeroLoadTest.Net net) {
    FabricShape shape = net.shape();
    for (int more = 0; more <= 3; more++) {
      FabricPlan plan = plan(shape, channels(shape) + more, 4, false);
      assertThat(DependencyCheck.circle(plan, 12, 5)).as(shape.text()).isEmpty();
    }
  }

  /** Every node sends all the time; when they stop, all that was sent arrives. */
  @ParameterizedTest
  @MethodSource("nets")
  void fullNetworksEmptyThemselves(ZeroLoadTest.Net net) {
    FabricShape shape = net.shape();
    for (int buffer = 1; buffer <= 4; buffer += 3) {
      FabricPlan plan = plan(shape, channels(shape), buffer, buffer > 1);
      long[] arrived = new long[1];
      RouterFabric fabric = new RouterFabric(plan, 9, 1, (packet, cycle) -> arrived[0]++);
      SplittableRandom random = new SplittableRandom(11);
      int nodes = shape.nodes();
      long offered = 0;
      long cycles = 600 + 20L * plan.topology().longestChannelCycles();
      while (fabric.now() < cycles) {
        for (int node = 0; node < nodes; node++) {
          if (random.nextInt(4) == 0) {
            fabric.offer(node, random.nextInt(nodes), 1 + random.nextInt(7), 0);
            offered++;
          }
        }
        fabric.step();
        if (fabric.now() % 97 == 0) {
          assertThat(FabricLaws.broken(fabric, offered)).isEmpty();
        }
      }
      long still = 0;
      long moved = fabric.movedFlits();
      while (!fabric.empty() && still < 500) {
        fabric.step();
        still = fabric.movedFlits() == moved ? still + 1 : 0;
        moved = fabric.movedFlits();
      }
      assertThat(fabric.empty()).as(shape.text()).isTrue();
      assertThat(arrived[0]).isEqualTo(offered);
      assertThat(FabricLaws.broken(fabric, offered)).isEmpty();
    }
  }

  /** Routing that lets packets into every channel of the port that another one chooses. */
  private record AnyChannel(Routing routing) implements Routing {
    @Override
    public int route(int router, int port, int packet, View view) {
      int hop = routing.route(router, port, packet, view);
      return Routing.hop(Routing.port(hop), 0, view.channels() - 1);
    }

    @Override
    public int leastChannels() {
      return 1;
    }
  }

  private static FabricPlan anyChannel(FabricShape shape, int channels) {
    return new FabricPlan(
        shape.topology(), new AnyChannel(shape.routing()), new RouterSpec(channels, 1, false));
  }

  @Test
  void ringWithoutDatelineIsACircle() {
    FabricShape ring = FabricShape.cube(List.of(5), true, false, 1, 1);
    for (int channels = 1; channels <= 3; channels++) {
      List<String> circle = DependencyCheck.circle(anyChannel(ring, channels), 1, 1);
      assertThat(circle).hasSizeGreaterThanOrEqualTo(5);
      assertThat(new HashSet<>(circle)).hasSameSizeAs(circle);
    }
    List<String> up = DependencyCheck.circle(anyChannel(ring, 1), 1, 1);
    assertThat(up).hasSize(5);
    for (int i = 0; i < 5; i++) {
      int first = Integer.parseInt(up.get(0).substring(7, 8));
      int step = up.get(0).contains("port 0") ? i : 5 - i;
      assertThat(up.get(i)).startsWith("router " + (first + step) % 5 + ", port ");
    }
  }

  /** The check is right to complain: such a ring stands still. */
  @Test
  void ringWithoutDatelineStandsStill() {
    FabricShape ring = FabricShape.cube(List.of(5), true, false, 1, 1);
    FabricPlan plan = anyChannel(ring, 1);
    RouterFabric fabric = new RouterFabric(plan, 1, 1, (packet, cycle) -> {});
    for (int round = 0; round < 50; round++) {
      for (int node = 0; node < 5; node++) {
        fabric.offer(node, (node + 2) % 5, 6, 0);
      }
    }
    for (int i = 0; i < 5_000; i++) {
      fabric.step();
    }
    long moved = fabric.movedFlits();
    for (int i = 0; i < 5_000; i++) {
      fabric.step();
    }
    assertThat(fabric.movedFlits()).isEqualTo(moved);
    assertThat(fabric.empty()).isFalse();
    // Standing still breaks no law.
    assertThat(FabricLaws.broken(fabric, 250)).isEmpty();
  }

  @Test
  void detoursInOneClassOfChannelsAreACircle() {
    List<FabricShape> bad =
        List.of(
            FabricShape.cube(List.of(3, 3), false, true, 1, 1),
            FabricShape.flat(1, 4, 1, FlatButterfly.Choice.VALIANT, 0, 1, 1),
            FabricShape.flat(1, 3, 2, FlatButterfly.Choice.UGAL, 0, 1, 1),
            FabricShape.dragonfly(1, 2, 1, Dragonfly.Choice.MINIMAL, 0, 1, 1, 1));
    for (FabricShape shape : bad) {
      assertThat(DependencyCheck.circle(anyChannel(shape, 2), 8, 1)).as(shape.text()).isNotEmpty();
    }
    // A mesh and a tree need no classes.
    FabricShape mesh = FabricShape.cube(List.of(3, 3), false, false, 1, 1);
    assertThat(DependencyCheck.circle(anyChannel(mesh, 2), 1, 1)).isEmpty();
    FabricShape tree = FabricShape.tree(2, 2, 3, true, 1, 1);
    assertThat(DependencyCheck.circle(anyChannel(tree, 1), 8, 1)).isEmpty();
  }

  /**
   * Three channels, as BookSim2 has them: in the middle group, ways in and ways out share a class.
   * UGAL may use them (its circle seldom closes), Valiant may not, since with it networks stop.
   */
  @Test
  void dragonflyDetoursWithThreeChannels() {
    FabricShape ugal = FabricShape.dragonfly(2, 4, 2, Dragonfly.Choice.UGAL, 0, 1, 1, 1);
    assertThat(DependencyCheck.circle(plan(ugal, 3, 4, false), 12, 1)).isNotEmpty();
    assertThat(ugal.leastChannels()).isEqualTo(3);
    FabricShape valiant = FabricShape.dragonfly(2, 4, 2, Dragonfly.Choice.VALIANT, 0, 1, 1, 1);
    assertThat(valiant.leastChannels()).isEqualTo(4);
    Routing withThree =
        new Routing() {
          @Override
          public int route(int router, int port, int packet, View view) {
            return valiant.routing().route(router, port, packet, view);
          }

          @Override
          public int leastChannels() {
            return 3;
          }
        };
    FabricPlan plan = new FabricPlan(valiant.topology(), withThree, new RouterSpec(3, 8, false));
    List<String> circle = DependencyCheck.circle(plan, 12, 1);
    assertThat(circle).isNotEmpty();
    assertThat(circle).allSatisfy(name -> assertThat(name).endsWith("channel 0"));
    RouterFabric fabric = new RouterFabric(plan, 1, 1, (packet, cycle) -> {});
    SplittableRandom random = new SplittableRandom(1);
    long moved = -1;
    while (fabric.now() < 5_000 || fabric.movedFlits() != moved) {
      moved = fabric.movedFlits();
      for (int node = 0; node < valiant.nodes() && fabric.now() < 4_000; node++) {
        if (random.nextInt(8) == 0) {
          fabric.offer(node, random.nextInt(valiant.nodes()), 8, 0);
        }
      }
      fabric.step();
    }
    assertThat(fabric.empty()).isFalse();
  }

  /** Of a network that stands still, the report of a run says so. */
  @Test
  void runsThatStandStillSaySo() {
    FabricShape shape = FabricShape.dragonfly(2, 4, 1, Dragonfly.Choice.UGAL, 0, 1, 1, 1);
    FabricSpec three = new FabricSpec("x", shape, new RouterSpec(3, 2, false), 1_000, 16);
    int seed = 10; // the first of which it is known
    LoadPoint point;
    do {
      seed++;
      LoadSpec load = new LoadSpec(TrafficPattern.UNIFORM, 0, 8, 0, 6_000, 30_000, seed);
      point = LoadRun.run(three, load, 1.0);
    } while (!point.deadlocked() && seed < 100);
    assertThat(point.deadlocked()).isTrue();
    assertThat(point.saturated()).isTrue();
    assertThat(point.unfinished()).isPositive();
    assertThat(point.cycles()).isLessThan(36_000);
    assertThat(point.brokenLaws()).isEmpty();
    // With one channel more it does not.
    FabricSpec four = new FabricSpec("x", shape, new RouterSpec(4, 2, false), 1_000, 16);
    LoadSpec load = new LoadSpec(TrafficPattern.UNIFORM, 0, 8, 0, 6_000, 30_000, seed);
    assertThat(LoadRun.run(four, load, 1.0).deadlocked()).isFalse();
  }

  @Test
  void badRoutesAreRefused() {
    Topology ring = FabricShape.cube(List.of(4), true, false, 1, 1).topology();
    RouterSpec router = new RouterSpec(2, 1, false);
    assertThatThrownBy(
            () -> DependencyCheck.circle(new FabricPlan(ring, always(0, 0, 1), router), 1, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not end");
    assertThatThrownBy(
            () -> DependencyCheck.circle(new FabricPlan(ring, always(2, 0, 1), router), 1, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("from 0 to 1 ends at 0");
    assertThatThrownBy(
            () -> DependencyCheck.circle(new FabricPlan(ring, always(3, 0, 1), router), 1, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(
            () -> DependencyCheck.circle(new FabricPlan(ring, always(0, 0, 2), router), 1, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("channels 0 to 2");
  }

  private static Routing always(int port, int first, int last) {
    return new Routing() {
      @Override
      public int route(int router, int from, int packet, View view) {
        return Routing.hop(port, first, last);
      }

      @Override
      public int leastChannels() {
        return 1;
      }
    };
  }
}
