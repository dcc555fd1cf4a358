package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import org.junit.jupiter.api.Test;

class ThermalGovernorTest {
  private static final long MS = 1_000_000_000L;
  private static final double KELVIN = 273.15;

  private final Simulation simulation = new Simulation(1);
  private final Stats stats = new Stats();
  private final List<String> told = new ArrayList<>();

  private ThermalGovernor governor(StackSpec spec) {
    ThermalGovernor[] self = new ThermalGovernor[1];
    self[0] =
        new ThermalGovernor(
            simulation,
            stats,
            spec,
            List.of(),
            (state, atPs) -> told.add(simulation.nowPs() + " " + self[0].state()));
    return self[0];
  }

  private double number(String name) {
    return stats.snapshot(simulation.nowPs()).number(name);
  }

  private static StackSpec quick(String... more) {
    return Stacks.quick(more);
  }

  private static ThermalTransient idle(StackSpec spec) {
    return new ThermalTransient(spec.network(), spec.coolantKelvin(), spec.idleWatts(1, 1));
  }

  @Test
  void beginsIdleInTheSteadyState() {
    StackSpec spec = quick();
    ThermalGovernor governor = governor(spec);
    assertThat(governor.state()).isEqualTo(new ThermalState(1, 0, 1, 1, false));
    double[] watts = spec.idleWatts(1, 1);
    for (int node = 0; node <= spec.lidNode(); node++) {
      assertThat(governor.temperatureCelsius(node))
          .isCloseTo(40 + spec.network().steadyRiseKelvin(node, watts), within(1e-9));
    }
    assertThat(governor.horizonPs()).isEqualTo(Long.MAX_VALUE);
  }

  /** Refresh doubles at the picosecond at which the first layer gets to 85 C, not one earlier. */
  @Test
  void refreshDoublesWhenTheHottestLayerGetsTo85() {
    StackSpec spec = quick();
    ThermalGovernor governor = governor(spec);
    governor.resume();
    simulation.runUntil(3 * MS);
    governor.setWorkWatts(spec.logicNode(), 25);
    ThermalTransient heat = idle(spec);
    double[] watts = spec.idleWatts(1, 1);
    watts[spec.logicNode()] += 25;
    heat.setWatts(3 * MS, watts);
    long expected = heat.nextAtLeastPs(0, 85 + KELVIN, 3 * MS);
    assertThat(expected).isBetween(10 * MS, 1000 * MS);
    assertThat(governor.horizonPs()).isEqualTo(expected);

    simulation.runUntil(expected - 1);
    assertThat(governor.state().refreshFactor()).isEqualTo(1);
    assertThat(governor.temperatureCelsius(0)).isLessThan(85);
    simulation.runUntil(expected);
    assertThat(governor.state().refreshFactor()).isEqualTo(2);
    assertThat(governor.temperatureCelsius(0)).isCloseTo(85, within(1e-9));
    assertThat(told)
        .containsExactly(
            expected
                + " ThermalState[refreshFactor=2, level=0, bandwidthShare=1.0, clockShare=1.0,"
                + " shutDown=false]");

    // It costs power, so the stack gets warmer than it would at the normal rate.
    simulation.runUntil(5000 * MS);
    double[] doubled = spec.idleWatts(2, 1);
    doubled[spec.logicNode()] += 25;
    assertThat(governor.temperatureCelsius(0))
        .isCloseTo(40 + spec.network().steadyRiseKelvin(0, doubled), within(1e-9));

    // Less work: the normal rate comes back 2 K below, when every layer is there.
    governor.setWorkWatts(spec.logicNode(), 0);
    long back = governor.horizonPs();
    simulation.runUntil(back - 1);
    assertThat(governor.state().refreshFactor()).isEqualTo(2);
    assertThat(governor.temperatureCelsius(0)).isGreaterThanOrEqualTo(83);
    simulation.runUntil(back);
    assertThat(governor.state().refreshFactor()).isEqualTo(1);
    assertThat(governor.temperatureCelsius(0)).isCloseTo(83, within(1e-9));
    assertThat(governor.horizonPs()).isEqualTo(Long.MAX_VALUE);
    assertThat(told).hasSize(2);
    assertThat((long) number("layer0.above_85_ps"))
        .isBetween(5000 * MS - expected, back - expected);
    assertThat(number("layer0.temperature.max")).isBetween(85.0, 95.0);
    assertThat(number("throttled_ps")).isZero();
  }

