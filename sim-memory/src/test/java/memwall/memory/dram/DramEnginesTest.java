package memwall.memory.dram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.resource.Server;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.SustainedClock;
import org.junit.jupiter.api.Test;

/** Engines on the logic die of a stack: their heat, and their clock that follows it. */
final class DramEnginesTest {
  private static final long US = 1_000_000L;
  private static final long MS = 1_000_000_000L;

  /** A stack that warms up in milliseconds. */
  private static DramSpec quick(String... sets) {
    Faults faults = new Faults();
    String yaml =
        """
        memory:
          extends: custom-3d-stratum
          stack:
            extends: custom-3d-stratum
            cooling: {coolant: 60 C, lid_kelvin_per_watt: 0.3, sink_kelvin_per_watt: 0.5,
              lid_joules_per_kelvin: 0.002}
            logic_die: {thickness: 5 um}
            limits: {step_time: 100 us, window: 20 us, hysteresis: 0.1 K}
        """;
    Config config = ConfigLoader.fromText("test", yaml, List.of(sets), Presets.builtIn(), faults);
    DramSpec spec = DramSpec.read(model(config.preset("memory", "memory", "The memory")));
    config.finish();
    faults.throwIfAny();
    return spec;
  }

  private static Config model(Config config) {
    config.text("model", "Model");
    return config;
  }

  /** Levels of voltage in steps of a hundredth, as a setting. */
  private static String volts(int fromHundredth, int toHundredth) {
    StringBuilder levels = new StringBuilder("memory.stack.limits.throttle=[");
    for (int volts = fromHundredth; volts >= toHundredth; volts--) {
      levels.append("{volts: 0.").append(volts).append("}, ");
    }
    levels.setLength(levels.length() - 2);
    return levels.append(']').toString();
  }

  /** A memory and engines in a simulation of their own. */
  private static final class Bench {
    final Simulation simulation = new Simulation(1);
    final Stats stats = new Stats();
    final DramMemory memory;
    final Server engines = new Server(simulation, stats.child("compute"), 1);
    final Region region;
    final List<Long> donePs = new ArrayList<>();
    boolean goesOn;

    Bench(DramSpec spec) {
      memory = new DramMemory(simulation, stats.child("mem"), spec, 1, true);
      memory.warmedBy(engines);
      region = memory.reserve(Usage.WEIGHTS, 1 << 20);
    }

    /** Computes without a pause, and moves nothing. */
    void compute(long untilPs) {
      goesOn = true;
      if (engines.queued() == 0) {
        next(0);
      }
      simulation.runUntil(untilPs);
      goesOn = false;
    }

    private void next(long word) {
      if (goesOn) {
        engines.serveFor(7 * US, this::next, word);
      }
    }

    void computeFor(long ps) {
      engines.serveFor(ps, word -> donePs.add(simulation.nowPs()), 0);
    }

    void read(long bytes) {
      memory.read(
          region, bytes, AccessPattern.SEQUENTIAL, word -> donePs.add(simulation.nowPs()), 0);
    }

    double number(String name) {
      return stats.snapshot(simulation.nowPs()).number("mem.stack." + name);
    }
  }

  /** What engines draw at full clock enters the logic die while they compute, memory or not. */
  @Test
  void enginesWarmTheLogicDieWhileTheyCompute() {
    DramSpec spec = quick("memory.stack.cooling.coolant=20 C", "memory.stack.energy.compute=10 W");
    Bench bench = new Bench(spec);
    bench.compute(3 * MS);
    bench.read(64 << 20);
    bench.simulation.run();
    bench.simulation.runUntil(20 * MS);
    double moved = (64 << 20) * 8 * spec.readPjPerBit() * 1e-12;
    // The last job ends when it ends.
    double seconds = bench.engines.busyPs() * 1e-12;
    assertThat(seconds).isBetween(0.003, 0.003007);
    double in = moved + 10 * seconds;
    assertThat(bench.number("work_energy")).isCloseTo(in, within(1e-9 * in));
    assertThat(bench.number("heat_in")).isCloseTo(in, within(1e-9 * in));
    assertThat(bench.number("engines.energy")).isCloseTo(10 * seconds, within(1e-9 * in));
    assertThat(bench.number("engines.clock_share")).isCloseTo(1, within(1e-9));
    assertThat(bench.memory.brokenLaws()).isEmpty();
    assertThat(bench.simulation.eventsPending()).isZero();
    double steady = spec.heatedStack().network().kelvinPerWatt(8, 8) * 10;
    assertThat(bench.number("logic.temperature.max"))
        .isBetween(20 + 0.2 * steady, 20 + 0.6 * steady);
  }

