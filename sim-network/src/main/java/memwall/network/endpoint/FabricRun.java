package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.network.collective.Schedule;
import memwall.network.reduce.Stragglers;
import memwall.network.router.ChannelFlits;
import memwall.network.router.FabricFault;
import memwall.network.router.FabricFaultSpec;
import memwall.network.router.FabricSpec;
import memwall.network.router.FaultyFabric;
import memwall.network.router.MessageFabric;
import memwall.network.router.MessageSpec;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a schedule between the nodes of a network of routers.
 *
 * <p>Where parts of the network fail, a message can be undeliverable: then its receiver waits for
 * nothing, and the run ends with ranks that have not finished.
 */
public final class FabricRun {
  private final Schedule schedule;
  private final Simulation simulation;
  private final Stats stats = new Stats();

  /** What carries messages, one of both. */
  private final @Nullable MessageFabric fabric;

  private final @Nullable FaultyFabric faulty;

  /** By node, flits that its messages have; where nothing fails, all of them pass its channel. */
  private final long[] nodeFlits;

  private final Endpoints ends;
  private final Counter lateRanks;
  private final List<FabricRunResult.Undeliverable> undeliverable = new ArrayList<>();
  private @Nullable Lives lives;
  private @Nullable Revival revival;
  private @Nullable Restores restores;
  private long startOfRoundPs;

  private FabricRun(
      Schedule schedule,
      FabricSpec spec,
      MessageSpec messages,
      EndpointSpec endpoint,
      boolean fast,
      @Nullable FabricFaultSpec faults,
      long seed) {
    if (schedule.ranks() > spec.nodes()) {
      throw new IllegalArgumentException(
          schedule.ranks() + " ranks do not fit a network of " + spec.nodes() + " nodes");
    }
    this.schedule = schedule;
    nodeFlits = new long[spec.nodes()];
    simulation = new Simulation(seed);
    Stats network = stats.child("network");
    Carrier carrier;
    if (faults == null) {
      MessageFabric made = new MessageFabric(simulation, network, "network", spec, messages, fast);
      fabric = made;
      faulty = null;
      carrier =
          (from, to, bytes, arrived, word) -> {
            nodeFlits[from] += from == to ? 0 : messages.flits(bytes, spec.flitBytes());
            made.send(from, to, bytes, arrived, word);
          };
    } else {
      FaultyFabric made = new FaultyFabric(simulation, network, "network", spec, messages, faults);
      fabric = null;
      faulty = made;
      Completion givenUp = this::giveUp;
      carrier =
          (from, to, bytes, arrived, word) -> made.send(from, to, bytes, arrived, givenUp, word);
    }
    Stats placements = stats.child("endpoint");
    ends = new Endpoints(simulation, placements, carrier, endpoint, schedule.ranks(), 1);
    lateRanks = placements.counter("late_ranks", "1", "Ranks that began late by chance");
  }

  /** A message cannot be delivered. */
  private void giveUp(long word) {
    if (ends.givenUp(word)) {
      addUndeliverable(Endpoints.operation(word));
    }
  }

  private void addUndeliverable(int send) {
    undeliverable.add(
        new FabricRunResult.Undeliverable(
            schedule.rank(send),
            schedule.peer(send),
            schedule.bytes(send),
            simulation.nowPs() - startOfRoundPs));
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
    return new FabricRun(schedule, spec, messages, ends, fast, null, seed).run(rounds);
  }

  /**
   * Carries out a schedule once, and lets parts fail if that is said.
   *
   * @throws IllegalArgumentException if it has more ranks than the network has nodes
   * @throws memwall.core.StalledException if it cannot be ended
   */
  public static FabricRunResult run(Schedule schedule, FabricRunSpec spec) {
    NodeFailures nodeFailures = spec.nodeFailures();
    FabricFaultSpec faults = spec.faults();
    List<NodeFailures.Death> deaths = List.of();
    if (nodeFailures != null) {
      deaths =
          nodeFailures.deaths(
              spec.fabric().nodes(),
              new RandomStreams(spec.seed()).stream("endpoint", "node-failures"));
      List<FabricFault.Timed> cuts = new ArrayList<>();
      for (NodeFailures.Death death : deaths) {
        cuts.add(new FabricFault.Timed(death.atPs(), new FabricFault.NodeDown(death.node())));
      }
      faults = (faults == null ? FabricFaultSpec.HEALTHY : faults).with(cuts);
    }
    FabricRun run =
        new FabricRun(
            schedule,
            spec.fabric(),
            spec.messages(),
            spec.endpoint(),
            spec.fast(),
            faults,
            spec.seed());
    if (nodeFailures != null) {
      run.withLives(nodeFailures, deaths, spec.fabric());
    }
    RandomStream lateness = run.simulation.random().stream("endpoint", "late");
    if (spec.isStream()) {
      return run.stream(spec, lateness);
    }
    run.late(spec.stragglers(), lateness);
    return run.run(1);
  }

  /** Processors of ranks that are late have something else to do until then. */
  private boolean[] late(Stragglers stragglers, RandomStream random) {
    boolean[] isLate = new boolean[schedule.ranks()];
    for (int rank = 0; rank < schedule.ranks(); rank++) {
      long latePs = stragglers.drawPs(random);
      ends.occupy(rank, latePs);
      lateRanks.add(latePs > 0 ? 1 : 0);
      isLate[rank] = latePs > 0;
    }
    return isLate;
  }

