package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

class ExponentialSumTest {
  private static final long MS = 1_000_000_000L;
  private static final long NEVER = ExponentialSum.NEVER;

  private static ExponentialSum curve(double steady, double... ratesAndFactors) {
    double[] rates = new double[ratesAndFactors.length / 2];
    for (int k = 0; k < rates.length; k++) {
      rates[k] = ratesAndFactors[2 * k];
    }
    ExponentialSum curve = new ExponentialSum(rates);
    curve.setSteady(steady);
    for (int k = 0; k < rates.length; k++) {
      curve.setFactor(k, ratesAndFactors[2 * k + 1]);
    }
    return curve;
  }

  /** exp(-t) - exp(-2 t) has its maximum of 1/4 at t = ln 2. */
  @Test
  void hump() {
    ExponentialSum hump = curve(0, 1, 1, 2, -1);
    assertThat(hump.maximum(-1, 0, 10_000 * MS, 1e-9)).isCloseTo(0.25, within(1e-12));
    assertThat(hump.maximum(0.3, 0, 10_000 * MS, 1e-9)).isEqualTo(0.3);
    assertThat(hump.maximum(-1, 0, 100 * MS, 1e-9)).isEqualTo(hump.at(100 * MS));
    // 3/16 is reached at exp(-t) = 3/4 and left at exp(-t) = 1/4.
    long up = hump.firstAtLeast(0.1875, 0, 10_000 * MS);
    assertThat((double) up).isCloseTo(1e12 * StrictMath.log(4.0 / 3), within(3.0));
    assertThat(hump.at(up)).isGreaterThanOrEqualTo(0.1875);
    assertThat(hump.at(up - 1)).isLessThan(0.1875);
    long down = hump.firstBelow(0.1875, up, 10_000 * MS);
    assertThat((double) down).isCloseTo(1e12 * StrictMath.log(4), within(3.0));
    assertThat(hump.firstAtLeast(0.1875, down, 10_000 * MS)).isEqualTo(NEVER);
    assertThat(hump.firstAtLeast(0.2500001, 0, 10_000 * MS)).isEqualTo(NEVER);
    assertThat(hump.firstAtLeast(0.1875, 0, up - 1)).isEqualTo(NEVER);
    assertThat(hump.firstAtLeast(0.1875, 0, up)).isEqualTo(up);
  }

  /** A touch from below within a hundred-millionth of the height: both sides. */
  @Test
  void nearlyTangent() {
    ExponentialSum hump = curve(0, 1, 1, 2, -1);
    long touch = hump.firstAtLeast(0.25 - 1e-9, 0, 10_000 * MS);
    assertThat((double) touch).isCloseTo(1e12 * StrictMath.log(2), within(2e8));
    assertThat(hump.at(touch)).isGreaterThanOrEqualTo(0.25 - 1e-9);
    assertThat(hump.firstAtLeast(0.25 + 1e-9, 0, 10_000 * MS)).isEqualTo(NEVER);
    ExponentialSum dip = curve(1, 1, -1, 2, 1);
    assertThat(dip.firstBelow(0.75 + 1e-9, 0, 10_000 * MS)).isEqualTo(touch);
    assertThat(dip.firstBelow(0.75 - 1e-9, 0, 10_000 * MS)).isEqualTo(NEVER);
  }

  /** Three crossings: the first one is found from each start. */
  @Test
  void wave() {
    // x = exp(-t): (x - 0.8)(x - 0.5)(x - 0.2) = x^3 - 1.5 x^2 + 0.66 x - 0.08
    ExponentialSum wave = curve(-0.08, 1, 0.66, 2, -1.5, 3, 1);
    long first = (long) (1e12 * -StrictMath.log(0.8));
    long second = (long) (1e12 * -StrictMath.log(0.5));
    long third = (long) (1e12 * -StrictMath.log(0.2));
    long end = 20_000 * MS;
    assertThat((double) wave.firstBelow(0, 0, end)).isCloseTo((double) first, within(1e3));
    assertThat((double) wave.firstAtLeast(0, first + 2000, end))
        .isCloseTo((double) second, within(1e3));
    assertThat((double) wave.firstBelow(0, second + 2000, end))
        .isCloseTo((double) third, within(1e3));
    assertThat(wave.firstAtLeast(0, third + 2000, end)).isEqualTo(NEVER);
  }

  /**
   * The far end of a ladder of 18 nodes after a step at the other: its modes cancel to the 17th
   * order at the start, and it takes few evaluations all the same (the test ends).
   */
  @Test
  void modesThatCancel() {
    ThermalNetwork.Builder builder = new ThermalNetwork.Builder();
    for (int i = 0; i < 18; i++) {
      builder.node("n" + i, 0.01);
      if (i > 0) {
        builder.resistance(i - 1, i, 0.1);
      }
    }
    builder.resistanceOut(17, 0.1);
    ThermalTransient heat = new ThermalTransient(builder.build(), 300);
    double[] watts = new double[18];
    watts[0] = 1000;
    heat.setWatts(0, watts);
    ExponentialSum far = heat.curve(17);
    assertThat(far.at(1_000_000)).isCloseTo(0, within(1e-9));
    assertThat(far.maximum(0, 0, 10 * MS, 1e-9)).isEqualTo(far.at(10 * MS));
    long first = far.firstAtLeast(1e-6, 0, 5_000 * MS);
    assertThat(far.at(first)).isGreaterThanOrEqualTo(1e-6);
    assertThat(far.at(first - 100_000)).isLessThan(1e-6);
    assertThat(first).isBetween(MS / 2, 20 * MS);
  }

  /** Any coefficients, signs and rates against a scan. */
  @Test
  void agreesWithAScan() {
    Randomized.check(
        300,
        random -> {
          ExponentialSum curve = randomCurve(random);
          long end = (long) Networks.logUniform(random, 1e6, 1e13);
          double level = curve.at((long) (end * random.nextDouble())) + random.nextInt(-1, 2) * 0.2;
          long up = curve.firstAtLeast(level, 0, end);
          long down = curve.firstBelow(level, 0, end);
          assertThat(Math.min(up, down)).isZero();
          double most = Double.NEGATIVE_INFINITY;
          for (int i = 0; i <= 2000; i++) {
            double share = i / 2000.0;
            long at = (long) (end * share * share * share);
            double value = curve.at(at);
            if (at < up) {
              assertThat(value).isLessThan(level);
            }
            if (at < down) {
              assertThat(value).isGreaterThanOrEqualTo(level);
            }
            most = Math.max(most, value);
          }
          double maximum = curve.maximum(Double.NEGATIVE_INFINITY, 0, end, 1e-9);
          assertThat(maximum).isGreaterThanOrEqualTo(most - 1e-9);
          assertThat(maximum).isLessThanOrEqualTo(curve.most() + 1e-9);
          assertThat(curve.least()).isLessThanOrEqualTo(curve.at(end) + 1e-9);
          // The maximum is a value of the curve: it is reached.
          assertThat(curve.firstAtLeast(maximum - 1e-6, 0, end)).isLessThanOrEqualTo(end);
        });
  }

  private static ExponentialSum randomCurve(SplittableRandom random) {
    int n = 1 + random.nextInt(8);
    double[] both = new double[2 * n];
    for (int k = 0; k < n; k++) {
      both[2 * k] = Networks.logUniform(random, 0.1, 1e6);
      both[2 * k + 1] = (random.nextDouble() - 0.5) * 20;
    }
    return curve(random.nextDouble() * 10, both);
  }
}
