package memwall.network.loggp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.network.Table;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Hierarchy;
import org.junit.jupiter.api.Test;

/** Against tables of closed forms computed before, and against what is carried out. */
class FormulaTest {
  private static final AlphaBeta COSTS = new AlphaBeta(0.9e-6, 20e-12, 0, 5e-9);

  private static final Map<String, Algorithm> ALGORITHMS =
      Map.ofEntries(
          Map.entry("allreduce_ring", Algorithm.ALL_REDUCE_RING),
          Map.entry("allreduce_recursive_doubling", Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING),
          Map.entry("allreduce_rabenseifner", Algorithm.ALL_REDUCE_RABENSEIFNER),
          Map.entry("allreduce_binomial_reduce+bcast", Algorithm.ALL_REDUCE_BINOMIAL),
          Map.entry("allreduce_double_binary_tree_pipelined", Algorithm.ALL_REDUCE_DOUBLE_TREE),
          Map.entry("allreduce_direct_oneshot(one NIC port)", Algorithm.ALL_REDUCE_ONE_SHOT),
          Map.entry("allreduce_direct_twoshot(one NIC port)", Algorithm.ALL_REDUCE_TWO_SHOT),
          Map.entry("bcast_binomial", Algorithm.BROADCAST_BINOMIAL),
          Map.entry("bcast_scatter+allgather_ring", Algorithm.BROADCAST_SCATTER_RING),
          Map.entry("allgather_ring", Algorithm.ALL_GATHER_RING),
          Map.entry("allgather_recursive_doubling/Bruck", Algorithm.ALL_GATHER_BRUCK),
          Map.entry("reduce_scatter_ring", Algorithm.REDUCE_SCATTER_RING),
          Map.entry("reduce_scatter_recursive_halving", Algorithm.REDUCE_SCATTER_RECURSIVE_HALVING),
          Map.entry("alltoall_direct(rotated)", Algorithm.ALL_TO_ALL_DIRECT),
          Map.entry("alltoall_bruck", Algorithm.ALL_TO_ALL_BRUCK));

  @Test
  void everyRowOfTheTableOfCollectives() throws IOException {
    CollectiveFormula formula = new CollectiveFormula(COSTS);
    SwitchFormula switches = new SwitchFormula(0.2e-6, 0.15e-6, 0.2e-6, 0.05e-6, 32, 20e-12);
    List<String[]> rows = Table.rows("collectives_alpha_beta.csv");
    for (String[] row : rows) {
      int ranks = Integer.parseInt(row[1]);
      long bytes = Long.parseLong(row[2]);
      CollectiveShape shape = CollectiveShape.of(ranks, bytes);
      double seconds =
          switch (row[0]) {
            case "allreduce_direct_oneshot(fully connected P-1 links)" ->
                formula.oneShotOnLinksOfItsOwn(shape);
            case "allreduce_in_network_switch_tree(cut-through, pipelined)" ->
                switches.tree(ranks, bytes);
            case "allreduce_NVLS_like(RS by multimem ld_reduce + AG by multicast st)" ->
                switches.throughRanks(ranks, bytes);
            default -> formula.seconds(ALGORITHMS.get(row[0]), shape);
          };
      double expected = Double.parseDouble(row[3]);
      // Four decimals of a microsecond; 0.1 % where that is more than half of the last one.
      assertThat(1e6 * seconds)
          .as(String.join(",", row))
          .isCloseTo(expected, within(0.000_051 + 1e-6 * expected));
    }
    assertThat(rows).hasSize(1260);
    // The other all-gather of that row.
    assertThat(
            formula.seconds(
                Algorithm.ALL_GATHER_RECURSIVE_DOUBLING, CollectiveShape.of(64, 1 << 20)))
        .isEqualTo(formula.seconds(Algorithm.ALL_GATHER_BRUCK, CollectiveShape.of(64, 1 << 20)));
  }

  @Test
  void everyRowOfTheTableOfQueues() throws IOException {
    List<String[]> rows = Table.rows("md1_output_queue.csv");
    for (String[] row : rows) {
      double busy = Double.parseDouble(row[0]);
      assertThat(QueueFormula.md1(busy)).isCloseTo(Double.parseDouble(row[1]), within(5.1e-6));
      assertThat(QueueFormula.mm1(busy)).isCloseTo(Double.parseDouble(row[2]), within(5.1e-6));
      assertThat(QueueFormula.slottedOutput(busy, 8))
          .isCloseTo(Double.parseDouble(row[3]), within(5.1e-6));
      assertThat(QueueFormula.slottedOutput(busy, 1 << 30))
          .isCloseTo(Double.parseDouble(row[4]), within(5.1e-6));
    }
    assertThat(rows).hasSize(14);
    assertThatThrownBy(() -> QueueFormula.md1(1)).hasMessageContaining("not in [0, 1)");
  }

  /** m* = (2(P-1) - lg) alpha / ((lg - 2(P-1)/P) beta) = 396 kB for 8 ranks. */
  @Test
  void crossoverOfRecursiveDoublingAndRing() {
    CollectiveFormula formula = new CollectiveFormula(COSTS);
    OptionalLong bytes =
        Crossovers.between(
            formula,
            Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING,
            Algorithm.ALL_REDUCE_RING,
            CollectiveShape.of(8, 1),
            1L << 40);
    assertThat(bytes.orElseThrow()).isBetween(396_000L, 396_001L);
    assertThat(
            Crossovers.between(
                formula,
                Algorithm.ALL_REDUCE_RING,
                Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING,
                CollectiveShape.of(8, 1),
                1L << 40))
        .isEmpty();
    assertThat(
            Crossovers.between(
                formula,
                Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING,
                Algorithm.ALL_REDUCE_BINOMIAL,
                CollectiveShape.of(8, 1),
                1L << 40))
        .isEmpty();
  }

