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
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.Machine;
import memwall.workloads.system.TierSpec;
import org.junit.jupiter.api.Test;

/** KV entries that are copied into a second memory beside the steps, and read from there. */
class KvCopiesTest {
  private static final String SYSTEM = "son2026-hbf-kv-8";

  /** Steps back to back; before some of them a copy is asked for. */
  private record Done(
      List<Long> stepEndsPs,
      List<Long> copyEndsPs,
      List<Long> spentPs,
      Stats stats,
      List<String> broken,
      long nowPs) {
    long number(String path) {
      return (long) stats.snapshot(nowPs).number(path);
    }
  }

  private static Done run(
      Bench bench,
      boolean folded,
      Leaping leaping,
      List<Consumer<StepShape>> steps,
      long[] copies) {
    Simulation simulation = new Simulation(1);
    Stats stats = new Stats();
    Machine machine =
        new Machine(
            simulation, stats, bench.system, bench.ranks, folded, new Footprint(1000, 1000, 1000));
    EventStepExecutor executor =
        new EventStepExecutor(simulation, machine, bench.plan, bench.kvBlockBytes, leaping);
    List<Long> ends = new ArrayList<>();
    List<Long> copied = new ArrayList<>();
    List<Long> spent = new ArrayList<>();
    Runnable[] next = new Runnable[1];
    next[0] =
        () -> {
          int step = ends.size();
          if (step < copies.length && copies[step] > 0) {
            executor.storeKv(
                copies[step],
                word -> {
                  copied.add(word);
                  copied.add(simulation.nowPs());
                },
                step);
          }
          if (step < steps.size()) {
            bench.fill(steps.get(step));
            executor.execute(
                bench.plan,
                word -> {
                  ends.add(simulation.nowPs());
                  for (int part = 0; part < executor.parts().size(); part++) {
                    spent.add(executor.spentPs(part));
                  }
                  next[0].run();
                },
                0);
          }
        };
    next[0].run();
    simulation.run();
    return new Done(ends, copied, spent, stats, machine.brokenLaws(), simulation.nowPs());
  }

  private static Bench bench(String model, String... sets) {
    return new Bench(SYSTEM, model, Precision.FP8, sets);
  }

  /** A sequence whose first entries lie in the second memory. */
  private static Consumer<StepShape> tiered(int context, int stored) {
    return shape -> {
      shape.addDecode(context);
      shape.tierDecode(context, stored, 0);
    };
  }

  @Test
  void aCopyAloneIsBoundByTheProgrammingOfFlash() {
    Bench bench = bench("llama-3.1-70b");
    TierSpec flash = bench.system.chip().tiers().get(1);
    long rate = flash.device().writeBytesPerSec(Usage.KV) * flash.count();
    for (long bytes : new long[] {100, 1 << 20, 10L << 30}) {
      Done done = run(bench, true, Leaping.ON, List.of(), new long[] {bytes});
      double expectedPs = bytes * 1e12 / rate;
      // Before that the first piece is read; behind it the last page is programmed: 100 us.
      assertThat(done.copyEndsPs().get(1).doubleValue())
          .isBetween(Math.max(expectedPs, 100e6), expectedPs * 1.001 + 120e6);
      assertThat(done.number("rank0.hbm.kv.read_bytes")).isEqualTo(bytes);
      assertThat(done.number("rank0.hbf.kv.written_bytes")).isEqualTo(bytes);
    }
  }

