package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.stat.Snapshot;
import memwall.core.unit.Units;
import org.junit.jupiter.api.Test;

/** Late ranks, deadlines, losses and failures on the trees of a machine. */
class TreeMishapsTest {
  private static TreeNetworkSpec spec(String deadline, String more) {
    return TreeScript.spec(
        TreeScript.STAR,
        TreeScript.TREE,
        deadline,
        "in_network: { use: always, launch: 1500 ns",
        more,
        " }\n");
  }

  private static final String STALE = "  deadline: { wait: 4 us, substitute: stale }\n";
  private static final String LATE = ", stragglers: { share: 0.1, late: 30 us }";

  private static TreeScript chain(TreeNetworkSpec spec, int simulated, boolean reserves) {
    TreeScript script = new TreeScript(spec, 8, simulated, reserves);
    for (int i = 0; i < 60; i++) {
      script.all(Collective.ALL_REDUCE, i % 3 == 0 ? 9_000 : 2_000, 1_000_000_000L * i);
    }
    return script;
  }

  /** Everything is the same whether operations in which nobody is late are simulated or not. */
  @Test
  void operationsWithoutLateRanksAreKnown() {
    for (String deadline : List.of("", STALE)) {
      TreeScript plain = chain(spec(deadline, LATE), 1, false);
      TreeScript fast = chain(spec(deadline, LATE), 1, true);
      Snapshot expected = plain.run();
      Snapshot actual = fast.run();
      assertThat(fast.ends).isEqualTo(plain.ends);
      assertThat(actual.values()).isEqualTo(expected.values());
      assertThat(actual.histograms().toString()).isEqualTo(expected.histograms().toString());
      assertThat(fast.simulation.eventsFired()).isLessThan(plain.simulation.eventsFired());
      assertThat(TreeScript.stat(actual, "late_members")).isBetween(20L, 80L);
    }
  }

  /** The same ranks are late, and the same is in the results, folded or not. */
  @Test
  void foldedIsUnfolded() {
    for (String deadline : List.of("", STALE)) {
      TreeScript folded = chain(spec(deadline, LATE), 1, true);
      TreeScript all = chain(spec(deadline, LATE), 8, true);
      Snapshot one = folded.run();
      Snapshot each = all.run();
      assertThat(folded.lastEnds()).isEqualTo(all.lastEnds());
      for (String name :
          List.of(
              "late_members",
              "contributions",
              "contributions_added",
              "contributions_late",
              "contributions_substituted",
              "stale_used",
              "expired",
              "sent_bytes",
              "rank_calls")) {
        assertThat(TreeScript.stat(one, name)).as(name).isEqualTo(TreeScript.stat(each, name));
      }
    }
  }

  /** A deadline takes the late ranks' times off the tail, and costs data. */
  @Test
  void aDeadlineGainsAtTheTail() {
    TreeScript without = chain(spec("", LATE), 1, true);
    TreeScript with = chain(spec(STALE, LATE), 1, true);
    Snapshot all = without.run();
    Snapshot some = with.run();
    assertThat(TreeScript.stat(all, "contributions_added"))
        .isEqualTo(TreeScript.stat(all, "contributions"));
    assertThat(some.number("net.tree.substituted_share")).isBetween(0.02, 0.2);
    assertThat(TreeScript.stat(some, "stale_used")).isPositive();
    // Each of at most two levels waits, for each of five chunks at most, once.
    long formPs = spec(STALE, LATE).allReduceTime(8).latencyPs(9_000);
    for (TreeScript.End end : with.ends) {
      assertThat(end.endPs() - end.callPs()).isLessThanOrEqualTo(formPs + 4_000_000);
    }
    assertThat(Arrays.stream(without.lastEnds()).map(at -> at % 1_000_000_000L).max().getAsLong())
        .isGreaterThan(30_000_000);
  }

