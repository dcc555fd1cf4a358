package memwall.memory.flash.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class SpecialTest {
  /** W is the inverse of w e^w; near the branch point as exact as doubles allow. */
  @Test
  void lambert() {
    for (double w = -0.9999; w < 20; w += 0.0007) {
      double x = w * StrictMath.exp(w);
      double tolerance = 1e-15 / Math.max(1e-8, w + 1) + 1e-14 * Math.abs(w);
      assertThat(Special.lambertW0(x)).as("W(%s)", x).isCloseTo(w, within(tolerance));
    }
    assertThat(Special.lambertW0(-1 / StrictMath.E)).isCloseTo(-1, within(1e-7));
    assertThat(Special.lambertW0(-0.4)).isEqualTo(-1);
    assertThat(Special.lambertW0(0)).isZero();
    // The omega constant.
    assertThat(Special.lambertW0(1)).isCloseTo(0.567_143_290_409_783_8, within(1e-15));
  }

  @Test
  void harmonicNumbers() {
    double sum = 0;
    // Recurrence and series cancel at 0: digits of numbers of about 2.
    assertThat(Special.harmonic(0)).isCloseTo(0, within(1e-13));
    for (int n = 1; n < 5000; n++) {
      sum += 1.0 / n;
      assertThat(Special.harmonic(n)).isCloseTo(sum, within(1e-12));
    }
    // H(1/2) = 2 - 2 ln 2, and the recurrence for others.
    assertThat(Special.harmonic(0.5)).isCloseTo(2 - 2 * StrictMath.log(2), within(1e-14));
    for (double x = 0.1; x < 40; x += 0.37) {
      assertThat(Special.harmonic(x + 1))
          .isCloseTo(Special.harmonic(x) + 1 / (x + 1), within(1e-13));
    }
  }

  @Test
  void factorials() {
    BigInteger factorial = BigInteger.ONE;
    for (int n = 1; n <= 160; n++) {
      factorial = factorial.multiply(BigInteger.valueOf(n));
      double expected = StrictMath.log(new BigDecimal(factorial).doubleValue());
      assertThat(Special.logFactorial(n)).isCloseTo(expected, within(1e-13 * (1 + expected)));
    }
    // Gamma(1/2) = sqrt(pi) is the factorial of -1/2; that of 1/2 is half of it.
    assertThat(Special.logFactorial(0.5))
        .isCloseTo(StrictMath.log(StrictMath.sqrt(StrictMath.PI) / 2), within(1e-13));
  }
}
