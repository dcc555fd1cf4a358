package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** Ticks and picoseconds against whole-number arithmetic of any length. */
final class MovableClockTest {
  private static final BigInteger THOUSAND = BigInteger.valueOf(1000);

  private static long floor(BigInteger amount, BigInteger unit) {
    return amount.divide(unit).longValueExact();
  }

  private static long ceil(BigInteger amount, BigInteger unit) {
    return floor(amount.add(unit).subtract(BigInteger.ONE), unit);
  }

  @Test
  void agreesWithExactArithmetic() {
    Randomized.check(
        20_000,
        random -> {
          long femtos = 1_000 + random.nextLong(1L << (1 + random.nextInt(26)));
          MovableClock clock = new MovableClock(femtos);
          long originPs = random.nextBoolean() ? 0 : random.nextLong(1L << 40);
          clock.shift(originPs);
          BigInteger tickFemtos = BigInteger.valueOf(femtos);
          long passedPs = random.nextLong(1L << (1 + random.nextInt(61)));
          BigInteger passedFemtos = BigInteger.valueOf(passedPs).multiply(THOUSAND);
          assertThat(clock.tickFrom(originPs + passedPs)).isEqualTo(ceil(passedFemtos, tickFemtos));
          assertThat(clock.tickUntil(originPs + passedPs))
              .isEqualTo(floor(passedFemtos, tickFemtos));
          assertThat(clock.passedPs(originPs + passedPs)).isEqualTo(passedPs);
          long tick = clock.tickUntil(originPs + passedPs);
          assertThat(clock.timePs(tick))
              .isEqualTo(originPs + ceil(BigInteger.valueOf(tick).multiply(tickFemtos), THOUSAND));
          // A tick is completed at its own time, not a picosecond before.
          assertThat(clock.tickUntil(clock.timePs(tick))).isEqualTo(tick);
          if (tick > 0) {
            assertThat(clock.tickUntil(clock.timePs(tick) - 1)).isEqualTo(tick - 1);
          }
        });
  }

  @Test
  void theEndOfTheClockIsAnError() {
    MovableClock clock = new MovableClock(1_000_000);
    assertThatThrownBy(() -> clock.timePs(Long.MAX_VALUE / 2))
        .isInstanceOf(ArithmeticException.class);
  }
}
