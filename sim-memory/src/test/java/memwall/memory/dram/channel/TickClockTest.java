package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** Ticks and picoseconds against arithmetic without bounds. */
final class TickClockTest {
  private static final BigInteger THOUSAND = BigInteger.valueOf(1_000);

  private static long up(BigInteger dividend, BigInteger divisor) {
    return dividend.add(divisor).subtract(BigInteger.ONE).divide(divisor).longValueExact();
  }

  @Test
  void roundsUp() {
    Randomized.check(
        20_000,
        random -> {
          long tickFemtos = random.nextLong(1, 1L << random.nextInt(1, 24));
          TickClock clock = new TickClock(tickFemtos);
          BigInteger length = BigInteger.valueOf(tickFemtos);
          long ticks = random.nextLong(1L << 36);
          long ps = random.nextLong(1L << 50);
          assertThat(clock.ps(ticks))
              .isEqualTo(up(BigInteger.valueOf(ticks).multiply(length), THOUSAND));
          assertThat(clock.ticks(ps))
              .isEqualTo(up(BigInteger.valueOf(ps).multiply(THOUSAND), length));
        });
  }

  /** A tick is not completed a picosecond before. */
  @Test
  void fromBothSides() {
    TickClock hbm3 = new TickClock(312_500);
    assertThat(hbm3.ps(1)).isEqualTo(313);
    assertThat(hbm3.ps(2)).isEqualTo(625);
    assertThat(hbm3.ticks(312)).isEqualTo(1);
    assertThat(hbm3.ticks(313)).isEqualTo(2);
    assertThat(hbm3.ticks(625)).isEqualTo(2);
    assertThat(hbm3.ticks(626)).isEqualTo(3);
    assertThat(hbm3.ticks(0)).isZero();
  }

  @Test
  void errors() {
    assertThatThrownBy(() -> new TickClock(0)).hasMessage("a tick of 0 fs");
    assertThatThrownBy(() -> new TickClock(1_250_000).ps(Long.MAX_VALUE / 2))
        .isInstanceOf(ArithmeticException.class);
  }
}
