package memwall.memory.flash.law;

/** Special functions that the laws need and the JDK does not have. */
final class Special {
  private static final double EULER_GAMMA = 0.577_215_664_901_532_9;
  private static final double HALF_LOG_TWO_PI = 0.918_938_533_204_672_8;

  /** From here on the asymptotic series below are exact to the last digits of a double. */
  private static final double ASYMPTOTIC_FROM = 20;

  private static final int MAX_ITERATIONS = 60;

  private Special() {}

  /**
   * The principal branch of Lambert's W: the w of at least -1 with w e^w = x. By Halley's iteration
   * from the series at the branch point or from log1p; Corless et al., "On the Lambert W function"
   * (1996), sections 4 and 5.
   *
   * @param x at least -1/e; what is less by rounding counts as -1/e
   */
  static double lambertW0(double x) {
    double above = StrictMath.E * x + 1;
    if (above <= 0) {
      return -1;
    }
    double w;
    if (above < 0.3) {
      double p = StrictMath.sqrt(2 * above);
      w = -1 + p * (1 + p * (-1.0 / 3 + p * (11.0 / 72 + p * (-43.0 / 540))));
    } else {
      w = StrictMath.log1p(x);
    }
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      double power = StrictMath.exp(w);
      double excess = w * power - x;
      double step = excess / (power * (w + 1) - (w + 2) * excess / (2 * w + 2));
      if (!(Math.abs(step) > 1e-16 * (1 + Math.abs(w)))) {
        break;
      }
      w -= step;
    }
    return w;
  }

  /**
   * The harmonic number of a real argument: digamma(x + 1) + Euler's constant; for whole x the sum
   * of 1/i. Abramowitz and Stegun, 6.3.5 and 6.3.18.
   *
   * @param x 0 or more
   */
  static double harmonic(double x) {
    double at = x + 1;
    double sum = 0;
    while (at < ASYMPTOTIC_FROM) {
      sum -= 1 / at;
      at++;
    }
    double r = 1 / (at * at);
    double series =
        r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132)))));
    return sum + StrictMath.log(at) - 0.5 / at - series + EULER_GAMMA;
  }

  /**
   * The logarithm of n factorial, real n: Stirling's series, Abramowitz and Stegun 6.1.41.
   *
   * @param n 0 or more
   */
  static double logFactorial(double n) {
    double at = n + 1;
    double product = 1;
    while (at < ASYMPTOTIC_FROM) {
      product *= at;
      at++;
    }
    double r = 1 / (at * at);
    double series =
        (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188))))) / at;
    return (at - 0.5) * StrictMath.log(at)
        - at
        + HALF_LOG_TWO_PI
        + series
        - StrictMath.log(product);
  }
}
