package memwall.core.stat;

import java.math.BigInteger;

/** A sum of products of non-negative longs, exact in 128 bits. */
public final class WideSum {
  private long high;
  private long low;

  /** Zero. */
  public WideSum() {}

  /** Adds {@code a * b}; both 0 or more. */
  public void add(long a, long b) {
    if (a < 0 || b < 0) {
      throw new IllegalArgumentException("negative factor: " + a + " * " + b);
    }
    long productLow = a * b;
    high += Math.multiplyHigh(a, b);
    low += productLow;
    if (Long.compareUnsigned(low, productLow) < 0) {
      high++;
    }
  }

  /** The exact value. */
  public BigInteger value() {
    return BigInteger.valueOf(high).shiftLeft(64).add(new BigInteger(Long.toUnsignedString(low)));
  }
}
