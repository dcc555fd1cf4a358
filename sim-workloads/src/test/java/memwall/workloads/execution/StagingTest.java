package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import memwall.core.Randomized;
import memwall.memory.Usage;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.TierSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights copied from flash into a buffer in HBM ahead of their use. */
class StagingTest {
  private static final String SYSTEM = "son2026-hbf-8";
  private static final String STAGING = "system.chip.placement.staging=";
  private static final String KV = "system.chip.placement.kv=hbm";
  private static final String HBF = "system.chip.memory.hbf.";

  /** So many stacks that copies and reads of HBM are no bottleneck. */
  private static final String HBM = "system.chip.memory.hbm.count=64";

  private static Bench bench(String model, String staging, String... more) {
    List<String> sets = new ArrayList<>(List.of(KV, HBM));
    if (!staging.isEmpty()) {
      sets.add(STAGING + staging);
    }
    sets.addAll(List.of(more));
    return new Bench(SYSTEM, model, Precision.FP8, sets.toArray(String[]::new));
  }

  private static String staging(String size, String policy) {
    return "{memory: hbm, size: " + size + ", depth: 64, policy: " + policy + "}";
  }

  private static double flashBytesPerPs(Bench bench) {
    TierSpec flash = bench.system.chip().tiers().get(bench.system.chip().weightsTier());
    return flash.readBytesPerSec() * 1e-12;
  }

  private static long weightsOf(OperatorPlan plan, int segment) {
    long bytes = 0;
    for (int i = plan.segmentFirst(segment); i < plan.segmentEnd(segment); i++) {
      bytes += plan.weightBytes(i);
    }
    return bytes;
  }

  /** Time of a step with one repeated layer more less that without. */
  private static long layerPs(String staging, Consumer<StepShape> step, String... more) {
    long[] stepPs = new long[2];
    for (int i = 0; i < 2; i++) {
      List<String> sets = new ArrayList<>(List.of(more));
      sets.add("model.layers=" + (10 + i));
      Bench bench = bench("llama-3.1-405b", staging, sets.toArray(String[]::new));
      stepPs[i] = bench.fast(List.of(step)).stepPs(0);
    }
    return stepPs[1] - stepPs[0];
  }

  /**
   * The law: a layer takes the longer of its own time and that of loading the next one; the first
   * one is loaded in full.
   */
  @Test
  void aLayerTakesTheLongerOfItselfAndOfLoadingTheNext() {
    for (int planes : new int[] {2, 5, 25}) {
      for (int tokens : new int[] {1, 600, 2400}) {
        for (String policy : List.of("layer", "sequential")) {
          String array = HBF + "device.planes_per_die=" + planes;
          Bench bench = bench("llama-3.1-405b", staging("8 GB", policy), array);
          Consumer<StepShape> step = tokens == 1 ? Bench.decode(1, 10) : Bench.prefill(tokens);
          bench.fill(step);
          double loadPs = weightsOf(bench.plan, 1) / flashBytesPerPs(bench);
          // Weights in HBM, without copies.
          long ownPs = layerPs("", step, array, "system.chip.placement.weights=hbm");
          long layerPs = layerPs(staging("8 GB", policy), step, array);
          double expectedPs = Math.max((double) ownPs, loadPs);
          // Copies are written to HBM beside: at most their share of its rate.
          double writePs =
              weightsOf(bench.plan, 1)
                  * 1e12
                  / bench.system.chip().tiers().get(0).readBytesPerSec();
          assertThat((double) layerPs)
              .as("%s planes, %s tokens, %s", planes, tokens, policy)
              .isBetween(expectedPs * 0.999, expectedPs * 1.002 + writePs);
        }
      }
    }
  }

  /** The first layer waits for a page and for its load; nothing can be ahead of it. */
  @Test
  void theFirstLayerIsLoadedInFull() {
    // Two planes per die: 0.9 TB/s, so that HBM costs next to nothing.
    Bench bench =
        bench(
            "llama-3.1-405b",
            staging("8 GB", "layer"),
            "model.layers=1",
            HBF + "device.planes_per_die=2");
    bench.fill(Bench.decode(1, 10));
    double loadPs = (weightsOf(bench.plan, 1) + weightsOf(bench.plan, 2)) / flashBytesPerPs(bench);
    Bench.Result result = bench.fast(List.of(Bench.decode(1, 10)));
    // Planes at rest give their first pages at once: less than a page's time is saved.
    assertThat((double) result.stepPs(0)).isBetween(0.998 * loadPs, 1.05 * loadPs + 20e6);
  }

  /** Less than rate times latency cannot keep flash busy: what is under way bounds the rate. */
  @Test
  void aSmallBufferStalls() {
    long full = 0;
    for (int factor : new int[] {8, 4, 2, 1}) {
      // 7 stacks at 1.6 TB/s with pages of 20 us; as many planes as the rate needs.
      String[] sets = {
        HBF + "device.read_time=20 us",
        HBF + "device.planes_per_die=500",
        HBF + "device.staging=128 MiB"
      };
      double doubleBuffer = 2 * 7 * 1.6e12 * 20e-6;
      long size = (long) (doubleBuffer * factor / 4);
      long layerPs = layerPs(staging(size + " B", "sequential"), Bench.decode(1, 10), sets);
      Bench bench = bench("llama-3.1-405b", staging(size + " B", "sequential"), sets);
      bench.fill(Bench.decode(1, 10));
      double bytes = weightsOf(bench.plan, 1);
      // Little's law: at most the buffer per latency.
      double leastPs = Math.max(bytes / flashBytesPerPs(bench), bytes * 20e6 / size);
      assertThat((double) layerPs).isGreaterThanOrEqualTo(0.999 * leastPs);
      assertThat((double) layerPs).isLessThan(1.5 * leastPs);
      if (factor == 8) {
        full = layerPs;
      }
      // Full rate with the double buffer; half of it, rate times latency, costs a little; half of
      // that halves the rate.
      double slowdown = (double) layerPs / full;
      switch (factor) {
        case 4 -> assertThat(slowdown).isCloseTo(1, within(0.02));
        case 2 -> assertThat(slowdown).isBetween(1.05, 1.3);
        case 1 -> assertThat(slowdown).isBetween(1.9, 2.6);
        default -> assertThat(slowdown).isEqualTo(1);
      }
    }
  }

