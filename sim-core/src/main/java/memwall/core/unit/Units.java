package memwall.core.unit;

import java.math.BigInteger;

/** Units: the one exact conversion from an amount and a rate to a time. */
public final class Units {
  /** Picoseconds in a second. */
  public static final long PS_PER_SECOND = 1_000_000_000_000L;

  private Units() {}

  /**
   * Time to move an amount at a rate, rounded up to a whole picosecond.
   *
   * @param amount bytes or FLOPs, 0 or more
   * @param perSecond the same unit per second, at least 1
   * @throws ArithmeticException if the result exceeds {@link Long#MAX_VALUE} ps
   */
  public static long transferPs(long amount, long perSecond) {
    if (amount < 0 || perSecond < 1) {
      throw new IllegalArgumentException(
          "amount " + amount + " must be >= 0 and rate " + perSecond + "/s >= 1");
    }
    BigInteger[] parts =
        BigInteger.valueOf(amount)
            .multiply(BigInteger.valueOf(PS_PER_SECOND))
            .divideAndRemainder(BigInteger.valueOf(perSecond));
    long whole = parts[0].longValueExact();
    return parts[1].signum() == 0 ? whole : Math.addExact(whole, 1);
  }
}
