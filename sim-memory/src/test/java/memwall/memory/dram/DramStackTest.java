package memwall.memory.dram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.stack.OverheatedException;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.SustainedBandwidth;
import memwall.memory.stack.ThermalTransient;
import org.junit.jupiter.api.Test;

/** Heat of a memory that moves bytes at a rate, and what it does to that rate. */
final class DramStackTest {
  private static final long US = 1_000_000;
  private static final long MS = 1_000_000_000;

  /** Dies and lid that warm up in milliseconds; two levels around the sustained rate. */
  private static final String QUICK =
      """
      memory:
        extends: hbm3-h100
        stack:
          extends: hbm3-8hi
          memory_die: {joules_per_kelvin: 0.001}
          logic_die: {joules_per_kelvin: 0.001}
          cooling: {lid_joules_per_kelvin: 0.005}
          limits:
            hysteresis: 0.05 K
            step_time: 50 us
            window: 20 us
            throttle: [{bandwidth: 0.6}, {bandwidth: 0.5}, {bandwidth: 0.2}]
      """;

  private static DramSpec read(String yaml, Faults faults, String... sets) {
    Config config =
        ConfigLoader.fromText("run.yaml", yaml, List.of(sets), Presets.builtIn(), faults);
    Config memory = config.preset("memory", "memory", "The memory");
    memory.text("model", "Name of the model");
    DramSpec spec = DramSpec.read(memory);
    config.finish();
    return spec;
  }

  private static DramSpec quick(String... sets) {
    Faults faults = new Faults();
    DramSpec spec = read(QUICK, faults, sets);
    faults.throwIfAny();
    return spec;
  }

  private static String coolant(double celsius) {
    return "memory.stack.cooling.coolant=" + celsius + " C";
  }

  private static List<String> faults(String keys) {
    Faults faults = new Faults();
    read("memory: {extends: hbm3-h100, " + keys + "}\n", faults);
    return faults.list();
  }

  /** A memory in a simulation of its own, and what it completed. */
  private static final class Bench {
    final Simulation simulation = new Simulation(1);
    final Stats stats = new Stats();
    final DramMemory memory;
    final Region region;
    final List<Long> donePs = new ArrayList<>();
    boolean goesOn;

    Bench(DramSpec spec, int devices, boolean folded) {
      memory = new DramMemory(simulation, stats.child("mem"), spec, devices, folded);
      region = memory.reserve(Usage.WEIGHTS, 1 << 20);
    }

    /** Reads without a pause, 8 MiB at a time and two at once, up to a time. */
    void saturate(long untilPs) {
      goesOn = true;
      while (memory.outstanding() < 2) {
        next(0);
      }
      simulation.runUntil(untilPs);
      goesOn = false;
    }

    private void next(long word) {
      if (goesOn) {
        memory.read(region, 8 << 20, AccessPattern.SEQUENTIAL, this::next, word);
      }
    }

    /** Random transfers with random pauses. */
    void script(SplittableRandom random) {
      long atPs = 0;
      for (int i = 0; i < 60; i++) {
        atPs += random.nextInt(3) == 0 ? random.nextLong(200 * US) : 0;
        long bytes = random.nextLong(512 << 20);
        boolean write = random.nextInt(4) == 0;
        simulation.event("go", word -> access(write, bytes)).at(atPs, 0);
      }
    }

    private void access(boolean write, long bytes) {
      if (write) {
        memory.write(
            region, bytes, AccessPattern.SEQUENTIAL, w -> donePs.add(simulation.nowPs()), 0);
      } else {
        memory.read(
            region, bytes, AccessPattern.SEQUENTIAL, w -> donePs.add(simulation.nowPs()), 0);
      }
    }

    Snapshot snapshot() {
      return stats.snapshot(simulation.nowPs());
    }

    double number(String name) {
      return snapshot().number("mem." + name);
    }
  }

  @Test
  void coolStackChangesNothingButTheWay() {
    Faults faults = new Faults();
    DramSpec bare = read("memory: {extends: hbm3-h100, latency: 500160 ps}\n", faults);
    faults.throwIfAny();
    DramSpec cool = quick();
    assertThat(cool.latencyPs()).isEqualTo(bare.latencyPs());
    assertThat(cool.channelBytesPerSec(1, 1)).isEqualTo(bare.channelBytesPerSec());
    Randomized.check(
        20,
        random -> {
          long seed = random.nextLong();
          Bench without = new Bench(bare, 3, random.nextBoolean());
          Bench with = new Bench(cool, 3, random.nextBoolean());
          for (Bench bench : List.of(without, with)) {
            bench.script(new SplittableRandom(seed));
            bench.simulation.run();
            assertThat(bench.memory.brokenLaws()).isEmpty();
          }
          assertThat(with.donePs).isEqualTo(without.donePs);
        });
  }

