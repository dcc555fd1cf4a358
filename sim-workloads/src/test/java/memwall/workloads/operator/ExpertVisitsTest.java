package memwall.workloads.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import memwall.core.Randomized;
import memwall.workloads.model.MixtureOfExperts;
import org.junit.jupiter.api.Test;

/** Visits of experts that are not equally popular. */
class ExpertVisitsTest {
  private static MixtureOfExperts moe(int experts, int active, double popularity) {
    return new MixtureOfExperts(experts, active, 0, 64, 0, 1, popularity);
  }

  private static ExpertVisits visits(MixtureOfExperts moe, int popular) {
    return new ExpertVisits(moe, ExpertSpread.UNIFORM, popular);
  }

  @Test
  void almostAlikeIsAlike() {
    ExpertVisits alike = visits(moe(128, 4, 0), 32);
    ExpertVisits almost = visits(moe(128, 4, 1e-12), 32);
    for (long tokens : new long[] {1, 2, 3, 17, 400, 100_000}) {
      double distinct = alike.distinct(tokens);
      assertThat(distinct).isEqualTo(ExpertSpread.UNIFORM.distinct(128, 4, tokens));
      assertThat(alike.distinctPopular(tokens)).isEqualTo(distinct / 4);
      assertThat(almost.distinct(tokens)).isCloseTo(distinct, within(1e-6));
      assertThat(almost.distinctPopular(tokens)).isCloseTo(distinct / 4, within(1e-6));
    }
    assertThat(alike.popularShare()).isEqualTo(0.25);
    assertThat(almost.popularShare()).isCloseTo(0.25, within(1e-9));
  }

  /** One expert per token: Zipf's law itself, and its harmonic numbers. */
  @Test
  void oneExpertPerTokenFollowsZipf() {
    double all = 0;
    double first = 0;
    for (int r = 1; r <= 128; r++) {
      all += 1.0 / r;
      first += r <= 16 ? 1.0 / r : 0;
    }
    ExpertVisits visits = visits(moe(128, 1, 1), 16);
    assertThat(visits.popularShare()).isCloseTo(first / all, within(1e-12));
    assertThat(visits.distinct(1)).isCloseTo(1, within(1e-12));
    assertThat(visits.distinctPopular(1)).isCloseTo(first / all, within(1e-12));
    double two = 0;
    for (int r = 1; r <= 128; r++) {
      double p = 1.0 / r / all;
      two += 1 - (1 - p) * (1 - p);
    }
    assertThat(visits.distinct(2)).isCloseTo(two, within(1e-12));
  }

  /** The most popular of few experts is visited by every token; the others share what is left. */
  @Test
  void noTokenVisitsAnExpertTwice() {
    ExpertVisits visits = visits(moe(3, 2, 4), 1);
    // 2 / (1 + 1/16 + 1/81) > 1: capped. One visit is left for weights 1/16 and 1/81.
    assertThat(visits.popularShare()).isEqualTo(0.5);
    double second = 81.0 / (81 + 16);
    assertThat(visits.distinct(2))
        .isCloseTo(1 + 1 - (1 - second) * (1 - second) + 1 - second * second, within(1e-12));
  }

  @Test
  void allAndNonePopular() {
    ExpertVisits all = visits(moe(64, 6, 0.8), 64);
    ExpertVisits none = visits(moe(64, 6, 0.8), 0);
    for (long tokens = 1; tokens < 3000; tokens += 7) {
      assertThat(all.distinctPopular(tokens)).isEqualTo(all.distinct(tokens));
      assertThat(none.distinctPopular(tokens)).isZero();
      assertThat(none.distinct(tokens)).isEqualTo(all.distinct(tokens));
    }
    assertThat(all.popularShare()).isCloseTo(1, within(1e-12));
    assertThat(none.popularShare()).isZero();
  }

  @Test
  void bounds() {
    Randomized.check(
        300,
        random -> {
          int experts = 1 + random.nextInt(400);
          int active = 1 + random.nextInt(experts);
          int popular = random.nextInt(experts + 1);
          ExpertVisits visits = visits(moe(experts, active, 4 * random.nextDouble()), popular);
          ExpertVisits alike = visits(moe(experts, active, 0), popular);
          double before = 0;
          for (long tokens = 1; tokens < 5000; tokens = 1 + 3 * tokens) {
            double distinct = visits.distinct(tokens);
            double first = visits.distinctPopular(tokens);
            assertThat(distinct)
                .isBetween((double) active, ExpertSpread.most(experts, active, tokens));
            assertThat(distinct).isGreaterThanOrEqualTo(before);
            // The more alike the experts, the more of them are visited.
            assertThat(distinct).isLessThanOrEqualTo(alike.distinct(tokens) + 1e-9);
            assertThat(first).isBetween(0.0, Math.min(popular, distinct));
            assertThat(first).isGreaterThanOrEqualTo(alike.distinctPopular(1) * (1 - 1e-9));
            before = distinct;
          }
          assertThat(visits.popularShare()).isBetween(alike.popularShare() - 1e-9, 1.0);
        });
  }

  /** Tokens that draw by themselves visit as many on average. */
  @Test
  void agreesWithDraws() {
    Randomized.check(
        3,
        random -> {
          ExpertVisits visits = visits(moe(40, 1, 1.2), 10);
          double[] weights = new double[40];
          double all = 0;
          for (int r = 0; r < 40; r++) {
            weights[r] = StrictMath.pow(r + 1, -1.2);
            all += weights[r];
          }
          int steps = 4000;
          long distinct = 0;
          long popular = 0;
          for (int step = 0; step < steps; step++) {
            boolean[] seen = new boolean[40];
            for (int token = 0; token < 25; token++) {
              double draw = random.nextDouble() * all;
              int expert = 0;
              while (expert < 39 && draw >= weights[expert]) {
                draw -= weights[expert++];
              }
              if (!seen[expert]) {
                seen[expert] = true;
                distinct++;
                popular += expert < 10 ? 1 : 0;
              }
            }
          }
          // Standard error of the mean below 0.03.
          assertThat((double) distinct / steps).isCloseTo(visits.distinct(25), within(0.12));
          assertThat((double) popular / steps).isCloseTo(visits.distinctPopular(25), within(0.12));
        });
  }

  @Test
  void moreThanThereAre() {
    assertThatThrownBy(() -> visits(moe(8, 2, 0), 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("9 popular of 8 experts");
  }
}