  @Test
  void timeAbove85IsExact() {
    StackSpec spec = quick("limits.refresh=[]");
    ThermalGovernor governor = governor(spec);
    governor.resume();
    governor.setWorkWatts(spec.logicNode(), 25);
    ThermalTransient heat = idle(spec);
    double[] watts = spec.idleWatts(1, 1);
    watts[spec.logicNode()] += 25;
    heat.setWatts(0, watts);
    long logicUp = heat.nextAtLeastPs(spec.logicNode(), 85 + KELVIN, 0);
    long layerUp = heat.nextAtLeastPs(0, 85 + KELVIN, 0);
    simulation.runUntil(400 * MS);
    governor.setWorkWatts(spec.logicNode(), 3);
    heat.setWatts(400 * MS, add(spec.idleWatts(1, 1), spec.logicNode(), 3));
    long logicDown = heat.nextBelowPs(spec.logicNode(), 85 + KELVIN, 400 * MS);
    simulation.runUntil(9000 * MS);
    assertThat((long) number("logic.above_85_ps")).isEqualTo(logicDown - logicUp);
    assertThat((long) number("layer0.above_85_ps"))
        .isEqualTo(heat.nextBelowPs(0, 85 + KELVIN, 400 * MS) - layerUp);
    assertThat(number("lid.above_85_ps")).isZero();
    double mean = heat.meanKelvin(0, 9000 * MS) - KELVIN;
    assertThat(number("layer0.temperature.mean")).isCloseTo(mean, within(1e-9));
  }

  private static double[] add(double[] watts, int node, double more) {
    watts[node] += more;
    return watts;
  }

  @Test
  void refreshFourTimes() {
    StackSpec spec =
        quick(
            "limits.refresh=[{ above: 85 C, factor: 2 }, { above: 88 C, factor: 4 }]",
            "limits.throttle=[]");
    ThermalGovernor governor = governor(spec);
    governor.resume();
    governor.setWorkWatts(spec.logicNode(), 26);
    simulation.runUntil(5000 * MS);
    assertThat(governor.state().refreshFactor()).isEqualTo(4);
    assertThat(told).hasSize(2);
    double[] watts = add(spec.idleWatts(4, 1), spec.logicNode(), 26);
    assertThat(governor.temperatureCelsius(0))
        .isCloseTo(40 + spec.network().steadyRiseKelvin(0, watts), within(1e-9));
  }

  @Test
  void shutdownIsForGood() {
    StackSpec spec = quick("limits.throttle=[]");
    ThermalGovernor governor = governor(spec);
    governor.resume();
    governor.setWorkWatts(spec.logicNode(), 80);
    while (!governor.state().shutDown()) {
      simulation.runUntil(governor.horizonPs());
    }
    assertThat(governor.temperatureCelsius(spec.logicNode())).isCloseTo(120, within(1e-6));
    assertThat(governor.state().bandwidthShare()).isZero();
    assertThat(governor.state().clockShare()).isZero();
    assertThat(governor.horizonPs()).isEqualTo(Long.MAX_VALUE);
    // Whatever still idles: the logic die is off, the stack cools down.
    simulation.runUntil(simulation.nowPs() + 5000 * MS);
    assertThat(governor.temperatureCelsius(spec.logicNode())).isLessThan(60);
    assertThat(governor.state().shutDown()).isTrue();
    assertThat(number("shut_down")).isEqualTo(1);
    assertThat(number("throttled_ps")).isPositive();
    assertThat(governor.brokenLaws()).isEmpty();
  }

  /** Levels with temperatures of their own, as flash has them: light, severe. */
  @Test
  void levelsWithTemperatures() {
    StackSpec spec =
        quick("limits.throttle=[{ bandwidth: 0.7, at: 80 C }," + " { bandwidth: 0.3, at: 88 C }]");
    ThermalGovernor governor = governor(spec);
    governor.resume();
    governor.setWorkWatts(spec.logicNode(), 30);
    List<String> seen = new ArrayList<>();
    int level = 0;
    while (governor.horizonPs() < 3000 * MS) {
      simulation.runUntil(governor.horizonPs());
      if (governor.state().level() != level) {
        level = governor.state().level();
        seen.add(
            level
                + " "
                + governor.state().bandwidthShare()
                + " "
                + Math.round(governor.temperatureCelsius(spec.logicNode())));
      }
    }
    assertThat(seen).containsExactly("1 0.7 80", "2 0.3 88");
    governor.setWorkWatts(spec.logicNode(), 0);
    long offPs = simulation.nowPs();
    while (governor.horizonPs() < Long.MAX_VALUE) {
      simulation.runUntil(governor.horizonPs());
      if (governor.state().level() != level) {
        level = governor.state().level();
        seen.add(level + " " + governor.state().bandwidthShare());
      }
    }
    assertThat(seen).endsWith("1 0.7", "0 1.0");
    assertThat(simulation.nowPs()).isGreaterThan(offPs);
  }

  /** Steps towards a limit come at most one each step time, and only while a die is at it. */
  @Test
  void stepsWaitForTheirTime() {
    StackSpec spec = quick("limits.step_time=7 ms");
    ThermalGovernor governor = governor(spec);
    governor.resume();
    governor.setWorkWatts(0, 45);
    List<Long> steps = new ArrayList<>();
    int level = 0;
    while (governor.horizonPs() < 2000 * MS) {
      simulation.runUntil(governor.horizonPs());
      if (governor.state().level() != level) {
        assertThat(governor.state().level()).isEqualTo(level + 1);
        level++;
        steps.add(simulation.nowPs());
        assertThat(governor.temperatureCelsius(0)).isGreaterThanOrEqualTo(95 - 1e-9);
      }
    }
    // The work that heats does not listen: all nine levels, one each 7 ms.
    assertThat(steps).hasSize(9);
    for (int i = 1; i < 9; i++) {
      assertThat(steps.get(i) - steps.get(i - 1)).isEqualTo(7 * MS);
    }
    long since = steps.get(0);
    assertThat((long) number("throttled_ps")).isEqualTo(simulation.nowPs() - since);
    assertThat(number("level")).isEqualTo(9);
  }

