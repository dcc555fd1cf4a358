package memwall.core.stat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

final class TickHistogramTest {
  /** Against a sorted array: exact below 2^16 ticks, to 1/4096 above. */
  @Test
  void quantilesOfRandomLatencies() {
    Randomized.check(
        60,
        random -> {
          long[] values = new long[1 + random.nextInt(2_000)];
          TickHistogram histogram = new TickHistogram();
          double sum = 0;
          for (int i = 0; i < values.length; i++) {
            values[i] = random.nextLong() >>> random.nextInt(2, 64);
            histogram.add(values[i]);
            sum += values[i];
          }
          Arrays.sort(values);
          for (double share : new double[] {0, 0.1, 0.5, 0.9, 0.99, 0.999, 1}) {
            long expected =
                values[(int) Math.min(values.length - 1, (long) (share * values.length))];
            long actual = histogram.quantileTicks(share);
            if (expected < TickHistogram.EXACT_TICKS) {
              assertThat(actual).isEqualTo(expected);
            } else {
              assertThat(actual).isLessThanOrEqualTo(expected);
              assertThat((double) actual).isGreaterThan(expected * (1 - 1 / 4096.0));
            }
          }
          assertThat(histogram.count()).isEqualTo(values.length);
          assertThat(histogram.maxTicks()).isEqualTo(values[values.length - 1]);
          assertThat(histogram.meanTicks())
              .isCloseTo(sum / values.length, within(1e-9 * sum + 1e-9));
          long[] total = new long[2];
          total[1] = -1;
          histogram.forEach(
              (ticks, count) -> {
                assertThat(ticks).isGreaterThan(total[1]);
                total[0] += count;
                total[1] = ticks;
              });
          assertThat(total[0]).isEqualTo(values.length);
        });
  }

  @Test
  void theLastExactLatency() {
    TickHistogram histogram = new TickHistogram();
    histogram.add(TickHistogram.EXACT_TICKS - 1);
    histogram.add(TickHistogram.EXACT_TICKS + 1);
    histogram.add(3L << 40);
    assertThat(histogram.minTicks()).isEqualTo(TickHistogram.EXACT_TICKS - 1);
    assertThat(histogram.quantileTicks(0.4)).isEqualTo(TickHistogram.EXACT_TICKS);
    assertThat(histogram.quantileTicks(1)).isEqualTo(3L << 40);
  }

  @Test
  void nothing() {
    TickHistogram histogram = new TickHistogram();
    assertThat(histogram.count()).isZero();
    assertThat(histogram.minTicks()).isZero();
    assertThat(histogram.maxTicks()).isZero();
    assertThat(histogram.quantileTicks(0.5)).isZero();
    assertThat(histogram.meanTicks()).isNaN();
    for (long wrong : new long[] {-1, 1L << 62}) {
      assertThatThrownBy(() -> histogram.add(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a latency of " + wrong + " ticks");
    }
  }
}
