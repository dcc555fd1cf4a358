package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import memwall.core.Randomized;
import memwall.workloads.kernel.AttentionKernel;
import memwall.workloads.kernel.GemmKernel;
import memwall.workloads.kernel.KernelChip;
import memwall.workloads.kernel.KernelTime;
import memwall.workloads.kernel.Overlap;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.ChipKernels;
import memwall.workloads.system.ChipSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps on chips with kernels: against the analytic engine, whole against folded, by hand. */
class KernelStepsTest {
  private static final double FLOPS_PER_SEC = 989e12;

  private final KernelTime time = new KernelTime();

  @ParameterizedTest
  @ValueSource(strings = {"dgx-h100-kernels", "dgx-h200-kernels", "dgx-b200-kernels", "dgx-a100"})
  void unloadedStepsAreWithinOnePercentOfTheAnalyticEngine(String system) {
    for (String model : Bench.MODELS) {
      Precision precision = system.equals("dgx-a100") ? Precision.BF16 : Precision.FP8;
      Bench bench = new Bench(system, model, precision);
      for (Consumer<StepShape> step :
          List.of(Bench.decode(1, 1024), Bench.decode(64, 4096), Bench.prefill(2048))) {
        Bench.Result result = bench.fast(List.of(step));
        double analyticPs = bench.roofline().stepPs(bench.plan);
        assertThat((double) result.stepPs(0))
            .as("%s %s", system, model)
            .isCloseTo(analyticPs, within(0.01 * analyticPs));
        assertThat(result.spentPs().get(0).stream().mapToLong(Long::longValue).sum())
            .isEqualTo(result.stepPs(0));
        int overlap = new Parts(bench.system.chip()).overlap();
        assertThat(result.spentPs().get(0).get(overlap)).isPositive();
      }
    }
  }

  @Test
  void foldedStepsEqualWholeOnes() {
    Randomized.check(
        20,
        random -> {
          SplittableRandom same = random.split();
          String model = Bench.MODELS.get(random.nextInt(Bench.MODELS.size()));
          String chips = "system.chips=" + (1 << random.nextInt(3));
          List<Consumer<StepShape>> steps = Bench.randomSteps(same, 3);
          Bench bench = new Bench("dgx-b200-kernels", model, Precision.FP8, chips);
          Bench.Result exact = bench.run(false, Leaping.OFF, steps);
          Bench.Result fast = bench.fast(steps);
          assertThat(fast.endsPs()).isEqualTo(exact.endsPs());
          assertThat(fast.spentPs()).isEqualTo(exact.spentPs());
          assertThat(fast.broken()).isEmpty();
        });
  }

  /** One rank of Llama-3.1-8B: 32 times four products and the attention, and the head. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 128})
  void aStepIsTheSumOfItsKernels(int sequences) {
    Bench bench =
        new Bench(
            "dgx-h100-kernels",
            "llama-3.1-8b",
            Precision.BF16,
            1,
            "system.chip.overhead.elementwise=0 ps");
    int context = 4096;
    long stepPs = bench.fast(List.of(Bench.decode(sequences, context))).stepPs(0);
    double kernelsPs =
        32
                * (product(bench, sequences, 6144, 4096)
                    + attention(bench, sequences, context)
                    + product(bench, sequences, 4096, 4096)
                    + product(bench, sequences, 28672, 4096)
                    + product(bench, sequences, 4096, 14336))
            + product(bench, sequences, 128256, 4096);
    // Element-wise operators read and write activations, up to 3 % of the bytes.
    assertThat((double) stepPs).isBetween(kernelsPs, kernelsPs * 1.05);
  }

  private double product(Bench bench, int m, int n, int k) {
    ChipKernels kernels = kernels(bench);
    GemmKernel kernel = kernels.library().gemm().get("bf16");
    assertThat(kernel).isNotNull();
    kernel.time(kernels.chip(), FLOPS_PER_SEC, m, n, k, false, time);
    return withMemory(bench, 2.0 * n * k);
  }

  private double attention(Bench bench, int sequences, int context) {
    ChipKernels kernels = kernels(bench);
    AttentionKernel kernel = kernels.library().attention().get("bf16");
    assertThat(kernel).isNotNull();
    kernel.time(kernels.chip(), sequences, context, 8, 4, 128, false, time);
    return withMemory(bench, 4.0 * sequences * context * 8 * 128);
  }

  /** The memory may be slower than the kernel could read, never faster. */
  private double withMemory(Bench bench, double storedBytes) {
    ChipSpec chip = bench.system.chip();
    double readPs = storedBytes * 1e12 / chip.tiers().get(0).readBytesPerSec();
    return time.fixedPs()
        + Overlap.of(Math.max(readPs, time.memoryPs()), time.chipPs(), time.overlap());
  }

  private static ChipKernels kernels(Bench bench) {
    ChipKernels kernels = bench.system.chip().compute().kernels();
    assertThat(kernels).isNotNull();
    KernelChip chip = kernels.chip();
    assertThat(chip.sms()).isEqualTo(132);
    return kernels;
  }

  /** Without kernels nothing has a part for what overlaps in part. */
  @Test
  void chipsWithoutKernelsHaveNoSuchPart() {
    Bench bench = new Bench("dgx-h100", "llama-3.1-8b", Precision.BF16);
    assertThat(new Parts(bench.system.chip()).overlap()).isZero();
    assertThat(new Parts(bench.system.chip()).list()).noneMatch(p -> p.key().equals("overlap"));
  }
}
