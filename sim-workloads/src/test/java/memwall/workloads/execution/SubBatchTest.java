package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.workloads.analytic.AnalyticStepExecutor;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.OffloadSpec;
import memwall.workloads.system.OffloadSpec.Interleaving;
import memwall.workloads.system.OffloadSpec.Rule;
import memwall.workloads.system.OffloadSpec.When;
import org.junit.jupiter.api.Test;

/** Steps cut into two sub-batches; the memory that computes is a double with a fixed rate. */
final class SubBatchTest {
  private static final Rule NEVER = new Rule(When.NEVER, 0);
  private static final Rule ALWAYS = new Rule(When.ALWAYS, Long.MAX_VALUE);
  private static final Rule AUTO = new Rule(When.AUTO, Long.MAX_VALUE);

  private static Bench bench(
      String model, double gain, Rule rule, Interleaving interleaving, String... sets) {
    OffloadSpec offload = new OffloadSpec(rule, NEVER, NEVER, NEVER, interleaving);
    return new Bench("dgx-h100", model, Precision.BF16, 0, NearStepTest.near(gain, offload), sets);
  }

  private static long near(Bench bench, Bench.Result result, int step) {
    int part = new Parts(bench.system.chip()).near(0);
    long before = step == 0 ? 0 : result.spentPs().get(step - 1).get(part);
    return result.spentPs().get(step).get(part) - before;
  }

  /**
   * A step takes at least what its halves take on the chip and what they take in the memory, and at
   * most both together. Every picosecond belongs to a part, and each half reads the weights.
   */
  @Test
  void chipAndMemoryOverlapAndNothingElse() {
    Randomized.check(
        40,
        random -> {
          String model = List.of("llama-3.1-8b", "mixtral-8x7b").get(random.nextInt(2));
          double gain = 0.2 + 12 * random.nextDouble();
          String[] sets = {"model.layers=" + (1 + random.nextInt(6)), "system.chips=2"};
          int sequences = 2 + random.nextInt(200);
          int context = 1 + random.nextInt(6000);
          Bench whole = bench(model, gain, ALWAYS, Interleaving.NONE, sets);
          Bench cut = bench(model, gain, ALWAYS, new Interleaving(2, 2), sets);
          Bench.Result halves =
              whole.fast(
                  List.of(
                      Bench.decode(sequences / 2, context),
                      Bench.decode(sequences - sequences / 2, context)));
          Bench.Result result = cut.fast(List.of(Bench.decode(sequences, context)));
          assertThat(result.broken()).isEmpty();
          long nearPs = near(whole, halves, 0) + near(whole, halves, 1);
          long sumPs = halves.endsPs().get(1) - whole.system.stepOverheadPs();
          long takenPs = result.stepPs(0);
          assertThat(takenPs).isBetween(Math.max(nearPs, sumPs - nearPs), sumPs);
          assertThat(result.spentPs().get(0).stream().mapToLong(Long::longValue).sum())
              .isEqualTo(takenPs);
          for (String path :
              List.of(
                  "rank0.hbm.weights.read_bytes",
                  "rank0.hbm.kv.written_bytes",
                  "rank0.near.kv_bytes",
                  "rank0.near.kernels",
                  "rank0.time.operators")) {
            assertThat(result.number(path)).as(path).isEqualTo(halves.number(path));
          }
          double rooflinePs = cut.roofline().stepPs(cut.plan);
          assertThat((double) takenPs).isCloseTo(rooflinePs, within(0.02 * rooflinePs));
        });
  }

  /** Where both sides take as long, about half of the time is saved. */
  @Test
  void equalSidesHideOneAnother() {
    Bench whole = bench("llama-3.1-8b", 1, ALWAYS, Interleaving.NONE, "system.chips=1");
    List<Consumer<StepShape>> halves = new ArrayList<>();
    for (int context = 64; context <= 1 << 15; context *= 2) {
      halves.add(Bench.decode(16, context));
    }
    Bench.Result alone = whole.fast(halves);
    int best = 0;
    for (int i = 1; i < halves.size(); i++) {
      if (2 * near(whole, alone, i) < alone.stepPs(i)) {
        best = i;
      }
    }
    Bench cut = bench("llama-3.1-8b", 1, ALWAYS, new Interleaving(2, 2), "system.chips=1");
    Bench.Result result = cut.fast(List.of(Bench.decode(32, 64 << best)));
    long nearPs = near(whole, alone, best);
    double saved = 1 - (double) result.stepPs(0) / (2 * alone.stepPs(best));
    // What is not hidden is the first and the last of the memory's work, of one layer in 32.
    assertThat(saved).isCloseTo((double) nearPs / alone.stepPs(best), within(0.04));
    assertThat(near(cut, result, 0)).isLessThan(2 * nearPs / 10);
  }

  @Test
  void stepsThatAreNotCutAreLikeBefore() {
    for (Rule rule : List.of(ALWAYS, AUTO)) {
      Bench whole = bench("llama-3.1-8b", 0.3, rule, Interleaving.NONE);
      Bench cut = bench("llama-3.1-8b", 0.3, rule, new Interleaving(2, 8));
      List<Consumer<StepShape>> steps =
          new ArrayList<>(List.of(Bench.prefill(300), Bench.decode(7, 900)));
      steps.add(
          shape -> {
            for (int i = 0; i < 20; i++) {
              shape.addDecode(100);
            }
            shape.addPrefillChunk(5, 0, true);
          });
      if (rule.when() == When.AUTO) {
        // A memory slower than the chip is left nothing; then there is nothing to interleave.
        steps.add(Bench.decode(100, 2000));
      }
      assertThat(cut.fast(steps).endsPs()).isEqualTo(whole.fast(steps).endsPs());
      assertThat(cut.fast(steps).spentPs()).isEqualTo(whole.fast(steps).spentPs());
    }
    Bench cut = bench("llama-3.1-8b", 0.3, ALWAYS, new Interleaving(2, 8));
    SubBatches batches = new SubBatches(cut.system.chip());
    cut.fill(Bench.decode(8, 900));
    batches.decide(cut.plan);
    assertThat(batches.count()).isEqualTo(2);
    cut.fill(Bench.decode(7, 900));
    batches.decide(cut.plan);
    assertThat(batches.count()).isEqualTo(1);
    assertThat(batches.plans()).containsExactly(cut.plan);
  }

