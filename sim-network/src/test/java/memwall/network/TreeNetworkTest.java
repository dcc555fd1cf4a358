package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.stat.Snapshot;
import org.junit.jupiter.api.Test;

class TreeNetworkTest {
  private static final String ALWAYS = "in_network: { use: always, launch: 1500 ns }\n";
  private static final String AUTO = "in_network: { use: auto, launch: 1500 ns }\n";

  private static final List<TreeNetworkSpec> SPECS =
      List.of(
          TreeScript.spec(TreeScript.STAR, TreeScript.TREE, ALWAYS),
          TreeScript.spec(TreeScript.ROUTERS, TreeScript.TREE, ALWAYS),
          TreeScript.spec(TreeScript.STAR, TreeScript.TREE, AUTO),
          TreeScript.spec(TreeScript.ROUTERS, TreeScript.TREE, AUTO),
          TreeScript.spec(TreeScript.ROUTERS, "aggregation: nvls-8\n", ALWAYS));

  /** Alone, an all-reduce takes the closed form, folded or not, whenever it begins. */
  @Test
  void oneOperationIsTheClosedForm() {
    for (TreeNetworkSpec spec : SPECS.subList(0, 4)) {
      for (int ranks : new int[] {2, 3, 4, 5, 8}) {
        CollectiveTime form = spec.allReduceTime(ranks);
        for (long bytes : new long[] {1, 2_048, 2_049, 70_000, 1 << 20}) {
          if (!new TreeTime(spec, ranks).usesTree(bytes)) {
            continue;
          }
          for (int simulated : new int[] {1, ranks}) {
            TreeScript script = new TreeScript(spec, ranks, simulated, true);
            for (int round = 0; round < 3; round++) {
              script.all(Collective.ALL_REDUCE, bytes, round * 777_777_777L);
            }
            script.run();
            for (int round = 0; round < 3; round++) {
              assertThat(script.lastEnds()[round] - round * 777_777_777L)
                  .as("%d ranks, %d simulated, %d B", ranks, simulated, bytes)
                  .isEqualTo(form.latencyPs(bytes));
            }
          }
        }
      }
    }
  }

  /** One chunk through a member and back takes the closed form; vectors are not far from it. */
  @Test
  void pullIsNearTheClosedForm() {
    TreeNetworkSpec spec = SPECS.get(4);
    CollectiveTime form = spec.allReduceTime(8);
    for (long bytes : new long[] {1, 4_096, 16_384, 65_536, 1 << 20, 8 << 20}) {
      TreeScript script = new TreeScript(spec, 8, 1, true);
      script.allReduce(0, bytes, 0);
      script.run();
      double share = (double) script.lastEnds()[0] / form.latencyPs(bytes);
      if (bytes <= 4_096) {
        assertThat(script.lastEnds()[0]).isEqualTo(form.latencyPs(bytes));
      }
      assertThat(share).as("%d B", bytes).isBetween(0.99, 1.31);
    }
  }

  private static long random(SplittableRandom random, long most) {
    return 1 + random.nextLong(1L << (1 + random.nextInt(63 - Long.numberOfLeadingZeros(most))));
  }

  /** Operations of a folded network, at times back to back. */
  private static List<TreeScript> scripts(long seed, int[] simulated, boolean[] reserves) {
    SplittableRandom random = new SplittableRandom(seed);
    TreeNetworkSpec spec = SPECS.get((int) (seed % SPECS.size()));
    int ranks = 2 + random.nextInt(7);
    List<TreeScript> scripts = new ArrayList<>();
    for (int i = 0; i < simulated.length; i++) {
      scripts.add(new TreeScript(spec, ranks, simulated[i] == 1 ? 1 : ranks, reserves[i]));
    }
    long[] sizes = {random(random, 100_000), random(random, 100_000)};
    long atPs = 0;
    for (int i = 0; i < 9; i++) {
      atPs += random.nextLong(random.nextBoolean() ? 3_000_000 : 60_000_000);
      long bytes = random.nextInt(9) == 0 ? 0 : sizes[random.nextInt(2)];
      Collective collective =
          random.nextInt(6) == 0 ? Collective.ALL_GATHER : Collective.ALL_REDUCE;
      for (TreeScript script : scripts) {
        script.all(collective, bytes, atPs);
      }
    }
    return scripts;
  }

