package memwall.workloads.serving;

import memwall.core.unit.Units;

/**
 * Bytes that may be written in a day, as a token bucket: it fills at the daily rate, holds at most
 * the burst and begins full. Kept as the time at which it would be full again (the virtual
 * scheduling of the generic cell rate algorithm, ITU-T I.371), so that nothing happens between
 * writes.
 */
final class WriteBudget {
  private static final long SECONDS_PER_DAY = 86_400;

  private final long dailyBytes;
  private final long burstBytes;
  private final long burstPs;
  private long fullAtPs;

  /**
   * A full bucket.
   *
   * @param dailyBytes filled in a day; 0 without limit
   * @param burstBytes that it holds
   */
  WriteBudget(long dailyBytes, long burstBytes) {
    this.dailyBytes = dailyBytes;
    this.burstBytes = burstBytes;
    this.burstPs = dailyBytes == 0 ? 0 : earnedInPs(burstBytes);
  }

  private long earnedInPs(long bytes) {
    return Units.transferPs(Math.multiplyExact(bytes, SECONDS_PER_DAY), dailyBytes);
  }

  /** Takes bytes out if there are as many. */
  boolean take(long bytes, long nowPs) {
    if (dailyBytes == 0) {
      return true;
    }
    if (bytes > burstBytes) {
      return false;
    }
    long thenFullPs = Math.addExact(Math.max(fullAtPs, nowPs), earnedInPs(bytes));
    if (thenFullPs - nowPs > burstPs) {
      return false;
    }
    fullAtPs = thenFullPs;
    return true;
  }
}
