package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.leap.StateSink;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;
import memwall.network.endpoint.FabricRun;
import org.junit.jupiter.api.Test;

class FabricNetworkTest {
  private static final String TAIL =
      """
      endpoint: { send: 100 ns, receive: 70 ns, notify: 30 ns, add_rate: 2 TB/s }
      link_energy: 2 pJ/bit
      """;

  private static FabricNetworkSpec spec(String text) {
    Faults faults = new Faults();
    Config config = ConfigLoader.fromText("network", text, List.of(), Presets.builtIn(), faults);
    InterconnectSpec spec = InterconnectSpec.read(config);
    faults.throwIfAny();
    return (FabricNetworkSpec) spec;
  }

  private static FabricNetworkSpec spec(String fabric, String allReduce, String more) {
    return spec(
        "fabric: "
            + fabric
            + "\ncollectives: { launch: 2 us, all_reduce: "
            + allReduce
            + " }\n"
            + more
            + TAIL);
  }

  private static final List<FabricNetworkSpec> SPECS =
      List.of(
          spec("switch-8", "ring", ""),
          spec("switch-8", "two-shot", ""),
          spec("torus-8x8", "ring", "node_stride: 8\n"),
          spec("mesh-4x4", "recursive-doubling", ""),
          spec("dragonfly-72", "double-tree", "node_stride: 9\n"),
          spec("fat-tree-64", "one-shot", "node_stride: 5\n"));

  /** A script of collectives, messages and events that do nothing, in a simulation. */
  private static final class Script {
    final Simulation simulation = new Simulation(3);
    final Stats stats = new Stats();
    final FabricNetwork network;
    final List<String> ends = new ArrayList<>();

    Script(FabricNetworkSpec spec, int ranks, int simulatedRanks, boolean reserves) {
      network =
          new FabricNetwork(simulation, stats.child("net"), spec, ranks, simulatedRanks, reserves);
    }

    void allReduce(int rank, long bytes, long atPs) {
      Event event =
          simulation.event(
              "call" + ends.size() + "." + rank + "." + atPs,
              ignored -> network.allReduce(rank, bytes, this::done, rank));
      event.at(atPs, 0);
    }

    void send(int from, int to, long bytes, long atPs) {
      Event event =
          simulation.event(
              "send" + from + "." + to + "." + atPs,
              ignored -> network.send(from, to, bytes, this::done, 1_000 + to));
      event.at(atPs, 0);
    }

    void nothing(long atPs) {
      simulation.event("nothing" + atPs, ignored -> {}).at(atPs, 0);
    }

    private void done(long word) {
      ends.add(word + " " + simulation.nowPs());
    }

    Snapshot run() {
      simulation.run();
      assertThat(network.checkLaws()).isEmpty();
      assertThat(network.waitingCount()).isZero();
      return stats.snapshot(simulation.nowPs());
    }
  }

  private static long plainPs(FabricNetworkSpec spec, int ranks, long bytes) {
    Algorithm algorithm = new FabricFormula(spec, ranks).allReduce(bytes).algorithm();
    CollectiveShape shape = spec.shape(ranks, bytes);
    assertThat(spec.nodeStride()).isOne();
    return spec.launchPs()
        + FabricRun.run(
                algorithm.schedule(shape),
                spec.fabric(),
                spec.messages(),
                spec.endpoint(),
                false,
                1,
                1)
            .totalPs();
  }

  /** Alone, an all-reduce takes as long as the same schedule run by itself, whenever it begins. */
  @Test
  void oneOperationIsTheScheduleAlone() {
    for (FabricNetworkSpec spec : List.of(SPECS.get(0), SPECS.get(1), SPECS.get(3))) {
      int ranks = spec.ports() == 16 ? 16 : 6;
      for (long bytes : new long[] {1, 1_000, 65_536}) {
        long expectedPs = plainPs(spec, ranks, bytes);
        for (int simulated : new int[] {1, ranks}) {
          Script script = new Script(spec, ranks, simulated, true);
          long atPs = 0;
          for (int round = 0; round < 3; round++) {
            for (int rank = 0; rank < simulated; rank++) {
              script.allReduce(rank, bytes, atPs);
            }
            atPs += 777_777_777L;
          }
          script.run();
          assertThat(script.ends).hasSize(3 * simulated);
          for (int round = 0; round < 3; round++) {
            List<String> ends = script.ends.subList(round * simulated, (round + 1) * simulated);
            long lastPs = 0;
            for (String end : ends) {
              lastPs = Math.max(lastPs, Long.parseLong(end.substring(end.indexOf(' ') + 1)));
            }
            assertThat(lastPs - round * 777_777_777L).isEqualTo(expectedPs);
          }
        }
      }
    }
  }

