package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import memwall.core.Randomized;
import memwall.memory.Usage;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorKind;
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.OffloadSpec;
import memwall.workloads.system.OffloadSpec.Rule;
import memwall.workloads.system.OffloadSpec.When;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.system.TierSpec;
import org.junit.jupiter.api.Test;

/** Steps in which operators are left to a memory; the memory is a double with a fixed rate. */
class NearStepTest {
  private static final Rule NEVER = new Rule(When.NEVER, 0);
  private static final Rule ALWAYS = new Rule(When.ALWAYS, Long.MAX_VALUE);
  private static final Rule AUTO = new Rule(When.AUTO, Long.MAX_VALUE);
  private static final long LAUNCH_PS = 1_000_000;

  /** A system whose first memory multiplies so many times as fast as it reads to the chip. */
  static UnaryOperator<SystemSpec> near(double gain, OffloadSpec offload) {
    return system -> {
      ChipSpec chip = system.chip();
      List<TierSpec> tiers = new ArrayList<>(chip.tiers());
      TierSpec tier = tiers.get(0);
      tiers.set(
          0,
          new TierSpec(
              tier.name(),
              new NearDouble.Spec(
                  tier.device(),
                  (long) (gain * tier.device().readBytesPerSec()),
                  LAUNCH_PS,
                  List.of(NumberFormat.BF16, NumberFormat.FP8)),
              tier.count(),
              tier.announceWeights(),
              tier.announceKv(),
              tier.announceAhead(),
              tier.writeBufferBytes()));
      return new SystemSpec(
          system.chips(),
          new ChipSpec(
              chip.compute(),
              chip.overhead(),
              ImmutableList.copyOf(tiers),
              chip.weightsTier(),
              chip.kvTier(),
              chip.activationsTier(),
              offload,
              chip.watts()),
          system.network(),
          system.stepOverheadPs());
    };
  }

  private static Bench bench(String model, double gain, OffloadSpec offload, String... sets) {
    return new Bench("dgx-h100", model, Precision.BF16, 0, near(gain, offload), sets);
  }

  private static OffloadSpec attention(Rule rule) {
    return new OffloadSpec(rule, NEVER, NEVER, NEVER);
  }

  private static OffloadSpec products(Rule rule) {
    return new OffloadSpec(NEVER, rule, rule, rule);
  }

  private static long spent(Bench.Result result, int part) {
    return result.spentPs().get(result.spentPs().size() - 1).get(part);
  }

  @Test
  void attentionTakesItsKernelsTimeAndReadsNoKvOverTheChannels() {
    Bench bench = bench("llama-3.1-70b", 9, attention(ALWAYS));
    Bench.Result result = bench.fast(List.of(Bench.decode(32, 4000)));
    long kernelPs =
        LAUNCH_PS
            + (long)
                Math.ceil(
                    2.0
                        * 32
                        * 4000
                        * 128
                        * 8
                        * 2
                        * 1e12
                        / (9 * bench.system.chip().tiers().get(0).device().readBytesPerSec())
                        / 5);
    Parts parts = new Parts(bench.system.chip());
    long nearPs = spent(result, parts.near(0));
    assertThat(nearPs).isEqualTo(80 * kernelPs);
    assertThat(parts.list().get(parts.near(0)).key()).isEqualTo("hbm.near");
    assertThat(result.number("rank0.hbm.kv.read_bytes")).isZero();
    assertThat(result.number("rank0.near.kv_bytes")).isEqualTo(bench.plan.totalKvReadBytes());
    assertThat(result.number("rank0.near.kernels")).isEqualTo(80);
    assertThat(result.number("rank0.hbm.kv.written_bytes"))
        .isEqualTo(bench.plan.totalKvWriteBytes());
    assertThat(result.number("rank0.hbm.weights.read_bytes"))
        .isEqualTo(bench.plan.totalWeightBytes());
  }

