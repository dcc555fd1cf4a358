package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import org.junit.jupiter.api.Test;

/**
 * Random networks, groups, operations and faults: every operation ends, and all laws hold. Each
 * kind of event must have happened often, so that what is checked is also exercised.
 */
final class RandomFaultsTest {
  private static final int SCHEDULES = 10_000;
  private static final int EACH_AT_LEAST = 500;
  private static final long MOST_EVENTS = 3_000_000;

  private final Map<String, Long> happened = new TreeMap<>();

  @Test
  void everyOperationEndsAndLawsHold() {
    long seed = Long.getLong("memwall.seed", 2026);
    int schedules = Integer.getInteger("memwall.schedules", SCHEDULES);
    for (int run = 0; run < schedules; run++) {
      try {
        new Schedule(seed * 1_000_003 + run, run % 3 == 0).run();
      } catch (RuntimeException | AssertionError wrong) {
        throw new AssertionError("memwall.seed=" + seed + ", schedule " + run, wrong);
      }
    }
    if (schedules == SCHEDULES) {
      happened.forEach(
          (event, times) ->
              assertThat(times).as(event + " of " + happened).isGreaterThan(EACH_AT_LEAST));
      assertThat(happened).hasSize(41);
    }
  }

  private void count(String event, long times) {
    happened.merge(event, times, Long::sum);
  }

  /** One network, its groups, and what happens to it. */
  private final class Schedule {
    private final Random random;
    private final Simulation simulation;
    private final List<OperationResult> results = new ArrayList<>();
    private final List<Integer> hosts = new ArrayList<>();
    private final List<Integer> switches = new ArrayList<>();
    private Graph graph;
    private AggregationNetwork network;
    private final boolean isCalm;
    private final boolean hasRoots;
    private int expected;

    /**
     * Draws all but the groups.
     *
     * @param hasRoots whether groups broadcast or reduce to one of them
     */
    Schedule(long seed, boolean hasRoots) {
      this.hasRoots = hasRoots;
      random = new Random(seed * 0x9E3779B97F4A7C15L);
      isCalm = random.nextInt(3) == 0;
      simulation = new Simulation(seed);
      graph = anyGraph();
      SwitchSpec joint =
          new SwitchSpec(
              random.nextInt(300_000),
              1 + 100L * random.nextInt(1 << 30),
              random.nextInt(100_000),
              1 + random.nextInt(8),
              512,
              16,
              random.nextBoolean());
      HostSpec host = new HostSpec(random.nextInt(300_000), 1_000_000_000L);
      RepairSpec repair =
          new RepairSpec(
              3_000_000 + random.nextInt(5_000_000),
              random.nextInt(4),
              1_000_000 + random.nextInt(30_000_000),
              1 + random.nextInt(3),
              random.nextInt(50_000_000),
              random.nextInt(5_000_000),
              random.nextInt(5));
      network = new AggregationNetwork(simulation, new Stats(), graph, joint, host, repair);
      if (joint.ordered()) {
        count("schedules in order", 1);
      }
    }

    private Wire wire() {
      return new Wire(1_000_000_000L + random.nextInt(1 << 30) * 20L, random.nextInt(500_000));
    }

    private Graph anyGraph() {
      int hostCount = 2 + random.nextInt(9);
      int switchCount = 1 + random.nextInt(isCalm ? 2 : 6);
      Graph.Builder builder = new Graph.Builder();
      for (int i = 0; i < hostCount; i++) {
        hosts.add(builder.host("h" + i));
      }
      for (int i = 0; i < switchCount; i++) {
        switches.add(builder.join("s" + i, 64, random.nextInt(10) > 0));
      }
      List<Long> pairs = new ArrayList<>();
      for (int i = 1; i < switchCount; i++) {
        link(builder, pairs, switches.get(i), switches.get(random.nextInt(i)));
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        link(builder, pairs, any(switches), any(switches));
      }
      for (int host : hosts) {
        link(builder, pairs, host, any(switches));
        if (random.nextInt(4) == 0) {
          link(builder, pairs, host, any(switches));
        }
      }
      return builder.build();
    }

