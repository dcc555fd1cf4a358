package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

class ThermalTransientTest {
  private static final long MS = 1_000_000_000L;

  @Test
  void singleNodeFollowsTheExponential() {
    ThermalTransient heat = new ThermalTransient(Networks.single(0.02, 0.5), 300);
    heat.setWatts(3 * MS, new double[] {40});
    for (long ms = 0; ms <= 200; ms++) {
      double expected = 300 + 20 * -StrictMath.expm1(-ms / 10.0);
      assertThat(heat.temperatureKelvin(0, (3 + ms) * MS)).isCloseTo(expected, within(1e-10));
    }
    assertThat(heat.steadyKelvin(0)).isEqualTo(320);
    // Off again after 10 ms: from there it decays.
    heat.setWatts(13 * MS, new double[] {0});
    double start = 20 * -StrictMath.expm1(-1);
    for (long ms = 0; ms <= 200; ms++) {
      double expected = 300 + start * StrictMath.exp(-ms / 10.0);
      assertThat(heat.temperatureKelvin(0, (13 + ms) * MS)).isCloseTo(expected, within(1e-10));
    }
  }

  /**
   * A die on a lid: with a = 1/(R1 C1), the rates are the roots of l^2 - (a11 + a22) l + det = 0,
   * and the amplitudes follow from the start at zero (worked by hand for two nodes).
   */
  @Test
  void twoNodesFollowTheTwoExponentials() {
    double c1 = 0.01;
    double c2 = 5;
    double r1 = 0.3;
    double r2 = 0.2;
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    int die = builder.node("die", c1);
    int lid = builder.node("lid", c2);
    builder.resistance(die, lid, r1);
    builder.resistanceOut(lid, r2);
    ThermalTransient heat = new ThermalTransient(builder.build(), 313.15);
    heat.setWatts(0, new double[] {50, 0});

    double a11 = 1 / (r1 * c1);
    double a12 = 1 / (r1 * c1);
    double a21 = 1 / (r1 * c2);
    double a22 = 1 / (r1 * c2) + 1 / (r2 * c2);
    double half = (a11 + a22) / 2;
    double root = StrictMath.sqrt(half * half - (a11 * a22 - a12 * a21));
    double fast = half + root;
    double slow = (a11 * a22 - a12 * a21) / fast;
    double die0 = 50 * (r1 + r2);
    double lid0 = 50 * r2;
    // Deviation (die0, lid0) at the start as a sum of the eigenvectors (a12, a11 - l).
    double alongSlow = (lid0 * a12 - die0 * (a11 - fast)) / (a12 * (fast - slow));
    double alongFast = (die0 - a12 * alongSlow) / a12;
    assertThat(heat.network().timeConstantSeconds(0)).isCloseTo(1 / slow, within(1e-9));
    for (long us = 0; us < 10_000_000; us = us * 2 + 1) {
      double t = us * 1e-6;
      double slowly = alongSlow * StrictMath.exp(-slow * t);
      double quickly = alongFast * StrictMath.exp(-fast * t);
      double dieRise = die0 - a12 * (slowly + quickly);
      double lidRise = lid0 - (a11 - slow) * slowly - (a11 - fast) * quickly;
      assertThat(heat.temperatureKelvin(die, us * 1_000_000))
          .isCloseTo(313.15 + dieRise, within(1e-9));
      assertThat(heat.temperatureKelvin(lid, us * 1_000_000))
          .isCloseTo(313.15 + lidRise, within(1e-9));
    }
  }

  @Test
  void agreesWithManySmallSteps() {
    Randomized.check(
        40,
        random -> {
          int n = 1 + random.nextInt(7);
          ThermalNetwork network = Networks.random(random, n);
          ThermalTransient heat = new ThermalTransient(network, 300);
          double[] rises = new double[n];
          long nowPs = 0;
          for (int phase = 0; phase < 4; phase++) {
            double[] watts = Networks.randomWatts(random, n);
            heat.setWatts(nowPs, watts);
            long stepPs = (long) (0.02e12 * network.timeConstantSeconds(n - 1));
            int steps = 1 + random.nextInt(1500);
            for (int step = 0; step < steps; step++) {
              rises = RungeKutta.step(network, rises, watts, stepPs * 1e-12);
            }
            nowPs += steps * stepPs;
            for (int i = 0; i < n; i++) {
              assertThat(heat.temperatureKelvin(i, nowPs))
                  .isCloseTo(300 + rises[i], within(1e-6 * (1e-3 + rises[i])));
            }
          }
        });
  }

