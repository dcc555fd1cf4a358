package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Curves of latency over load are those measured with BookSim2. The reference has one seed and, at
 * load 0.01, some of its rows only 241 to 1000 packets: 1 to 2 % of noise in the mean are its own.
 */
final class BookSimCurvesTest {
  /** Latencies are compared up to this share of the highest throughput measured. */
  private static final double COMPARED_SHARE = 0.75;

  private static final long WARMUP_CYCLES = 2_000;
  private static final long FULL_SAMPLE_CYCLES = 3_000;
  private static final int PACKETS = 25_000;
  private static final long MOST_CYCLES = 300_000;

  /**
   * Rows offered the very load that the network can just carry: hardly more packets stay behind
   * than chance would leave, so it is open whether a run of finite length says saturated.
   */
  private static final Map<String, Double> AT_THE_EDGE =
      Map.of("hypercube6_uniform_p4", 0.9, "mesh4x4_uniform_p4_hold", 0.8);

  static List<String> experiments() {
    return BookSim.EXPERIMENTS;
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void curve(String experiment) throws IOException {
    List<BookSim.Row> rows = BookSim.rows(experiment);
    double zeroLoadCycles = rows.get(0).mean();
    double peak = peak(rows);
    double tolerance = experiment.endsWith("_hold") ? 0.03 : 0.05;
    double reached = 0;
    for (BookSim.Row row : rows) {
      boolean compared = row.latencyMode() && row.offered() <= COMPARED_SHARE * peak;
      LoadPoint point = run(experiment, row, compared);
      String what = experiment + " at " + row.offered();
      assertThat(point.brokenLaws()).as(what).isEmpty();
      assertThat(point.deadlocked()).as(what).isFalse();
      reached = Math.max(reached, point.acceptedFlits());
      if (compared) {
        assertThat(point.packetLatency().meanTicks())
            .as("mean of " + what)
            .isCloseTo(row.mean(), within(tolerance * row.mean()));
        assertThat((double) point.packetLatency().quantileTicks(0.99))
            .as("p99 of " + what)
            .isCloseTo(row.p99(), within(0.15 * row.p99()));
        assertThat(point.meanHops())
            .as("routers of " + what)
            .isCloseTo(row.hops(), within(0.05 * row.hops()));
      }
      if (!row.latencyMode()) {
        assertThat(point.acceptedFlits())
            .as("accepted of " + what)
            .isCloseTo(row.accepted(), within(0.10 * row.accepted()));
      }
      if (AT_THE_EDGE.getOrDefault(experiment, 0.0) == row.offered()) {
        assertThat(row.offered()).as(what).isCloseTo(peak, within(0.035 * peak));
      } else {
        assertThat(point.saturated()).as(what).isEqualTo(saturated(row, zeroLoadCycles));
      }
    }
    assertThat(reached).as("peak of " + experiment).isCloseTo(peak, within(0.10 * peak));
  }

  /** Single rows may be off by chance, all together not. */
  @Test
  void meansAreRightOnAverage() throws IOException {
    double sum = 0;
    double absolute = 0;
    int count = 0;
    for (String experiment : BookSim.EXPERIMENTS) {
      List<BookSim.Row> rows = BookSim.rows(experiment);
      double most = COMPARED_SHARE * peak(rows);
      for (BookSim.Row row : rows) {
        if (row.latencyMode() && row.offered() >= 0.05 && row.offered() <= most) {
          double mean = run(experiment, row, true).packetLatency().meanTicks();
          sum += mean / row.mean() - 1;
          absolute += Math.abs(mean / row.mean() - 1);
          count++;
        }
      }
    }
    assertThat(count).isGreaterThan(30);
    assertThat(sum / count).isCloseTo(0, within(0.003));
    assertThat(absolute / count).isLessThan(0.01);
  }

  private static double peak(List<BookSim.Row> rows) {
    return rows.stream().mapToDouble(BookSim.Row::accepted).max().orElseThrow();
  }

  private static LoadPoint run(String experiment, BookSim.Row row, boolean compared) {
    int flits = BookSim.packetFlits(experiment);
    FabricSpec fabric = BookSim.fabric(experiment);
    double packetsPerCycle = fabric.nodes() * row.offered() / flits;
    long sampleCycles =
        compared ? Math.min(MOST_CYCLES, (long) (PACKETS / packetsPerCycle)) : FULL_SAMPLE_CYCLES;
    long longest = fabric.shape().topology().longestChannelCycles();
    return LoadRun.run(
        fabric,
        new LoadSpec(
            BookSim.pattern(experiment),
            0,
            flits,
            WARMUP_CYCLES + 20 * longest,
            sampleCycles + 20 * longest,
            row.stable() && row.latencyMode() ? 10_000 : 0,
            1_000L * BookSim.EXPERIMENTS.indexOf(experiment) + Math.round(100 * row.offered())),
        row.offered());
  }

  /**
   * As the reference says which of its rows are saturated. That fewer flits arrive than are offered
   * counts only where latency has risen too: at load 0.01 chance makes such a row.
   */
  private static boolean saturated(BookSim.Row row, double zeroLoadCycles) {
    return !row.stable()
        || !row.latencyMode()
        || row.mean() > 6 * zeroLoadCycles
        || (row.accepted() < 0.97 * row.offered() && row.mean() > 2 * zeroLoadCycles);
  }
}
