package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Reserved messages against the network that simulates every flit. */
class ReservationsTest {
  private static FabricSpec fabric(
      String name, FabricShape shape, int channels, int buffers, boolean holds) {
    return new FabricSpec(name, shape, new RouterSpec(channels, buffers, holds), 700, 16);
  }

  /** Buffers are the smallest with which messages are reserved, or a few flits more. */
  private static final List<FabricSpec> FABRICS =
      List.of(
          fabric("switch", FabricShape.tree(6, 1, 1, false, 1, 1), 3, 10, false),
          fabric("switch-hold", FabricShape.tree(6, 1, 1, false, 7, 1), 4, 22, true),
          fabric("mesh", FabricShape.cube(List.of(3, 4), false, false, 1, 2), 3, 12, false),
          fabric("mesh-hold", FabricShape.cube(List.of(4, 2), false, false, 2, 1), 4, 12, true),
          fabric("torus", FabricShape.cube(List.of(5, 3), true, false, 1, 2), 4, 12, false),
          fabric("torus-ties", FabricShape.cube(List.of(4, 4), true, false, 3, 1), 6, 14, false),
          fabric(
              "torus-parity",
              FabricShape.cube(List.of(4, 4), true, false, Cube.Ties.PARITY, 3, 1),
              6,
              14,
              false),
          fabric("hypercube", FabricShape.cube(List.of(2, 2, 2), false, false, 1, 4), 8, 16, false),
          fabric(
              "butterfly",
              FabricShape.flat(3, 2, 2, FlatButterfly.Choice.MINIMAL, 0, 1, 2),
              3,
              12,
              false),
          fabric("tree", FabricShape.tree(3, 3, 2, false, 1, 2), 4, 12, false),
          fabric(
              "dragonfly",
              FabricShape.dragonfly(2, 2, 1, Dragonfly.Choice.MINIMAL, 3, 1, 2, 6),
              6,
              20,
              true));

  private static final List<MessageSpec> MESSAGES =
      List.of(new MessageSpec(256, 16), new MessageSpec(16, 0), new MessageSpec(30, 2));

  @Test
  void reservedIsExact() {
    Map<String, Long> reserved = new TreeMap<>();
    long simulated = 0;
    for (int seed = 0; seed < 1_500; seed++) {
      FabricSpec spec = FABRICS.get(seed % FABRICS.size());
      MessageSpec messages = MESSAGES.get(seed / FABRICS.size() % MESSAGES.size());
      List<MessagePlayer.Move> moves =
          MessagePlayer.script(new SplittableRandom(seed), spec.nodes());
      MessageFabric.Mode mode = seed % 7 < 3 ? MessageFabric.Mode.LEAPING : MessageFabric.Mode.FAST;
      MessagePlayer exact = new MessagePlayer(spec, messages, moves, MessageFabric.Mode.EXACT);
      exact.simulation.run();
      MessagePlayer fast = new MessagePlayer(spec, messages, moves, mode);
      fast.simulation.run();
      assertThat(fast.arrivals).as("seed %d, %s", seed, spec.name()).isEqualTo(exact.arrivals);
      assertThat(fast.arrivals).hasSize(moves.size());
      assertThat(exact.fabric.checkLaws()).as("seed %d", seed).isEmpty();
      assertThat(fast.fabric.checkLaws()).as("seed %d", seed).isEmpty();
      for (String name :
          List.of("channel_flits", "messages_arrived", "bytes_arrived", "episodes")) {
        assertThat(fast.statistic(name))
            .as(name + ", seed %d, %s", seed, spec.name())
            .isEqualTo(exact.statistic(name));
      }
      reserved.merge(spec.name(), fast.statistic("episodes_reserved"), Long::sum);
      simulated += fast.statistic("episodes") - fast.statistic("episodes_reserved");
    }
    assertThat(reserved).hasSize(FABRICS.size());
    assertThat(reserved.values()).allMatch(count -> count > 30);
    assertThat(simulated).isGreaterThan(1_000);
  }

  /** Messages that follow each other closely on the same channels, of packets of few flits. */
  @Test
  void closeMessages() {
    List<FabricSpec> fabrics =
        List.of(
            fabric("line", FabricShape.cube(List.of(4), false, false, 1, 1), 3, 10, false),
            fabric("line-hold", FabricShape.cube(List.of(4), false, false, 2, 1), 3, 12, true),
            fabric("ring", FabricShape.cube(List.of(5), true, false, 1, 1), 4, 10, false));
    long reserved = 0;
    long episodes = 0;
    for (int seed = 0; seed < 6_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FabricSpec spec = fabrics.get(seed % fabrics.size());
      MessageSpec messages = new MessageSpec(16L * random.nextInt(1, 4), 0);
      List<MessagePlayer.Move> moves = new ArrayList<>();
      int count = random.nextInt(2, 6);
      for (int i = 0; i < count; i++) {
        long bytes = 16L * random.nextInt(1, 6);
        int from = random.nextInt(spec.nodes());
        int to = (from + 1 + random.nextInt(spec.nodes() - 1)) % spec.nodes();
        moves.add(new MessagePlayer.Move(700L * random.nextInt(8), -1, from, to, bytes));
      }
      // One long after them, so that their episode is closed.
      moves.add(new MessagePlayer.Move(1_000_000, -1, 0, 1, 0));
      MessagePlayer exact = new MessagePlayer(spec, messages, moves, MessageFabric.Mode.EXACT);
      exact.simulation.run();
      MessagePlayer fast = new MessagePlayer(spec, messages, moves, MessageFabric.Mode.LEAPING);
      fast.simulation.run();
      assertThat(fast.arrivals)
          .as("seed %d, %s, %s", seed, spec.name(), moves)
          .isEqualTo(exact.arrivals);
      assertThat(fast.statistic("channel_flits")).isEqualTo(exact.statistic("channel_flits"));
      reserved += fast.statistic("episodes_reserved");
      episodes++;
    }
    assertThat(reserved).isBetween(episodes / 5, 4 * episodes / 5);
  }
}