  private static Bench anyBench(SplittableRandom random, String... more) {
    String[] models = {"llama-3.1-8b", "llama-4-maverick", "deepseek-v3"};
    List<String> sets = new ArrayList<>(List.of(more));
    sets.add("system.chip.memory.hbm.count=1");
    sets.add(HBF + "count=2");
    sets.add(HBF + "device.read_time=" + (1 + random.nextInt(20)) + " us");
    sets.add(HBF + "device.planes_per_die=" + (2 + random.nextInt(60)));
    if (random.nextBoolean()) {
      sets.add(
          "system.chip.placement.experts={memory: hbf, routing: "
              + (random.nextBoolean() ? "known" : "unknown")
              + "}");
    }
    String text =
        "{memory: hbm, size: "
            + (1 << (13 + random.nextInt(8)))
            + " KiB, depth: "
            + (1 + random.nextInt(20))
            + ", policy: "
            + (random.nextBoolean() ? "layer" : "sequential")
            + "}";
    return bench(models[random.nextInt(3)], text, sets.toArray(String[]::new));
  }

  @Test
  void foldingAndLeapingChangeNothing() {
    long[] events = new long[2];
    Randomized.check(
        12,
        random -> {
          Bench bench =
              anyBench(random, "system.chips=2", "model.layers=" + 4 * (1 + random.nextInt(3)));
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 2);
          Bench.Result leaped = bench.run(true, Leaping.ON, steps);
          Bench.Result every = bench.run(true, Leaping.OFF, steps);
          Bench.Result full = bench.run(false, Leaping.OFF, steps);
          for (Bench.Result other : List.of(every, full)) {
            assertThat(leaped.endsPs()).isEqualTo(other.endsPs());
            assertThat(leaped.spentPs()).isEqualTo(other.spentPs());
            assertThat(leaped.statistics()).isEqualTo(other.statistics());
          }
          assertThat(leaped.states()).isEqualTo(every.states());
          events[0] += leaped.events();
          events[1] += every.events();
        });
    if (System.getProperty(Randomized.SEED_PROPERTY) == null) {
      assertThat(events[0]).isLessThan(events[1]);
    }
  }

  @Test
  void everyByteIsCopiedAndReadOnce() {
    Randomized.check(
        25,
        random -> {
          Bench bench = anyBench(random, "model.layers=8");
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 3);
          Bench.Result result = bench.fast(steps);
          assertThat(result.broken()).isEmpty();
          ChipSpec chip = bench.system.chip();
          long staged = 0;
          long direct = 0;
          for (Consumer<StepShape> step : steps) {
            bench.fill(step);
            OperatorPlan plan = bench.plan;
            for (int s = 0; s < plan.segments(); s++) {
              for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
                long bytes =
                    plan.segmentRepeat(s)
                        * TierBytes.stored(chip, plan, i, chip.weightsTier(), Usage.WEIGHTS);
                staged += chip.stages(plan.kind(i), chip.weightsTier()) ? bytes : 0;
                direct += chip.stages(plan.kind(i), chip.weightsTier()) ? 0 : bytes;
              }
            }
          }
          assertThat(result.number("rank0.staging.bytes")).isEqualTo(staged);
          assertThat(result.number("rank0.hbm.weights.written_bytes")).isEqualTo(staged);
          assertThat(result.number("rank0.hbm.weights.read_bytes")).isEqualTo(staged);
          assertThat(result.number("rank0.hbf.weights.read_bytes")).isEqualTo(staged + direct);
          long spentPs = result.spentPs().get(2).stream().mapToLong(Long::longValue).sum();
          assertThat(spentPs).isEqualTo(result.endsPs().get(2));
        });
  }

  /** HBM is shared with the copies, flash with experts that are read directly. */
  @ParameterizedTest
  @CsvSource({
    "llama-3.1-70b, 200 MB",
    "llama-3.1-70b, 2 GB",
    "llama-3.1-405b, 200 MB",
    "llama-3.1-405b, 2 GB",
    "llama-4-maverick, 2 GB",
    "mixtral-8x7b, 2 GB",
  })
  void unloadedStepsAreNearTheRoofline(String model, String size) {
    for (String hbm : List.of("6", "64")) {
      for (String policy : List.of("layer", "sequential")) {
        String[] sets = {"system.chip.memory.hbm.count=" + hbm, HBF + "count=2"};
        Bench bench = bench(model, staging(size, policy), sets);
        for (Consumer<StepShape> step : List.of(Bench.decode(1, 1024), Bench.prefill(2048))) {
          long stepPs = bench.fast(List.of(step)).stepPs(0);
          double rooflinePs = bench.roofline().stepPs(bench.plan);
          assertThat((double) stepPs)
              .as("%s HBM, %s", hbm, policy)
              .isCloseTo(rooflinePs, within(0.01 * rooflinePs));
        }
      }
    }
  }
}
