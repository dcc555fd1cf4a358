package memwall.memory.dram.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The tables are whole and agree with each other. */
final class ReferenceRunsTest {
  @Test
  void everyTableIsThere() {
    assertThat(ReferenceRuns.all()).hasSize(200);
    assertThat(ReferenceRuns.analytic()).hasSize(18);
    assertThat(ReferenceRuns.speeds()).hasSize(27);
  }

  /** Percentiles, extremes, count and mean of every recorded histogram are those of its row. */
  @Test
  void histogramsGiveTheFieldsOfTheirRows() {
    int histograms = 0;
    for (ReferenceRun run : ReferenceRuns.all()) {
      Optional<ReferenceHistogram> found = ReferenceRuns.histogram(run);
      assertThat(found.isPresent())
          .as(run.toString())
          .isEqualTo(run.refresh().equals("AB") && run.whole("n_reads") > 0);
      if (found.isPresent()) {
        ReferenceHistogram histogram = found.get();
        histograms++;
        assertThat(
                new long[] {
                  histogram.count(),
                  histogram.quantileTicks(0.5),
                  histogram.quantileTicks(0.9),
                  histogram.quantileTicks(0.95),
                  histogram.quantileTicks(0.99),
                  histogram.quantileTicks(0.999),
                  histogram.minTicks(),
                  histogram.maxTicks()
                })
            .as(run.toString())
            .containsExactly(
                run.whole("n_reads"),
                run.whole("p50_cycles"),
                run.whole("p90_cycles"),
                run.whole("p95_cycles"),
                run.whole("p99_cycles"),
                run.whole("p999_cycles"),
                run.whole("min_cycles"),
                run.whole("max_cycles"));
        assertThat(histogram.mean())
            .as(run.toString())
            .isCloseTo(run.number("mean_read_latency_ctrl_cycles"), within(0.000501));
      }
    }
    assertThat(histograms).isEqualTo(108);
  }

  /** Every request is a hit, a miss or a conflict; every data command belongs to a request. */
  @Test
  void countsAddUp() {
    for (ReferenceRun run : ReferenceRuns.all()) {
      assertThat(run.whole("row_hits") + run.whole("row_misses") + run.whole("row_conflicts"))
          .as(run.toString())
          .isEqualTo(run.whole("n_requests"));
      assertThat(run.whole("n_rd_cmd"))
          .as(run.toString())
          .isLessThanOrEqualTo(run.whole("n_reads"));
      assertThat(run.whole("n_wr_cmd"))
          .as(run.toString())
          .isLessThanOrEqualTo(run.whole("n_writes"));
    }
  }

  @Test
  void aHistogramOfNothing() {
    ReferenceHistogram nothing = new ReferenceHistogram();
    assertThat(nothing.mean()).isZero();
    assertThat(nothing.minTicks()).isEqualTo(-1);
    assertThat(nothing.maxTicks()).isEqualTo(-1);
    assertThat(nothing.quantileTicks(0.99)).isEqualTo(-1);
  }

  /** Element floor(p n) of the sorted values: of 1..100 the median is 51. */
  @Test
  void quantilesAreElements() {
    ReferenceHistogram histogram = new ReferenceHistogram();
    for (int i = 1; i <= 100; i++) {
      histogram.add(i, 1);
    }
    assertThat(histogram.quantileTicks(0.5)).isEqualTo(51);
    assertThat(histogram.quantileTicks(0.99)).isEqualTo(100);
    assertThat(histogram.quantileTicks(1)).isEqualTo(100);
    assertThat(histogram.mean()).isEqualTo(50.5);
  }
}
