package memwall.workloads.serving;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** A day's writes as a token bucket. */
class WriteBudgetTest {
  private static final long SECOND_PS = 1_000_000_000_000L;

  @Test
  void withoutLimit() {
    WriteBudget budget = new WriteBudget(0, 0);
    assertThat(budget.take(Long.MAX_VALUE, 0)).isTrue();
    assertThat(budget.take(Long.MAX_VALUE, 0)).isTrue();
  }

  /** 86,400 bytes a day are one a second. */
  @Test
  void fillsAtTheDailyRate() {
    WriteBudget budget = new WriteBudget(86_400, 10);
    assertThat(budget.take(11, 0)).as("more than it ever holds").isFalse();
    assertThat(budget.take(10, 0)).isTrue();
    assertThat(budget.take(1, SECOND_PS - 1)).isFalse();
    assertThat(budget.take(1, SECOND_PS)).isTrue();
    assertThat(budget.take(5, 6 * SECOND_PS - 1)).isFalse();
    assertThat(budget.take(5, 6 * SECOND_PS)).isTrue();
    // Full again after ten seconds, and never fuller.
    assertThat(budget.take(11, 1000 * SECOND_PS)).isFalse();
    assertThat(budget.take(10, 1000 * SECOND_PS)).isTrue();
    assertThat(budget.take(1, 1000 * SECOND_PS)).isFalse();
  }

  /** Like a bucket that is counted by the second. */
  @Test
  void isABucket() {
    Randomized.check(
        50,
        random -> {
          long burst = 1L + random.nextInt(500);
          WriteBudget budget = new WriteBudget(86_400, burst);
          long bucket = burst;
          long second = 0;
          for (int i = 0; i < 300; i++) {
            long pause = random.nextInt(100);
            second += pause;
            bucket = Math.min(burst, bucket + pause);
            long bytes = 1L + random.nextInt(120);
            boolean taken = budget.take(bytes, second * SECOND_PS);
            assertThat(taken).isEqualTo(bytes <= bucket);
            bucket -= taken ? bytes : 0;
          }
        });
  }
}