  /**
   * Ranks one by one with a deadline: the first rank's chunks wait at most half the time at a leaf
   * and all of it at the root, and go on from both without cut-through. So long after the first
   * call all have their results, and who comes later is done when its launch is.
   */
  @Test
  void nobodyIsWaitedForLonger() {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      for (String substitute : List.of("zero", "stale", "partial-sum", "partial-mean")) {
        TreeNetworkSpec spec =
            spec("  deadline: { wait: 4 us, substitute: " + substitute + " }\n", "");
        TreeScript script = new TreeScript(spec, 8, 8, true);
        long bytes = 1 + random.nextLong(20_000);
        long firstPs = Long.MAX_VALUE;
        for (int rank = 0; rank < 8; rank++) {
          long atPs = random.nextLong(20_000_000);
          firstPs = Math.min(firstPs, atPs);
          script.allReduce(rank, bytes, atPs);
        }
        Snapshot end = script.run();
        long waitsPs = 2_000_000 + 4_000_000 + 2 * Units.transferPs(2_048, 25_000_000_000L);
        long formPs = spec.allReduceTime(8).latencyPs(bytes);
        for (TreeScript.End each : script.ends) {
          assertThat(each.endPs())
              .as("seed %d", seed)
              .isLessThanOrEqualTo(
                  Math.max(firstPs + formPs + waitsPs, each.callPs() + spec.launchPs()));
        }
        assertThat(
                TreeScript.stat(end, "contributions_added")
                    + TreeScript.stat(end, "contributions_late")
                    + TreeScript.stat(end, "contributions_substituted"))
            .isEqualTo(TreeScript.stat(end, "contributions"));
      }
    }
  }

  /** The tree goes on without a rank that is operations behind; that one finds its results. */
  @Test
  void aRankBehind() {
    TreeNetworkSpec spec = spec(STALE, "");
    TreeScript script = new TreeScript(spec, 8, 8, true);
    for (int i = 0; i < 4; i++) {
      for (int rank = 0; rank < 8; rank++) {
        script.allReduce(rank, 2_000, 20_000_000L * i + (rank == 3 ? 500_000_000L : 0));
      }
    }
    Snapshot end = script.run();
    for (TreeScript.End each : script.ends) {
      long tookPs = each.endPs() - each.callPs();
      if (each.rank() == 3) {
        assertThat(tookPs).isEqualTo(spec.launchPs());
      } else {
        assertThat(each.endPs()).isLessThan(400_000_000);
      }
    }
    assertThat(TreeScript.stat(end, "contributions_substituted")).isEqualTo(4);
  }

  /** What stands in depends on all before: such states are like no other; zeros do not. */
  @Test
  void staleDataAreHistory() {
    for (String substitute : List.of("zero", "stale")) {
      TreeNetworkSpec spec =
          spec("  deadline: { wait: 4 us, substitute: " + substitute + " }\n", "");
      TreeScript script = new TreeScript(spec, 8, 8, true);
      List<Long> fresh = new ArrayList<>();
      script.network.describe(fresh::add);
      for (int rank = 0; rank < 8; rank++) {
        script.allReduce(rank, 2_000, rank == 7 ? 50_000_000 : 0);
      }
      Snapshot end = script.run();
      assertThat(TreeScript.stat(end, "expired")).isPositive();
      List<Long> later = new ArrayList<>();
      script.network.describe(later::add);
      assertThat(later.equals(fresh)).isEqualTo(substitute.equals("zero"));
    }
  }

  /** A broken tree: the ordinary network does it, each rank once; and the tree after a repair. */
  @Test
  void theOrdinaryNetworkDoesWhatTheTreeCannot() {
    String faults =
        ", faults: [{ at: 1002 us, what: link-down, from: h2, to: l0 },"
            + " { at: 20 ms, what: link-up, from: h2, to: l0 }]";
    for (int simulated : new int[] {1, 8}) {
      TreeNetworkSpec spec = spec("", faults);
      TreeScript script = new TreeScript(spec, 8, simulated, true);
      long[] atPs = {0, 1_000_000_000L, 10_000_000_000L, 30_000_000_000L, 40_000_000_000L};
      for (long each : atPs) {
        script.all(Collective.ALL_REDUCE, 20_000, each);
      }
      Snapshot end = script.run();
      long treePs = spec.allReduceTime(8).latencyPs(20_000);
      long plainPs = spec.plain().allReduceTime(8).latencyPs(20_000);
      long[] ends = script.lastEnds();
      assertThat(ends[0]).isEqualTo(treePs);
      assertThat(ends[1] - atPs[1]).isGreaterThan(plainPs + 1_000_000_000L);
      assertThat(ends[2] - atPs[2]).isBetween(plainPs, plainPs + spec.launchPs());
      assertThat(ends[4] - atPs[4]).isEqualTo(treePs);
      assertThat(TreeScript.stat(end, "operations_failed")).isEqualTo(1);
      assertThat(TreeScript.stat(end, "fallen_back")).isEqualTo(2);
    }
  }

  /** Any mishaps, any calls: every call completes once, no law is broken, and it is repeatable. */
  @Test
  void anything() {
    long fallenBack = 0;
    long rebuilds = 0;
    long substituted = 0;
    long lost = 0;
    for (int seed = 0; seed < 400; seed++) {
      List<List<TreeScript.End>> twice = new ArrayList<>();
      for (int turn = 0; turn < 2; turn++) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean hasDeadline = random.nextBoolean();
        String more =
            (random.nextBoolean() ? LATE : "")
                + (random.nextInt(3) == 0 ? ", loss: 0.02" : "")
                + (random.nextInt(2) == 0
                    ? ", random_faults: { links: 0.03 s, repair: 0.002 s, switches: 0.1 s, hosts: 1 s }"
                    : "")
                + (random.nextInt(3) == 0
                    ? ", hosts: [h0..h5], spares: { hosts: [h6, h7], state: 1 MB, from: s0 }"
                    : "");
        int ranks = 2 + random.nextInt(5);
        int simulated = random.nextBoolean() ? 1 : ranks;
        TreeNetworkSpec spec = spec(hasDeadline ? STALE : "", more);
        TreeScript script = new TreeScript(spec, ranks, simulated, true, seed);
        long atPs = 0;
        long[] callPs = new long[simulated];
        for (int i = 0; i < 12; i++) {
          atPs += random.nextLong(random.nextBoolean() ? 3_000_000 : 900_000_000);
          long bytes = 1 + random.nextLong(9_000);
          Collective collective =
              random.nextInt(5) == 0 ? Collective.ALL_GATHER : Collective.ALL_REDUCE;
          for (int rank = 0; rank < simulated; rank++) {
            callPs[rank] = Math.max(callPs[rank] + 1, atPs + random.nextLong(5_000_000));
            script.call(collective, rank, bytes, callPs[rank]);
          }
        }
        Snapshot end = script.run();
        twice.add(script.ends);
        fallenBack += TreeScript.stat(end, "fallen_back");
        rebuilds += TreeScript.stat(end, "rebuilds");
        substituted += TreeScript.stat(end, "contributions_substituted");
        lost += TreeScript.stat(end, "messages_lost");
      }
      assertThat(twice.get(1)).as("seed %d", seed).isEqualTo(twice.get(0));
    }
    assertThat(List.of(fallenBack, rebuilds, substituted, lost)).allMatch(count -> count > 50);
  }
}
