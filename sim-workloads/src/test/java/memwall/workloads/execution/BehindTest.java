package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.Usage;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.Chip;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.Machine;
import memwall.workloads.system.TierSpec;
import org.junit.jupiter.api.Test;

/** Flash behind HBM: what comes from behind passes the link in front, which both share. */
class BehindTest {
  private static final String SYSTEM = "h3-like-8";
  private static final String HBF = "system.chip.memory.hbf.";
  private static final String IDEAL = "system.chip.memory.hbm.device.efficiency=1";

  private static Bench bench(String... sets) {
    return new Bench(SYSTEM, "llama-3.1-70b", Precision.FP8, sets);
  }

  /** Both memories are read at once; returns when each read is done. */
  private static long[] ends(Bench bench, long hbmBytes, long hbfBytes, boolean announced) {
    Simulation simulation = new Simulation(1);
    Machine machine =
        new Machine(
            simulation, new Stats(), bench.system, 8, true, new Footprint(1000, 1000, 1000));
    Chip chip = machine.chip(0);
    Memory hbm = chip.tier(0);
    Memory hbf = chip.tier(1);
    long[] endsPs = new long[2];
    if (announced) {
      assertThat(hbf.announce(chip.region(1, Usage.WEIGHTS), hbfBytes, AccessPattern.SEQUENTIAL))
          .isTrue();
      // Long enough to fill the staging buffer.
      simulation
          .event("start", word -> read(simulation, chip, hbm, hbf, hbmBytes, hbfBytes, endsPs))
          .in(1_000_000_000, 0);
    } else {
      read(simulation, chip, hbm, hbf, hbmBytes, hbfBytes, endsPs);
    }
    simulation.run();
    if (announced) {
      endsPs[0] -= 1_000_000_000;
      endsPs[1] -= 1_000_000_000;
    }
    return endsPs;
  }

  private static void read(
      Simulation simulation,
      Chip chip,
      Memory hbm,
      Memory hbf,
      long hbmBytes,
      long hbfBytes,
      long[] endsPs) {
    hbm.read(
        chip.region(0, Usage.KV),
        hbmBytes,
        AccessPattern.SEQUENTIAL,
        word -> endsPs[0] = simulation.nowPs(),
        0);
    hbf.read(
        chip.region(1, Usage.WEIGHTS),
        hbfBytes,
        AccessPattern.SEQUENTIAL,
        word -> endsPs[1] = simulation.nowPs(),
        0);
  }

  private static double linkBytesPerPs(Bench bench) {
    TierSpec front = bench.system.chip().tiers().get(0);
    return front.device().linkBytesPerSec() * front.count() * 1e-12;
  }

  /** The closed form: the sum of both streams over the link in front, and no less. */
  @Test
  void bothStreamsTakeTheSumOfTheirTimesOnTheLink() {
    Bench bench = bench(IDEAL);
    for (long hbm : new long[] {1 << 20, 100 << 20, 800 << 20}) {
      for (long hbf : new long[] {1 << 20, 200 << 20, 700 << 20}) {
        long[] endsPs = ends(bench, hbm, hbf, true);
        double bothPs = (hbm + hbf) / linkBytesPerPs(bench);
        double lastPs = Math.max(endsPs[0], endsPs[1]);
        // A hop, the error correction and the pipeline of HBM come on top: below a microsecond.
        assertThat(lastPs).isBetween(bothPs, bothPs * 1.002 + 1e6);
      }
    }
  }

  @Test
  void besideEachOtherTheyTakeTheLongerTime() {
    Bench bench = bench(IDEAL);
    Bench beside =
        new Bench(SYSTEM, "llama-3.1-70b", Precision.FP8, 0, system -> Beside.of(system), IDEAL);
    long bytes = 400 << 20;
    long[] behindPs = ends(bench, bytes, bytes, true);
    long[] besidePs = ends(beside, bytes, bytes, true);
    double onePs = bytes / linkBytesPerPs(bench);
    assertThat((double) Math.max(besidePs[0], besidePs[1])).isBetween(onePs, onePs * 1.01 + 1e6);
    assertThat((double) Math.max(behindPs[0], behindPs[1]))
        .isBetween(2 * onePs, 2 * onePs * 1.01 + 1e6);
  }