  /** Entries that lie in flash are read there, at the rate of its link, beside those in HBM. */
  @Test
  void stepsReadEachEntryWhereItLies() {
    Bench bench = bench("llama-3.1-70b", "model.max_context=1000000");
    int context = 1_000_000;
    long all = 0;
    for (int stored : new int[] {0, 250_000, 500_000, 750_000, 1_000_000}) {
      Bench.Result result = bench.fast(List.of(tiered(context, stored)));
      bench.fill(tiered(context, stored));
      long entries = bench.plan.totalKvReadBytes();
      all = all == 0 ? entries : all;
      assertThat(entries).isEqualTo(all);
      long flash = result.number("rank0.hbf.kv.read_bytes");
      assertThat(flash).isEqualTo(entries / context * stored);
      assertThat(result.number("rank0.hbm.kv.read_bytes")).isEqualTo(entries - flash);
      double rooflinePs = bench.roofline().stepPs(bench.plan);
      assertThat((double) result.stepPs(0)).isCloseTo(rooflinePs, within(0.01 * rooflinePs));
    }
    // Equal stacks of both kinds: with half of the entries in each, attention takes half the time.
    long hbm = bench.fast(List.of(tiered(context, 0))).stepPs(0);
    long half = bench.fast(List.of(tiered(context, 500_000))).stepPs(0);
    double attentionPs = all * 1e12 / bench.system.chip().tiers().get(0).readBytesPerSec();
    assertThat((double) hbm - half).isCloseTo(attentionPs / 2, within(0.02 * attentionPs));
  }

  private static Consumer<StepShape> random(SplittableRandom random) {
    long seed = random.nextLong();
    return shape -> {
      SplittableRandom own = new SplittableRandom(seed);
      for (int i = own.nextInt(30); i >= 0; i--) {
        int context = 1 + own.nextInt(1 << (1 + own.nextInt(15)));
        shape.addDecode(context);
        int tiered = own.nextInt(2) * own.nextInt(context + 1);
        shape.tierDecode(context, tiered, own.nextInt(2) * tiered);
      }
      if (own.nextInt(3) == 0) {
        int previous = own.nextInt(10_000);
        shape.addPrefillChunk(1 + own.nextInt(512), previous, own.nextBoolean());
        int tiered = own.nextInt(previous + 1);
        shape.tierPrefill(previous, tiered, tiered);
      }
    };
  }

  @Test
  void foldingAndLeapingChangeNothing() {
    long[] steps = new long[1];
    Randomized.check(
        25,
        random -> {
          List<String> models = List.of("llama-3.1-8b", "llama-4-maverick", "deepseek-v3");
          Bench bench =
              bench(
                  models.get(random.nextInt(3)),
                  "model.layers=" + 4 * (1 + random.nextInt(3)),
                  "system.chips=2",
                  "system.chip.memory.hbf.write_buffer=" + (1 + random.nextInt(8)) + " MiB");
          List<Consumer<StepShape>> list = new ArrayList<>();
          long[] copies = new long[4];
          for (int i = 0; i < 4; i++) {
            list.add(random(random));
            copies[i] =
                random.nextInt(3) == 0 ? 0 : 1L + random.nextInt(1 << (3 + random.nextInt(24)));
          }
          Done leaped = run(bench, true, Leaping.ON, list, copies);
          Done every = run(bench, true, Leaping.OFF, list, copies);
          Done full = run(bench, false, Leaping.OFF, list, copies);
          for (Done other : List.of(every, full)) {
            assertThat(leaped.stepEndsPs()).isEqualTo(other.stepEndsPs());
            assertThat(leaped.copyEndsPs()).isEqualTo(other.copyEndsPs());
            assertThat(leaped.spentPs()).isEqualTo(other.spentPs());
            assertThat(other.broken()).isEmpty();
          }
          assertThat(leaped.broken()).isEmpty();
          steps[0] += leaped.stepEndsPs().size();
          // Every picosecond of a step belongs to one part.
          int parts = leaped.spentPs().size() / 4;
          long spentPs = 0;
          for (int part = 0; part < parts; part++) {
            spentPs += leaped.spentPs().get(3 * parts + part);
          }
          assertThat(spentPs).isEqualTo(leaped.stepEndsPs().get(3));
        });
    assertThat(steps[0]).isPositive();
  }

  @Test
  void copiesThatCannotBe() {
    Bench plain = new Bench("dgx-h100", "llama-3.1-8b", Precision.FP8);
    assertThatThrownBy(() -> run(plain, true, Leaping.ON, List.of(), new long[] {5}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("there is no second memory for KV entries");
  }
}