  /** Operations taken as a whole, and events in between, change neither times nor counts. */
  @Test
  void reservationsChangeNothing() {
    for (int seed = 0; seed < 90; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FabricNetworkSpec spec = SPECS.get(seed % SPECS.size());
      int ranks = Math.min(spec.ports(), 2 + random.nextInt(7));
      Script plain = new Script(spec, ranks, 1, false);
      Script fast = new Script(spec, ranks, 1, true);
      long[] sizes = {1 + random.nextLong(100), 1 + random.nextLong(40_000)};
      long atPs = 0;
      for (int i = 0; i < 8; i++) {
        // At times back to back, at times while the one before is under way.
        atPs += random.nextLong(random.nextBoolean() ? 3_000_000 : 60_000_000);
        long bytes = random.nextInt(9) == 0 ? 0 : sizes[random.nextInt(2)];
        plain.allReduce(0, bytes, atPs);
        fast.allReduce(0, bytes, atPs);
        if (random.nextInt(3) == 0) {
          long sendPs = atPs + random.nextLong(12_000_000);
          int to = random.nextInt(ranks);
          long size = random.nextLong(5_000);
          plain.send(0, to, size, sendPs);
          fast.send(0, to, size, sendPs);
        }
        for (int j = random.nextInt(4); j > 0; j--) {
          fast.nothing(atPs + random.nextLong(20_000_000));
        }
      }
      Snapshot expected = plain.run();
      Snapshot actual = fast.run();
      assertThat(fast.ends).as("seed %d", seed).isEqualTo(plain.ends);
      for (String name :
          List.of("messages", "message_bytes", "link_flits", "lockstep_wait_ps", "link_energy")) {
        assertThat(actual.number("net." + name))
            .as(name + ", seed %d", seed)
            .isEqualTo(expected.number("net." + name));
      }
      assertThat(fast.simulation.eventsFired()).isPositive();
    }
  }

  /** A known operation costs two events, its launch and its end. */
  @Test
  void knownOperationsAreOneEvent() {
    Script script = new Script(SPECS.get(0), 8, 1, true);
    for (int i = 0; i < 100; i++) {
      script.allReduce(0, 4_096, i * 1_000_000_000L);
    }
    script.run();
    long many = script.simulation.eventsFired();
    Script one = new Script(SPECS.get(0), 8, 1, true);
    one.allReduce(0, 4_096, 0);
    one.run();
    assertThat(many - one.simulation.eventsFired()).isEqualTo(3 * 99);
  }