  @Test
  void foldedEqualsFullWhileHeatComesAndGoes() {
    DramSpec spec = quick(coolant(88));
    double[] throttledPs = new double[1];
    Randomized.check(
        20,
        random -> {
          long seed = random.nextLong();
          Bench full = new Bench(spec, 3, false);
          Bench folded = new Bench(spec, 3, true);
          for (Bench bench : List.of(full, folded)) {
            bench.script(new SplittableRandom(seed));
            bench.simulation.run();
            assertThat(bench.memory.brokenLaws()).isEmpty();
          }
          assertThat(folded.donePs).isEqualTo(full.donePs);
          assertThat(folded.snapshot().values()).isEqualTo(full.snapshot().values());
          throttledPs[0] += full.number("stack.throttled_ps");
        });
    assertThat(throttledPs[0]).isPositive();
  }

  /** Doubled refresh costs what the formula says, from both sides. */
  @Test
  void refreshTakesItsShare() {
    DramSpec hot = quick(coolant(84), "memory.refresh_share=0.1");
    Bench bench = new Bench(hot, 1, true);
    assertThat(bench.memory.stack().state().refreshFactor()).isEqualTo(2);
    long[] donePs = new long[1];
    bench.memory.read(
        bench.region,
        32 << 20,
        AccessPattern.SEQUENTIAL,
        word -> donePs[0] = bench.simulation.nowPs(),
        0);
    bench.simulation.run();
    // 1 MiB of each channel at 670 GB/s x 0.82 / 32 x (1 - 2 x 0.1) / (1 - 0.1).
    long rate = (long) (670e9 * 0.82 / 32 * 0.8 / 0.9);
    double expectedPs = (1 << 20) * 1e12 / rate + hot.latencyPs();
    assertThat(donePs[0]).isEqualTo((long) Math.ceil(expectedPs));
  }

  /** A saturated memory moves what its hottest die allows in the steady state. */
  @Test
  void saturatedStackSettlesAtTheSustainedBandwidth() {
    DramSpec spec = quick(coolant(86));
    SustainedBandwidth limit = spec.heatLimit().orElseThrow();
    assertThat(limit.bindingNode()).isEqualTo(0);
    assertThat(limit.bytesPerSec()).isBetween(0.2 * 670e9, 0.6 * 670e9);
    Bench bench = new Bench(spec, 1, true);
    bench.saturate(60 * MS);
    double joulesBefore = bench.number("stack.work_energy");
    double meanBefore = bench.number("stack.layer0.temperature.mean");
    bench.saturate(160 * MS);
    double joules = bench.number("stack.work_energy") - joulesBefore;
    double rate = joules / (8e-12 * spec.readPjPerBit()) / 0.1;
    assertThat(rate / limit.bytesPerSec()).isCloseTo(1, within(0.02));
    // Led there by steps, the layer is not quite at its limit on average.
    double mean = (bench.number("stack.layer0.temperature.mean") * 160 - meanBefore * 60) / 100;
    assertThat(mean).isBetween(94.8, 95.2);
    double exact =
        quick(coolant(86), "memory.stack.limits.memory=" + mean + " C")
            .heatLimit()
            .orElseThrow()
            .bytesPerSec();
    assertThat(rate / exact).isCloseTo(1, within(0.005));
  }

  /** Throttling begins when the thermal network says that the limit is reached. */
  @Test
  void throttlingBeginsAtTheComputedTime() {
    DramSpec spec = quick(coolant(84), "memory.stack.limits.refresh=[]");
    StackSpec stack = spec.heatedStack();
    double[] watts = stack.idleWatts(1, 1);
    double[] rates = new double[8];
    Arrays.fill(rates, spec.readBytesPerSec() / 8.0);
    stack.energy().addTransferJoules(rates, true, watts);
    ThermalTransient heat =
        new ThermalTransient(stack.network(), stack.coolantKelvin(), stack.idleWatts(1, 1));
    // What is counted in a window enters over the next one.
    heat.setWatts(20 * US, watts);
    long crossingPs = heat.nextAtLeastPs(0, 95 + StackSpec.ZERO_CELSIUS_KELVIN, 20 * US);
    assertThat(crossingPs).isBetween(MS, 100 * MS);
    Bench bench = new Bench(spec, 1, true);
    bench.saturate(crossingPs - crossingPs / 1000);
    assertThat(bench.memory.stack().state().level()).isZero();
    bench.saturate(crossingPs + crossingPs / 1000);
    assertThat(bench.memory.stack().state().level()).isEqualTo(1);
  }