  @Test
  void withoutRulesTheMemoryIsLikeAnyOther() {
    Bench bench = bench("mixtral-8x7b", 9, OffloadSpec.NONE);
    Bench plain = new Bench("dgx-h100", "mixtral-8x7b", Precision.BF16);
    List<Consumer<StepShape>> steps = List.of(Bench.prefill(300), Bench.decode(7, 900));
    assertThat(bench.fast(steps).endsPs()).isEqualTo(plain.fast(steps).endsPs());
    assertThat(new Parts(bench.system.chip()).list())
        .isEqualTo(new Parts(plain.system.chip()).list());
  }

  /** Every picosecond belongs to a part, every byte to the channels or to kernels; law F4. */
  @Test
  void anyStepSumsUpAndFoldsLikeItsParts() {
    Randomized.check(
        60,
        random -> {
          Rule rule = random.nextBoolean() ? ALWAYS : AUTO;
          OffloadSpec offload =
              new OffloadSpec(
                  random.nextBoolean() ? rule : NEVER,
                  random.nextBoolean() ? new Rule(rule.when(), 1 + random.nextInt(64)) : NEVER,
                  random.nextBoolean() ? new Rule(rule.when(), 1 + random.nextInt(64)) : NEVER,
                  random.nextBoolean() ? rule : NEVER);
          String model = Bench.MODELS.get(random.nextInt(Bench.MODELS.size()));
          int layers = 4 * (1 + random.nextInt(3));
          Bench bench =
              bench(
                  model,
                  0.5 + 10 * random.nextDouble(),
                  offload,
                  "model.layers=" + layers,
                  "system.chips=2");
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 2);
          Bench.Result full = bench.run(false, Leaping.OFF, steps);
          Bench.Result folded = bench.run(true, Leaping.ON, steps);
          assertThat(folded.endsPs()).isEqualTo(full.endsPs());
          assertThat(folded.spentPs()).isEqualTo(full.spentPs());
          assertThat(folded.statistics()).isEqualTo(full.statistics());
          assertThat(full.broken()).isEmpty();
          long weights = 0;
          long kv = 0;
          for (int i = 0; i < steps.size(); i++) {
            bench.fill(steps.get(i));
            weights += bench.plan.totalWeightBytes();
            kv += bench.plan.totalKvReadBytes();
            long sumPs = full.spentPs().get(i).stream().mapToLong(Long::longValue).sum();
            assertThat(sumPs).isEqualTo(full.endsPs().get(i));
          }
          boolean any = offload.any();
          assertThat(
                  full.number("rank0.hbm.weights.read_bytes")
                      + (any ? full.number("rank0.near.weight_bytes") : 0))
              .isEqualTo(weights);
          assertThat(
                  full.number("rank0.hbm.kv.read_bytes")
                      + (any ? full.number("rank0.near.kv_bytes") : 0))
              .isEqualTo(kv);
        });
  }

  @Test
  void theRooflineKnowsKernels() {
    for (String model : List.of("llama-3.1-70b", "mixtral-8x7b")) {
      for (OffloadSpec offload : List.of(attention(ALWAYS), products(ALWAYS), products(AUTO))) {
        Bench bench = bench(model, 6, offload);
        Bench.Result result = bench.fast(List.of(Bench.decode(4, 5000)));
        double rooflinePs = bench.roofline().stepPs(bench.plan);
        assertThat((double) result.stepPs(0))
            .as("%s %s", model, offload)
            .isCloseTo(rooflinePs, within(0.01 * rooflinePs));
      }
    }
  }

  private static boolean isNear(Bench bench, OperatorKind kind, Consumer<StepShape> step) {
    NearPlan near = new NearPlan(bench.system.chip());
    bench.fill(step);
    near.decide(bench.plan);
    for (int i = 0; i < bench.plan.size(); i++) {
      if (bench.plan.kind(i) == kind) {
        return near.isNear(i);
      }
    }
    throw new AssertionError("no " + kind);
  }

  /** A memory that reads six times as fast, once a vector, wins up to about six vectors. */
  @Test
  void autoTakesTheFasterSide() {
    Bench bench =
        bench("llama-3.1-8b", 6, new OffloadSpec(AUTO, AUTO, AUTO, AUTO), "system.chips=1");
    assertThat(isNear(bench, OperatorKind.GEMM, Bench.decode(4, 100))).isTrue();
    assertThat(isNear(bench, OperatorKind.GEMM, Bench.decode(7, 100))).isFalse();
    assertThat(isNear(bench, OperatorKind.GEMM, Bench.prefill(4096))).isFalse();
    assertThat(isNear(bench, OperatorKind.HEAD, Bench.decode(4, 100))).isTrue();
    // Four query heads share each entry: the double reads it for each of them.
    assertThat(isNear(bench, OperatorKind.ATTENTION, Bench.decode(16, 8000))).isTrue();
    assertThat(isNear(bench, OperatorKind.ATTENTION, Bench.decode(1, 10))).isFalse();
    assertThat(isNear(bench, OperatorKind.PREFILL_ATTENTION, Bench.prefill(100))).isFalse();
    Bench slow = bench("llama-3.1-8b", 0.9, new OffloadSpec(AUTO, AUTO, AUTO, AUTO));
    assertThat(isNear(slow, OperatorKind.GEMM, Bench.decode(1, 100))).isFalse();
    assertThat(isNear(slow, OperatorKind.ATTENTION, Bench.decode(16, 8000))).isFalse();
  }

  @Test
  void tokensAtMostCountsTheTokensOfTheStep() {
    Bench bench = bench("llama-3.1-8b", 6, products(new Rule(When.ALWAYS, 3)));
    assertThat(isNear(bench, OperatorKind.GEMM, Bench.decode(3, 100))).isTrue();
    assertThat(isNear(bench, OperatorKind.GEMM, Bench.decode(4, 100))).isFalse();
    assertThat(
            isNear(
                bench,
                OperatorKind.GEMM,
                shape -> {
                  shape.addDecode(10);
                  shape.addPrefillChunk(3, 0, true);
                }))
        .isFalse();
  }

  @Test
  void kernelsOfAnAttentionHaveTheMeanContextRoundedUp() {
    Bench bench = bench("llama-3.1-70b", 6, attention(ALWAYS));
    NearPlan near = new NearPlan(bench.system.chip());
    bench.fill(
        shape -> {
          shape.addDecode(10);
          shape.addDecode(11);
          shape.addDecode(1000);
        });
    near.decide(bench.plan);
    List<PimKernel> kernels = new ArrayList<>();
    for (int i = 0; i < bench.plan.size(); i++) {
      near.works(i).forEach(work -> kernels.add(work.kernel()));
    }
    assertThat(kernels)
        .containsExactly(new PimKernel.Attention(3, 1, 8, 128, 341, NumberFormat.BF16));
    assertThat(near.tier(OperatorKind.ATTENTION))
        .isEqualTo(bench.system.chip().tierIndex(Usage.KV));
  }

  @Test
  void whatCannotBeLeftToTheMemoryIsNamed() {
    OffloadSpec all = new OffloadSpec(AUTO, ALWAYS, NEVER, NEVER);
    Bench latent = bench("deepseek-v3", 6, all);
    assertThat(NearPlan.faults(latent.system.chip(), latent.plan))
        .containsExactly(
            "latent attention reads one compressed entry for all heads, for which there is no"
                + " kernel: leave 'offload.attention' out");
    Bench narrow =
        new Bench(
            "dgx-h100",
            "llama-3.1-8b",
            new Precision(
                memwall.workloads.model.NumberFormat.FP4,
                memwall.workloads.model.NumberFormat.FP16,
                memwall.workloads.model.NumberFormat.BF16,
                memwall.workloads.model.NumberFormat.BF16),
            0,
            near(6, all));
    assertThat(NearPlan.faults(narrow.system.chip(), narrow.plan))
        .containsExactly(
            "memory 'hbm' multiplies [BF16, FP8], but precision.kv is FP16",
            "memory 'hbm' multiplies [BF16, FP8], but precision.weights is FP4");
    Bench fine = bench("llama-3.1-8b", 6, all);
    assertThat(NearPlan.faults(fine.system.chip(), fine.plan)).isEmpty();
  }
}