  @Test
  void changesAreWhereTheFastestChanges() {
    CollectiveFormula formula = new CollectiveFormula(COSTS);
    for (CollectiveKind kind : CollectiveKind.values()) {
      for (int ranks : new int[] {2, 8, 12, 64, 1024}) {
        CollectiveShape shape = CollectiveShape.of(ranks, 1);
        List<Crossovers.Change> changes = Crossovers.of(formula, kind, shape, 1L << 34);
        for (int i = 0; i < changes.size(); i++) {
          long from = changes.get(i).fromBytes();
          assertThat(formula.fastest(kind, shape.withBytes(from)))
              .isEqualTo(changes.get(i).algorithm());
          if (i > 0) {
            assertThat(formula.fastest(kind, shape.withBytes(from - 1)))
                .isEqualTo(changes.get(i - 1).algorithm());
          }
        }
        assertThat(formula.fastest(kind, shape.withBytes(1L << 34)))
            .isEqualTo(changes.get(changes.size() - 1).algorithm());
      }
    }
  }

  private static LogGopsSpec draw(SplittableRandom random) {
    long latencyPs = random.nextLong(2_000_000);
    long overheadPs = random.nextLong(500_000);
    return new LogGopsSpec(
        latencyPs,
        overheadPs,
        random.nextLong(2 * overheadPs + latencyPs + 1),
        random.nextInt(4) == 0 ? 0 : 1_000_000_000L + random.nextLong(900_000_000_000L),
        0,
        LogGopsSpec.ALL_EAGER,
        random.nextInt(2) == 0 ? 0 : 1_000_000_000L + random.nextLong(900_000_000_000L));
  }

  /** Any parameters, adding included: the sum of steps is what is carried out. */
  @Test
  void sumsOfStepsAreWhatIsCarriedOut() {
    int[] compared = {0};
    Randomized.check(
        60,
        random -> {
          LogGopsSpec spec = draw(random);
          int ranks = random.nextBoolean() ? 1 << random.nextInt(6) : 1 + random.nextInt(20);
          CollectiveShape shape = CollectiveShape.of(ranks, (long) ranks * random.nextInt(5_000));
          for (Algorithm algorithm : Algorithm.values()) {
            OptionalLong expected = new LogGopsFormula(spec).latencyPs(algorithm, shape);
            if (expected.isPresent()) {
              assertThat(LogGopsRun.run(algorithm.schedule(shape), spec).totalPs())
                  .as("%s, %s, %s", algorithm, shape, spec)
                  .isEqualTo(expected.getAsLong());
              compared[0]++;
            }
          }
        });
    assertThat(compared[0]).isGreaterThan(300);
  }

  @Test
  void sumsOfStepsAreTheFormulasOfTheRecordedRuns() throws IOException {
    int compared = 0;
    for (String[] row : Table.rows("loggops_collectives.csv")) {
      Algorithm algorithm = LogGopsReferenceTest.ALGORITHMS.get(row[7]);
      LogGopsSpec spec = LogGopsReferenceTest.spec(row);
      CollectiveShape shape = LogGopsReferenceTest.shape(row);
      OptionalLong latencyPs = new LogGopsFormula(spec).latencyPs(algorithm, shape);
      if (!row[9].isEmpty()) {
        assertThat(latencyPs).as(String.join(",", row)).hasValue(Long.parseLong(row[9]));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(294);
  }

  /** Alpha and beta against what is carried out: but for the first byte of each message. */
  @Test
  void secondsAreCloseToWhatIsCarriedOut() {
    LogGopsSpec spec = LogGopsSpec.of(500_000, 200_000, 5_000, 50_000_000_000L);
    CollectiveFormula formula = new CollectiveFormula(AlphaBeta.of(spec));
    for (int ranks : new int[] {2, 4, 16, 32}) {
      for (long bytes : new long[] {1 << 10, 1 << 16, 1 << 20}) {
        CollectiveShape shape = CollectiveShape.of(ranks, bytes);
        for (Algorithm algorithm : Algorithm.values()) {
          OptionalLong exact = new LogGopsFormula(spec).latencyPs(algorithm, shape);
          if (exact.isPresent()) {
            double seconds = formula.seconds(algorithm, shape);
            assertThat(1e-12 * exact.getAsLong())
                .as("%s %s", algorithm, shape)
                .isCloseTo(seconds, within(2e-11 * 2 * ranks + 1e-9 * seconds));
          }
        }
      }
    }
  }

  @Test
  void hierarchyIsTheSumOfItsParts() {
    CollectiveFormula formula = new CollectiveFormula(COSTS);
    Hierarchy rings = new Hierarchy(8, Hierarchy.Inner.RING, Algorithm.ALL_REDUCE_RING);
    CollectiveShape shape = CollectiveShape.of(64, 1 << 20).withHierarchy(rings);
    // 7 + 7 steps of m/8 inside and 14 of m/64 outside.
    double expected = 28 * 0.9e-6 + (14.0 / 8 + 14.0 / 64) * (1 << 20) * 20e-12;
    assertThat(formula.seconds(Algorithm.ALL_REDUCE_HIERARCHICAL, shape))
        .isCloseTo(expected, within(1e-15));
    LogGopsSpec spec = LogGopsSpec.of(500_000, 200_000, 5_000, 50_000_000_000L);
    long steps = 14 * spec.messagePs(1 << 17) + 14 * spec.messagePs(1 << 14);
    assertThat(LogGopsRun.run(Algorithm.ALL_REDUCE_HIERARCHICAL.schedule(shape), spec).totalPs())
        .isEqualTo(steps);
  }
}
