package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MessageFabricTest {
  private static FabricSpec fabric(FabricShape shape, int channels, int buffers) {
    return new FabricSpec("test", shape, new RouterSpec(channels, buffers, false), 700, 16);
  }

  private static final List<FabricSpec> FABRICS =
      List.of(
          fabric(FabricShape.tree(5, 1, 1, false, 1, 1), 2, 8),
          fabric(FabricShape.cube(List.of(3, 3), false, false, 1, 2), 1, 6),
          fabric(FabricShape.cube(List.of(4, 4), true, true, 2, 3), 4, 16),
          fabric(FabricShape.tree(3, 2, 2, true, 1, 1), 2, 5),
          fabric(FabricShape.dragonfly(2, 2, 1, Dragonfly.Choice.UGAL, 3, 1, 5, 20), 4, 32));

  /** A message alone takes the time of an idle network: one packet of 17 flits over two routers. */
  @Test
  void aMessageAlone() {
    FabricSpec spec = fabric(FabricShape.cube(List.of(2, 2), false, false, 1, 1), 2, 32);
    MessagePlayer player =
        new MessagePlayer(
            spec, List.of(new MessagePlayer.Move(1_000, -1, 0, 1, 256)), MessageFabric.Mode.EXACT);
    player.simulation.run();
    long cycles = 1 + 4 * 2 + 1 + 1 + 16 + 1;
    assertThat(player.arrivals).containsExactly("0 " + (2 * 700 + cycles * 700));
    assertThat(player.fabric.checkLaws()).isEmpty();
    assertThat(player.statistic("channel_flits")).isEqualTo(17);
  }

  @Test
  void toOneself() {
    MessagePlayer player =
        new MessagePlayer(
            FABRICS.get(0),
            List.of(
                new MessagePlayer.Move(5, -1, 2, 2, 100),
                new MessagePlayer.Move(5, -1, 3, 3, 0),
                new MessagePlayer.Move(0, 0, 2, 2, 7)),
            MessageFabric.Mode.FAST);
    player.simulation.run();
    assertThat(player.arrivals).containsExactly("0 5", "1 5", "2 5");
    assertThat(player.fabric.checkLaws()).isEmpty();
    assertThat(player.statistic("episodes")).isZero();
  }

  /**
   * Random scripts, each pattern several times over: fast tells the same times in the same order.
   */
  @Test
  void fastIsExact() {
    long known = 0;
    for (int seed = 0; seed < 250; seed++) {
      FabricSpec spec = FABRICS.get(seed % FABRICS.size());
      List<MessagePlayer.Move> moves =
          MessagePlayer.script(new SplittableRandom(seed), spec.nodes());
      MessagePlayer exact = new MessagePlayer(spec, moves, MessageFabric.Mode.EXACT);
      exact.simulation.run();
      MessagePlayer fast = new MessagePlayer(spec, moves, MessageFabric.Mode.FAST);
      fast.simulation.run();
      assertThat(fast.arrivals).as("seed %d", seed).isEqualTo(exact.arrivals);
      assertThat(fast.arrivals).hasSize(moves.size());
      assertThat(exact.fabric.checkLaws()).as("seed %d", seed).isEmpty();
      assertThat(fast.fabric.checkLaws()).as("seed %d", seed).isEmpty();
      for (String name :
          List.of("channel_flits", "messages_arrived", "bytes_arrived", "episodes")) {
        assertThat(fast.statistic(name))
            .as(name + ", seed %d", seed)
            .isEqualTo(exact.statistic(name));
      }
      known += fast.statistic("episodes_known");
    }
    assertThat(known).isGreaterThan(300);
  }
}
