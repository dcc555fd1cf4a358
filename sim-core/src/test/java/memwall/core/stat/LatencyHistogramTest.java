package memwall.core.stat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import memwall.core.Randomized;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {
  private final LatencyHistogram histogram = new LatencyHistogram();

  @Test
  void percentilesAreRightToThreeDigits() {
    Randomized.check(
        10,
        random -> {
          LatencyHistogram fresh = new LatencyHistogram();
          long[] values = random.longs(5_000, 0, 1L << random.nextInt(4, 50)).toArray();
          for (long value : values) {
            fresh.record(value);
          }
          Arrays.sort(values);
          assertThat(fresh.count()).isEqualTo(values.length);
          for (int percent : new int[] {1, 50, 90, 99, 100}) {
            long exact = values[percent * values.length / 100 - 1];
            assertThat((double) fresh.percentilePs(percent))
                .isCloseTo((double) exact, within(exact / 1_000.0));
          }
        });
  }

  @Test
  void recordingACountIsRecordingSoOften() {
    histogram.record(500, 0);
    assertThat(histogram.count()).isZero();
    histogram.record(500, 7);
    assertThat(histogram.count()).isEqualTo(7);
  }

  @Test
  void onlyWhatWasRecordedSinceTheMarkIsRepeated() {
    histogram.record(100);
    histogram.mark();
    for (int i = 0; i < 40; i++) {
      histogram.record(200);
    }
    histogram.repeat(3);
    assertThat(histogram.count()).isEqualTo(1 + 4 * 40);
    histogram.repeat(3);
    assertThat(histogram.count()).isEqualTo(1 + 4 * 40);
    histogram.unmark();
    histogram.record(300);
    histogram.repeat(5);
    assertThat(histogram.count()).isEqualTo(2 + 4 * 40);
  }

  @Test
  void itIsTheHdrHistogramOfTheSameLatencies() {
    Randomized.check(
        30,
        random -> {
          LatencyHistogram fresh = new LatencyHistogram();
          Histogram plain = new Histogram(3);
          for (int i = random.nextInt(200); i > 0; i--) {
            long value = random.nextLong() >>> (1 + random.nextInt(63));
            long edge = (1L << random.nextInt(62)) + random.nextInt(3) - 1;
            long latencyPs = random.nextBoolean() ? value : edge;
            long count = random.nextInt(5);
            fresh.record(latencyPs, count);
            if (count > 0) {
              plain.recordValueWithCount(latencyPs, count);
            }
          }
          Histogram copy = fresh.copy();
          assertThat(copy).isEqualTo(plain);
          assertThat(copy.getMinValue()).isEqualTo(plain.getMinValue());
          assertThat(copy.getMaxValue()).isEqualTo(plain.getMaxValue());
          assertThat(copy.getMean()).isEqualTo(plain.getMean());
          assertThat(encoded(copy)).isEqualTo(encoded(plain));
        });
  }

  private static byte[] encoded(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoByteBuffer(buffer);
    return Arrays.copyOf(buffer.array(), length);
  }

  @Test
  void aNegativeLatencyIsRefused() {
    assertThatThrownBy(() -> histogram.record(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("latency -1 ps must be 0 or more");
  }

  @Test
  void aCopyDoesNotChange() {
    histogram.record(100);
    var copy = histogram.copy();
    histogram.record(200);
    assertThat(copy.getTotalCount()).isEqualTo(1);
  }
}