  @Test
  void heatInIsHeatStoredAndOut() {
    Randomized.check(
        100,
        random -> {
          int n = 1 + random.nextInt(12);
          ThermalNetwork network = Networks.random(random, n);
          ThermalTransient heat =
              random.nextBoolean()
                  ? new ThermalTransient(network, 300)
                  : new ThermalTransient(network, 300, Networks.randomWatts(random, n));
          long nowPs = 0;
          for (int change = 0; change < 20; change++) {
            nowPs += (long) Networks.logUniform(random, 1, 1e12);
            heat.setWatts(nowPs, Networks.randomWatts(random, n));
            long askedPs = nowPs + (long) Networks.logUniform(random, 1, 1e12);
            double in = heat.joulesIn(askedPs);
            assertThat(heat.joulesStored(askedPs) + heat.joulesOut(askedPs))
                .isCloseTo(in, within(1e-9 * (1 + in)));
          }
        });
  }

  /** Going on by t1 and then by t2 is going on by t1 + t2. */
  @Test
  void stepsCompose() {
    Randomized.check(
        100,
        random -> {
          int n = 1 + random.nextInt(18);
          ThermalNetwork network = Networks.random(random, n);
          double[] watts = Networks.randomWatts(random, n);
          ThermalTransient once = new ThermalTransient(network, 300);
          ThermalTransient often = new ThermalTransient(network, 300);
          once.setWatts(0, watts);
          often.setWatts(0, watts);
          long nowPs = 0;
          for (int step = 0; step < 30; step++) {
            nowPs += (long) Networks.logUniform(random, 1, 1e11);
            if (random.nextBoolean()) {
              often.advance(nowPs);
            } else {
              often.setWatts(nowPs, watts);
            }
          }
          for (int i = 0; i < n; i++) {
            double expected = once.temperatureKelvin(i, nowPs);
            assertThat(often.temperatureKelvin(i, nowPs)).isCloseTo(expected, within(1e-10));
            assertThat(often.meanKelvin(i, nowPs))
                .isCloseTo(once.meanKelvin(i, nowPs), within(1e-9));
          }
          assertThat(often.joulesOut(nowPs))
              .isCloseTo(once.joulesOut(nowPs), within(1e-9 * once.joulesIn(nowPs) + 1e-15));
        });
  }

  @Test
  void askingChangesNothing() {
    Randomized.check(
        30,
        random -> {
          int n = 1 + random.nextInt(6);
          ThermalNetwork network = Networks.random(random, n);
          double[] watts = Networks.randomWatts(random, n);
          ThermalTransient asked = new ThermalTransient(network, 300);
          ThermalTransient left = new ThermalTransient(network, 300);
          asked.setWatts(7, watts);
          left.setWatts(7, watts);
          for (int question = 0; question < 20; question++) {
            long atPs = 7 + random.nextLong(1_000_000_000_000L);
            asked.temperatureKelvin(random.nextInt(n), atPs);
            asked.nextAtLeastPs(random.nextInt(n), 300 + random.nextDouble() * 40, atPs);
            asked.meanKelvin(random.nextInt(n), atPs);
          }
          assertThat(asked.temperatureKelvin(0, 999)).isEqualTo(left.temperatureKelvin(0, 999));
          assertThat(asked.sincePs()).isEqualTo(7);
          assertThat(asked.watts(n - 1)).isEqualTo(watts[n - 1]);
        });
  }

  @Test
  void meanOfAStepIsTheIntegral() {
    ThermalTransient heat = new ThermalTransient(Networks.single(0.02, 0.5), 300);
    assertThat(heat.meanKelvin(0, 0)).isEqualTo(300);
    heat.setWatts(0, new double[] {40});
    // Integral of 20 (1 - exp(-t / 10 ms)) over 30 ms, divided by 30 ms.
    double mean = 20 - 20 * (1 - StrictMath.exp(-3)) / 3;
    assertThat(heat.meanKelvin(0, 30 * MS)).isCloseTo(300 + mean, within(1e-10));
  }

  @Test
  void startsInASteadyState() {
    ThermalNetwork network = Networks.single(0.02, 0.5);
    ThermalTransient heat = new ThermalTransient(network, 300, new double[] {10});
    assertThat(heat.temperatureKelvin(0, 0)).isEqualTo(305);
    assertThat(heat.temperatureKelvin(0, 1000 * MS)).isEqualTo(305);
    assertThat(heat.joulesStored(1000 * MS)).isZero();
    assertThat(heat.joulesOut(1000 * MS)).isCloseTo(10, within(1e-12));
  }

