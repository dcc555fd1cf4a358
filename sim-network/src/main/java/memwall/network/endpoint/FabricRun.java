package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.network.collective.Schedule;
import memwall.network.router.FabricSpec;
import memwall.network.router.MessageFabric;
import memwall.network.router.MessageSpec;

/** Carries out a schedule between the nodes of a network of routers. */
public final class FabricRun {
  private final Schedule schedule;
  private final Simulation simulation;
  private final Stats stats = new Stats();
  private final MessageFabric fabric;
  private final Endpoints ends;

  private FabricRun(
      Schedule schedule,
      FabricSpec spec,
      MessageSpec messages,
      EndpointSpec endpoint,
      boolean fast,
      long seed) {
    if (schedule.ranks() > spec.nodes()) {
      throw new IllegalArgumentException(
          schedule.ranks() + " ranks do not fit a network of " + spec.nodes() + " nodes");
    }
    this.schedule = schedule;
    simulation = new Simulation(seed);
    fabric = new MessageFabric(simulation, stats.child("network"), "network", spec, messages, fast);
    ends =
        new Endpoints(
            simulation, stats.child("endpoint"), fabric::send, endpoint, schedule.ranks(), 1);
  }

  /**
   * Carries out a schedule from time 0 on.
   *
   * @param fast whether the network may follow episodes that it has seen
   * @param rounds how often, one round after the other, at least 1
   * @throws IllegalArgumentException if it has more ranks than the network has nodes
   * @throws memwall.core.StalledException if it cannot be ended
   */
  public static FabricRunResult run(
      Schedule schedule,
      FabricSpec spec,
      MessageSpec messages,
      EndpointSpec ends,
      boolean fast,
      long seed,
      int rounds) {
    return new FabricRun(schedule, spec, messages, ends, fast, seed).run(rounds);
  }

  /**
   * Carries out a schedule once.
   *
   * @throws IllegalArgumentException if it has more ranks than the network has nodes
   * @throws memwall.core.StalledException if it cannot be ended
   */
  public static FabricRunResult run(Schedule schedule, FabricRunSpec spec) {
    return run(
        schedule, spec.fabric(), spec.messages(), spec.endpoint(), spec.fast(), spec.seed(), 1);
  }

  private FabricRunResult run(int rounds) {
    List<Long> roundPs = new ArrayList<>();
    List<Long> finishPs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      long startPs = simulation.nowPs();
      Play play = ends.play(schedule, (same, rank, last) -> {});
      play.beginAll(startPs);
      simulation.run();
      if (!play.isOver()) {
        throw new IllegalStateException("the schedule cannot end: " + play.describeWaiting());
      }
      finishPs.clear();
      long longestPs = 0;
      for (int rank = 0; rank < schedule.ranks(); rank++) {
        finishPs.add(play.finishPs(rank) - startPs);
        longestPs = Math.max(longestPs, finishPs.get(rank));
      }
      roundPs.add(longestPs);
    }
    List<String> broken = new ArrayList<>(fabric.checkLaws());
    broken.addAll(ends.checkLaws());
    return new FabricRunResult(
        List.copyOf(roundPs),
        List.copyOf(finishPs),
        ends.consumed(),
        stats.snapshot(simulation.nowPs()),
        simulation.eventsFired(),
        simulation.fingerprint(),
        List.copyOf(broken));
  }
}