  /** Levels with temperatures of their own: the stack rests at the fixed point of P(f) and T(P). */
  @Test
  void clockRestsAtTheFixedPoint() {
    for (int watts = 25; watts <= 45; watts += 4) {
      StringBuilder levels = new StringBuilder("memory.stack.limits.throttle=[");
      for (int i = 0; i < 25; i++) {
        levels.append("{volts: 0.").append(88 - i).append(", at: ").append(80 + i).append(" C}, ");
      }
      levels.setLength(levels.length() - 2);
      DramSpec spec =
          quick(
              "memory.stack.energy.compute=" + watts + " W",
              "memory.stack.limits.hysteresis=3 K",
              "memory.stack.limits.refresh=[]",
              levels.append(']').toString());
      StackSpec stack = spec.heatedStack();
      SustainedClock limit = spec.clockLimit(0).orElseThrow();
      Bench bench = new Bench(spec);
      bench.compute(200 * MS);
      double clock = bench.engines.speed();
      if (watts > 30) {
        assertThat(clock).isLessThan(0.95);
      }
      assertThat(clock).isCloseTo(limit.clockShare(), within(0.005 * clock));
      // The clock is that of its voltage, and the temperature that of its power.
      int level = bench.memory.stack().state().level();
      double volts = level == 0 ? 0.9 : 0.88 - (level - 1) * 0.01;
      double alpha = StrictMath.pow((volts - 0.3) / 0.6, 1.3) * 0.9 / volts;
      assertThat(clock).isCloseTo(alpha, within(1e-12));
      double power = watts * alpha * volts * volts / 0.81;
      double rise = power * stack.network().kelvinPerWatt(8, 8);
      assertThat(bench.memory.stack().logicCelsius() - 60).isCloseTo(rise, within(0.005 * rise));
      assertThat(limit.powerShare()).isCloseTo(power / watts, within(1e-12));
    }
  }

  /** Levels that keep a limit: of two neighbours as much as brings the logic die to its limit. */
  @Test
  void clockOnAverageKeepsTheLimit() {
    String[] sets = {
      volts(89, 55), "memory.stack.limits.logic=90 C", "memory.stack.limits.refresh=[]"
    };
    DramSpec spec = quick(sets);
    SustainedClock limit = spec.clockLimit(0).orElseThrow();
    assertThat(limit.clockShare()).isBetween(0.6, 0.95);
    assertThat(limit.bindingNode()).isEqualTo(8);
    assertThat(limit.holds()).isTrue();
    Bench bench = new Bench(spec);
    bench.compute(60 * MS);
    double meanBefore = bench.number("logic.temperature.mean");
    double workBefore = bench.number("engines.clock_share") * 60;
    double joulesBefore = bench.number("engines.energy");
    bench.compute(260 * MS);
    double mean = (bench.number("logic.temperature.mean") * 260 - meanBefore * 60) / 200;
    assertThat(mean).isBetween(89.5, 90.2);
    double clock = (bench.number("engines.clock_share") * 260 - workBefore) / 200;
    assertThat(clock / limit.clockShare()).isCloseTo(1, within(0.005));
    // The heat that leads to this temperature is what the engines are said to have drawn.
    double watts = (bench.number("engines.energy") - joulesBefore) / 0.2;
    double rise = spec.heatedStack().network().kelvinPerWatt(8, 8) * watts;
    assertThat(mean - 60).isCloseTo(rise, within(0.005 * rise));
    assertThat(watts / 45).isCloseTo(limit.powerShare(), within(0.005));
    assertThat(bench.number("engines.energy_share")).isBetween(0.5, 0.95);
    assertThat(bench.memory.brokenLaws()).isEmpty();
  }

