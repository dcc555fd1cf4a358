package memwall.memory.flash.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MultiPlaneSensingTest {
  private static final long US = 1_000_000;

  @Test
  void allPlanesNeedNotWaitForTheWindow() {
    MultiPlaneSensing law = new MultiPlaneSensing(4, 290_000, 50 * US, 1_200_000);
    assertThat(law.sensePs(4)).isEqualTo(4 * 290_000 + 50 * US);
    assertThat(law.sensePs(3)).isEqualTo(290_000 + 1_200_000 + 50 * US);
    assertThat(law.sensePs(1)).isEqualTo(law.sensePs(3));
    assertThat(law.pagesPerSec(4)).isCloseTo(4 / 51.16e-6, within(1e-3));
    // Commands that take longer than the window.
    assertThat(new MultiPlaneSensing(8, 290_000, 50 * US, 300_000).sensePs(4))
        .isEqualTo(4 * 290_000 + 50 * US);
    assertThat(new MultiPlaneSensing(1, 290_000, 50 * US, 300_000).sensePs(1))
        .isEqualTo(290_000 + 50 * US);
  }

  /** Counted by hand: all ways in which requests fall on planes. */
  @ParameterizedTest
  @CsvSource({
    "4, 0, 0",
    "4, 1, 1",
    "1, 7, 7",
    "2, 2, 1.5", // 2 of 4 ways share a plane
    "2, 3, 2.25", // 2 of 8 ways are 3 and 0, the others 2 and 1
    "3, 2, 1.3333333333333333",
    "4, 2, 1.25",
    "3, 3, 1.8888888888888888" // 6 of 27 ways 1, 18 ways 2, 3 ways 3
  })
  void meanCommands(int planes, int requests, double mean) {
    MultiPlaneSensing law = new MultiPlaneSensing(planes, 0, US, 0);
    assertThat(law.meanCommands(requests)).isCloseTo(mean, within(1e-12));
  }

  /** Every way of larger cases, one by one. */
  @ParameterizedTest
  @CsvSource({"2, 12", "3, 8", "4, 7", "6, 6"})
  void meanCommandsOfAllWays(int planes, int requests) {
    long ways = Math.round(StrictMath.pow(planes, requests));
    long sum = 0;
    for (long way = 0; way < ways; way++) {
      int[] on = new int[planes];
      int most = 0;
      for (long rest = way, i = 0; i < requests; i++, rest /= planes) {
        most = Math.max(most, ++on[(int) (rest % planes)]);
      }
      sum += most;
    }
    MultiPlaneSensing law = new MultiPlaneSensing(planes, 0, US, 0);
    assertThat(law.meanCommands(requests)).isCloseTo((double) sum / ways, within(1e-12));
  }

  @Test
  void messages() {
    LawMessages.refused(() -> new MultiPlaneSensing(0, 0, 1, 0), "planes 0 must be at least 1");
    LawMessages.refused(
        () -> new MultiPlaneSensing(1, -1, 1, 0), "commandPs -1 must be at least 0");
    LawMessages.refused(() -> new MultiPlaneSensing(1, 0, 0, 0), "readPs 0 must be at least 1");
    LawMessages.refused(() -> new MultiPlaneSensing(1, 0, 1, -1), "windowPs -1 must be at least 0");
    MultiPlaneSensing law = new MultiPlaneSensing(2, 0, 1, 0);
    LawMessages.refused(() -> law.sensePs(3), "3 pages of 2 planes");
    LawMessages.refused(() -> law.sensePs(0), "pages 0 must be at least 1");
    LawMessages.refused(() -> law.meanCommands(-1), "requests -1 must be at least 0");
  }
}
