package memwall.core.stat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

final class GaugeTest {
  private final Gauge gauge = new Gauge();

  @Test
  void meanWeighsLevelsByTheirTime() {
    gauge.set(10, 4);
    gauge.add(20, 2);
    gauge.set(30, 0);
    assertThat(gauge.mean(40)).isEqualTo((4 * 10 + 6 * 10) / 40.0);
    assertThat(gauge.max()).isEqualTo(6);
    assertThat(gauge.level()).isZero();
  }

  @Test
  void meanAtTimeZeroIsTheLevel() {
    gauge.set(0, 9);
    assertThat(gauge.mean(0)).isEqualTo(9);
  }

  @Test
  void timeMustNotGoBack() {
    gauge.set(10, 1);
    assertThatThrownBy(() -> gauge.set(9, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("time goes back: 9 < 10 ps");
  }

  @Test
  void areaIsExact() {
    Randomized.check(
        200,
        random -> {
          Gauge fresh = new Gauge();
          BigInteger area = BigInteger.ZERO;
          long level = 0;
          long now = 0;
          int levelBits = random.nextInt(1, 62);
          int spanBits = random.nextInt(1, 54);
          for (int i = 0; i < 500; i++) {
            long span = random.nextLong(1L << spanBits);
            area = area.add(BigInteger.valueOf(level).multiply(BigInteger.valueOf(span)));
            now += span;
            level = random.nextLong(1L << levelBits) - (random.nextInt(8) == 0 ? 1L << 20 : 0);
            fresh.set(now, level);
            assertThat(fresh.area()).isEqualTo(area);
          }
          if (now > 0) {
            double mean = area.doubleValue() / now;
            assertThat(fresh.mean(now)).isBetween(below(mean), above(mean));
          }
        });
  }

  private static double below(double value) {
    return value - 2 * Math.ulp(value);
  }

  private static double above(double value) {
    return value + 2 * Math.ulp(value);
  }
}
