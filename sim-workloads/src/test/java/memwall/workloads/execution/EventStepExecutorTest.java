package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.memory.Usage;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.Machine;
import memwall.workloads.system.TierSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Steps on every shipped system: closed forms, bounds, conservation, attribution. */
class EventStepExecutorTest {
  static final List<String> SYSTEMS = Bench.SYSTEMS;

  @ParameterizedTest
  @FieldSource("SYSTEMS")
  void unloadedStepsAreWithinOnePercentOfTheRoofline(String system) {
    for (String model : Bench.MODELS) {
      Bench bench = new Bench(system, model, Precision.FP8);
      for (Consumer<StepShape> step : List.of(Bench.decode(1, 1024), Bench.prefill(2048))) {
        long stepPs = bench.fast(List.of(step)).stepPs(0);
        double rooflinePs = bench.roofline().stepPs(bench.plan);
        assertThat((double) stepPs)
            .as("%s %s", system, model)
            .isCloseTo(rooflinePs, within(0.01 * rooflinePs));
      }
    }
  }

  /** The least time that any order of events could take: each resource works all the time. */
  private static double boundPs(Bench bench, OperatorPlan plan) {
    ChipSpec chip = bench.system.chip();
    double computePs = 0;
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        if (plan.flops(i) > 0) {
          computePs +=
              plan.segmentRepeat(s)
                  * plan.flops(i)
                  * 1e12
                  / chip.compute().flopsPerSec(plan.format(i));
        }
      }
    }
    double boundPs = computePs;
    for (int t = 0; t < chip.tiers().size(); t++) {
      TierSpec tier = chip.tiers().get(t);
      double storedBytes =
          (t == chip.weightsTier() ? plan.totalWeightBytes() : 0)
              + (t == chip.kvTier() ? plan.totalKvReadBytes() : 0);
      double readBytes =
          storedBytes + (t == chip.activationsTier() ? plan.totalActivationBytes() / 2.0 : 0);
      boolean duplex = tier.device().fullDuplex(Usage.ACTIVATIONS);
      double linkBytes =
          duplex || t != chip.activationsTier()
              ? readBytes
              : readBytes + plan.totalActivationBytes() / 2.0;
      double link = (double) tier.device().linkBytesPerSec() * tier.count();
      double array = (double) tier.device().arrayBytesPerSec() * tier.count();
      // A step may end with its writes under way, never with its reads.
      boundPs = Math.max(boundPs, linkBytes * 1e12 / link);
      boundPs = Math.max(boundPs, storedBytes * 1e12 / array);
    }
    return boundPs + bench.system.stepOverheadPs();
  }

  /** Any system with any model, with random buffers, announcements and host time. */
  static Bench anyBench(SplittableRandom random, String... more) {
    String system = Bench.SYSTEMS.get(random.nextInt(Bench.SYSTEMS.size()));
    List<String> sets = new ArrayList<>(List.of(more));
    int chips = 1 << random.nextInt(4);
    sets.add("system.chips=" + chips);
    String tier = system.startsWith("dgx") || system.contains("hbm4") ? "hbm" : "hbf";
    String memory = "system.chip.memory." + tier + ".";
    if (random.nextBoolean()) {
      sets.add(memory + "announce_ahead=" + (1 + random.nextInt(10)));
      sets.add(memory + "announce_weights=" + random.nextBoolean());
      sets.add(memory + "announce_kv=" + random.nextBoolean());
    }
    if (random.nextBoolean()) {
      sets.add(memory + "write_buffer=" + random.nextInt(1 << (1 + random.nextInt(22))) + " B");
    }
    if (random.nextBoolean()) {
      sets.add("system.step_overhead=" + random.nextInt(1000) + " ns");
    }
    return new Bench(
        system,
        Bench.MODELS.get(random.nextInt(Bench.MODELS.size())),
        random.nextBoolean() ? Precision.FP8 : Precision.BF16,
        sets.toArray(String[]::new));
  }

  @Test
  void boundsBytesAndAttributionHoldForAnyStep() {
    double[] closest = {Double.MAX_VALUE};
    Randomized.check(
        250,
        random -> {
          Bench bench = anyBench(random);
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 3);
          Bench.Result result = bench.fast(steps);
          assertThat(result.broken()).isEmpty();
          long[] bytes = new long[4];
          for (int i = 0; i < steps.size(); i++) {
            bench.fill(steps.get(i));
            double boundPs = boundPs(bench, bench.plan);
            assertThat((double) result.stepPs(i)).isGreaterThanOrEqualTo(boundPs * (1 - 1e-9));
            if (boundPs > 0) {
              closest[0] = Math.min(closest[0], result.stepPs(i) / boundPs);
            }
            bytes[0] += bench.plan.totalWeightBytes();
            bytes[1] += bench.plan.totalKvReadBytes();
            bytes[2] += bench.plan.totalKvWriteBytes();
            bytes[3] += bench.plan.totalActivationBytes();
            // Every picosecond belongs to one part.
            long spentPs = result.spentPs().get(i).stream().mapToLong(Long::longValue).sum();
            assertThat(spentPs).isEqualTo(result.endsPs().get(i));
          }
          ChipSpec chip = bench.system.chip();
          assertThat(bytes(result, chip, Usage.WEIGHTS, "read")).isEqualTo(bytes[0]);
          assertThat(bytes(result, chip, Usage.WEIGHTS, "written")).isZero();
          assertThat(bytes(result, chip, Usage.KV, "read")).isEqualTo(bytes[1]);
          assertThat(bytes(result, chip, Usage.KV, "written")).isEqualTo(bytes[2]);
          assertThat(
                  bytes(result, chip, Usage.ACTIVATIONS, "read")
                      + bytes(result, chip, Usage.ACTIVATIONS, "written"))
              .isEqualTo(bytes[3]);
        });
    // The bound is sharp: some step comes near it.
    if (System.getProperty(Randomized.SEED_PROPERTY) == null) {
      assertThat(closest[0]).isLessThan(1.05);
    }
  }

  private static long bytes(Bench.Result result, ChipSpec chip, Usage usage, String what) {
    return result.number(
        "rank0." + chip.tier(usage).name() + "." + usage.label() + "." + what + "_bytes");
  }

  @Test
  void aStepWithNothingToDoTakesTheHostsTimeAndIsDoneByAnEvent() {
    for (String hostTime : List.of("0 ps", "7 us")) {
      Bench bench =
          new Bench("dgx-h100", "llama-3.1-8b", Precision.FP8, "system.step_overhead=" + hostTime);
      for (boolean folded : new boolean[] {true, false}) {
        bench.fill(shape -> {});
        Simulation simulation = new Simulation(1);
        Machine machine =
            new Machine(simulation, new Stats(), bench.system, 8, folded, new Footprint(1, 1, 1));
        EventStepExecutor executor =
            new EventStepExecutor(simulation, machine, bench.plan, bench.kvBlockBytes);
        long[] doneAt = {-1};
        executor.execute(bench.plan, word -> doneAt[0] = simulation.nowPs(), 0);
        assertThat(doneAt[0]).isEqualTo(-1);
        assertThatThrownBy(() -> executor.execute(bench.plan, word -> {}, 0))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("a step is under way");
        simulation.run();
        assertThat(doneAt[0]).isEqualTo(bench.system.stepOverheadPs());
        assertThat(executor.spentPs(Parts.HOST)).isEqualTo(doneAt[0]);
      }
    }
  }

  /** Time spent on a part by the end of the last step. */
  private static long part(Bench.Result result, int part) {
    return result.spentPs().get(result.spentPs().size() - 1).get(part);
  }

  @Test
  void aSmallWriteBufferMakesOperatorsWaitAndLosesNothing() {
    List<Consumer<StepShape>> steps = List.of(Bench.prefill(512), Bench.decode(64, 4096));
    long[] stepPs = new long[2];
    for (int i = 0; i < 2; i++) {
      Bench bench =
          new Bench(
              "son2026-hbf-8",
              "llama-3.1-70b",
              Precision.FP8,
              "system.chip.memory.hbf.write_buffer=" + (i == 0 ? "64 MiB" : "1 KiB"));
      Bench.Result result = bench.fast(steps);
      int kvTier = bench.system.chip().kvTier();
      long waitedPs = part(result, Parts.write(kvTier));
      assertThat(result.broken()).isEmpty();
      if (i == 0) {
        assertThat(waitedPs).isZero();
      } else {
        // No write fits the buffer: each of the 160 attentions waits until its pages are
        // programmed.
        assertThat(waitedPs).isGreaterThan(160 * 90_000_000L);
      }
      stepPs[i] = result.endsPs().get(1);
      assertThat(result.number("rank0.hbf.kv.written_bytes"))
          .isEqualTo(result.number("rank0.hbf.programmed_bytes"));
    }
    assertThat(stepPs[1]).isGreaterThan(stepPs[0] + 160 * 90_000_000L);
  }

  private static long[] announced(String... sets) {
    Bench bench = new Bench("son2026-hbf-8", "llama-3.1-70b", Precision.FP8, sets);
    Bench.Result result = bench.fast(List.of(Bench.decode(1, 1024)));
    int tier = bench.system.chip().weightsTier();
    long reads = 0;
    for (int s = 0; s < bench.plan.segments(); s++) {
      for (int i = bench.plan.segmentFirst(s); i < bench.plan.segmentEnd(s); i++) {
        if (bench.plan.weightBytes(i) + bench.plan.kvReadBytes(i) > 0) {
          reads += bench.plan.segmentRepeat(s);
        }
      }
    }
    return new long[] {result.stepPs(0), result.spentPs().get(0).get(Parts.latency(tier)), reads};
  }

  @Test
  void announcingHidesTheReadTimeAndNotAnnouncingExposesIt() {
    String memory = "system.chip.memory.hbf.";
    long readPs = 1_000_000;
    long[] ahead8 = announced();
    long[] ahead1 = announced(memory + "announce_ahead=1");
    long[] off = announced(memory + "announce_weights=false", memory + "announce_kv=false");
    // Announced: only the embedding's row, whose address depends on the token, is waited for.
    assertThat(ahead8[1]).isEqualTo(readPs);
    assertThat(ahead1[1]).isEqualTo(readPs);
    // Not announced: each read of stored data waits one tR, and not more.
    assertThat(off[1]).isEqualTo(off[2] * readPs);
    assertThat(off[0] - ahead8[0]).isBetween((off[2] - 80) * readPs * 9 / 10, off[2] * readPs);
    // One read ahead senses during the operator in front only, eight cover short operators too.
    assertThat(ahead1[0]).isGreaterThan(ahead8[0]);
    assertThat(ahead1[0]).isLessThan(off[0]);
    // KV alone.
    long[] weightsOnly = announced(memory + "announce_kv=false");
    assertThat(weightsOnly[1]).isEqualTo(readPs + 80 * readPs);
    long[] kvOnly = announced(memory + "announce_weights=false");
    assertThat(kvOnly[1]).isEqualTo(off[1] - 80 * readPs);
  }

  @Test
  void weightsKvAndActivationsMayLieAnywhere() {
    for (String weights : List.of("hbm", "hbf")) {
      for (String kv : List.of("hbm", "hbf")) {
        Bench bench =
            new Bench(
                "son2026-hbf-8",
                "mixtral-8x7b",
                Precision.BF16,
                "system.chip.placement.weights=" + weights,
                "system.chip.placement.kv=" + kv);
        List<Consumer<StepShape>> steps =
            List.of(Bench.decode(8, 3000), Bench.prefill(300), Bench.decode(9, 3000));
        Bench.Result result = bench.fast(steps);
        assertThat(result.broken()).isEmpty();
        assertThat(result.number("rank0." + weights + ".weights.read_bytes")).isPositive();
        assertThat(result.number("rank0." + kv + ".kv.written_bytes")).isPositive();
        bench.fill(steps.get(2));
        double rooflinePs = bench.roofline().stepPs(bench.plan);
        assertThat((double) result.stepPs(2))
            .as("weights %s, kv %s", weights, kv)
            .isCloseTo(rooflinePs, within(0.03 * rooflinePs));
      }
    }
  }

  @Test
  void oneRankNeedsNoNetwork() {
    Bench bench = new Bench("dgx-h100", "llama-3.1-8b", Precision.BF16, 1);
    Bench.Result result = bench.fast(List.of(Bench.decode(1, 1024)));
    assertThat(result.spentPs().get(0).get(Parts.NETWORK)).isZero();
    double rooflinePs = bench.roofline().stepPs(bench.plan);
    assertThat((double) result.stepPs(0)).isCloseTo(rooflinePs, within(0.01 * rooflinePs));
  }
}
