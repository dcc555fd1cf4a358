package memwall.core.random;

/**
 * A stream of random numbers, reproducible everywhere: the generator L64X128Mix of Steele and Vigna
 * ("LXM: better splittable pseudorandom number generators (and almost as fast)", OOPSLA 2021), a
 * linear congruential generator and a xoroshiro128 combined and mixed. Its period is 2^64 (2^128 -
 * 1). It is written out here since it is drawn from in hot paths, and so that it can never change.
 *
 * <p>All draws use {@link StrictMath}, so their values do not depend on the machine.
 */
public final class RandomStream {
  /** Multiplier of the linear congruential generator, from the paper. */
  private static final long MULTIPLIER = 0xD1342543DE82EF95L;

  /** Multiplier of Lea's 64-bit mixing function, from the paper. */
  private static final long MIX = 0xDABA0B6EB09322E3L;

  private final long addend;
  private long congruential;
  private long x0;
  private long x1;

  /**
   * A stream in a given state; every bit of the state should look random.
   *
   * @param addend made odd
   * @param x0 not 0 together with x1; if both are, x0 is replaced
   */
  RandomStream(long addend, long congruential, long x0, long x1) {
    this.addend = addend | 1;
    this.congruential = congruential;
    this.x0 = (x0 | x1) == 0 ? 0x9E3779B97F4A7C15L : x0;
    this.x1 = x1;
  }

  /** 64 random bits. */
  public long nextLong() {
    long z = congruential + x0;
    z = (z ^ (z >>> 32)) * MIX;
    z = (z ^ (z >>> 32)) * MIX;
    z ^= z >>> 32;

    congruential = MULTIPLIER * congruential + addend;
    long q0 = x0;
    long q1 = x1 ^ q0;
    x0 = Long.rotateLeft(q0, 24) ^ q1 ^ (q1 << 16);
    x1 = Long.rotateLeft(q1, 37);
    return z;
  }

  /**
   * Uniform in [0, bound), every value equally likely: the multiply-and-reject method of Lemire
   * ("Fast random integer generation in an interval", TOMACS 2019).
   *
   * @param bound at least 1
   * @throws IllegalArgumentException if the bound is less than 1
   */
  public long nextLong(long bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound " + bound + " must be at least 1");
    }
    long bits = nextLong();
    long low = bits * bound;
    if (Long.compareUnsigned(low, bound) < 0) {
      long biased = Long.remainderUnsigned(-bound, bound);
      while (Long.compareUnsigned(low, biased) < 0) {
        bits = nextLong();
        low = bits * bound;
      }
    }
    // High half of the unsigned product; multiplyHigh takes the bits as signed.
    return Math.multiplyHigh(bits, bound) + ((bits >> 63) & bound);
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Exponential with mean 1, by inversion; at most 36.8. */
  public double nextExponential() {
    return -StrictMath.log(1.0 - nextDouble());
  }

  /** Standard normal, by the polar method (Marsaglia and Bray, SIAM Review 1964). */
  public double nextGaussian() {
    while (true) {
      double u = 2.0 * nextDouble() - 1.0;
      double v = 2.0 * nextDouble() - 1.0;
      double square = u * u + v * v;
      if (square > 0 && square < 1) {
        return u * StrictMath.sqrt(-2.0 * StrictMath.log(square) / square);
      }
    }
  }

  /**
   * Gamma with the given shape and scale; its mean is shape x scale, its variance shape x scale^2.
   * By the method of Marsaglia and Tsang ("A simple method for generating gamma variables", TOMS
   * 2000).
   *
   * @param shape greater than 0
   * @param scale greater than 0
   * @throws IllegalArgumentException if shape or scale is not a positive finite number
   */
  public double nextGamma(double shape, double scale) {
    if (!isPositive(shape) || !isPositive(scale)) {
      throw new IllegalArgumentException(
          "shape " + shape + " and scale " + scale + " must be positive and finite");
    }
    // Below 1 the method draws with shape + 1 and corrects by a power of a uniform number.
    double correction = shape < 1 ? StrictMath.pow(1.0 - nextDouble(), 1.0 / shape) * scale : scale;
    double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3.0;
    double c = 1.0 / StrictMath.sqrt(9.0 * d);
    while (true) {
      double x = nextGaussian();
      double root = 1.0 + c * x;
      if (root <= 0) {
        continue;
      }
      double v = root * root * root;
      double u = 1.0 - nextDouble();
      if (StrictMath.log(u) < 0.5 * x * x + d * (1.0 - v + StrictMath.log(v))) {
        return d * v * correction;
      }
    }
  }

  /**
   * Lognormal: e to the power of a normal number.
   *
   * @param mu mean of the logarithm; the median is e^mu, the mean e^(mu + sigma^2 / 2)
   * @param sigma standard deviation of the logarithm, 0 or more
   * @throws IllegalArgumentException if sigma is negative or one of them not finite
   */
  public double nextLogNormal(double mu, double sigma) {
    if (!Double.isFinite(mu) || !Double.isFinite(sigma) || sigma < 0) {
      throw new IllegalArgumentException(
          "mu " + mu + " must be finite and sigma " + sigma + " finite and not negative");
    }
    return StrictMath.exp(mu + sigma * nextGaussian());
  }

  private static boolean isPositive(double value) {
    return value > 0 && value <= Double.MAX_VALUE;
  }
}
