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
import org.junit.jupiter.api.Test;

/** Routed experts in a memory of their own: closed forms, laws, attribution. */
class ExpertPlacementTest {
  private static final String SYSTEM = "son2026-hbf-experts-8";
  private static final String EXPERTS = "system.chip.placement.experts.";
  private static final String FLASH = "system.chip.memory.hbf.device.";

  private static Bench bench(String model, String... sets) {
    return new Bench(SYSTEM, model, Precision.FP8, sets);
  }

  private static long spent(Bench bench, Bench.Result result, int step, String key) {
    List<Parts.Part> parts = new Parts(bench.system.chip()).list();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).key().equals(key)) {
        return result.spentPs().get(step).get(i)
            - (step == 0 ? 0 : result.spentPs().get(step - 1).get(i));
      }
    }
    throw new IllegalArgumentException(key);
  }

  /**
   * Experts alone in flash: each MoE layer waits for its first page, and for nothing more often.
   */
  @Test
  void unknownRoutingExposesThePageOncePerLayer() {
    for (String model : List.of("llama-4-maverick", "deepseek-v3", "mixtral-8x7b")) {
      String none = EXPERTS + "hot_share=0";
      Bench bench = bench(model, none);
      long layers = bench.model.moeLayers();
      for (long readPs : new long[] {1_000_000, 3_000_000, 20_000_000}) {
        String time = FLASH + "read_time=" + readPs + " ps";
        // As many planes as the latency needs: the array is never what binds.
        String planes = FLASH + "planes_per_die=" + 32 * readPs / 1_000_000;
        Bench slow = bench(model, none, time, planes);
        Bench.Result result = slow.fast(List.of(Bench.decode(1, 1024)));
        assertThat(spent(slow, result, 0, "hbf.latency")).as(model).isEqualTo(layers * readPs);
      }
    }
  }

  @Test
  void knownRoutingHidesThePage() {
    Bench unknown = bench("llama-4-maverick", EXPERTS + "hot_share=0");
    Bench known = bench("llama-4-maverick", EXPERTS + "hot_share=0", EXPERTS + "routing=known");
    List<Consumer<StepShape>> steps = List.of(Bench.decode(1, 1024));
    Bench.Result slow = unknown.fast(steps);
    Bench.Result quick = known.fast(steps);
    assertThat(spent(known, quick, 0, "hbf.latency")).isZero();
    long layers = unknown.model.moeLayers();
    // The staging buffer holds more than one step's expert of a layer: all of the page is hidden.
    assertThat(slow.stepPs(0) - quick.stepPs(0)).isEqualTo(layers * 1_000_000);
  }

  /**
   * Both tiers work at the same time: here flash is the slower one, and the hot experts are free.
   */
  @Test
  void hotAndColdExpertsAreReadSideBySide() {
    Bench bench =
        bench(
            "llama-4-maverick",
            EXPERTS + "hot_share=0.05",
            "system.chip.compute.peak.fp8=1000 PFLOP/s",
            "model.moe.popularity=0.9");
    bench.fill(Bench.decode(64, 1024));
    OperatorPlan plan = bench.plan;
    ChipSpec chip = bench.system.chip();
    double expectedPs = 0;
    long coldBytes = 0;
    int experts = 0;
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        if (plan.routedWeightBytes(i) > 0) {
          long hot = plan.popularWeightBytes(i);
          long cold = plan.weightBytes(i) - hot;
          assertThat(hot).isPositive();
          double hotPs =
              (hot + plan.activationBytes(i)) * 1e12 / chip.tiers().get(0).readBytesPerSec();
          double coldPs = 1_000_000 + cold * 1e12 / chip.tiers().get(1).readBytesPerSec();
          assertThat(hotPs).isLessThan(coldPs);
          expectedPs += plan.segmentRepeat(s) * coldPs;
          coldBytes += plan.segmentRepeat(s) * cold;
          experts += plan.segmentRepeat(s);
        }
      }
    }
    assertThat(experts).isEqualTo(bench.model.moeLayers());
    Bench.Result result = bench.fast(List.of(Bench.decode(64, 1024)));
    assertThat(result.number("rank0.hbf.weights.read_bytes")).isEqualTo(coldBytes);
    // Flash owns the wait in each of these operators, and in no other.
    double spentPs =
        spent(bench, result, 0, "hbf.weights") + spent(bench, result, 0, "hbf.latency");
    assertThat(spentPs).isCloseTo(expectedPs, within(0.01 * expectedPs));
  }

  /** The share of visits that the hot experts catch follows from their popularity. */
  @Test
  void popularExpertsTakeReadsFromFlash() {
    long[] flash = new long[3];
    double[] popularities = {0, 0.6, 1.2};
    for (int i = 0; i < 3; i++) {
      Bench bench = bench("llama-4-maverick", "model.moe.popularity=" + popularities[i]);
      Bench.Result result = bench.fast(List.of(Bench.decode(16, 100)));
      flash[i] = result.number("rank0.hbf.weights.read_bytes");
    }
    assertThat(flash[1]).isLessThan(flash[0] * 9 / 10);
    assertThat(flash[2]).isLessThan(flash[1] * 8 / 10);
  }

  static Bench anyBench(SplittableRandom random, String... more) {
    List<String> sets = new ArrayList<>(List.of(more));
    List<String> models =
        List.of("llama-4-maverick", "deepseek-v3", "mixtral-8x7b", "llama-3.1-8b");
    sets.add("system.chips=" + (1 << random.nextInt(4)));
    sets.add(EXPERTS + "hot_share=" + random.nextInt(5) * 0.25);
    sets.add(EXPERTS + "routing=" + (random.nextBoolean() ? "known" : "unknown"));
    if (random.nextInt(3) == 0) {
      // Dense weights and experts in flash, the popular ones in HBM.
      sets.add("system.chip.placement.weights=hbf");
    }
    if (random.nextInt(3) == 0) {
      sets.add("system.chip.placement.kv=hbf");
    }
    if (random.nextBoolean()) {
      sets.add(FLASH + "planes_per_die=" + (1 + random.nextInt(60)));
      sets.add(FLASH + "read_time=" + (1 + random.nextInt(20_000)) + " ns");
      sets.add("system.chip.memory.hbf.announce_ahead=" + (1 + random.nextInt(10)));
    }
    String model = models.get(random.nextInt(models.size()));
    if (random.nextBoolean() && !model.equals("llama-3.1-8b")) {
      sets.add("model.moe.popularity=" + random.nextInt(20) * 0.1);
    }
    return new Bench(
        SYSTEM,
        model,
        random.nextBoolean() ? Precision.FP8 : Precision.BF16,
        sets.toArray(String[]::new));
  }

  @Test
  void foldingAndLeapingChangeNothing() {
    Randomized.check(
        40,
        random -> {
          Bench bench = anyBench(random, "model.layers=" + 4 * (1 + random.nextInt(3)));
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 3);
          Bench.Result leaped = bench.run(true, Leaping.ON, steps);
          Bench.Result every = bench.run(true, Leaping.OFF, steps);
          assertThat(leaped.endsPs()).isEqualTo(every.endsPs());
          assertThat(leaped.spentPs()).isEqualTo(every.spentPs());
          assertThat(leaped.statistics()).isEqualTo(every.statistics());
          assertThat(leaped.states()).isEqualTo(every.states());
          if (bench.ranks <= 2) {
            Bench.Result full = bench.run(false, Leaping.OFF, steps);
            assertThat(leaped.endsPs()).isEqualTo(full.endsPs());
            assertThat(leaped.spentPs()).isEqualTo(full.spentPs());
            assertThat(leaped.statistics()).isEqualTo(full.statistics());
          }
        });
  }

  @Test
  void bytesAndAttributionHold() {
    Randomized.check(
        150,
        random -> {
          Bench bench = anyBench(random);
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 3);
          Bench.Result result = bench.fast(steps);
          assertThat(result.broken()).isEmpty();
          ChipSpec chip = bench.system.chip();
          for (int tier = 0; tier < 2; tier++) {
            for (Usage usage : List.of(Usage.WEIGHTS, Usage.KV)) {
              long planned = 0;
              for (int i = 0; i < steps.size(); i++) {
                bench.fill(steps.get(i));
                planned += TierBytes.totalStored(chip, bench.plan, tier, usage);
              }
              if (chip.holds(tier, usage)) {
                String name = chip.tiers().get(tier).name();
                assertThat(result.number("rank0." + name + "." + usage.label() + ".read_bytes"))
                    .isEqualTo(planned);
              } else {
                assertThat(planned).isZero();
              }
            }
          }
          for (int i = 0; i < steps.size(); i++) {
            long spentPs = result.spentPs().get(i).stream().mapToLong(Long::longValue).sum();
            assertThat(spentPs).isEqualTo(result.endsPs().get(i));
          }
        });
  }

  @Test
  void unloadedStepsAreWithinOnePercentOfTheRoofline() {
    for (String model : List.of("llama-4-maverick", "deepseek-v3", "mixtral-8x7b")) {
      for (String routing : List.of("known", "unknown")) {
        for (double hot : new double[] {0, 0.25, 0.7}) {
          Bench bench = bench(model, EXPERTS + "hot_share=" + hot, EXPERTS + "routing=" + routing);
          for (Consumer<StepShape> step :
              List.of(Bench.decode(1, 1024), Bench.decode(32, 3000), Bench.prefill(2048))) {
            long stepPs = bench.fast(List.of(step)).stepPs(0);
            double rooflinePs = bench.roofline().stepPs(bench.plan);
            assertThat((double) stepPs)
                .as("%s %s %s", model, routing, hot)
                .isCloseTo(rooflinePs, within(0.01 * rooflinePs));
          }
        }
      }
    }
  }
}
