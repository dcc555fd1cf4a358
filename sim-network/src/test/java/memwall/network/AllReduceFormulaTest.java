package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AllReduceFormulaTest {
  private static void check(NetworkSpec spec, String name, int ranks, long bytes, boolean full) {
    NetworkSpec chosen = spec.withAllReduce(name);
    AllReduceFormula formula = new AllReduceFormula(chosen, ranks);
    Rig rig = new Rig(chosen, ranks, full ? ranks : 1);
    long expectedPs = formula.latencyPs(bytes);
    rig.allReduce(bytes);
    if (expectedPs > 0) {
      rig.simulation.runUntil(expectedPs - 1);
      assertThat(rig.doneAtPs)
          .as("%s, %s ranks, %s B, a picosecond early: %s", name, ranks, bytes, spec)
          .containsOnly(-1L);
    }
    rig.simulation.run();
    assertThat(rig.doneAtPs)
        .as("%s, %s ranks, %s B: %s", name, ranks, bytes, spec)
        .containsOnly(expectedPs);
    assertThat(rig.network.checkLaws()).isEmpty();
  }

  @Test
  void unloadedAllReduceTakesItsClosedFormToThePicosecond() {
    long seed = Long.getLong("memwall.seed", 20261122);
    Random random = new Random(seed);
    for (int round = 0; round < 400; round++) {
      NetworkSpec spec = Rig.random(random);
      for (String name : Rig.KINDS_AND_LIBRARY) {
        int ranks = 2 + random.nextInt(15);
        check(spec, name, ranks, Rig.randomBytes(random, 20), round % 4 == 0);
      }
    }
  }

  @Test
  void chunksAtTheEdgesOfSlotsAndWindows() {
    for (long rate : List.of(1_000_000_000L, 40_000_000_000L, 3_200_000_000_000L)) {
      for (int slots : List.of(1, 2, 3, 7, 64)) {
        NetworkSpec spec =
            Rig.spec(
                100_000_000_000L,
                100_000,
                100_000,
                new Overheads(1, 1000, 2000, 3000),
                new ReductionSpec(rate, 50_000, slots, 1000));
        for (long chunks = 1; chunks < 20; chunks++) {
          for (long bytes : List.of(1000 * chunks - 1, 1000 * chunks, 1000 * chunks + 1)) {
            check(spec, "in-network", 4, bytes, true);
          }
        }
      }
    }
  }

  @Test
  void formulasByHand() {
    // 100 GB/s: 10 ps per byte; path 300 ns; sync 20 ns; 5 ns per message; launch 1000 ns.
    NetworkSpec spec =
        Rig.spec(
            100_000_000_000L,
            100_000,
            100_000,
            new Overheads(1, 1_000_000, 20_000, 5_000),
            new ReductionSpec(1_600_000_000_000L, 7_000, 4, 1000));
    AllReduceFormula formula = new AllReduceFormula(spec, 8);
    List<AllReduceSpec> kinds = spec.allReduces();
    // 4001 B: pieces of 501 B, 5.01 ns each.
    assertThat(formula.latencyPs(kinds.get(0), 4001))
        .isEqualTo(1_000_000 + 14 * (5_000 + 5_010 + 320_000));
    assertThat(formula.latencyPs(kinds.get(1), 4001))
        .isEqualTo(1_000_000 + 7 * (5_000 + 40_010) + 320_000);
    assertThat(formula.latencyPs(kinds.get(2), 4001))
        .isEqualTo(1_000_000 + 2 * (7 * (5_000 + 5_010) + 320_000));
    // Chunks of 1000 B every 10 ns; round trip 317 ns; after 4 slots the 5th waits for the first.
    assertThat(formula.latencyPs(kinds.get(3), 4001))
        .isEqualTo(1_000_000 + 25_000 + (10_000 + 307_000) + (10 + 307_000));
  }

  @Test
  void zeroBytesCostTheLaunchAndOneRankNothing() {
    NetworkSpec spec = Rig.plain();
    assertThat(new AllReduceFormula(spec, 8).latencyPs(0)).isEqualTo(1_000_000);
    assertThat(new AllReduceFormula(spec, 1).latencyPs(1 << 20)).isZero();
    for (String name : Rig.KINDS) {
      check(spec, name, 8, 0, true);
      check(spec, name, 1, 0, true);
      check(spec, name, 1, 1 << 20, true);
    }
  }

  @Test
  void autoTakesTheLeastAndKeepsLimits() {
    Overheads fast = new Overheads(1, 0, 0, 0);
    Overheads slow = new Overheads(0.1, 0, 0, 0);
    NetworkSpec spec =
        new NetworkSpec(
            NetworkSpec.Topology.STAR,
            8,
            100_000_000_000L,
            100_000,
            100_000,
            0,
            fast,
            List.of(
                new AllReduceSpec("ring", AllReduceKind.RING, slow, 2, Long.MAX_VALUE),
                new AllReduceSpec("one-shot", AllReduceKind.ONE_SHOT, fast, 4, 65_536),
                new AllReduceSpec("two-shot", AllReduceKind.TWO_SHOT, fast, 4, 1 << 20)),
            NetworkSpec.AUTO,
            List.of(),
            null);
    AllReduceFormula eight = new AllReduceFormula(spec, 8);
    assertThat(eight.chosen(64).name()).isEqualTo("one-shot");
    assertThat(eight.chosen(65_536).name()).isEqualTo("two-shot");
    assertThat(eight.chosen((1 << 20) + 1).name()).isEqualTo("ring");
    assertThat(new AllReduceFormula(spec, 2).chosen(64).name()).isEqualTo("ring");
    Random random = new Random(5);
    for (int i = 0; i < 1000; i++) {
      long bytes = Rig.randomBytes(random, 24);
      long leastPs =
          spec.allReduces().stream()
              .filter(one -> bytes <= one.maxBytes())
              .mapToLong(one -> eight.latencyPs(one, bytes))
              .min()
              .orElseThrow();
      assertThat(eight.latencyPs(bytes)).isEqualTo(leastPs);
    }
  }

  @Test
  void autoIsChosenBySizeInTheEventModelToo() {
    Random random = new Random(11);
    NetworkSpec spec = Rig.plain();
    for (int i = 0; i < 100; i++) {
      check(spec, NetworkSpec.AUTO, 2 + random.nextInt(15), Rig.randomBytes(random, 26), false);
    }
  }

  @Test
  void refusesWhatIsImpossible() {
    NetworkSpec spec = Rig.plain().withPorts(8);
    assertThatThrownBy(() -> new AllReduceFormula(spec, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("9 ranks do not fit a network of 8 ports");
    assertThatThrownBy(() -> new AllReduceFormula(spec, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AllReduceFormula(spec, 2).latencyPs(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("all-reduce of -1 bytes: must be >= 0");
  }
}
