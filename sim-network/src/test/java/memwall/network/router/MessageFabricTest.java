package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import org.junit.jupiter.api.Test;

class MessageFabricTest {
  private static final MessageSpec MESSAGES = new MessageSpec(256, 16);

  /** What a node does: at a time, or when a message has arrived, it sends further ones. */
  private record Move(long afterPs, int onArrivalOf, int from, int to, long bytes) {}

  /** Carries moves out and writes down when messages arrived. */
  private static final class Player {
    final Simulation simulation = new Simulation(5);
    final Stats stats = new Stats();
    final MessageFabric fabric;
    final List<Move> moves;
    final List<String> arrivals = new ArrayList<>();
    private final Event send;

    Player(FabricSpec spec, List<Move> moves, boolean fast) {
      this.moves = moves;
      fabric = new MessageFabric(simulation, stats, "net", spec, MESSAGES, fast);
      send = simulation.event("send", this::send);
      for (int i = 0; i < moves.size(); i++) {
        if (moves.get(i).onArrivalOf() < 0) {
          send.in(moves.get(i).afterPs(), i);
        }
      }
    }

    private void send(long i) {
      Move move = moves.get((int) i);
      fabric.send(move.from(), move.to(), move.bytes(), this::arrived, i);
    }

    private void arrived(long i) {
      arrivals.add(i + " " + simulation.nowPs());
      for (int next = (int) i + 1; next < moves.size(); next++) {
        if (moves.get(next).onArrivalOf() == i) {
          if (moves.get(next).afterPs() == 0) {
            send(next);
          } else {
            send.in(moves.get(next).afterPs(), next);
          }
        }
      }
    }

    long statistic(String name) {
      return (long) stats.snapshot(0).number(name);
    }
  }

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
    Player player = new Player(spec, List.of(new Move(1_000, -1, 0, 1, 256)), false);
    player.simulation.run();
    long cycles = 1 + 4 * 2 + 1 + 1 + 16 + 1;
    assertThat(player.arrivals).containsExactly("0 " + (2 * 700 + cycles * 700));
    assertThat(player.fabric.checkLaws()).isEmpty();
    assertThat(player.statistic("channel_flits")).isEqualTo(17);
  }

  @Test
  void toOneself() {
    Player player =
        new Player(
            FABRICS.get(0),
            List.of(new Move(5, -1, 2, 2, 100), new Move(5, -1, 3, 3, 0), new Move(0, 0, 2, 2, 7)),
            true);
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
      List<Move> moves = script(new SplittableRandom(seed), spec.nodes());
      Player exact = new Player(spec, moves, false);
      exact.simulation.run();
      Player fast = new Player(spec, moves, true);
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

  /** Some patterns of messages, played again and again with pauses, at times with a difference. */
  private static List<Move> script(SplittableRandom random, int nodes) {
    List<Move> moves = new ArrayList<>();
    List<List<Move>> patterns = new ArrayList<>();
    for (int p = 0; p < 2; p++) {
      List<Move> pattern = new ArrayList<>();
      int count = random.nextInt(1, 8);
      for (int i = 0; i < count; i++) {
        boolean chained = i > 0 && random.nextInt(3) == 0;
        pattern.add(
            new Move(
                random.nextInt(4) == 0 ? 0 : random.nextLong(1 + (chained ? 3_000 : 30_000)),
                chained ? random.nextInt(i) : -1,
                random.nextInt(nodes),
                random.nextInt(nodes),
                random.nextInt(4) == 0 ? random.nextLong(3_000) : random.nextLong(300)));
      }
      patterns.add(pattern);
    }
    long startPs = 0;
    for (int round = 0; round < 8; round++) {
      int base = moves.size();
      for (Move move : patterns.get(random.nextInt(2))) {
        boolean differs = random.nextInt(40) == 0;
        moves.add(
            new Move(
                move.onArrivalOf() < 0
                    ? startPs + move.afterPs() + (differs ? random.nextLong(2_000) : 0)
                    : move.afterPs(),
                move.onArrivalOf() < 0 ? -1 : base + move.onArrivalOf(),
                move.from(),
                move.to(),
                move.bytes()));
      }
      // Whole cycles apart, so that rounds can be equal; sometimes soon enough to join the last
      // one.
      startPs += 700 * random.nextLong(random.nextInt(4) == 0 ? 60 : 2_000);
    }
    return moves;
  }
}
