package memwall.memory.flash.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import memwall.core.Randomized;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import org.junit.jupiter.api.Test;

/** Codewords, ladders of retries and what is drawn from them. */
final class ErrorCorrectionTest {
  private static final long SENSE_PS = 4_000_000;

  /** Chi-square with 3, 4, 8 and 40 degrees of freedom at a significance of 0.1 %. */
  private static final double CHI_3 = 16.27;

  private static final double CHI_4 = 18.47;
  private static final double CHI_40 = 73.40;

  @Test
  void table() {
    for (Row row : FlashTable.rows("ecc_retry", 21)) {
      ErrorCorrection code =
          new ErrorCorrection(row.whole("codeword_bits"), row.whole("t_correct"));
      double rate = row.number("rber");
      row.agrees("p_fail_binomial", code.failureProbability(rate), 0);
      row.agrees("p_fail_poisson", code.failureByPoisson(rate), 0);
      RetryLadder ladder = RetryLadder.of(code, 1, rate, row.number("retry_rber_factor"), 8);
      row.agrees("mean_sense_us", ladder.meanSenseSeconds(SENSE_PS, SENSE_PS) * 1e6, 1e-6);
      assertThat(ladder.quantileSensePs(0.99, SENSE_PS, SENSE_PS)).isEqualTo(row.ps("p99_us"));
      assertThat(ladder.quantileSensePs(0.999, SENSE_PS, SENSE_PS)).isEqualTo(row.ps("p999_us"));
      assertThat(ladder.quantileSensePs(0.9999, SENSE_PS, SENSE_PS)).isEqualTo(row.ps("p9999_us"));
      double lost = row.number("uncorrectable_after_8");
      assertThat(ladder.lossProbability()).isCloseTo(lost, within(1e-5 * lost + 1e-300));
    }
  }

  /** Small codes, term by term in exact arithmetic. */
  @Test
  void binomialInFull() {
    for (int n = 1; n <= 24; n++) {
      for (int t = 0; t < n; t++) {
        for (double rate : new double[] {1.0 / 1024, 1.0 / 16, 0.25, 0.5, 0.875}) {
          double exact = exactFailure(n, t, rate);
          assertThat(new ErrorCorrection(n, t).failureProbability(rate))
              .as("n %s t %s rate %s", n, t, rate)
              .isCloseTo(exact, within(1e-11 * exact + 1e-15));
        }
      }
    }
    assertThat(new ErrorCorrection(10, 3).failureProbability(0)).isZero();
    assertThat(new ErrorCorrection(10, 3).failureProbability(1)).isEqualTo(1);
    assertThat(new ErrorCorrection(10, 3).failureByPoisson(0)).isZero();
  }

  private static double exactFailure(int n, int t, double rate) {
    BigDecimal p = new BigDecimal(rate);
    BigDecimal sum = BigDecimal.ZERO;
    BigInteger choose = BigInteger.ONE;
    for (int k = 0; k <= n; k++) {
      if (k > t) {
        sum =
            sum.add(
                p.pow(k)
                    .multiply(BigDecimal.ONE.subtract(p).pow(n - k))
                    .multiply(new BigDecimal(choose)));
      }
      choose = choose.multiply(BigInteger.valueOf(n - k)).divide(BigInteger.valueOf(k + 1));
    }
    return sum.round(MathContext.DECIMAL64).doubleValue();
  }

  @Test
  void pagesOfSeveralCodewords() {
    ErrorCorrection code = new ErrorCorrection(34_560, 72);
    double one = code.failureProbability(0.002);
    assertThat(code.pageFailureProbability(0.002, 4))
        .isCloseTo(1 - StrictMath.pow(1 - one, 4), within(1e-14));
    double rare = code.failureProbability(0.0005);
    assertThat(rare).isLessThan(1e-20);
    assertThat(code.pageFailureProbability(0.0005, 8)).isCloseTo(8 * rare, within(1e-12 * rare));
    assertThat(code.pageFailureProbability(0.5, 3)).isEqualTo(1);
  }

