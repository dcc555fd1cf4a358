package memwall.memory.flash.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import memwall.core.Randomized;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WriteAmplificationTest {
  private static final double MONTE_CARLO = 0.02;

  /** Formulas to the printed digits; the simulated columns are close to them. */
  @Test
  void table() {
    for (Row row : FlashTable.rows("wa_analytic", 9)) {
      double rho = row.number("rho");
      row.agrees("fifo_lambertw", WriteAmplification.fifo(rho), 0);
      row.agrees("agarwal", WriteAmplification.agarwal(rho), 0);
      row.agrees("random", WriteAmplification.random(rho), 0);
      for (int b : new int[] {16, 64, 256}) {
        double greedy = WriteAmplification.greedy(rho, b);
        row.agrees("greedy_harmonic_b" + b, greedy, 0);
        row.agrees("desnoyers_b" + b, WriteAmplification.desnoyers(rho, b), 0);
        near(row, "mc_greedy_b" + b, greedy);
      }
      near(row, "mc_fifo_b64", WriteAmplification.fifo(rho));
      near(row, "mc_random_b64", WriteAmplification.random(rho));
    }
  }

  private static void near(Row row, String column, double value) {
    if (row.has(column)) {
      assertThat(row.number(column))
          .as("%s %s", column, row)
          .isCloseTo(value, within(MONTE_CARLO * value));
    }
  }

  /** The published check of Xiang and Kurkoski: 30 % over-provisioning. */
  @Test
  void publishedPoint() {
    assertThat(WriteAmplification.fifo(1 / 1.3)).isCloseTo(2.3642, within(5e-5));
    assertThat(WriteAmplification.agarwal(1 / 1.3)).isCloseTo(2.1667, within(5e-5));
  }

  @ParameterizedTest
  @CsvSource({"0.2, 0.8, 2.00", "0.1, 0.9, 1.48", "0.05, 0.95, 1.20"})
  void hotAndColdApart(double hotFraction, double hotShare, double expected) {
    WriteAmplification.Separation best =
        WriteAmplification.separated(0.8, hotFraction, hotShare, WriteAmplification::fifo);
    assertThat(best.amplification()).isCloseTo(expected, within(0.005));
    // Fullness of the parts adds up to the whole, and nudging the split makes it worse.
    double hot = 0.8 * hotFraction;
    double cold = 0.8 - hot;
    assertThat(hot / best.hotFullness() + cold / best.coldFullness()).isCloseTo(1, within(1e-9));
    for (double nudge : new double[] {-1e-3, 1e-3}) {
      double hotPages = hot / best.hotFullness() + nudge;
      double nudged =
          hotShare * WriteAmplification.fifo(hot / hotPages)
              + (1 - hotShare) * WriteAmplification.fifo(cold / (1 - hotPages));
      assertThat(nudged).isGreaterThan(best.amplification());
    }
  }

  /** Data of one temperature gains nothing by being kept apart. */
  @Test
  void separationOfEquals() {
    assertThat(
            WriteAmplification.separated(0.8, 0.5, 0.5, WriteAmplification::fifo).amplification())
        .isCloseTo(WriteAmplification.fifo(0.8), within(1e-9));
  }

  @Test
  void inverses() {
    Randomized.check(
        300,
        random -> {
          double rho = random.nextDouble(0.5, 0.995);
          int b = 1 + random.nextInt(2000);
          inverse(rho, WriteAmplification.fifoFullness(WriteAmplification.fifo(rho)));
          inverse(rho, WriteAmplification.randomFullness(WriteAmplification.random(rho)));
          if (rho > 0.51) {
            inverse(rho, WriteAmplification.agarwalFullness(WriteAmplification.agarwal(rho)));
          }
          if (b > 4) {
            double greedy = WriteAmplification.greedy(rho, b);
            assertThat(greedy).isBetween(1.0, b + 0.0);
            inverse(rho, WriteAmplification.greedyFullness(greedy, b));
          }
        });
  }

  private static void inverse(double fullness, double back) {
    assertThat(back).isCloseTo(fullness, within(1e-7));
  }

  /** Large blocks of greedy cleaning are cleaned as by FIFO; small ones better. */
  @Test
  void limits() {
    assertThat(WriteAmplification.greedy(0.8, 10_000_000))
        .isCloseTo(WriteAmplification.fifo(0.8), within(1e-5));
    assertThat(WriteAmplification.greedy(0.8, 64)).isLessThan(WriteAmplification.fifo(0.8));
    assertThat(WriteAmplification.greedy(0.8, 1)).isEqualTo(1);
    assertThat(WriteAmplification.greedy(0.05, 64)).isEqualTo(1);
    assertThat(WriteAmplification.fifo(1e-3)).isCloseTo(1, within(1e-12));
    assertThat(WriteAmplification.fifo(0.999)).isCloseTo(500, within(1.0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -1, 2, Double.NaN})
  void refusesFullness(double fullness) {
    LawMessages.refused(
        () -> WriteAmplification.fifo(fullness),
        "fullness " + fullness + " must be between 0 and 1");
    LawMessages.refused(
        () -> WriteAmplification.greedy(fullness, 64),
        "fullness " + fullness + " must be between 0 and 1");
  }

  @Test
  void refuses() {
    LawMessages.refused(
        () -> WriteAmplification.fifoFullness(1), "amplification 1.0 must be above 1");
    LawMessages.refused(
        () -> WriteAmplification.greedy(0.5, 0), "pagesPerBlock 0 must be at least 1");
  }
}