  /** Ranks that call one by one; what happens elsewhere in the machine does not matter. */
  @Test
  void ranksOneByOne() {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FabricNetworkSpec spec = SPECS.get(seed % SPECS.size());
      int ranks = Math.min(spec.ports(), 2 + random.nextInt(6));
      Script quiet = new Script(spec, ranks, ranks, true);
      Script busy = new Script(spec, ranks, ranks, true);
      for (int operation = 0; operation < 3; operation++) {
        long bytes = 1 + random.nextLong(20_000);
        for (int rank = 0; rank < ranks; rank++) {
          long atPs = operation * 9_000_000L + random.nextLong(9_000_000);
          quiet.allReduce(rank, bytes, atPs);
          busy.allReduce(rank, bytes, atPs);
        }
      }
      quiet.send(0, ranks - 1, 3_000, 4_000_000);
      busy.send(0, ranks - 1, 3_000, 4_000_000);
      for (int i = 0; i < 200; i++) {
        busy.nothing(random.nextLong(40_000_000));
      }
      quiet.run();
      busy.run();
      assertThat(busy.ends).as("seed %d", seed).isEqualTo(quiet.ends);
      assertThat(quiet.ends).hasSize(3 * ranks + 1);
    }
  }

  /** Folded, all end with the last rank: never before any rank does when each is simulated. */
  @Test
  void foldedEndsWithTheLast() {
    for (FabricNetworkSpec spec : SPECS) {
      int ranks = Math.min(8, spec.ports());
      Script folded = new Script(spec, ranks, 1, true);
      folded.allReduce(0, 30_000, 0);
      Snapshot one = folded.run();
      Script all = new Script(spec, ranks, ranks, true);
      for (int rank = 0; rank < ranks; rank++) {
        all.allReduce(rank, 30_000, 0);
      }
      Snapshot each = all.run();
      String last = all.ends.get(all.ends.size() - 1);
      String end = folded.ends.get(0);
      assertThat(end.substring(end.indexOf(' '))).isEqualTo(last.substring(last.indexOf(' ')));
      for (String name : List.of("messages", "message_bytes", "link_flits", "collectives_done")) {
        assertThat(one.number("net." + name)).isEqualTo(each.number("net." + name));
      }
    }
  }

  /** F3: nothing is faster than the closed form; alone on a switch, a message is not slower. */
  @Test
  void theClosedFormIsABound() {
    for (FabricNetworkSpec spec : SPECS) {
      int ranks = Math.min(8, spec.ports());
      CollectiveTime formula = spec.allReduceTime(ranks);
      for (long bytes : new long[] {0, 1, 500, 20_000, 1 << 20}) {
        Script script = new Script(spec, ranks, 1, true);
        script.allReduce(0, bytes, 0);
        script.run();
        String end = script.ends.get(0);
        long simulatedPs = Long.parseLong(end.substring(end.indexOf(' ') + 1));
        assertThat(simulatedPs).isGreaterThanOrEqualTo(formula.latencyPs(bytes));
        assertThat(simulatedPs).isLessThan(2 * formula.latencyPs(bytes));
      }
    }
    FabricNetworkSpec ring = SPECS.get(0);
    Script script = new Script(ring, 8, 1, true);
    script.allReduce(0, 8 * 256, 0);
    script.run();
    assertThat(script.ends).containsExactly("0 " + ring.allReduceTime(8).latencyPs(8 * 256));
  }

  /** Moved in time while an operation is known to be under way, it ends as much later. */
  @Test
  void shifting() {
    Script script = new Script(SPECS.get(0), 8, 1, true);
    script.allReduce(0, 5_000, 0);
    script.simulation.run();
    long lengthPs = script.simulation.nowPs();
    script.allReduce(0, 5_000, 1_000_000_000L);
    script.simulation.runUntil(1_000_000_000L + lengthPs / 2);
    List<Long> state = new ArrayList<>();
    StateSink sink = state::add;
    script.network.describe(sink);
    script.network.shift(123_456_789L);
    script.simulation.run();
    assertThat(script.simulation.nowPs()).isEqualTo(1_000_000_000L + lengthPs + 123_456_789L);
    assertThat(state).contains(0L);
    assertThat(script.network.checkLaws()).isEmpty();
  }

  @Test
  void faultsOfTheDescription() {
    assertThatThrownBy(() -> spec("fabric: switch-8\ncollectives: { all_reduce: quick }\n" + TAIL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is 'quick', allowed are ring, recursive-doubling")
        .hasMessageContaining("auto");
    assertThatThrownBy(() -> new Script(SPECS.get(2), 9, 1, true))
        .hasMessageContaining("9 ranks do not fit a network of 8 ports");
    assertThatThrownBy(() -> new Script(SPECS.get(0), 8, 4, true))
        .hasMessageContaining("simulated ranks 4 must be 1 or 8");
    Script script = new Script(SPECS.get(0), 8, 8, true);
    script.allReduce(0, 5, 0);
    script.allReduce(1, 6, 0);
    assertThatThrownBy(script.simulation::run).hasMessageContaining("another rank called it");
  }
}
