package planted.core;

import java.util.Random;

/** Breaks nothing: every rule must leave it alone. */
public final class Clean {
  public static final long MAX_CAPACITY_BYTES = 1;
  public final long readLatencyPs = 1;
  public final long[] delaysPs = {1};
  public final double energyPjPerBit = 1;
  public final double powerShare = 1;
  public final long linkBytesPerSec = 1;
  public final int timeouts = 1;
  public final String latency = "a text is no number";

  public double seeded() {
    return new Random(1).nextDouble();
  }

  public double root(double x) {
    return Math.sqrt(x) + Math.max(x, 1) + StrictMath.log(x);
  }

  public String text(double x) {
    return String.format(java.util.Locale.ROOT, "%.1f", x).toLowerCase(java.util.Locale.ROOT);
  }

  /** Computes, and is no property: what it returns is said by its text. */
  public long times(long a, long b) {
    return a * b;
  }

  public double power(double base) {
    return base * base;
  }

  public long latencyPs() {
    return readLatencyPs;
  }
}
