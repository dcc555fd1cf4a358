package memwall.core.stat;

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
    set(nowPs, level + delta);
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
    return nowPs == 0 ? level : ((double) areaHigh * 0x1.0p40 + areaLow) / nowPs;
  }

  private void accumulate(long nowPs) {
    long spanPs = nowPs - sincePs;
    if (spanPs < 0) {
      throw new IllegalArgumentException("time goes back: " + nowPs + " < " + sincePs + " ps");
    }
    sincePs = nowPs;
    // The area exceeds a long for long runs; keep it in two parts of 40 bits and the rest.
    long high = Math.multiplyHigh(level, spanPs);
    long low = level * spanPs;
    areaLow += low & ((1L << 40) - 1);
    areaHigh += (high << 24) | (low >>> 40);
    areaHigh += areaLow >>> 40;
    areaLow &= (1L << 40) - 1;
  }
}
