package memwall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RandomizedTest {
  @Test
  void everyCaseHasItsOwnSeedAndTheSameOneEachTime() {
    assumeThat(System.getProperty(Randomized.SEED_PROPERTY)).isNull();
    List<Long> first = new ArrayList<>();
    List<Long> second = new ArrayList<>();
    Randomized.check(50, random -> first.add(random.nextLong()));
    Randomized.check(50, random -> second.add(random.nextLong()));
    assertThat(first).hasSize(50).doesNotHaveDuplicates().isEqualTo(second);
  }

  @Test
  void failureNamesTheSeedThatReproducesIt() {
    assumeThat(System.getProperty(Randomized.SEED_PROPERTY)).isNull();
    int[] cases = new int[1];
    assertThatThrownBy(
            () ->
                Randomized.check(
                    10,
                    random -> {
                      if (++cases[0] == 4) {
                        throw new IllegalStateException("case four");
                      }
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("failed with seed 20260104736; run it alone with -Dmemwall.seed=20260104736")
        .hasRootCauseMessage("case four");
    assertThat(cases[0]).isEqualTo(4);
  }
}
