package memwall.network.router;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Stats;

/** Carries moves out on a network and writes down when messages arrived. */
final class MessagePlayer {
  /** What a node does: at a time, or when a message has arrived, it sends further ones. */
  record Move(long afterPs, int onArrivalOf, int from, int to, long bytes) {}

  final Simulation simulation = new Simulation(5);
  final MessageFabric fabric;
  final List<String> arrivals = new ArrayList<>();
  private final Stats stats = new Stats();
  private final List<Move> moves;
  private final Event send;

  MessagePlayer(FabricSpec spec, List<Move> moves, MessageFabric.Mode mode) {
    this(spec, new MessageSpec(256, 16), moves, mode);
  }

  MessagePlayer(FabricSpec spec, MessageSpec messages, List<Move> moves, MessageFabric.Mode mode) {
    this.moves = moves;
    fabric = new MessageFabric(simulation, stats, "net", spec, messages, mode);
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

  /** Some patterns of messages, played again and again with pauses, at times with a difference. */
  static List<Move> script(SplittableRandom random, int nodes) {
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