  @Test
  void rateForFailures() {
    ErrorCorrection code = new ErrorCorrection(34_560, 72);
    for (double wanted : new double[] {1e-16, 1e-9, 0.01, 0.5, 0.999}) {
      double rate = code.bitErrorRateFor(wanted);
      assertThat(code.failureProbability(rate)).isCloseTo(wanted, within(1e-6 * wanted));
    }
  }

  @Test
  void bitErrors() {
    RawBitErrors model = new RawBitErrors(1e-5, 1e-9, 1.5, 1e-8, 0.5, 0.3, 1e-12, 1, 1);
    assertThat(model.rate(0, 0, 0)).isEqualTo(1e-5);
    assertThat(model.rate(10_000, 24, 1e5))
        .isCloseTo(
            1e-5 + 1e-9 * 1e6 + 1e-8 * 100 * StrictMath.pow(24, 0.3) + 1e-12 * 1e4 * 1e5,
            within(1e-15));
    assertThat(model.rate(1e9, 0, 0)).isEqualTo(0.5);
    assertThat(RawBitErrors.constant(0.001).rate(1e5, 1e5, 1e9)).isEqualTo(0.001);
    assertThat(RawBitErrors.linear(1e-4, 1e-8, 1e-7, 1e-10).rate(1000, 10, 1e6))
        .isCloseTo(1e-4 + 1e-5 + 1e-6 + 1e-4, within(1e-15));
  }

  @Test
  void ladderOfATable() {
    RetryLadder ladder = RetryLadder.ofFailures(0.5, 0.25, 0.1);
    assertThat(ladder.maxRetries()).isEqualTo(2);
    assertThat(ladder.atLeast(0)).isEqualTo(1);
    assertThat(ladder.retryProbability()).isEqualTo(0.5);
    assertThat(ladder.atLeast(2)).isEqualTo(0.125);
    assertThat(ladder.lossProbability()).isCloseTo(0.0125, within(1e-15));
    assertThat(ladder.meanRetries()).isCloseTo(0.625, within(1e-15));
    assertThat(ladder.quantileRetries(0.5)).isZero();
    assertThat(ladder.quantileRetries(0.500_001)).isEqualTo(1);
    assertThat(ladder.quantileRetries(0.875)).isEqualTo(1);
    assertThat(ladder.quantileRetries(1)).isEqualTo(2);
  }

  /** Retries drawn page by page, all steps of the ladder filled. */
  @Test
  void samplesAreTheLadder() {
    RetryLadder ladder = RetryLadder.ofFailures(0.3, 0.4, 0.5, 0.2);
    RetrySampler sampler = new RetrySampler(ladder, stream("page"));
    long[] counts = new long[6];
    int pages = 400_000;
    for (int i = 0; i < pages; i++) {
      counts[sampler.next()]++;
    }
    assertThat(counts[5]).isZero();
    assertThat(chiSquare(ladder, counts, pages)).isLessThan(CHI_4);
  }

  /** The same pages, drawn by gaps. */
  @Test
  void gapsAreTheLadder() {
    RetryLadder ladder = RetryLadder.ofFailures(0.02, 0.4, 0.5, 0.2);
    RetrySampler sampler = new RetrySampler(ladder, stream("gap"));
    long[] counts = new long[6];
    long pages = 10_000_000;
    long at = sampler.cleanPages();
    long clean = Math.min(at, pages);
    while (at < pages) {
      counts[sampler.nextRetried()]++;
      long gap = sampler.cleanPages();
      clean += Math.min(gap, pages - at - 1);
      at += 1 + gap;
    }
    counts[0] += clean;
    assertThat(counts[0] + counts[1] + counts[2] + counts[3] + counts[4]).isEqualTo(pages);
    assertThat(chiSquare(ladder, counts, pages)).isLessThan(CHI_4);
  }

  /** Gaps are geometric. */
  @Test
  void gapsAreGeometric() {
    double retry = 0.05;
    RetrySampler sampler = new RetrySampler(RetryLadder.ofFailures(retry, 0.5), stream("geo"));
    int draws = 200_000;
    int cells = 41;
    long[] counts = new long[cells];
    for (int i = 0; i < draws; i++) {
      counts[(int) Math.min(cells - 1, sampler.cleanPages())]++;
    }
    double sum = 0;
    for (int gap = 0; gap < cells; gap++) {
      double expected = draws * StrictMath.pow(1 - retry, gap) * (gap == cells - 1 ? 1 : retry);
      sum += (counts[gap] - expected) * (counts[gap] - expected) / expected;
    }
    assertThat(sum).isLessThan(CHI_40);
  }

