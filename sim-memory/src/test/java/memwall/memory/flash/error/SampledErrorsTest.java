package memwall.memory.flash.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.random.RandomStreams;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.law.ErrorCorrection;
import memwall.memory.flash.law.RawBitErrors;
import org.junit.jupiter.api.Test;

/** Gaps are exact in distribution whatever the states of the blocks, and cost few draws. */
class SampledErrorsTest {
  private static final long HOUR_PS = 3_600_000_000_000_000L;

  /** A code that fails with some percent at a bit error rate of 0.001. */
  static final ErrorCorrection CODE = new ErrorCorrection(4608, 10);

  /** 8 to 12 kinds of blocks, each with wear, reads and age of its own. */
  private record Block(int erases, int reads, long agePs) {}

  static RawBitErrors rate(SplittableRandom random) {
    return new RawBitErrors(
        random.nextDouble() * 1e-3,
        random.nextInt(2) * random.nextDouble() * 1e-6,
        0.5 + random.nextDouble(),
        random.nextInt(2) * random.nextDouble() * 1e-5,
        random.nextDouble() * 0.3,
        0.3 + random.nextDouble() * 0.5,
        random.nextInt(2) * random.nextDouble() * 1e-8,
        random.nextDouble() * 0.3,
        0.5 + random.nextDouble());
  }

  static ErrorSpec spec(SplittableRandom random) {
    BitErrors law =
        new BitErrors(
            rate(random), CODE, 1 + random.nextInt(8), 0.8 + 0.1 * random.nextDouble(), 3);
    return new ErrorSpec(law, ProgramErrors.NONE, random.nextInt(3000), random.nextInt(2) * 24.0);
  }

  /** So many deviations from what is expected would be a one in 10,000 event. */
  private static final double MOST_DEVIATIONS = 4;

  /**
   * Many blocks in random order, some of which get older or are read more and more: of each kind of
   * block the sum of the retries and the losses are those of the law, within the deviation that the
   * law itself has.
   */
  @Test
  void everyBlockFailsByItsOwnState() {
    Randomized.check(20, SampledErrorsTest::oneMixture);
  }

  private static void oneMixture(SplittableRandom random) {
    ErrorSpec spec = spec(random);
    DataAge age = new DataAge(1.1, 40, Double.POSITIVE_INFINITY, 30 + random.nextInt(40));
    FlashErrors errors = spec.sampler(new RandomStreams(random.nextLong()), "stack", age);
    int kinds = 8;
    Block[] blocks = new Block[kinds];
    for (int i = 0; i < kinds; i++) {
      blocks[i] =
          new Block(
              random.nextInt(3) == 0 ? 0 : random.nextInt(2000),
              random.nextInt(100_000),
              random.nextLong(100 * HOUR_PS));
    }
    double[] expected = new double[kinds];
    double[] variance = new double[kinds];
    double[] seen = new double[kinds];
    double[] lostExpected = new double[kinds];
    double[] lost = new double[kinds];
    int senses = 10_000;
    for (int i = 0; i < senses; i++) {
      int kind = random.nextInt(kinds);
      Block block = blocks[kind];
      // The first two kinds change while time goes on.
      int reads = block.reads + (kind == 0 ? 10 * i : 0);
      long nowPs = 200 * HOUR_PS + i * 1_000_000L;
      long agePs = block.agePs + (kind == 1 ? i * (HOUR_PS / 1000) : 0);
      double strain = PlainErrors.strain(spec, age, block.erases, reads, agePs, nowPs);
      double atLeast = 1;
      double mean = 0;
      double square = 0;
      for (int sense = 0; sense <= 3; sense++) {
        atLeast *= spec.senses().failure(strain, sense);
        // E[n] and E[n^2] of the failed senses, from the probabilities of at least so many.
        mean += atLeast;
        square += (2 * sense + 1) * atLeast;
      }
      expected[kind] += mean;
      variance[kind] += square - mean * mean;
      lostExpected[kind] += atLeast;
      int retries = errors.retries(block.erases, reads, agePs, nowPs);
      seen[kind] += retries < 0 ? 4 : retries;
      lost[kind] += retries < 0 ? 1 : 0;
    }
    for (int kind = 0; kind < kinds; kind++) {
      assertThat(seen[kind])
          .as("failed senses of %s in %s", blocks[kind], spec)
          .isCloseTo(expected[kind], within(MOST_DEVIATIONS * StrictMath.sqrt(variance[kind]) + 4));
      assertThat(lost[kind])
          .as("losses of %s in %s", blocks[kind], spec)
          .isCloseTo(
              lostExpected[kind],
              within(MOST_DEVIATIONS * StrictMath.sqrt(lostExpected[kind]) + 2));
    }
  }