  @Test
  void crossingIsFoundToThePicosecond() {
    ThermalTransient heat = new ThermalTransient(Networks.single(0.02, 0.5), 300);
    heat.setWatts(5, new double[] {40});
    // 300 + 20 (1 - exp(-t / 10 ms)) = 315 at t = 10 ms ln 4.
    long atPs = heat.nextAtLeastPs(0, 315, 5);
    assertThat((double) atPs).isCloseTo(5 + 1e10 * StrictMath.log(4), within(2.0));
    assertThat(heat.temperatureKelvin(0, atPs)).isGreaterThanOrEqualTo(315);
    assertThat(heat.temperatureKelvin(0, atPs - 1)).isLessThan(315);
    assertThat(heat.nextAtLeastPs(0, 315, atPs + 7)).isEqualTo(atPs + 7);
    assertThat(heat.nextAtLeastPs(0, 320.0001, 5)).isEqualTo(Long.MAX_VALUE);
    assertThat(heat.nextBelowPs(0, 301, 5)).isEqualTo(5);
    assertThat(heat.nextBelowPs(0, 300, 5)).isEqualTo(Long.MAX_VALUE);

    heat.setWatts(40 * MS, new double[] {0});
    long belowPs = heat.nextBelowPs(0, 315, 40 * MS);
    assertThat(heat.temperatureKelvin(0, belowPs)).isLessThan(315);
    assertThat(heat.temperatureKelvin(0, belowPs - 1)).isGreaterThanOrEqualTo(315);
  }

  /**
   * The die is heated for a moment; the lid goes on rising after the power is off and falls later.
   * The rise above a level in between is found although it is cold at both ends.
   */
  @Test
  void crossingOfAHumpIsFound() {
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    int die = builder.node("die", 0.01);
    int lid = builder.node("lid", 0.05);
    builder.resistance(die, lid, 1);
    builder.resistanceOut(lid, 10);
    ThermalTransient heat = new ThermalTransient(builder.build(), 300);
    heat.setWatts(0, new double[] {100, 0});
    heat.setWatts(MS, new double[] {0, 0});
    double peak = 300 + heat.curve(lid).maximum(0, 0, 5_000 * MS, 1e-9);
    assertThat(peak).isBetween(301.5, 301.8);
    long up = heat.nextAtLeastPs(lid, peak - 0.001, MS);
    assertThat(up).isBetween(10 * MS, 60 * MS);
    long down = heat.nextBelowPs(lid, peak - 0.001, up);
    assertThat(down).isGreaterThan(up);
    assertThat(heat.temperatureKelvin(lid, (up + down) / 2)).isCloseTo(peak, within(1e-3));
    assertThat(heat.nextAtLeastPs(lid, peak + 1e-6, MS)).isEqualTo(Long.MAX_VALUE);
  }

  /** Against a scan in small steps, on random networks with random histories. */
  @Test
  void crossingsAndMaximaAgreeWithAScan() {
    Randomized.check(
        60,
        random -> {
          int n = 1 + random.nextInt(6);
          ThermalNetwork network = Networks.random(random, n);
          ThermalTransient heat = new ThermalTransient(network, 300);
          long nowPs = 0;
          for (int change = 0; change < 4; change++) {
            heat.setWatts(nowPs, Networks.randomWatts(random, n));
            nowPs += (long) Networks.logUniform(random, 1e9, 1e11);
          }
          heat.setWatts(nowPs, Networks.randomWatts(random, n));
          int node = random.nextInt(n);
          double start = heat.temperatureKelvin(node, nowPs);
          double level = start + (heat.steadyKelvin(node) - start) * (random.nextDouble() * 1.5);
          boolean up = level > start;
          long found =
              up ? heat.nextAtLeastPs(node, level, nowPs) : heat.nextBelowPs(node, level, nowPs);
          long endPs = Math.min(found, nowPs + 4_000_000_000_000L);
          double most = start;
          for (int i = 0; i < 4000; i++) {
            // Closer together at the start, where the fast modes are.
            double share = i / 4000.0;
            long atPs = nowPs + (long) ((endPs - nowPs) * share * share * share);
            double kelvin = heat.temperatureKelvin(node, atPs);
            assertThat(up ? kelvin < level : kelvin >= level).isTrue();
            most = Math.max(most, kelvin);
          }
          if (found != Long.MAX_VALUE) {
            double kelvin = heat.temperatureKelvin(node, found);
            assertThat(up ? kelvin >= level : kelvin < level).isTrue();
          }
          most = Math.max(most, heat.temperatureKelvin(node, endPs));
          double maximum = 300 + heat.curve(node).maximum(0, 0, endPs - nowPs, 1e-9);
          assertThat(maximum).isBetween(most - 2e-9, most + 0.01);
        });
  }

  @Test
  void refusesNonsense() {
    ThermalNetwork network = Networks.single(1, 1);
    assertThatThrownBy(() -> new ThermalTransient(network, 0))
        .hasMessage("surroundings of 0.0 K; absolute temperatures are positive");
    ThermalTransient heat = new ThermalTransient(network, 300);
    assertThatThrownBy(() -> heat.setWatts(0, new double[2])).hasMessage("2 powers for 1 nodes");
    assertThatThrownBy(() -> heat.setWatts(0, new double[] {-1}))
        .hasMessage("power of only is -1.0 W; it must be 0 or more");
    heat.advance(10);
    assertThatThrownBy(() -> heat.temperatureKelvin(0, 9)).hasMessage("time goes back: 9 < 10 ps");
  }
}
