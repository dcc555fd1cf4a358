package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;

/** Libraries: rules in order, delegation, copies, the host; what is refused. */
class LibraryTest {
  private static final int ANY_RANKS = Integer.MAX_VALUE;
  private static final long ANY = Long.MAX_VALUE;

  private static LibraryRule rule(int minRanks, int maxRanks, long maxBytes, String... use) {
    return new LibraryRule(minRanks, maxRanks, maxBytes, List.of(use), 0, 0, ANY);
  }

  private static NetworkSpec spec(LibrarySpec... libraries) {
    return Rig.plain()
        .withLibraries(List.of(libraries))
        .withAllReduce(libraries[libraries.length - 1].name());
  }

  @Test
  void theFirstRuleThatHoldsIsTaken() {
    NetworkSpec spec =
        spec(
            new LibrarySpec(
                "a",
                List.of(
                    rule(2, 2, ANY, "two-shot"),
                    rule(4, 8, 1000, "ring"),
                    rule(2, 8, 5000, "one-shot", "in-network"),
                    rule(2, ANY_RANKS, ANY, "two-shot", "ring"))));
    assertThat(new AllReduceFormula(spec, 2).chosen(1).name()).isEqualTo("two-shot");
    assertThat(new AllReduceFormula(spec, 3).chosen(1).name()).isIn("one-shot", "in-network");
    AllReduceFormula eight = new AllReduceFormula(spec, 8);
    assertThat(eight.chosen(1000).name()).isEqualTo("ring");
    NetworkSpec free = spec.withAllReduce("one-shot");
    NetworkSpec adder = spec.withAllReduce("in-network");
    long oneShotPs = new AllReduceFormula(free, 8).latencyPs(5000);
    long adderPs = new AllReduceFormula(adder, 8).latencyPs(5000);
    assertThat(eight.latencyPs(5000)).isEqualTo(Math.min(oneShotPs, adderPs));
    assertThat(eight.chosen(5001).name()).isEqualTo("two-shot");
    assertThat(new AllReduceFormula(spec, 9).chosen(1).name()).isEqualTo("two-shot");
    assertThat(new AllReduceFormula(spec, 1).latencyPs(1)).isZero();
  }

  @Test
  void copyComesFirstAndTheHostIsBusyMeanwhile() {
    LibrarySpec inner =
        new LibrarySpec(
            "inner",
            List.of(
                new LibraryRule(
                    2, ANY_RANKS, ANY, List.of("ring"), 3_000_000, 500, 1_000_000_000L)));
    LibrarySpec outer =
        new LibrarySpec(
            "outer",
            List.of(
                new LibraryRule(
                    2, ANY_RANKS, ANY, List.of("inner"), 90_000_000, 250, 2_000_000_000L)));
    NetworkSpec spec = spec(inner, outer);
    long ringPs = new AllReduceFormula(spec.withAllReduce("ring"), 4).latencyPs(1 << 20);
    AllReduceFormula formula = new AllReduceFormula(spec, 4);
    // 1 MiB: 1,048,576 ns at 1 GB/s, half of that at 2 GB/s.
    assertThat(formula.choice(1 << 20).copyPs()).isEqualTo(1_572_864_000 + 750);
    assertThat(formula.latencyPs(1 << 20)).isEqualTo(ringPs + 1_572_864_750);
    assertThat(formula.latencyPs(64)).isEqualTo(90_000_000);
    assertThat(formula.latencyPs(0)).isEqualTo(90_000_000);
    assertThat(formula.choice(0).copyPs()).isZero();
    assertThat(new AllReduceFormula(spec.withAllReduce("inner"), 4).latencyPs(0))
        .isEqualTo(3_000_000);
    assertThat(new Rig(spec, 4, 4).runPs(1 << 20)).isEqualTo(ringPs + 1_572_864_750);
    assertThat(new Rig(spec, 4, 1).runPs(64)).isEqualTo(90_000_000);
    assertThat(new Rig(spec, 4, 4).runPs(64)).isEqualTo(90_000_000);
    assertThat(new Rig(spec, 4, 1, false).runPs(0)).isEqualTo(90_000_000);
  }

  @Test
  void theHostSpacesOperationsThatAreQueued() {
    LibrarySpec eager =
        new LibrarySpec(
            "eager",
            List.of(new LibraryRule(2, ANY_RANKS, ANY, List.of("ring"), 50_000_000, 0, ANY)));
    for (int simulated : List.of(1, 8)) {
      Rig rig = new Rig(spec(eager), 8, simulated);
      for (int i = 0; i < 5; i++) {
        for (int rank = 0; rank < simulated; rank++) {
          rig.network.collective(
              Collective.ALL_REDUCE, rank, 64, word -> rig.doneAtPs[(int) word] = -1, rank);
        }
      }
      rig.simulation.run();
      assertThat(rig.simulation.nowPs()).isEqualTo(250_000_000);
      assertThat(rig.network.checkLaws()).isEmpty();
    }
  }

