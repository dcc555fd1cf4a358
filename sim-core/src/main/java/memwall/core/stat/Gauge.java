package memwall.core.stat;

import java.math.BigInteger;

/**
 * A level that changes over simulated time, for example a queue length; knows its time-weighted
 * mean and its maximum.
 */
public final class Gauge {
  private long level;
  private long sincePs;
  private long max;
  private long areaHigh;
  private long areaLow;

  Gauge() {}

  /** Sets the level from now on; time must not go back. */
  public void set(long nowPs, long newLevel) {
    accumulate(nowPs);
    level = newLevel;
    max = Math.max(max, newLevel);
  }

  /** Changes the level from now on. */
  public void add(long nowPs, long delta) {
    set(nowPs, Math.addExact(level, delta));
  }

  /** The current level. */
  public long level() {
    return level;
  }

  /** The highest level so far. */
  public long max() {
    return max;
  }

  /** Time-weighted mean from time 0 to the given time. */
  public double mean(long nowPs) {
    accumulate(nowPs);
    if (nowPs == 0) {
      return level;
    }
    boolean small = areaHigh == areaLow >> 63;
    return (small ? areaLow : areaHigh * 0x1.0p64 + (areaLow >>> 1) * 2.0) / nowPs;
  }

  /** Level times picoseconds, summed so far: exact. */
  BigInteger area() {
    return BigInteger.valueOf(areaHigh)
        .shiftLeft(64)
        .add(new BigInteger(Long.toUnsignedString(areaLow)));
  }

  private void accumulate(long nowPs) {
    long spanPs = nowPs - sincePs;
    if (spanPs < 0) {
      throw new IllegalArgumentException("time goes back: " + nowPs + " < " + sincePs + " ps");
    }
    sincePs = nowPs;
    // The area exceeds a long in a long run: a sum of 128 bits, with the carry out of the low half.
    long sum = areaLow + level * spanPs;
    long carry = Long.compareUnsigned(sum, areaLow) < 0 ? 1 : 0;
    areaHigh += Math.multiplyHigh(level, spanPs) + carry;
    areaLow = sum;
  }
}
