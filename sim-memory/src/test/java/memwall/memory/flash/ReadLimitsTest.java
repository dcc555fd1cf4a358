package memwall.memory.flash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import memwall.memory.flash.FlashTable.Row;
import memwall.memory.flash.ReadLimits.Limit;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.MultiPlane;
import memwall.memory.flash.device.ReadPriority;
import memwall.memory.flash.law.MultiPlaneSensing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which part of a device binds, in closed form, from counters, and what the device then reaches.
 */
class ReadLimitsTest {
  private static final long US = 1_000_000;
  private static final int PAGE = 4096;

  static List<Row> bandwidthLaws() {
    return FlashTable.rows("hbf_bandwidth_law", 11);
  }

  /** The table of the bandwidth law: min(link, planes x page / tR). */
  @ParameterizedTest
  @MethodSource("bandwidthLaws")
  void bandwidthLaw(Row row) {
    FlashGeometry geometry =
        new FlashGeometry(1, 1, row.whole("planes"), 1, 1, row.whole("page_B"));
    long linkBytesPerSec = Math.round(row.number("link_GBps") * 1e9);
    FlashSpec spec =
        new FlashSpec(
            geometry,
            timings(Math.round(row.number("tR_us") * 1e6), 0),
            new FlashPaths(linkBytesPerSec, false, 0, 0, 0, 0, 0),
            rules(2, 0, 0, 1 << 20));
    ReadLimits limits = new ReadLimits(spec);
    assertThat(limits.bytesPerSec())
        .isCloseTo(row.number("achieved_GBps") * 1e9, withPercentage(1));
    assertThat(limits.bytesPerSec(Limit.ARRAY))
        .isCloseTo(row.number("array_GBps") * 1e9, withPercentage(0.001));
    assertThat(limits.binding())
        .isEqualTo(row.number("array_GBps") < row.number("link_GBps") ? Limit.ARRAY : Limit.LINK);
  }

  private static FlashTimings timings(long readPs, long commandPs) {
    return new FlashTimings(commandPs, readPs, 0, readPs, 75 * US, 0, 0, 0);
  }

  private static FlashRules rules(int buffers, int staging, int active, int reads) {
    return new FlashRules(
        buffers, false, staging, active, reads, 1, false, ReadPriority.ARRIVAL, 0, 0, 0);
  }

  /**
   * 2 channels of 2 dies of 8 planes, 4 us; whichever part is small binds: the device reaches
   * within 1 % what the closed form says, and its counters name the part. Links and lanes are given
   * by the time of a page.
   */
  @ParameterizedTest
  @CsvSource({
    "ARRAY, 2, 0, 0, 10000, 10000, 0, 0, 1000, 0",
    "ARRAY, 1, 0, 0, 10000, 10000, 0, 0, 1000, 0",
    "ARRAY, 1, 0, 0, 100000, 0, 0, 0, 1000, 20000",
    "LANE, 2, 0, 0, 10000, 1000000, 0, 0, 1000, 0",
    "ECC, 2, 0, 0, 10000, 0, 500000, 0, 1000, 0",
    "ECC, 2, 0, 0, 10000, 0, 500000, 2000000, 1000, 0",
    "LINK, 2, 0, 0, 500000, 0, 0, 0, 1000, 0",
    "LINK, 1, 0, 0, 600000, 0, 0, 0, 1000, 500000",
    "STAGING, 2, 5, 0, 10000, 20000, 0, 1000000, 1000, 0",
    "OUTSTANDING, 2, 0, 0, 10000, 20000, 0, 1000000, 6, 0",
    "POWER_CAP, 2, 0, 11, 10000, 10000, 0, 0, 1000, 0",
    "COMMAND, 2, 0, 0, 10000, 0, 0, 0, 1000, -600000"
  })
  void deviceReachesWhatIsAllowed(
      Limit limit,
      int buffers,
      int staging,
      int active,
      long linkPs,
      long lanePs,
      long eccIssuePs,
      long eccLatencyPs,
      int reads,
      long commandPs) {
    boolean isShared = commandPs > 0; // less: of wires of its own
    FlashGeometry geometry = new FlashGeometry(2, 2, 8, 1 << 10, 4, PAGE);
    FlashPaths paths =
        new FlashPaths(
            rate(linkPs), isShared, lanePs == 0 ? 0 : rate(lanePs), eccIssuePs, eccLatencyPs, 0, 0);
    FlashSpec spec =
        new FlashSpec(
            geometry,
            timings(4 * US, Math.abs(commandPs)),
            paths,
            rules(buffers, staging, active, reads));
    ReadLimits limits = new ReadLimits(spec);
    long[] lastPs = {0};
    FlashDevice device =
        new FlashDevice(
            spec,
            null,
            FlashErrors.NONE,
            (word, ps, status) -> lastPs[0] = Math.max(lastPs[0], ps));
    int pages = 40_000;
    for (int i = 0; i < pages; i++) {
      int channel = i % 2;
      int die = i / 2 % 2;
      device.read(geometry.plane(channel, die, i / 4 % 8), i / 32, PAGE, false, i);
    }
    device.advanceTo(1_000_000 * US);
    assertThat(device.pending()).isZero();
    double reached = (double) pages * PAGE / (lastPs[0] * 1e-12);
    assertThat(reached).isCloseTo(limits.bytesPerSec(), withPercentage(1));
    assertThat(limits.binding()).isEqualTo(limit);
    assertThat(limits.busiest(device.counters(), lastPs[0])).isEqualTo(limit);
    assertThat(limits.usedShare(limit, device.counters(), lastPs[0])).isBetween(0.96, 1.01);
  }

