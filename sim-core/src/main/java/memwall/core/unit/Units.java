package memwall.core.unit;

/** Units: the one exact conversion from an amount and a rate to a time. */
public final class Units {
  /** Picoseconds in a second. */
  public static final long PS_PER_SECOND = 1_000_000_000_000L;

  /** Amounts up to this give a number of unit-picoseconds that fits a long. */
  private static final long SMALL_AMOUNT = Long.MAX_VALUE / PS_PER_SECOND;

  /** Quotients below this are known from double arithmetic to within 1. */
  private static final double EXACT_QUOTIENT = 0x1.0p50;

  /** A few times a divisor below this fits a long. */
  private static final long EXACT_DIVISOR = 1L << 59;

  private static final long LOW_32 = 0xFFFF_FFFFL;

  private Units() {}

  /**
   * Time to move an amount at a rate, rounded up to a whole picosecond: the exact {@code
   * ceil(amount x 10^12 / perSecond)} for all arguments.
   *
   * @param amount bytes or FLOPs, 0 or more
   * @param perSecond the same unit per second, at least 1
   * @throws IllegalArgumentException if the amount is negative or the rate less than 1
   * @throws ArithmeticException if the result exceeds {@link Long#MAX_VALUE} ps
   */
  public static long transferPs(long amount, long perSecond) {
    if (amount < 0 || perSecond < 1) {
      throw new IllegalArgumentException(
          "amount " + amount + " must be >= 0 and rate " + perSecond + "/s >= 1");
    }
    if (amount <= SMALL_AMOUNT) {
      long product = amount * PS_PER_SECOND;
      long whole = product / perSecond;
      return whole * perSecond == product ? whole : whole + 1;
    }
    double estimate = amount * 1e12 / perSecond;
    if (estimate < EXACT_QUOTIENT && perSecond < EXACT_DIVISOR) {
      // Wrong by at most 1 below 2^50; the remainder so fits a long, whatever overflowed before.
      long quotient = (long) estimate;
      long remainder = amount * PS_PER_SECOND - quotient * perSecond;
      while (remainder > 0) {
        quotient++;
        remainder -= perSecond;
      }
      while (remainder <= -perSecond) {
        quotient--;
        remainder += perSecond;
      }
      return quotient;
    }
    // 128-bit product; the high half is less than 2^40, so the division fits if it fits at all.
    long high = Math.multiplyHigh(amount, PS_PER_SECOND);
    long low = amount * PS_PER_SECOND;
    if (high >= perSecond) {
      throw overflow(amount, perSecond);
    }
    long whole = divide(high, low, perSecond);
    if (low != whole * perSecond) {
      whole++;
    }
    // A quotient of 2^63 or more looks negative; 2^64 - 1 rounded up wraps to 0.
    if (whole <= 0) {
      throw overflow(amount, perSecond);
    }
    return whole;
  }

  private static ArithmeticException overflow(long amount, long perSecond) {
    return new ArithmeticException(
        "time for " + amount + " at " + perSecond + "/s exceeds " + Long.MAX_VALUE + " ps");
  }

  /**
   * Unsigned quotient of a 128-bit number by a positive long, rounded down: the schoolbook division
   * with two digits of 32 bits (Knuth, "The Art of Computer Programming" volume 2, 4.3.1, algorithm
   * D). Each digit is estimated from the divisor's upper half and is then at most 2 too large.
   *
   * @param high less than the divisor, so that the quotient fits 64 bits
   */
  private static long divide(long high, long low, long divisor) {
    if (high == 0) {
      return Long.divideUnsigned(low, divisor);
    }
    int shift = Long.numberOfLeadingZeros(divisor);
    long normal = divisor << shift;
    // The divisor is positive, so the shift is 1 to 63; here it is below 63 since high < divisor.
    long upper = (high << shift) | (low >>> (64 - shift));
    long lower = low << shift;
    long top = digit(upper, normal, lower >>> 32);
    long rest = (upper << 32) + (lower >>> 32) - top * normal;
    return (top << 32) + digit(rest, normal, lower & LOW_32);
  }

  /** Next quotient digit of (rest x 2^32 + next) / divisor, for a divisor with its top bit set. */
  private static long digit(long rest, long divisor, long next) {
    long divisorHigh = divisor >>> 32;
    long divisorLow = divisor & LOW_32;
    long estimate = Long.divideUnsigned(rest, divisorHigh);
    long remainder = rest - estimate * divisorHigh;
    while (estimate > LOW_32
        || Long.compareUnsigned(estimate * divisorLow, (remainder << 32) | next) > 0) {
      estimate--;
      remainder += divisorHigh;
      if (remainder > LOW_32) {
        break;
      }
    }
    return estimate;
  }
}