  /** What was moved and what idles is what became heat. */
  @Test
  void energyOfTheBytesIsTheHeat() {
    DramSpec spec = quick(coolant(86));
    Bench bench = new Bench(spec, 2, true);
    bench.saturate(10 * MS);
    bench.simulation.run();
    bench.simulation.runUntil(30 * MS);
    double moved = bench.number("moved_read_bytes") * 8 * spec.readPjPerBit() * 1e-12 / 2;
    assertThat(bench.number("stack.work_energy")).isCloseTo(moved, within(1e-9 * moved));
    double in = bench.number("stack.heat_in");
    double fast = bench.number("stack.fast_refresh_ps") * 1e-12;
    double idle = 0.030 * (5 + 8 * (0.132 + 0.042)) + fast * 8 * 0.042;
    assertThat(in).isCloseTo(moved + idle, within(1e-9 * in));
    assertThat(bench.number("stack.heat_out") + bench.number("stack.heat_stored"))
        .isCloseTo(in, within(1e-9 * in));
    assertThat(bench.simulation.eventsPending()).isZero();
  }

  @Test
  void stackThatCannotBeCooledEndsTheRun() {
    DramSpec spec =
        quick(
            coolant(87),
            "memory.stack.limits.memory=96 C",
            "memory.stack.limits.logic=97 C",
            "memory.stack.limits.shutdown=97.5 C",
            "memory.stack.limits.throttle=[]");
    Bench bench = new Bench(spec, 1, true);
    assertThatThrownBy(() -> bench.saturate(500 * MS))
        .isInstanceOf(OverheatedException.class)
        .hasMessageMatching(
            "mem.stack: logic is at 97.5 C after 0.0\\d+ s and the memory shuts down; cool it"
                + " better or move less");
  }

  @Test
  void doesNotLeap() {
    Bench bench = new Bench(quick(), 1, true);
    List<Long> before = new ArrayList<>();
    bench.memory.describe(before::add);
    bench.simulation.runUntil(1);
    List<Long> after = new ArrayList<>();
    bench.memory.describe(after::add);
    assertThat(after).isNotEqualTo(before);
    assertThatThrownBy(() -> bench.memory.shift(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mem: temperatures do not leap");
  }

  @Test
  void messages() {
    assertThat(faults("stack: hbm3-8hi")).isEmpty();
    assertThat(faults("refresh_share: 0.5, stack: hbm3-8hi"))
        .singleElement()
        .asString()
        .endsWith(
            "memory.refresh_share: refresh that takes 0.5 of the time leaves nothing where it is 2"
                + " times as frequent");
    assertThat(faults("stack: {extends: hbm3-8hi, tsv: {count: 4, rate: 3 B/s}}"))
        .singleElement()
        .asString()
        .endsWith("memory.stack: wires of 12 B/s leave channels without data");
    assertThat(faults("refresh_share: 2, stack: {extends: hbm3-8hi, colour: red}")).hasSize(2);
    assertThatThrownBy(
            () -> new DramSpec(1 << 20, 1, 1000, 1, 0, 1, 1, 1, 0.5, quick().stack(), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("refresh that takes 0.5 of the time");
  }

  /** Slow wires are the memory's rate. */
  @Test
  void slowWiresLimit() {
    DramSpec spec = quick("memory.stack.tsv.rate=3 Gbit/s");
    assertThat(spec.readBytesPerSec()).isEqualTo(384_000_000_000L);
    Bench bench = new Bench(spec, 1, true);
    long[] donePs = new long[1];
    bench.memory.read(
        bench.region,
        384_000_000,
        AccessPattern.SEQUENTIAL,
        word -> donePs[0] = bench.simulation.nowPs(),
        0);
    bench.simulation.run();
    assertThat(donePs[0] - spec.latencyPs()).isEqualTo(MS);
  }
}