  /** Without anything from behind, HBM is as it would be alone. */
  @Test
  void whatIsInFrontIsNotSlowerByItself() {
    Bench behind = bench(IDEAL);
    Bench beside =
        new Bench(SYSTEM, "llama-3.1-70b", Precision.FP8, 0, system -> Beside.of(system), IDEAL);
    for (long bytes : new long[] {1, 5000, 300 << 20}) {
      assertThat(ends(behind, bytes, 0, false)[0]).isEqualTo(ends(beside, bytes, 0, false)[0]);
      assertThat(ends(behind, 0, bytes, false)[1])
          .isEqualTo(ends(beside, 0, bytes, false)[1] + hops(behind, bytes));
    }
  }

  /** A hop, unless error correction, which does not pass the link, takes longer than it. */
  private static long hops(Bench bench, long bytes) {
    long[] with = ends(bench, 0, bytes, false);
    Bench none = bench(IDEAL, HBF + "hop_latency=0 ps");
    long hop = with[1] - ends(none, 0, bytes, false)[1];
    assertThat(hop).isBetween(0L, 100_000L);
    return hop;
  }

  private static Bench anyBench(SplittableRandom random, String... more) {
    List<String> sets = new ArrayList<>(List.of(more));
    sets.add(HBF + "hop_latency=" + random.nextInt(2000) + " ns");
    sets.add(HBF + "announce_ahead=" + (1 + random.nextInt(8)));
    sets.add(HBF + "device.read_time=" + (1 + random.nextInt(20)) + " us");
    if (random.nextBoolean()) {
      sets.add("system.chip.memory.hbm.device.efficiency=" + (50 + random.nextInt(50)) * 0.01);
    }
    String[] models = {"llama-3.1-8b", "llama-4-maverick", "deepseek-v3"};
    return new Bench(SYSTEM, models[random.nextInt(3)], Precision.FP8, sets.toArray(String[]::new));
  }

  @Test
  void foldingAndLeapingChangeNothing() {
    long[] events = new long[2];
    Randomized.check(
        25,
        random -> {
          Bench bench =
              anyBench(random, "system.chips=2", "model.layers=" + 4 * (1 + random.nextInt(3)));
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 3);
          Bench.Result leaped = bench.run(true, Leaping.ON, steps);
          Bench.Result every = bench.run(true, Leaping.OFF, steps);
          Bench.Result full = bench.run(false, Leaping.OFF, steps);
          for (Bench.Result other : List.of(every, full)) {
            assertThat(leaped.endsPs()).isEqualTo(other.endsPs());
            assertThat(leaped.spentPs()).isEqualTo(other.spentPs());
            assertThat(leaped.statistics()).isEqualTo(other.statistics());
          }
          assertThat(leaped.states()).isEqualTo(every.states());
          assertThat(leaped.broken()).isEmpty();
          events[0] += leaped.events();
          events[1] += every.events();
        });
    if (System.getProperty(Randomized.SEED_PROPERTY) == null) {
      assertThat(events[0]).isLessThan(events[1]);
    }
  }

  /** The law: no step is faster than the link in front moves the bytes of both memories. */
  @Test
  void theSumOfBothStreamsNeverExceedsTheLinkInFront() {
    Randomized.check(
        80,
        random -> {
          Bench bench = anyBench(random);
          List<Consumer<StepShape>> steps = Bench.randomSteps(random, 3);
          Bench.Result result = bench.fast(steps);
          assertThat(result.broken()).isEmpty();
          double bytes =
              (double) result.number("rank0.hbm.shared_link_bytes")
                  + result.number("rank0.hbf.shared_link_bytes");
          // All but posted writes of the last step, which may pass after its end.
          double written = result.number("rank0.hbm.kv.written_bytes");
          double linkPs = (bytes - written) / linkBytesPerPs(bench);
          assertThat((double) result.endsPs().get(2)).isGreaterThanOrEqualTo(linkPs * (1 - 1e-9));
          long spentPs = result.spentPs().get(2).stream().mapToLong(Long::longValue).sum();
          assertThat(spentPs).isEqualTo(result.endsPs().get(2));
        });
  }

  @Test
  void unloadedStepsAreWithinOnePercentOfTheRoofline() {
    for (String model : List.of("llama-3.1-8b", "llama-3.1-405b", "llama-4-maverick")) {
      Bench bench = new Bench(SYSTEM, model, Precision.FP8);
      for (Consumer<StepShape> step :
          List.of(Bench.decode(1, 1024), Bench.decode(64, 4000), Bench.prefill(2048))) {
        long stepPs = bench.fast(List.of(step)).stepPs(0);
        double rooflinePs = bench.roofline().stepPs(bench.plan);
        assertThat((double) stepPs)
            .as("%s %s", model, stepPs)
            .isCloseTo(rooflinePs, within(0.01 * rooflinePs));
      }
    }
  }
}
