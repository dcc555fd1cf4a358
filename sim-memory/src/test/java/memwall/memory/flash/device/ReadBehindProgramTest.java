package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import java.util.SplittableRandom;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads that wait for programs of their plane, against the exact means of M/G/1 queues. */
class ReadBehindProgramTest {
  private static final int REQUESTS = 1_500_000;
  private static final int PAGES = 512;

  static List<Row> rows() {
    return FlashTable.rows("mixed_read_program_mg1", 17);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void inOrderOfArrival(Row row) {
    assertThat(meanUs(row, ReadPriority.ARRIVAL, 0))
        .isCloseTo(row.number("read_mean_fcfs_us"), withPercentage(2));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void readsFirst(Row row) {
    assertThat(meanUs(row, ReadPriority.READS, 0))
        .isCloseTo(row.number("read_mean_readprio_nonpreempt_us"), withPercentage(2));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void readsSuspendPrograms(Row row) {
    assertThat(meanUs(row, ReadPriority.SUSPEND, 0))
        .isCloseTo(row.number("read_mean_preempt_md1_us"), withPercentage(2));
    // The table's figure with 2 us of suspension is an approximation, exact for few programs only.
    double programs = row.number("program_util");
    assertThat(meanUs(row, ReadPriority.SUSPEND, 2_000_000))
        .isBetween(
            0.98 * row.number("read_mean_preempt_md1_us"),
            1.02 * (row.number("read_mean_preempt_md1_us") + (programs > 0 ? 2.0 : 0)));
  }

  /** Mean response of reads at one plane, Poisson reads and programs. */
  private static double meanUs(Row row, ReadPriority priority, long suspendPs) {
    double readsPerPs = row.number("read_util") / row.number("tR_us") / 1e6;
    double programsPerPs = row.number("program_util") / row.number("tPROG_us") / 1e6;
    FlashSpec spec =
        new FlashSpec(
            new FlashGeometry(1, 1, 1, 1, PAGES, 4096),
            new FlashTimings(0, row.ps("tR_us"), 0, 0, row.ps("tPROG_us"), 0, suspendPs, 0),
            new FlashPaths(4_096_000_000_000_000L, false, 0, 0, 0, 0, 0),
            new FlashRules(
                2,
                false,
                0,
                0,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                false,
                priority,
                Integer.MAX_VALUE,
                0,
                0));
    long[] sumPs = {0, 0};
    FlashDevice device =
        new FlashDevice(
            spec,
            null,
            FlashErrors.NONE,
            (word, donePs, status) -> {
              if (word >= 0) {
                sumPs[0] += donePs - word;
                sumPs[1]++;
              }
            });
    SplittableRandom random = new SplittableRandom(row.cells().getStartingLineNumber());
    double atPs = 0;
    int page = 0;
    double perPs = readsPerPs + programsPerPs;
    for (int i = 0; i < REQUESTS; i++) {
      atPs -= StrictMath.log(1 - random.nextDouble()) / perPs;
      long ps = Math.round(atPs);
      device.advanceTo(ps);
      boolean isRead = random.nextDouble() * perPs < readsPerPs;
      // Pages differ, so that no read finds its page being written.
      if (isRead) {
        device.read(0, 0, 4096, false, ps);
      } else {
        page = page % (PAGES - 1) + 1;
        device.program(0, page, -1);
      }
    }
    device.advanceTo(Long.MAX_VALUE / 2);
    assertThat(device.pending()).isZero();
    assertThat(sumPs[1]).isEqualTo(device.counters().reads());
    return sumPs[0] / 1e6 / sumPs[1];
  }
}
