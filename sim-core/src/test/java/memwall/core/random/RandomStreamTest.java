package memwall.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RandomStreamTest {
  private final RandomStream stream = new RandomStreams(42).stream("component", "purpose");

  @Test
  void equalsTheGeneratorOfTheJdk() {
    RandomGeneratorFactory<RandomGenerator> factory = RandomGeneratorFactory.of("L64X128MixRandom");
    Randomized.check(
        50,
        random -> {
          long addend = random.nextLong() & 0x7F7F_7F7F_7F7F_7F7FL;
          long congruential = random.nextLong() & 0x7F7F_7F7F_7F7F_7F7FL;
          long x0 = random.nextLong() & 0x7F7F_7F7F_7F7F_7F7FL;
          long x1 = random.nextLong() & 0x7F7F_7F7F_7F7F_7F7FL;
          // The JDK widens seed bytes with their sign, so only bytes up to 0x7F give a known state.
          byte[] state =
              ByteBuffer.allocate(32)
                  .putLong(addend)
                  .putLong(congruential)
                  .putLong(x0)
                  .putLong(x1)
                  .array();
          RandomGenerator jdk = factory.create(state);
          RandomStream own = new RandomStream(addend, congruential, x0, x1);
          for (int i = 0; i < 1_000; i++) {
            assertThat(own.nextLong()).isEqualTo(jdk.nextLong());
          }
        });
  }

  @Test
  void aStateOfZerosIsReplaced() {
    RandomStream zero = new RandomStream(0, 0, 0, 0);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      seen.add(zero.nextLong());
    }
    assertThat(seen).hasSize(1_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 10, 97, 1_000_000_007, 1L << 62, (1L << 62) + 1, Long.MAX_VALUE})
  void boundedNumbersAreUniform(long bound) {
    int draws = 100_000;
    int cells = bound < 100 ? (int) bound : 10;
    int[] counts = new int[cells];
    for (int i = 0; i < draws; i++) {
      long value = stream.nextLong(bound);
      if (value < 0 || value >= bound) {
        throw new AssertionError(value + " is not in [0, " + bound + ")");
      }
      counts[(int) Math.min(cells - 1, bound < 100 ? value : value / (bound / cells))]++;
    }
    double expected = (double) draws / cells;
    for (int count : counts) {
      assertThat((double) count).isCloseTo(expected, within(5 * StrictMath.sqrt(expected) + 1e-9));
    }
  }

  @Test
  void boundsWithoutPowerOfTwoAreNotBiased() {
    // With 3 x 2^61 a plain remainder or product would give the lower third twice as often.
    long bound = 3L << 61;
    int low = 0;
    for (int i = 0; i < 90_000; i++) {
      if (stream.nextLong(bound) < bound / 3) {
        low++;
      }
    }
    assertThat(low).isBetween(29_300, 30_700);
  }

  @Test
  void boundBelowOneIsAnError() {
    assertThatThrownBy(() -> stream.nextLong(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bound 0 must be at least 1");
  }

  @Test
  void goldenFirstValues() {
    assertThat(stream.nextLong()).isEqualTo(-2413325809205195224L);
    assertThat(stream.nextLong(1_000_000)).isEqualTo(772802L);
    assertThat(stream.nextDouble()).isEqualTo(0.9421062660555336);
    assertThat(stream.nextExponential()).isEqualTo(0.02213316495772062);
    assertThat(stream.nextGaussian()).isEqualTo(-0.07807447536149445);
    assertThat(stream.nextGamma(2.5, 3)).isEqualTo(5.629320207293055);
    assertThat(stream.nextGamma(0.3, 1)).isEqualTo(0.12050897378063957);
    assertThat(stream.nextLogNormal(1, 0.5)).isEqualTo(2.223700221337867);
  }

  /** Mean and variance within five standard errors, the latter from the fourth moment given. */
  private static void moments(
      DoubleSupplier draw, double mean, double variance, double fourthCentral) {
    int draws = 400_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double deviation = draw.getAsDouble() - mean;
      sum += deviation;
      squares += deviation * deviation;
    }
    assertThat(sum / draws).isCloseTo(0, within(5 * StrictMath.sqrt(variance / draws)));
    double error = StrictMath.sqrt((fourthCentral - variance * variance) / draws);
    assertThat(squares / draws).isCloseTo(variance, within(5 * error));
  }

  @Test
  void uniformMoments() {
    moments(stream::nextDouble, 0.5, 1.0 / 12, 1.0 / 80);
  }

  @Test
  void exponentialMoments() {
    moments(stream::nextExponential, 1, 1, 9);
  }

  @Test
  void gaussianMoments() {
    moments(stream::nextGaussian, 0, 1, 3);
  }

  @ParameterizedTest
  @CsvSource({"0.2, 1", "0.9, 4", "1, 2", "2.5, 0.5", "40, 3"})
  void gammaMoments(double shape, double scale) {
    double fourth = 3 * shape * (shape + 2) * scale * scale * scale * scale;
    moments(() -> stream.nextGamma(shape, scale), shape * scale, shape * scale * scale, fourth);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.25", "2, 0.5", "-1, 0.4"})
  void logNormalMoments(double mu, double sigma) {
    double w = StrictMath.exp(sigma * sigma);
    double mean = StrictMath.exp(mu) * StrictMath.sqrt(w);
    double variance = mean * mean * (w - 1);
    double kurtosis = w * w * w * w + 2 * w * w * w + 3 * w * w - 3;
    moments(() -> stream.nextLogNormal(mu, sigma), mean, variance, kurtosis * variance * variance);
  }

  @Test
  void logNormalWithoutSpreadIsItsMedian() {
    assertThat(stream.nextLogNormal(2, 0)).isEqualTo(StrictMath.exp(2));
  }

  @Test
  void senselessGammaIsAnError() {
    assertThatThrownBy(() -> stream.nextGamma(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape 0.0 and scale 1.0 must be positive and finite");
    assertThatThrownBy(() -> stream.nextGamma(1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape 1.0 and scale NaN must be positive and finite");
  }

  @Test
  void senselessLogNormalIsAnError() {
    assertThatThrownBy(() -> stream.nextLogNormal(0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mu 0.0 must be finite and sigma -1.0 finite and not negative");
  }
}