  /** Nodes die; deaths are those of the network's channels, too. */
  private void withLives(
      NodeFailures nodeFailures, List<NodeFailures.Death> deaths, FabricSpec spec) {
    int[] routers = spec.routersOfNodes();
    Lives made =
        new Lives(
            simulation,
            stats.child("lives"),
            nodeFailures,
            deaths,
            schedule.ranks(),
            spec.nodes(),
            node -> routers[node]);
    ends.withLives(made);
    lives = made;
    Revival carriesOn = new Revival(simulation, ends, made);
    made.tell(carriesOn);
    revival = carriesOn;
    FaultyFabric network = faulty;
    if (nodeFailures.restore().isOverNetwork() && network != null) {
      restores =
          new Restores(
              simulation, stats.child("restore"), nodeFailures.restore(), made, network::send);
      made.withRestores(restores);
    }
  }

  /** Receives have deadlines, and nodes may die: operations go on without them. */
  private @Nullable Absence withAbsence(MessageDeadline deadline, Deadlines deadlines) {
    Lives alive = lives;
    Revival carriesOn = revival;
    if (alive == null || carriesOn == null) {
      return null;
    }
    Absence made = new Absence(stats.child("absence"), alive, deadline.isOn());
    ends.withAbsence(made);
    deadlines.withLives(alive, made);
    carriesOn.withDeadlines(deadlines, made);
    return made;
  }

  /** Operations one after the other; what is late may come while the next is under way. */
  private FabricRunResult stream(FabricRunSpec spec, RandomStream lateness) {
    MessageDeadline deadline = spec.deadline();
    Deadlines deadlines =
        deadline == null ? null : ends.withDeadlines(stats.child("deadline"), deadline);
    Absence absence =
        deadline == null || deadlines == null ? null : withAbsence(deadline, deadlines);
    OperationStream stream =
        new OperationStream(
            simulation,
            stats.child("operation"),
            ends,
            schedule,
            spec.repeat(),
            startPs -> {
              startOfRoundPs = startPs;
              return late(spec.stragglers(), lateness);
            },
            () -> {
              if (lives != null) {
                lives.stop();
              }
            });
    stream.run();
    if (stream.ranksLeft() > 0 && revival != null) {
      revival.missing().forEach(this::addUndeliverable);
    }
    boolean anyDead = lives != null && lives.anyDead();
    if (stream.ranksLeft() > 0 && undeliverable.isEmpty() && !anyDead) {
      throw new IllegalStateException("the schedule cannot end: " + stream.describeWaiting());
    }
    List<String> broken = new ArrayList<>();
    if (deadlines != null) {
      broken.addAll(deadlines.checkLaws(ends.untaken()));
    }
    if (lives != null && revival != null) {
      long late = deadlines == null ? 0 : deadlines.late();
      broken.addAll(lives.checkLaws(ends.consumed(), late, revival.untaken()));
    }
    if (restores != null) {
      broken.addAll(restores.checkLaws());
    }
    if (absence != null && deadlines != null) {
      broken.addAll(
          absence.checkLaws(stream.present(), deadlines.inTimeCount(), deadlines.substituted()));
    }
    return result(stream.operationPs(), stream.finishPs(), stream.ranksLeft(), broken);
  }

  private FabricRunResult run(int rounds) {
    List<Long> roundPs = new ArrayList<>();
    List<Long> finishPs = new ArrayList<>();
    int unfinished = 0;
    for (int round = 0; round < rounds; round++) {
      long startPs = simulation.nowPs();
      startOfRoundPs = startPs;
      Play play = ends.play(schedule, (same, rank, last) -> {});
      play.beginAll(startPs);
      simulation.run();
      if (!play.isOver() && undeliverable.isEmpty()) {
        throw new IllegalStateException("the schedule cannot end: " + play.describeWaiting());
      }
      unfinished = play.ranksLeft();
      finishPs.clear();
      long longestPs = 0;
      for (int rank = 0; rank < schedule.ranks(); rank++) {
        finishPs.add(play.finishPs(rank) - startPs);
        longestPs = Math.max(longestPs, finishPs.get(rank));
      }
      roundPs.add(longestPs);
    }
    return result(roundPs, finishPs, unfinished, new ArrayList<>());
  }

  /**
   * What came of it, and what does not hold.
   *
   * @param broken laws that are known not to hold
   */
  private FabricRunResult result(
      List<Long> roundPs, List<Long> finishPs, int unfinished, List<String> broken) {
    ChannelFlits channels = channels();
    if (faulty == null
        && channels.flits(ChannelFlits.Kind.FROM_NODES)
            != channels.flits(ChannelFlits.Kind.TO_NODES)) {
      broken.add(
          channels.flits(ChannelFlits.Kind.FROM_NODES)
              + " flits of messages, "
              + channels.flits(ChannelFlits.Kind.TO_NODES)
              + " came to nodes");
    }
    if (fabric != null) {
      broken.addAll(fabric.checkLaws());
    }
    if (faulty != null) {
      broken.addAll(faulty.checkLaws());
    }
    if (unfinished == 0) {
      broken.addAll(ends.checkLaws()); // Else something came to ranks that do not take it.
    }
    return new FabricRunResult(
        List.copyOf(roundPs),
        List.copyOf(finishPs),
        ends.consumed(),
        undeliverable,
        unfinished,
        lives == null ? List.of() : lives.failures(),
        channels,
        stats.snapshot(simulation.nowPs()),
        simulation.eventsFired(),
        simulation.fingerprint(),
        List.copyOf(broken));
  }

  /** What passed each channel, all rounds together. */
  private ChannelFlits channels() {
    ChannelFlits flits;
    if (fabric != null) {
      flits = fabric.channels(nodeFlits);
    } else if (faulty != null) {
      flits = faulty.channels();
    } else {
      throw new IllegalStateException("no network");
    }
    return flits.in(simulation.nowPs());
  }
}
