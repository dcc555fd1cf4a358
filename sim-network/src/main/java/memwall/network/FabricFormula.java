package memwall.network;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.network.collective.Algorithm;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import memwall.network.endpoint.Endpoints;
import memwall.network.endpoint.Play;
import memwall.network.router.UnloadedFabric;

/**
 * The closed form of collectives over a network of routers on which messages do not meet: the
 * longest way through the schedule, with the zero-load time of each message ({@link
 * UnloadedFabric}) and the work of the ends. Remembered by size.
 */
final class FabricFormula implements CollectiveTime {
  private final FabricNetworkSpec spec;
  private final int ranks;
  private final Map<Long, Choice> allReduces = new HashMap<>();
  private final Map<Collective, Map<Long, Choice>> others = new EnumMap<>(Collective.class);
  private final Map<Long, Long> messages = new HashMap<>();
  private final Simulation simulation = new Simulation(0);
  private final Endpoints ends;

  /** An algorithm and how long it takes, without the launch. */
  record Choice(Algorithm algorithm, long durationPs) {}

  /**
   * The closed forms for a group.
   *
   * @param ranks size of the group, 1 to the network's ports
   */
  FabricFormula(FabricNetworkSpec spec, int ranks) {
    if (ranks < 1 || ranks > spec.ports()) {
      throw new IllegalArgumentException(
          ranks + " ranks do not fit a network of " + spec.ports() + " ports");
    }
    this.spec = spec;
    this.ranks = ranks;
    UnloadedFabric fabric = new UnloadedFabric(simulation, spec.fabric(), spec.messages());
    ends =
        new Endpoints(
            simulation, new Stats(), fabric::send, spec.endpoint(), ranks, spec.nodeStride());
  }

  @Override
  public long latencyPs(long bytes) {
    if (ranks == 1) {
      return 0;
    }
    return spec.launchPs() + (bytes == 0 ? 0 : allReduce(bytes).durationPs());
  }

  /** The time of another collective. */
  long latencyPs(Collective collective, long bytes) {
    if (ranks == 1) {
      return 0;
    }
    return spec.launchPs()
        + (bytes == 0
            ? 0
            : others
                .computeIfAbsent(collective, each -> new HashMap<>())
                .computeIfAbsent(bytes, size -> choose(collective, size))
                .durationPs());
  }

  /** The time of a message from each rank to its neighbour. */
  long messagePs(long bytes) {
    if (ranks == 1) {
      return 0;
    }
    return messages.computeIfAbsent(
        bytes,
        size -> {
          ScheduleBuilder builder = new ScheduleBuilder(ranks);
          for (int rank = 0; rank < ranks; rank++) {
            int to = (rank + 1) % ranks;
            builder.send(rank, to, Math.max(1, size), 0);
            builder.receive(to, rank, Math.max(1, size), 0);
          }
          return durationPs(builder.build());
        });
  }

  /** The all-reduce that the network uses for this size, at least 1 byte. */
  Choice allReduce(long bytes) {
    return allReduces.computeIfAbsent(bytes, size -> choose(Collective.ALL_REDUCE, size));
  }

  /** The algorithm that takes least; of equal ones the first. */
  Choice choose(Collective collective, long bytes) {
    List<Algorithm> candidates = spec.candidates(collective);
    Choice best = null;
    for (Algorithm algorithm : candidates) {
      long durationPs = durationPs(algorithm.schedule(spec.shape(ranks, bytes)));
      if (best == null || durationPs < best.durationPs()) {
        best = new Choice(algorithm, durationPs);
      }
    }
    if (best == null) {
      throw new IllegalStateException("no algorithm for " + collective);
    }
    return best;
  }

  private long durationPs(Schedule schedule) {
    // Begins with a cycle, behind all that was before.
    long cyclePs = spec.fabric().cyclePs();
    long startPs = (simulation.nowPs() / cyclePs + 2) * cyclePs;
    simulation.runUntil(startPs);
    Play play = ends.play(schedule, (same, rank, last) -> {});
    play.beginAll(startPs);
    simulation.run();
    long lastPs = startPs;
    for (int rank = 0; rank < schedule.ranks(); rank++) {
      lastPs = Math.max(lastPs, play.finishPs(rank));
    }
    return lastPs - startPs;
  }
}