  @Test
  void changesAreFoundToTheByte() {
    NetworkSpec spec =
        spec(
            new LibrarySpec(
                "a",
                List.of(
                    rule(2, 8, 100, "ring"),
                    rule(2, 8, 101, "one-shot"),
                    rule(2, 8, 65_536, "two-shot"),
                    rule(2, ANY_RANKS, ANY, "ring"))));
    AllReduceFormula formula = new AllReduceFormula(spec, 8);
    assertThat(AllReduceChange.of(formula, 1 << 20))
        .containsExactly(
            new AllReduceChange(1, "ring"),
            new AllReduceChange(101, "one-shot"),
            new AllReduceChange(102, "two-shot"),
            new AllReduceChange(65_537, "ring"));
    assertThat(AllReduceChange.of(formula, 65_536)).hasSize(3);
    assertThat(AllReduceChange.of(formula, 65_537)).hasSize(4);
    assertThat(AllReduceChange.of(formula, 1)).hasSize(1);
  }

  @Test
  void aRunEqualsItsClosedForm() {
    NetworkSpec spec = PresetTest.preset("dgx-h100").withAllReduce("sglang-0-5-9-eager");
    for (long bytes : new long[] {0, 1, 4096, 300_000, 9 << 20, 64 << 20}) {
      AllReduceRun run = AllReduceRun.of(spec, 8, bytes);
      assertThat(run.timePs()).isEqualTo(run.formulaPs());
      assertThat(run.brokenLaws()).isEmpty();
    }
    assertThat(AllReduceRun.of(spec, 8, 4096).choice().implementation().name())
        .isEqualTo("custom-one-shot");
    assertThat(AllReduceRun.of(spec, 8, 4096).timePs()).isEqualTo(23_400_000);
    assertThat(AllReduceRun.of(spec, 1, 4096).timePs()).isZero();
  }

  private static void refused(String message, LibrarySpec... libraries) {
    assertThatThrownBy(() -> spec(libraries))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesWhatCannotDecide() {
    refused("library 'a': its last rule must hold always", new LibrarySpec("a", List.of()));
    refused(
        "library 'a': its last rule must hold always",
        new LibrarySpec("a", List.of(rule(2, 8, ANY, "ring"))));
    refused(
        "library 'ring': names must differ",
        new LibrarySpec("ring", List.of(rule(2, ANY_RANKS, ANY, "ring"))));
    refused(
        "library 'auto': names must differ",
        new LibrarySpec("auto", List.of(rule(2, ANY_RANKS, ANY, "ring"))));
    refused(
        "library 'a', rule 1: 'b' is not an implementation or a library before it, known are"
            + " [ring, one-shot, two-shot, in-network]",
        new LibrarySpec("a", List.of(rule(2, ANY_RANKS, ANY, "b"))),
        new LibrarySpec("b", List.of(rule(2, ANY_RANKS, ANY, "ring"))));
    refused(
        "library 'a', rule 1: 'a' is not an implementation or a library before it",
        new LibrarySpec("a", List.of(rule(2, ANY_RANKS, ANY, "a"))));
    refused(
        "library 'b', rule 1: 'a' is not an implementation, known are",
        new LibrarySpec("a", List.of(rule(2, ANY_RANKS, ANY, "ring"))),
        new LibrarySpec("b", List.of(rule(2, ANY_RANKS, ANY, "a", "ring"))));
    NetworkSpec box = PresetTest.preset("nvlink4-8");
    LibrarySpec nvls =
        new LibrarySpec(
            "a",
            List.of(
                rule(4, 8, ANY, "nccl-nvls"),
                rule(2, 8, 9, "nccl-nvls"),
                rule(2, ANY_RANKS, ANY, "one-shot")));
    assertThatThrownBy(() -> box.withLibraries(List.of(nvls)))
        .hasMessage(
            "library 'a', rule 2: one of [nccl-nvls] must be without min_ranks and max_size, or"
                + " with such as the rule allows");
    assertThatThrownBy(() -> rule(3, 2, 1, "ring"))
        .hasMessageContaining("needs 2 <= min_ranks <= max_ranks");
    assertThatThrownBy(() -> new LibraryRule(2, 2, 1, List.of("ring"), -1, 0, 1))
        .hasMessageContaining("needs times >= 0, a rate >= 1");
  }

  @Test
  void faultsOfAFileAreFoundInOnePass() {
    assertThatThrownBy(
            () ->
                PresetTest.read(
                    """
                    network:
                      extends: son2026-scale-up
                      all_reduce: a
                      libraries:
                        a:
                          rules:
                            - { min_ranks: 4, max_ranks: 3, use: [ring] }
                            - { max_size: 0 B, use: [ring], host: fast }
                            - { use: [], copy_rate: 0 B/s, copy_lunch: 1 us }
                    """))
        .isInstanceOfSatisfying(
            ConfigException.class,
            wrong ->
                assertThat(wrong.faults())
                    .anyMatch(fault -> fault.contains("must be at least min_ranks, 4"))
                    .anyMatch(fault -> fault.contains("max_size: must be at least 1 B"))
                    .anyMatch(fault -> fault.contains("host"))
                    .anyMatch(fault -> fault.contains("use: needs the name"))
                    .anyMatch(fault -> fault.contains("copy_rate: '0 B/s' is out of range"))
                    .anyMatch(fault -> fault.contains("copy_lunch")));
    assertThatThrownBy(
            () ->
                PresetTest.read(
                    """
                    network:
                      extends: son2026-scale-up
                      all_reduce: a
                      libraries:
                        a:
                          rules:
                            - { use: [rign] }
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "run.yaml:5:5: network.libraries: library 'a', rule 1: 'rign' is not an"
                + " implementation");
    assertThatThrownBy(() -> PresetTest.read("network: dgx-a100\n", "network.all_reduce=ncl"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("sglang-0-5-9-eager, ");
  }
}