    private <T> T any(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    private void link(Graph.Builder builder, List<Long> pairs, int a, int b) {
      long pair = Math.min(a, b) * 1000L + Math.max(a, b);
      if (a != b && !pairs.contains(pair)) {
        pairs.add(pair);
        builder.link(a, b, wire());
      }
    }

    private DeadlineSpec deadline() {
      Substitute substitute = any(List.of(Substitute.values()));
      return new DeadlineSpec(
          1 + random.nextInt(20_000_000),
          random.nextInt(3) == 0,
          substitute,
          1 + random.nextInt(2),
          random.nextBoolean());
    }

    private GroupSpec group(String name) {
      List<Integer> members = new ArrayList<>();
      List<Integer> spares = new ArrayList<>();
      for (int host : hosts) {
        int lot = random.nextInt(6);
        if (lot < 4) {
          members.add(host);
        } else if (lot == 4) {
          spares.add(host);
        }
      }
      if (members.isEmpty()) {
        members.add(hosts.get(0));
        spares.remove(hosts.get(0));
      }
      long wireBytes = 1L + random.nextInt(4);
      long sumBytes = wireBytes * (1L + random.nextInt(2));
      return new GroupSpec(
          name,
          members,
          new NumberForm(wireBytes, sumBytes, random.nextInt(30)),
          wireBytes * (1L + random.nextInt(64)),
          1 + random.nextInt(4),
          1 + random.nextInt(network.joint.slots()),
          any(List.of(Admission.values())),
          random.nextBoolean(),
          deadline(),
          random.nextBoolean(),
          new GroupSpec.Spares(spares, random.nextInt(100_000), any(hosts)));
    }

    private TreeTask task(GroupSpec spec) {
      if (!hasRoots) {
        return TreeTask.ALL_REDUCE;
      }
      int root = random.nextInt(spec.members().size());
      return spec.deadline().isOn() || random.nextInt(4) == 0
          ? TreeTask.reduce(root)
          : TreeTask.broadcast(root);
    }

    private Fault fault() {
      int link = random.nextInt(graph.links());
      return switch (random.nextInt(7)) {
        case 0 -> new Fault.LinkDown(link);
        case 1 -> new Fault.LinkUp(link);
        case 2 -> new Fault.LinkRate(link, 1 + random.nextInt(1_000_000_000));
        case 3 -> new Fault.NodeDown(any(switches));
        case 4 -> new Fault.NodeDown(any(hosts));
        default -> new Fault.Straggler(any(hosts), random.nextInt(60_000_000));
      };
    }

    void run() {
      int groups = 1 + random.nextInt(3);
      for (int i = 0; i < groups; i++) {
        GroupSpec spec = group("g" + i);
        int group;
        try {
          group = network.group(spec);
        } catch (IllegalArgumentException none) {
          // No switch that adds is there for it: then its hosts must be allowed to.
          assertThat(spec.mayFallBack()).isFalse();
          assertThat(none).hasMessageContaining("switch");
          continue;
        }
        if (spec.pull()) {
          count("groups that pull", 1);
        }
        count("deadline " + spec.deadline().substitute(), 1);
        int operations = 1 + random.nextInt(4);
        expected += operations;
        long bytes = 1L + random.nextInt((int) (10 * spec.chunkBytes()));
        begin(group, spec, task(spec), bytes, operations);
      }
      if (isCalm) {
        // Nothing but a host that fails while it is needed.
        network.fault(new Fault.NodeDown(any(hosts)), random.nextInt(3_000_000));
        count("calm schedules", 1);
      }
      for (int link = 0; !isCalm && link < graph.links(); link++) {
        if (random.nextInt(6) == 0) {
          network.loss(link, random.nextDouble() * 0.4);
        }
      }
      for (int i = isCalm ? 0 : random.nextInt(6); i > 0; i--) {
        Fault fault = fault();
        count("fault " + fault.getClass().getSimpleName(), 1);
        long atPs = random.nextInt(random.nextBoolean() ? 20_000_000 : 200_000_000);
        network.fault(fault, atPs);
        if (fault instanceof Fault.LinkDown down && random.nextBoolean()) {
          network.fault(new Fault.LinkUp(down.link()), atPs + random.nextInt(50_000_000));
        }
      }
      simulation.stopAfter(MOST_EVENTS);
      simulation.run();
      assertThat(simulation.eventsFired()).isLessThan(MOST_EVENTS);
      check();
    }

    private void begin(int group, GroupSpec spec, TreeTask task, long bytes, int operations) {
      count("operations " + task.kind(), 1);
      network.call(
          group,
          task,
          bytes,
          Rig::value,
          result -> {
            results.add(result);
            check(spec, task, result);
            if (operations > 1) {
              begin(group, spec, task, bytes, operations - 1);
            }
          });
    }

    private void check(GroupSpec spec, TreeTask task, OperationResult result) {
      if (result.failed()) {
        return;
      }
      for (ChunkOutcome chunk : result.chunks()) {
        assertThat(chunk.delivered()).isTrue();
        if (spec.deadline().substitute() == Substitute.WAIT) {
          int members = spec.members().size();
          assertThat(chunk.added()).isEqualTo(task.contributors(members));
          if (members > 1 || task.root() < 0) {
            assertThat(result.latencyPs()).isPositive();
          }
        }
      }
      for (int member = 0; member < spec.members().size(); member++) {
        if (!task.wants(member)) {
          assertThat(result.hostPs().get(member)).isEqualTo(-1);
        } else if (!spec.deadline().isOn()) {
          assertThat(result.hostPs().get(member)).isNotNegative();
        }
      }
    }

    private void check() {
      assertThat(network.checkLaws()).isEmpty();
      assertThat(results).hasSize(expected);
      assertThat(network.waitingCount()).isZero();
      assertThat(network.slots.inUse()).isZero();
      assertThat(network.transport.underWayBytes()).isZero();
      AggregationStats stats = network.stats;
      count("retransmissions", stats.retransmissions.value());
      count("messages lost", stats.messagesLost.value());
      count("acknowledgements lost", stats.acksLost.value());
      count("messages given up", stats.givenUp.value());
      count("messages of old epochs", stats.oldEpochMessages.value());
      count("duplicates", stats.duplicates.value());
      count("late messages", stats.lateMessages.value());
      count("waits for a slot", stats.slotWaits.value());
      count("deadlines over", stats.expired.value());
      count("operations", stats.operations.value());
      count("operations failed", stats.operationsFailed.value());
      count("operations queued", stats.operationsQueued.value());
      count("operations refused", stats.operationsRefused.value());
      count("fall-backs", stats.fallBacks.value());
      count("rebuilds", stats.rebuilds.value());
      count("remaps", stats.remaps.value());
      count("spares used", stats.sparesUsed.value());
      count("chunks republished", stats.chunksRepublished.value());
      count("chunks complete", stats.chunksComplete.value());
      count("chunks substituted", stats.chunksSubstituted.value());
      count("contributions added", stats.contributionsAdded.value());
      count("contributions substituted", stats.contributionsSubstituted.value());
      count("contributions late", stats.contributionsLate.value());
      count("contributions failed", stats.contributionsFailed.value());
      count("stale contributions", stats.staleUsed.value());
    }
  }
}
