package memwall.workloads.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SeriesTest {
  private static final long SECOND = 1_000_000_000_000L;

  @Test
  void levelsAreSpreadOverTheWindowsThatTheyTouch() {
    Series series = new Series(List.of("hbm"));
    series.level(SECOND / 20, SECOND / 4, Series.Column.BATCH_SECONDS, 3);
    series.busy(0, SECOND / 10, 0, 0.25);
    List<Series.Window> windows = series.windows(SECOND / 4);
    // Windows of 100 ms; the last one is cut at the end of the run.
    assertThat(windows).hasSize(3);
    assertThat(windows.get(0).meanBatch()).isCloseTo(1.5, within(1e-9));
    assertThat(windows.get(1).meanBatch()).isCloseTo(3, within(1e-9));
    assertThat(windows.get(2).meanBatch()).isCloseTo(3, within(1e-9));
    assertThat(windows.get(2).lengthPs()).isEqualTo(SECOND / 20);
    assertThat(windows.get(0).busyShares().get(0)).isCloseTo(0.25, within(1e-9));
  }

  @Test
  void windowsMergeSoThatALongRunNeedsNoMoreMemory() {
    Series series = new Series(List.of());
    for (int second = 0; second < 3600; second++) {
      series.count(second * SECOND, Series.Column.ARRIVALS, 1);
      series.ttft(second * SECOND, second);
    }
    List<Series.Window> windows = series.windows(3600 * SECOND);
    assertThat(windows.size()).isBetween(512, 1024);
    assertThat(windows.stream().mapToLong(Series.Window::arrivals).sum()).isEqualTo(3600);
    // Windows of 6.4 s: the first holds the seconds 0 to 6.
    assertThat(windows.get(0).ttftP50Ps()).isEqualTo(3);
    assertThat(windows.get(0).ttftP99Ps()).isEqualTo(6);
    assertThat(windows.get(0).arrivals()).isEqualTo(7);
  }

  @Test
  void aWindowWithoutTokensHasNoQuantiles() {
    Series series = new Series(List.of());
    series.count(0, Series.Column.ARRIVALS, 1);
    assertThat(series.windows(SECOND).get(0).ttftP50Ps()).isNull();
  }
}