  /**
   * 2 channels of 2 dies of 8 planes in groups of 4 or 8, 4 us: the same for planes that sense
   * together. Links and lanes are given by the time of a page.
   */
  @ParameterizedTest
  @CsvSource({
    "ARRAY, 2, 4, 0, 0, 0, 10000, 10000, 1000, 0",
    "ARRAY, 2, 8, 500000, 0, 0, 10000, 10000, 1000, 0",
    "ARRAY, 2, 8, 100000, 0, 0, 10000, 0, 1000, -20000",
    "ARRAY, 1, 8, 100000, 0, 0, 10000, 0, 1000, 0",
    "ARRAY, 1, 4, 200000, 0, 0, 20000, 50000, 1000, 0",
    "ARRAY, 1, 4, 100000, 0, 0, 100000, 0, 1000, 20000",
    "LINK, 2, 4, 0, 0, 0, 500000, 0, 1000, 0",
    "LANE, 2, 8, 0, 0, 0, 10000, 1000000, 1000, 0",
    "COMMAND, 2, 4, 0, 0, 0, 10000, 0, 1000, -600000",
    "POWER_CAP, 2, 4, 300000, 0, 8, 10000, 10000, 1000, 0",
    "POWER_CAP, 2, 8, 300000, 0, 1, 10000, 10000, 1000, 0",
    "OUTSTANDING, 2, 4, 500000, 0, 0, 10000, 10000, 1, 0",
    "STAGING, 2, 4, 500000, 1, 0, 10000, 10000, 1000, 0"
  })
  void groupsReachWhatIsAllowed(
      Limit limit,
      int buffers,
      int group,
      long windowPs,
      int staging,
      int active,
      long linkPs,
      long lanePs,
      int reads,
      long commandPs) {
    FlashGeometry geometry = new FlashGeometry(2, 2, 8, 1 << 10, 4, PAGE);
    FlashPaths paths =
        new FlashPaths(rate(linkPs), commandPs > 0, lanePs == 0 ? 0 : rate(lanePs), 0, 0, 0, 0);
    FlashSpec spec =
        new FlashSpec(
            geometry,
            timings(4 * US, Math.abs(commandPs)),
            paths,
            rules(buffers, staging, active, reads),
            new MultiPlane(group, windowPs, true));
    ReadLimits limits = new ReadLimits(spec);
    long[] lastPs = {0};
    FlashDevice device =
        new FlashDevice(
            spec,
            null,
            FlashErrors.NONE,
            (word, ps, status) -> lastPs[0] = Math.max(lastPs[0], ps));
    int pages = 40_000;
    for (int i = 0; i < pages; i++) {
      int channel = i % 2;
      int plane = i / 2 % 16; // planes of a die follow each other
      device.read(geometry.plane(channel, plane / 8, plane % 8), i / 32, PAGE, false, i);
    }
    device.advanceTo(1_000_000 * US);
    assertThat(device.pending()).isZero();
    double reached = (double) pages * PAGE / (lastPs[0] * 1e-12);
    assertThat(reached).isCloseTo(limits.bytesPerSec(), withPercentage(1));
    assertThat(limits.binding()).isEqualTo(limit);
    assertThat(limits.busiest(device.counters(), lastPs[0])).isEqualTo(limit);
    assertThat(limits.usedShare(limit, device.counters(), lastPs[0])).isBetween(0.96, 1.01);
  }

  /** Pages that may not go together: each waits for its window, and then senses alone. */
  @Test
  void pagesThatDoNotFitSenseOneByOne() {
    FlashGeometry geometry = new FlashGeometry(1, 1, 4, 1 << 10, 4, PAGE);
    FlashSpec spec =
        new FlashSpec(
            geometry,
            timings(4 * US, 0),
            new FlashPaths(rate(10_000), false, 0, 0, 0, 0, 0),
            rules(2, 0, 0, 1000),
            new MultiPlane(4, 500_000, true));
    long[] lastPs = {0};
    FlashDevice device =
        new FlashDevice(spec, null, FlashErrors.NONE, (word, ps, status) -> lastPs[0] = ps);
    int pages = 4000;
    for (int i = 0; i < pages; i++) {
      device.read(i % 4, i / 4 * 4 + i % 4, PAGE, false, i);
    }
    device.advanceTo(1_000_000 * US);
    double alone = new MultiPlaneSensing(4, 0, 4 * US, 500_000).pagesPerSec(1);
    assertThat(pages / (lastPs[0] * 1e-12)).isCloseTo(alone, withPercentage(1));
    assertThat(device.counters().senseCommands()).isEqualTo(pages);
  }

  private static long rate(long pagePs) {
    return PAGE * 1_000_000_000_000L / pagePs;
  }
}