  /** Gaps are geometric: none is more likely than by the law, in particular short ones. */
  @Test
  void gapsAreGeometric() {
    double p = 0.02;
    ErrorSpec spec = ErrorTailTest.spec(new RetryTable(List.of(p, 0.0)));
    FlashErrors errors = spec.sampler(new RandomStreams(3), "x", PlainErrors.ageless());
    long[] counts = new long[201];
    double[] probabilities = new double[201];
    double left = 1;
    for (int gap = 0; gap < 200; gap++) {
      probabilities[gap] = left * p;
      left *= 1 - p;
    }
    probabilities[200] = left;
    int gap = 0;
    for (int i = 0; i < 2_000_000; i++) {
      long clean = errors.cleanSenses();
      boolean isClean = errors.retries(0, 0, 0, 0) == 0;
      // Whatever is promised is kept; here nothing else fails either.
      assertThat(isClean).isEqualTo(i == 0 ? isClean : clean > 0);
      if (isClean) {
        gap++;
      } else {
        counts[Math.min(gap, 200)]++;
        gap = 0;
      }
    }
    assertThat(ChiSquare.excess(counts, probabilities)).isLessThan(1);
  }

  /** What is said to be clean may be left out: those that follow are the same. */
  @Test
  void skippedSensesAreClean() {
    Randomized.check(
        100,
        random -> {
          ErrorSpec spec = spec(random);
          long seed = random.nextLong();
          DataAge age = PlainErrors.ageless();
          FlashErrors one = spec.sampler(new RandomStreams(seed), "a", age);
          FlashErrors other = spec.sampler(new RandomStreams(seed), "a", age);
          int reads = 0;
          for (int i = 0; i < 2000; i++) {
            int more = random.nextInt(20);
            if (other.cleanSenses() >= more && other.covers(5, reads + more, 0, 0)) {
              for (int j = 1; j <= more; j++) {
                assertThat(one.retries(5, reads + j, 0, 0)).isZero();
              }
              other.skip(more);
              reads += more;
            } else {
              reads++;
              assertThat(other.retries(5, reads, 0, 0)).isEqualTo(one.retries(5, reads, 0, 0));
            }
          }
        });
  }

  @Test
  void sameSeedSameNumbersAndOtherChannelsOthers() {
    ErrorSpec spec = ErrorTailTest.spec(new RetryTable(List.of(0.3, 0.3, 0.3)));
    String first = draws(spec, 5, "hbf.channel0");
    assertThat(draws(spec, 5, "hbf.channel0")).isEqualTo(first);
    assertThat(draws(spec, 5, "hbf.channel1")).isNotEqualTo(first);
    assertThat(draws(spec, 6, "hbf.channel0")).isNotEqualTo(first);
    // Retries of two channels are independent: both have one as often as the product says.
    RandomStreams streams = new RandomStreams(11);
    FlashErrors one = spec.sampler(streams, "hbf.channel0", PlainErrors.ageless());
    FlashErrors other = spec.sampler(streams, "hbf.channel1", PlainErrors.ageless());
    long[] counts = new long[4];
    for (int i = 0; i < 200_000; i++) {
      int both = one.retries(0, 0, 0, 0) == 0 ? 0 : 2;
      counts[both + (other.retries(0, 0, 0, 0) == 0 ? 0 : 1)]++;
    }
    assertThat(ChiSquare.excess(counts, new double[] {0.49, 0.21, 0.21, 0.09})).isLessThan(1);
  }

  private static String draws(ErrorSpec spec, long seed, String component) {
    FlashErrors errors = spec.sampler(new RandomStreams(seed), component, PlainErrors.ageless());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append(errors.retries(0, 0, 0, 0)).append(' ');
    }
    return text.toString();
  }

  @Test
  void cleanCostsNothing() {
    assertThat(ErrorSpec.CLEAN.sampler(new RandomStreams(1), "x", PlainErrors.ageless()))
        .isSameAs(FlashErrors.NONE);
    // Data that can get too old have to be looked at.
    DataAge mortal = new DataAge(1.1, 85, 86_400, 85);
    FlashErrors errors = ErrorSpec.CLEAN.sampler(new RandomStreams(1), "x", mortal);
    assertThat(errors.retries(0, 0, 0, 0)).isZero();
    assertThat(errors.cleanSenses()).isGreaterThan(1L << 60);
    assertThat(errors.covers(0, 0, 0, 0)).isTrue();
    assertThat(errors.isExpired(1, 24 * HOUR_PS - 1_000_000, 25 * HOUR_PS)).isFalse();
    assertThat(errors.isExpired(1, 24 * HOUR_PS + 1_000_000, 25 * HOUR_PS)).isTrue();
    assertThat(errors.covers(1, 0, 24 * HOUR_PS + 1_000_000, 25 * HOUR_PS)).isFalse();
  }

  @Test
  void programsFailByWear() {
    ProgramErrors law = new ProgramErrors(0.001, 1e-8, 2);
    assertThat(law.probability(0)).isEqualTo(0.001);
    assertThat(law.probability(1000)).isCloseTo(0.011, within(1e-12));
    assertThat(law.probability(1e6)).isEqualTo(1);
    ErrorSpec spec = new ErrorSpec(new CleanSenses(), law, 900, 0);
    FlashErrors errors = spec.sampler(new RandomStreams(2), "x", PlainErrors.ageless());
    int failures = 0;
    for (int i = 0; i < 100_000; i++) {
      failures += errors.programFails(100) ? 1 : 0;
    }
    assertThat(failures).isBetween(1100 - 135, 1100 + 135);
  }
}