  /** Memory and engines share what heat allows. */
  @Test
  void trafficTakesFromTheClock() {
    DramSpec spec = quick(volts(89, 40), "memory.stack.limits.refresh=[]");
    double alone = spec.clockLimit(0).orElseThrow().clockShare();
    SustainedClock both = spec.clockLimit(4e12).orElseThrow();
    assertThat(both.clockShare()).isLessThan(0.9 * alone);
    StackSpec stack = spec.heatedStack();
    double[] watts = stack.idleWatts(1, 1);
    double[] layers = new double[8];
    java.util.Arrays.fill(layers, 4e12 / 8);
    stack.energy().addTransferJoules(layers, true, watts);
    watts[8] += 45 * both.powerShare();
    double celsius = 60 + stack.network().steadyRiseKelvin(both.bindingNode(), watts);
    assertThat(celsius).isCloseTo(stack.limitCelsius(both.bindingNode()), within(1e-9));
  }

  @Test
  void engineThatNoLevelCoolsEnough() {
    DramSpec spec = quick(volts(89, 85), "memory.stack.limits.logic=70 C");
    SustainedClock limit = spec.clockLimit(0).orElseThrow();
    assertThat(limit.holds()).isFalse();
    assertThat(limit.clockShare())
        .isCloseTo(StrictMath.pow(0.55 / 0.6, 1.3) * 0.9 / 0.85, within(1e-12));
  }

  /** The clock of a cool stack is the full one, whatever its levels: not an event differs. */
  @Test
  void coolStackChangesNothing() {
    Randomized.check(
        10,
        random -> {
          long seed = random.nextLong();
          List<Bench> benches = new ArrayList<>();
          for (String levels : List.of(volts(89, 55), "memory.stack.limits.throttle=[]")) {
            DramSpec spec = quick("memory.stack.cooling.coolant=10 C", levels);
            assertThat(spec.clockLimit(0).orElseThrow().clockShare()).isEqualTo(1);
            Bench bench = new Bench(spec);
            java.util.SplittableRandom same = new java.util.SplittableRandom(seed);
            long atPs = 0;
            for (int i = 0; i < 50; i++) {
              atPs += same.nextLong(200 * US);
              long amount = same.nextLong(100 * US);
              boolean computes = same.nextBoolean();
              bench.simulation.event("go", word -> go(bench, computes, amount)).at(atPs, 0);
            }
            bench.simulation.run();
            benches.add(bench);
          }
          assertThat(benches.get(0).donePs).isEqualTo(benches.get(1).donePs);
          assertThat(benches.get(0).simulation.fingerprint())
              .isEqualTo(benches.get(1).simulation.fingerprint());
        });
  }

  private static void go(Bench bench, boolean computes, long amount) {
    if (computes) {
      bench.computeFor(amount);
    } else {
      bench.read(amount);
    }
  }

  /** Engines elsewhere are left alone. */
  @Test
  void stackWithoutEnginesSetsNoClock() {
    DramSpec spec = quick("memory.stack.energy.compute=0 W", "memory.stack.limits.logic=66 C");
    assertThat(spec.carriesEngines()).isFalse();
    assertThat(spec.clockLimit(0)).isEmpty();
    Bench bench = new Bench(spec);
    bench.compute(5 * MS);
    assertThat(bench.engines.speed()).isEqualTo(1);
    assertThat(bench.number("work_energy")).isZero();
  }
}