  /** Law F4: ranks in step, one or all of them simulated, whole and cut steps in a row. */
  @Test
  void foldsLikeItsRanks() {
    Randomized.check(
        20,
        random -> {
          Bench bench =
              bench(
                  Bench.MODELS.get(random.nextInt(4)),
                  0.5 + 4 * random.nextDouble(),
                  random.nextBoolean() ? ALWAYS : AUTO,
                  new Interleaving(2, 2 + random.nextInt(4)),
                  "model.layers=4",
                  "system.chips=2");
          List<Consumer<StepShape>> steps =
              List.of(
                  Bench.decode(2 + random.nextInt(40), 1 + random.nextInt(3000)),
                  Bench.random(random),
                  Bench.decode(2 + random.nextInt(40), 1 + random.nextInt(3000)));
          Bench.Result full = bench.run(false, Leaping.OFF, steps);
          Bench.Result folded = bench.run(true, Leaping.ON, steps);
          assertThat(folded.endsPs()).isEqualTo(full.endsPs());
          assertThat(folded.spentPs()).isEqualTo(full.spentPs());
          assertThat(folded.statistics()).isEqualTo(full.statistics());
          assertThat(full.broken()).isEmpty();
        });
  }

  @Test
  void theClosedFormIsCarriedOutAlike() {
    Bench bench = bench("llama-3.1-8b", 2, ALWAYS, new Interleaving(2, 2));
    Bench.Result result = bench.fast(List.of(Bench.decode(33, 3000)));
    Simulation simulation = new Simulation(1);
    AnalyticStepExecutor analytic =
        new AnalyticStepExecutor(
            simulation, bench.system, bench.ranks, new Footprint(1000, 1000, 1000));
    long[] donePs = new long[1];
    analytic.execute(bench.plan, word -> donePs[0] = simulation.nowPs(), 0);
    simulation.run();
    assertThat((double) donePs[0]).isCloseTo((double) result.stepPs(0), within(0.02 * donePs[0]));
    assertThat(analytic.plans()).hasSize(2);
    assertThat(analytic.near().kv().bytes()).isEqualTo(result.number("rank0.near.kv_bytes"));
    assertThat(analytic.near().kernels()).isEqualTo(64);
  }

  @Test
  void sharesOfAStepSumToIt() {
    Randomized.check(
        50,
        random -> {
          Bench bench = bench("llama-4-maverick", 1, ALWAYS, Interleaving.NONE, "model.layers=8");
          int sequences = 2 + random.nextInt(60);
          bench.fill(
              shape -> {
                for (int i = 0; i < sequences; i++) {
                  shape.addDecode(1 + random.nextInt(20_000));
                }
              });
          int cut = 1 + random.nextInt(sequences - 1);
          OperatorPlan first = bench.plan.emptyCopy();
          OperatorPlan second = bench.plan.emptyCopy();
          first.fillShare(bench.plan, 0, cut);
          second.fillShare(bench.plan, cut, sequences);
          assertThat(first.tokens()).isEqualTo(cut);
          assertThat(first.tokens() + second.tokens()).isEqualTo(sequences);
          for (int i = 0; i < bench.plan.size(); i++) {
            assertThat(first.kvReadBytes(i) + second.kvReadBytes(i))
                .isEqualTo(bench.plan.kvReadBytes(i));
            assertThat(first.kvWriteBytes(i) + second.kvWriteBytes(i))
                .isEqualTo(bench.plan.kvWriteBytes(i));
            assertThat(first.flops(i) + second.flops(i)).isEqualTo(bench.plan.flops(i));
            assertThat(first.weightBytes(i)).isLessThanOrEqualTo(bench.plan.weightBytes(i));
          }
          OperatorPlan all = bench.plan.emptyCopy();
          all.fillShare(bench.plan, 0, sequences);
          assertThat(all.totalWeightBytes()).isEqualTo(bench.plan.totalWeightBytes());
          assertThat(all.totalKvReadBytes()).isEqualTo(bench.plan.totalKvReadBytes());
        });
  }

  @Test
  void onlySequencesThatDecodeAreCut() {
    Bench bench = bench("llama-3.1-8b", 1, ALWAYS, Interleaving.NONE);
    bench.fill(
        shape -> {
          shape.addDecode(10);
          shape.addDecode(10);
          shape.addPrefillChunk(3, 0, true);
        });
    OperatorPlan half = bench.plan.emptyCopy();
    assertThatThrownBy(() -> half.fillShare(bench.plan, 0, 1))
        .hasMessage("sequences 0 to 1 of 2 that decode, in a step of 5 tokens");
    bench.fill(Bench.decode(2, 10));
    assertThatThrownBy(() -> half.fillShare(bench.plan, 1, 3))
        .hasMessage("sequences 1 to 3 of 2 that decode, in a step of 2 tokens");
    assertThatThrownBy(() -> half.fillShare(bench.plan, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