  /**
   * Voltage and clock of a computing base die go down until the memory above it keeps its limit.
   */
  @Test
  void voltageFollowsTheHeat() {
    StackSpec spec =
        Stacks.preset(
            "hbm4-16hi-pnm",
            "cooling.lid_joules_per_kelvin=0.5",
            "cooling.coolant=50 C",
            "limits.step_time=200 ms");
    ThermalGovernor governor = governor(spec);
    governor.resume();
    governor.setWorkWatts(spec.logicNode(), spec.energy().computeWatts());
    simulation.runUntil(30_000 * MS);
    int level = governor.state().level();
    ThrottleStep step = spec.policy().step(level);
    assertThat(governor.state().bandwidthShare()).isEqualTo(1);
    assertThat(governor.state().clockShare()).isEqualTo(step.clockShare()).isLessThan(1);
    assertThat(governor.temperatureCelsius(0)).isBetween(92.0, 97.0);
    // It is at the first level whose steady state keeps the limit, or beside it.
    int first = 0;
    while (steadyCelsius(spec, first) >= 95) {
      first++;
    }
    assertThat(first).isBetween(2, 6);
    assertThat(level).isBetween(first - 1, first);
  }

  /** Of the nearest layer, with the heat of a level: f V^2 of 35 W, and doubled refresh. */
  private static double steadyCelsius(StackSpec spec, int level) {
    double share = spec.policy().step(level).powerShare();
    double[] watts = add(spec.idleWatts(2, share), spec.logicNode(), 30 * share);
    return spec.cooling().coolantCelsius() + spec.network().steadyRiseKelvin(0, watts);
  }

  /** f ~ (V - Vt)^1.3 / V and P ~ f V^2, worked for 0.6 V of 0.9 V with a threshold of 0.3 V. */
  @Test
  void alphaPowerLaw() {
    ThrottleStep step = ThrottleStep.scaled(1, 0.6, 0.9, 0.3, 1.3, Double.NaN);
    double clock = StrictMath.pow(0.5, 1.3) * 1.5;
    assertThat(step.clockShare()).isCloseTo(clock, within(1e-12));
    assertThat(step.powerShare()).isCloseTo(clock * 4 / 9, within(1e-12));
    assertThat(ThrottleStep.scaled(1, 0.9, 0.9, 0.3, 1.3, Double.NaN).clockShare()).isEqualTo(1);
  }

  /** What was counted in a window enters over the next; afterwards the transient is exact. */
  @Test
  void countedEnergyEntersOneWindowLate() {
    StackSpec spec = quick();
    double[] joules = new double[18];
    ThermalGovernor governor =
        new ThermalGovernor(
            simulation,
            stats,
            spec,
            List.of(sum -> sum[3] += joules[3]),
            (state, atPs) -> told.add("changed"));
    simulation.runUntil(500);
    governor.resume();
    joules[3] = 0.004; // in the window that ends at 1 ms: 4 W in the next one
    simulation.runUntil(10 * MS);
    governor.pause();
    ThermalTransient heat = idle(spec);
    heat.setWatts(MS, add(spec.idleWatts(1, 1), 3, 4));
    heat.setWatts(2 * MS, spec.idleWatts(1, 1));
    for (int node = 0; node < 18; node++) {
      assertThat(governor.temperatureCelsius(node) + KELVIN)
          .isCloseTo(heat.temperatureKelvin(node, 10 * MS), within(1e-9));
    }
    assertThat(number("work_energy")).isEqualTo(0.004);
    assertThat(number("heat_in")).isCloseTo(heat.joulesIn(10 * MS), within(1e-12));
    assertThat(governor.brokenLaws()).isEmpty();
  }

  /** A source that loses energy is noticed. */
  @Test
  void lawNoticesHeatThatIsNotThere() {
    double[] joules = new double[18];
    ThermalGovernor governor =
        new ThermalGovernor(
            simulation, stats, quick(), List.of(sum -> sum[3] += joules[3]), (state, atPs) -> {});
    governor.resume();
    joules[3] = 5;
    simulation.runUntil(MS);
    joules[3] = 1;
    simulation.runUntil(5 * MS);
    assertThat(governor.brokenLaws())
        .singleElement()
        .asString()
        .endsWith(" J put in, 4.0 J were taken back");
  }

  @Test
  void refusesNegativePower() {
    ThermalGovernor governor = governor(quick());
    assertThatThrownBy(() -> governor.setWorkWatts(0, -100)).hasMessageContaining("must be 0 or");
  }
}
