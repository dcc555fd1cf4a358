package memwall.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UnitsTest {
  private static final BigInteger PS = BigInteger.valueOf(1_000_000_000_000L);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0",
    "1, 3, 333333333334",
    "1, 1000000000000, 1",
    "1, 1000000000001, 1",
    "2, 1000000000001, 2",
    "4096, 3350000000000, 1223",
    "140000000000, 3350000000000, 41791044777",
    "9223372, 1, 9223372000000000000",
    "9223372036854775807, 9223372036854775807, 1000000000000",
    "9223372036854775807, 1000000000000, 9223372036854775807",
    "9223372036854775807, 999999999999999999, 9223372036855"
  })
  void knownTimes(long amount, long perSecond, long timePs) {
    assertThat(Units.transferPs(amount, perSecond)).isEqualTo(timePs);
  }

  @Test
  void equalsBigIntegerForAllMagnitudes() {
    long[] overflows = new long[1];
    Randomized.check(
        20,
        random -> {
          for (int i = 0; i < 20_000; i++) {
            overflows[0] += compare(random);
          }
        });
    // Both outcomes were seen, so neither branch was compared in vain.
    if (System.getProperty(Randomized.SEED_PROPERTY) == null) {
      assertThat(overflows[0]).isBetween(40_000L, 200_000L);
    }
  }

  /** Compares one case; 1 if it overflows. */
  private static int compare(SplittableRandom random) {
    long amount = anyMagnitude(random);
    long perSecond = Math.max(1, anyMagnitude(random));
    if (random.nextInt(8) == 0) {
      // Near a whole number of picoseconds, from both sides.
      long times = 1 + random.nextLong(1L << random.nextInt(1, 40));
      BigInteger near =
          BigInteger.valueOf(perSecond).multiply(BigInteger.valueOf(times)).divide(PS);
      amount = near.min(MOST).longValue() + random.nextInt(2);
      amount = Math.max(0, amount);
    }
    BigInteger rate = BigInteger.valueOf(perSecond);
    BigInteger[] parts = BigInteger.valueOf(amount).multiply(PS).divideAndRemainder(rate);
    BigInteger expected = parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
    if (expected.compareTo(MOST) > 0) {
      long givenAmount = amount;
      try {
        long actual = Units.transferPs(givenAmount, perSecond);
        throw new AssertionError(givenAmount + " at " + perSecond + "/s gave " + actual);
      } catch (ArithmeticException e) {
        return 1;
      }
    }
    if (Units.transferPs(amount, perSecond) != expected.longValueExact()) {
      throw new AssertionError(
          amount
              + " at "
              + perSecond
              + "/s gave "
              + Units.transferPs(amount, perSecond)
              + ", not "
              + expected);
    }
    return 0;
  }

  /** A number of 0 to 63 bits, sometimes next to a power of two. */
  private static long anyMagnitude(SplittableRandom random) {
    int bits = random.nextInt(64);
    if (random.nextInt(6) == 0) {
      return Math.max(0, (bits == 63 ? Long.MAX_VALUE : 1L << bits) - random.nextInt(3));
    }
    return bits == 0 ? 0 : random.nextLong() >>> (64 - bits);
  }

  @Test
  void timeBeyondTheLastPicosecondIsAnError() {
    assertThat(Units.transferPs(9_223_372_036_854_775L, 1_000_000_000L))
        .isEqualTo(9_223_372_036_854_775_000L);
    assertThatThrownBy(() -> Units.transferPs(9_223_372_036_854_776L, 1_000_000_000L))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("time for 9223372036854776 at 1000000000/s exceeds 9223372036854775807 ps");
    assertThatThrownBy(() -> Units.transferPs(Long.MAX_VALUE, 1))
        .isInstanceOf(ArithmeticException.class);
    // The exact quotient lies between 2^64 - 1 and 2^64, so that rounding up wraps to zero.
    assertThatThrownBy(() -> Units.transferPs(5_534_023_222_168_205_717L, 300_000_000_003L))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void negativeAmountAndZeroRateAreErrors() {
    assertThatThrownBy(() -> Units.transferPs(-1, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("amount -1 must be >= 0 and rate 5/s >= 1");
    assertThatThrownBy(() -> Units.transferPs(1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("amount 1 must be >= 0 and rate 0/s >= 1");
  }
}