  /** A ladder of the table: steps too rare to be counted are joined to the last one that is not. */
  @Test
  void samplesOfACode() {
    RetryLadder ladder = RetryLadder.of(new ErrorCorrection(34_560, 40), 1, 0.004, 0.5, 8);
    RetrySampler sampler = new RetrySampler(ladder, stream("code"));
    long[] counts = new long[4];
    int pages = 100_000;
    for (int i = 0; i < pages; i++) {
      counts[Math.min(3, sampler.next())]++;
    }
    // The first two senses never suffice: two retries or, more rarely, three and more.
    assertThat(counts[0] + counts[1]).isLessThan(30);
    double three = pages * ladder.atLeast(3);
    double two = pages - three;
    double chi =
        (counts[3] - three) * (counts[3] - three) / three
            + (pages - counts[3] - two) * (pages - counts[3] - two) / two;
    assertThat(chi).isLessThan(CHI_3);
  }

  private static double chiSquare(RetryLadder ladder, long[] counts, long pages) {
    double sum = 0;
    for (int i = 0; i <= ladder.maxRetries() + 1; i++) {
      double above = i == ladder.maxRetries() + 1 ? 0 : ladder.atLeast(i + 1);
      double expected = pages * (ladder.atLeast(i) - above);
      sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return sum;
  }

  @Test
  void edges() {
    RetrySampler never = new RetrySampler(RetryLadder.ofFailures(0.0), stream("never"));
    assertThat(never.next()).isZero();
    assertThat(never.cleanPages()).isEqualTo(Long.MAX_VALUE);
    RetrySampler always = new RetrySampler(RetryLadder.ofFailures(1, 1), stream("always"));
    assertThat(always.next()).isEqualTo(2);
    assertThat(always.nextRetried()).isEqualTo(2);
    assertThat(always.cleanPages()).isZero();
    // So rare that a long cannot count the pages before it, nor a double tell it from 0.
    RetrySampler rare = new RetrySampler(RetryLadder.ofFailures(1e-30), stream("rare"));
    assertThat(rare.cleanPages()).isGreaterThan(1L << 60);
  }

  /** Ladders fall, and a better code or fewer errors never need more retries. */
  @Test
  void monotone() {
    Randomized.check(
        200,
        random -> {
          int bits = 100 + random.nextInt(40_000);
          int t = random.nextInt(Math.min(200, bits));
          double rate = random.nextDouble(1e-5, 0.02);
          ErrorCorrection code = new ErrorCorrection(bits, t);
          double failure = code.failureProbability(rate);
          assertThat(failure).isBetween(0.0, 1.0);
          assertThat(code.failureProbability(rate * 0.9)).isLessThanOrEqualTo(failure);
          RetryLadder ladder = RetryLadder.of(code, 1 + random.nextInt(8), rate, 0.7, 6);
          for (int i = 0; i <= 6; i++) {
            assertThat(ladder.atLeast(i + 1)).isLessThanOrEqualTo(ladder.atLeast(i));
          }
        });
  }

  @Test
  void refuses() {
    LawMessages.refused(
        () -> new ErrorCorrection(100, 100),
        "correctableBits 100 must be from 0 to less than codewordBits 100");
    LawMessages.refused(
        () -> new ErrorCorrection(100, 10).failureProbability(1.5),
        "bitErrorRate 1.5 must be from 0 to 1");
    LawMessages.refused(
        () -> RetryLadder.of(new ErrorCorrection(100, 10), 1, 0.1, 0.5, -1),
        "maxRetries -1 must be from 0 to 1000");
    LawMessages.refused(() -> RawBitErrors.constant(0.6), "floor 0.6 must be from 0 to 0.5");
  }

  private static RandomStream stream(String purpose) {
    return new RandomStreams(20_261).stream("retries", purpose);
  }
}
