package memwall.core.random;

/** A stream of random numbers, reproducible everywhere. */
public final class RandomStream {
  private long state;

  RandomStream(long seed) {
    this.state = seed;
  }

  /** 64 random bits. */
  public long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Uniform in [0, bound); bound at least 1. */
  public long nextLong(long bound) {
    return Math.floorMod(nextLong(), bound);
  }

  /** Uniform in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Exponential with mean 1. */
  public double nextExponential() {
    return -StrictMath.log(1.0 - nextDouble());
  }

  /** Standard normal. */
  public double nextGaussian() {
    double radius = StrictMath.sqrt(2.0 * nextExponential());
    return radius * StrictMath.cos(2.0 * StrictMath.PI * nextDouble());
  }
}
