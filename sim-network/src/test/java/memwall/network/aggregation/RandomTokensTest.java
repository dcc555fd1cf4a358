package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import org.junit.jupiter.api.Test;

/**
 * Random networks whose groups exchange tokens beside such that reduce, with few slots and many
 * faults: every operation ends, no copy is lost or comes twice, no part is added twice. Each kind
 * of event must have happened often.
 */
final class RandomTokensTest {
  private static final int SCHEDULES = 3000;
  private static final int EACH_AT_LEAST = 100;
  private static final long MOST_EVENTS = 3_000_000;

  private final Map<String, Long> happened = new TreeMap<>();

  @Test
  void everyExchangeEndsAndLawsHold() {
    long seed = Long.getLong("memwall.seed", 2026);
    int schedules = Integer.getInteger("memwall.schedules", SCHEDULES);
    for (int run = 0; run < schedules; run++) {
      try {
        new Schedule(seed * 1_000_003 + run).run();
      } catch (RuntimeException | AssertionError wrong) {
        throw new AssertionError("memwall.seed=" + seed + ", schedule " + run, wrong);
      }
    }
    if (schedules == SCHEDULES) {
      happened.forEach(
          (event, times) ->
              assertThat(times).as(event + " of " + happened).isGreaterThan(EACH_AT_LEAST));
      assertThat(happened).hasSize(27);
    }
  }

  private void count(String event, long times) {
    happened.merge(event, times, Long::sum);
  }

  /** One network, its groups, and what happens to it. */
  private final class Schedule {
    private final Random random;
    private final Simulation simulation;
    private final Graph graph;
    private final int hosts;
    private final int switches;
    private final AggregationNetwork network;
    private int expected;
    private int ended;

    Schedule(long seed) {
      random = new Random(seed * 0x9E3779B97F4A7C15L);
      simulation = new Simulation(seed);
      hosts = 2 + random.nextInt(9);
      switches = 1 + random.nextInt(5);
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
              0,
              random.nextInt(5));
      network = new AggregationNetwork(simulation, new Stats(), graph, joint, host, repair);
    }

    private Graph anyGraph() {
      Graph.Builder builder = new Graph.Builder();
      for (int i = 0; i < hosts; i++) {
        builder.host("h" + i);
      }
      for (int i = 0; i < switches; i++) {
        builder.join("s" + i, 64, random.nextInt(8) > 0);
      }
      Set<Long> pairs = new HashSet<>();
      for (int i = 1; i < switches; i++) {
        link(builder, pairs, hosts + i, hosts + random.nextInt(i));
      }
      for (int i = random.nextInt(5); i > 0; i--) {
        link(builder, pairs, anySwitch(), anySwitch());
      }
      for (int host = 0; host < hosts; host++) {
        link(builder, pairs, host, anySwitch());
        if (random.nextInt(3) == 0) {
          link(builder, pairs, host, anySwitch());
        }
      }
      return builder.build();
    }

    private int anySwitch() {
      return hosts + random.nextInt(switches);
    }

    private void link(Graph.Builder builder, Set<Long> pairs, int a, int b) {
      if (a != b && pairs.add(Math.min(a, b) * 1000L + Math.max(a, b))) {
        builder.link(
            a,
            b,
            new Wire(1_000_000_000L + random.nextInt(1 << 30) * 20L, random.nextInt(500_000)));
      }
    }

    private GroupSpec group(String name) {
      List<Integer> members = new ArrayList<>();
      for (int host = 0; host < hosts; host++) {
        if (random.nextInt(5) > 0) {
          members.add(host);
        }
      }
      if (members.isEmpty()) {
        members.add(0);
      }
      return new GroupSpec(
          name,
          members,
          new NumberForm(1, 1, random.nextInt(30)),
          1L + random.nextInt(256),
          1 + random.nextInt(6),
          1 + random.nextInt(network.joint.slots()),
          List.of(Admission.values()).get(random.nextInt(Admission.values().length)),
          random.nextBoolean(),
          DeadlineSpec.NONE,
          random.nextBoolean(),
          GroupSpec.Spares.NONE);
    }