  /** Operations taken as a whole change neither times nor counts. */
  @Test
  void reservationsChangeNothing() {
    for (int seed = 0; seed < 100; seed++) {
      List<TreeScript> both = scripts(seed, new int[] {1, 1}, new boolean[] {false, true});
      Snapshot expected = both.get(0).run();
      Snapshot actual = both.get(1).run();
      assertThat(both.get(1).ends).as("seed %d", seed).isEqualTo(both.get(0).ends);
      assertThat(actual.values()).as("seed %d", seed).isEqualTo(expected.values());
      assertThat(actual.histograms().toString()).isEqualTo(expected.histograms().toString());
    }
  }

  /** A known operation costs the events of its call, its launch and its end. */
  @Test
  void knownOperationsAreOneEvent() {
    TreeScript many = new TreeScript(SPECS.get(0), 8, 1, true);
    TreeScript one = new TreeScript(SPECS.get(0), 8, 1, true);
    one.allReduce(0, 4_096, 0);
    for (int i = 0; i < 100; i++) {
      many.allReduce(0, 4_096, i * 1_000_000_000L);
    }
    many.run();
    one.run();
    assertThat(many.simulation.eventsFired() - one.simulation.eventsFired()).isEqualTo(3 * 99);
  }

  /** Folded equals unfolded where all ranks call at the same instants and end together. */
  @Test
  void foldingChangesNothing() {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TreeNetworkSpec spec = SPECS.get(seed % 4);
      int ranks = 2 + random.nextInt(7);
      TreeScript folded = new TreeScript(spec, ranks, 1, true);
      TreeScript all = new TreeScript(spec, ranks, ranks, true);
      long atPs = 0;
      for (int i = 0; i < 6; i++) {
        // Far enough apart that each rank's own end is not the next one's begin.
        atPs += 1_000_000_000L + random.nextLong(1_000_000);
        long bytes = random(random, 60_000);
        folded.all(Collective.ALL_REDUCE, bytes, atPs);
        all.all(Collective.ALL_REDUCE, bytes, atPs);
      }
      Snapshot one = folded.run();
      Snapshot each = all.run();
      assertThat(folded.lastEnds()).as("seed %d", seed).isEqualTo(all.lastEnds());
      for (Snapshot.Value value : each.values()) {
        if (value.path().startsWith("net.tree.") && !value.path().contains("lockstep")) {
          assertThat(one.number(value.path())).as(value.path()).isEqualTo(value.number());
        }
      }
    }
  }

  /** Ranks one by one: nobody ends before the last has begun, nor earlier if some begin later. */
  @Test
  void ranksOneByOne() {
    for (int seed = 0; seed < 120; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TreeNetworkSpec spec = SPECS.get(seed % 2);
      int ranks = 2 + random.nextInt(7);
      TreeScript early = new TreeScript(spec, ranks, ranks, true);
      TreeScript late = new TreeScript(spec, ranks, ranks, true);
      int operations = 3;
      long[] lastCallPs = new long[operations];
      for (int operation = 0; operation < operations; operation++) {
        long bytes = random(random, 60_000);
        for (int rank = 0; rank < ranks; rank++) {
          long atPs = operation * 9_000_000L + random.nextLong(9_000_000);
          early.allReduce(rank, bytes, atPs);
          late.allReduce(rank, bytes, atPs + (rank % 3 == seed % 3 ? 5_000_000 : 0));
          lastCallPs[operation] = Math.max(lastCallPs[operation], atPs);
        }
      }
      early.run();
      late.run();
      for (TreeScript.End end : early.ends) {
        assertThat(end.endPs()).isGreaterThan(lastCallPs[end.call()] + spec.launchPs());
      }
      for (int operation = 0; operation < operations; operation++) {
        assertThat(late.lastEnds()[operation])
            .as("seed %d, operation %d", seed, operation)
            .isGreaterThanOrEqualTo(early.lastEnds()[operation]);
      }
    }
  }

  /** The last to come is done so long after it has come as if all had come with it, at most. */
  @Test
  void theLastDecides() {
    TreeNetworkSpec spec = SPECS.get(0);
    long formPs = spec.allReduceTime(8).latencyPs(2_000);
    TreeScript script = new TreeScript(spec, 8, 8, true);
    for (int rank = 0; rank < 8; rank++) {
      script.allReduce(rank, 2_000, rank == 5 ? 80_000_000 : 1_000_000 * rank);
    }
    script.run();
    assertThat(script.lastEnds()[0]).isEqualTo(80_000_000 + formPs);
  }

  private static List<Long> state(TreeScript script) {
    List<Long> state = new ArrayList<>();
    script.network.describe(state::add);
    return state;
  }

  /** Known operations are described and can be moved; the first one is like no other. */
  @Test
  void leaping() {
    TreeScript script = new TreeScript(SPECS.get(1), 8, 1, true);
    List<Long> fresh = state(script);
    script.allReduce(0, 5_000, 0);
    script.simulation.runUntil(2_000_000);
    assertThat(state(script)).isNotEqualTo(state(script));
    script.simulation.run();
    long endPs = script.lastEnds()[0];
    for (int round = 1; round < 3; round++) {
      script.allReduce(0, 5_000, round * 1_000_000_000L);
    }
    script.simulation.runUntil(999_999_999L);
    assertThat(state(script)).isEqualTo(fresh);
    script.simulation.runUntil(1_000_000_000L + endPs / 2);
    List<Long> first = state(script);
    assertThat(state(script)).isEqualTo(first);
    script.simulation.runUntil(1_000_000_001L + endPs / 2);
    assertThat(state(script)).isNotEqualTo(first);
    script.simulation.runUntil(2_000_000_000L + endPs / 2);
    assertThat(state(script)).isEqualTo(first);
    script.network.shift(123_456_789L);
    script.simulation.run();
    assertThat(script.lastEnds()[2]).isEqualTo(2_123_456_789L + endPs);
    // What follows the last result is over later than it.
    script.allReduce(0, 5_000, 3_000_000_000L);
    script.simulation.runUntil(3_000_000_000L + endPs);
    assertThat(state(script)).isNotEqualTo(fresh);
    script.run();
  }

  @Test
  void smallCasesAndWrongCalls() {
    TreeNetworkSpec spec = SPECS.get(0);
    TreeScript script = new TreeScript(spec, 8, 1, true);
    script.allReduce(0, 0, 0);
    script.network.send(0, 3, 100, word -> {}, 0);
    script.run();
    assertThat(script.lastEnds()[0]).isEqualTo(spec.plain().allReduceTime(8).latencyPs(0));
    assertThat(TreeScript.stat(script.run(), "rank_calls")).isZero();
    assertThatThrownBy(() -> script.network.allReduce(1, 5, word -> {}, 0))
        .hasMessageContaining("unknown rank 1, allowed are 0 to 0 because the network is folded");
    assertThatThrownBy(() -> script.network.allReduce(0, -5, word -> {}, 0))
        .hasMessageContaining("negative size -5 bytes");
    assertThatThrownBy(() -> new TreeScript(spec, 9, 1, true))
        .hasMessageContaining("9 ranks: a tree joins 2 to 8 of them");
    TreeScript wrong = new TreeScript(spec, 8, 8, true);
    wrong.allReduce(0, 5, 0);
    wrong.allReduce(1, 6, 0);
    assertThatThrownBy(wrong.simulation::run).hasMessageContaining("another rank called it");
  }
}