    private Fault fault() {
      int link = random.nextInt(graph.links());
      return switch (random.nextInt(8)) {
        case 0, 1 -> new Fault.LinkDown(link);
        case 2 -> new Fault.LinkUp(link);
        case 3 -> new Fault.LinkRate(link, 1 + random.nextInt(1_000_000_000));
        case 4, 5 -> new Fault.NodeDown(anySwitch());
        case 6 -> new Fault.NodeDown(random.nextInt(hosts));
        default -> new Fault.Straggler(random.nextInt(hosts), random.nextInt(60_000_000));
      };
    }

    void run() {
      int groups = 1 + random.nextInt(3);
      for (int i = 0; i < groups; i++) {
        GroupSpec spec = group("g" + i);
        int trees = random.nextInt(5);
        int operations = 1 + random.nextInt(4);
        try {
          if (random.nextInt(4) == 0) {
            int group = network.group(spec);
            expected += operations;
            reduce(group, 1L + random.nextInt(2000), operations);
          } else {
            int group = network.tokenGroup(spec, trees);
            expected += operations;
            count(trees == 0 ? "plain groups" : "groups in the network", 1);
            exchange(group, spec.members().size(), random.nextBoolean(), operations);
          }
        } catch (IllegalArgumentException none) {
          assertThat(spec.mayFallBack()).isFalse();
          assertThat(none).hasMessageContaining("switch");
        }
      }
      for (int link = 0; link < graph.links(); link++) {
        if (random.nextInt(6) == 0) {
          network.loss(link, random.nextDouble() * 0.4);
        }
      }
      for (int i = random.nextInt(6); i > 0; i--) {
        Fault fault = fault();
        count("fault " + fault.getClass().getSimpleName(), 1);
        long atPs = random.nextInt(random.nextBoolean() ? 10_000_000 : 200_000_000);
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

    private void reduce(int group, long bytes, int operations) {
      network.reduce(
          group,
          bytes,
          Rig::value,
          result -> {
            ended++;
            if (operations > 1) {
              reduce(group, bytes, operations - 1);
            }
          });
    }

    private void exchange(int group, int members, boolean combine, int operations) {
      count(combine ? "combines" : "dispatches", 1);
      TokenSets sets = TokenTest.any(random, members, 1 + random.nextInt(25), 6);
      network.exchange(
          group,
          combine,
          sets,
          1L + random.nextInt(400),
          Rig::value,
          result -> {
            ended++;
            assertThat(result.arrived() == result.parts() || result.failed()).isTrue();
            count(result.byHosts() ? "by hosts" : "by switches", 1);
            if (operations > 1) {
              exchange(group, members, !combine, operations - 1);
            }
          });
    }

    private void check() {
      assertThat(network.checkLaws()).isEmpty();
      assertThat(ended).isEqualTo(expected);
      assertThat(network.waitingCount()).isZero();
      assertThat(network.slotsInUse()).isZero();
      assertThat(network.transport.underWayBytes()).isZero();
      AggregationStats stats = network.stats;
      count("retransmissions", stats.retransmissions.value());
      count("messages lost", stats.messagesLost.value());
      count("acknowledgements lost", stats.acksLost.value());
      count("messages given up", stats.givenUp.value());
      count("messages of old epochs", stats.oldEpochMessages.value());
      count("duplicates", stats.duplicates.value());
      count("operations failed", stats.operationsFailed.value());
      count("operations queued", stats.operationsQueued.value());
      count("operations refused", stats.operationsRefused.value());
      count("fall-backs", stats.fallBacks.value());
      count("rebuilds", stats.rebuilds.value());
      count("slots taken", stats.slotsTaken.value());
      count("parts arrived", stats.tokenPartsArrived.value());
      count("parts failed", stats.tokenPartsFailed.value());
      count("parts passed", stats.tokenPartsPassed.value());
      count("additions in switches", stats.switchAdderBusyPs.value() > 0 ? 1 : 0);
    }
  }
}
