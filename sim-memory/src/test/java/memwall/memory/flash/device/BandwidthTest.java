package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bandwidth follows from planes, sensing time, page buffers, links and what is under way. */
class BandwidthTest {
  private static final int PAGE = 4096;

  static List<Row> pipelining() {
    return FlashTable.rows("channel_pipelining", 32);
  }

  static List<Row> bandwidthLaw() {
    return FlashTable.rows("hbf_bandwidth_law", 11);
  }

  private static FlashRules rules(int buffers, int stagingPages, int activePlanes, int reads) {
    return new FlashRules(
        buffers, false, stagingPages, activePlanes, reads, 128, false, ReadPriority.READS, 0, 0, 0);
  }

  private static double pagesPerUs(
      int planes, long readPs, long onLinkPs, boolean sharedBus, FlashRules rules) {
    return host(planes, readPs, onLinkPs, sharedBus, rules).requestsPerSec() / 1e6;
  }

  /** A channel that is kept busy with pages of all planes in turn. */
  private static HostLoop host(
      int planes, long readPs, long onLinkPs, boolean sharedBus, FlashRules rules) {
    FlashSpec spec =
        new FlashSpec(
            new FlashGeometry(1, planes, 1, 64, 512, PAGE),
            new FlashTimings(0, readPs, 0, 0, 75_000_000, 0, 0, 0),
            new FlashPaths(PAGE * 1_000_000_000_000L / onLinkPs, sharedBus, 0, 0, 0, 0, 0),
            rules);
    HostLoop host = new HostLoop(spec, PAGE, 300 * planes, true);
    host.runClosed(4 * planes);
    host.checkLaws();
    return host;
  }

  @ParameterizedTest
  @MethodSource("pipelining")
  void pagesOfAChannel(Row row) {
    int dies = row.whole("dies_per_channel");
    long readPs = row.ps("tR_us");
    long linkPs = row.ps("tx_us");
    FlashRules one = rules(1, 0, 0, Integer.MAX_VALUE);
    FlashRules two = rules(2, 0, 0, Integer.MAX_VALUE);
    assertThat(pagesPerUs(dies, readPs, linkPs, true, one))
        .isCloseTo(row.number("pages_per_us_lockstep"), withPercentage(1));
    assertThat(pagesPerUs(dies, readPs, linkPs, false, one))
        .isCloseTo(row.number("pages_per_us_no_cache_read"), withPercentage(1));
    assertThat(pagesPerUs(dies, readPs, linkPs, false, two))
        .isCloseTo(row.number("pages_per_us_cache_read"), withPercentage(1));
  }

  @ParameterizedTest
  @MethodSource("bandwidthLaw")
  void planeLaw(Row row) {
    int planes = row.whole("planes");
    int page = row.whole("page_B");
    // Channels are alike, so one of them with its share of the planes stands for all.
    int channels = planes % 16 == 0 ? 16 : 1;
    long linkBytesPerSec = Math.round(row.number("link_GBps") * 1e9 / channels);
    FlashSpec spec =
        new FlashSpec(
            new FlashGeometry(1, planes / channels, 1, 64, 512, page),
            new FlashTimings(0, row.ps("tR_us"), 0, 0, 75_000_000, 0, 0, 0),
            new FlashPaths(linkBytesPerSec, false, 0, 0, 0, 0, 0),
            rules(2, 0, 0, Integer.MAX_VALUE));
    HostLoop host = new HostLoop(spec, page, 300 * planes / channels, true);
    host.runClosed(3 * planes / channels);
    assertThat(host.requestsPerSec() * page * channels / 1e9)
        .isCloseTo(row.number("achieved_GBps"), withPercentage(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 32})
  void littlesLaw(int outstanding) {
    // 64 planes on a fast link: what is under way at once binds.
    HostLoop host = host(64, 4_000_000, 10_000, false, rules(2, 0, 0, outstanding));
    assertThat(host.requestsPerSec()).isCloseTo(outstanding / 4.01e-6, withPercentage(1));
    assertThat(host.counters().hostWaits()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"16,4.0", "8,2.0", "1,0.25"})
  void activePlanesAreCapped(int cap, double pagesPerUs) {
    HostLoop host = host(32, 4_000_000, 10_000, false, rules(2, 0, cap, Integer.MAX_VALUE));
    assertThat(host.requestsPerSec() / 1e6).isCloseTo(pagesPerUs, withPercentage(1));
    assertThat(host.counters().capWaits()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"32", "8", "1"})
  void stagingBufferBinds(int pages) {
    // A page is in the buffer while it is sensed and while it leaves.
    HostLoop host = host(64, 4_000_000, 10_000, false, rules(2, pages, 0, Integer.MAX_VALUE));
    assertThat(host.requestsPerSec()).isCloseTo(pages / 4.01e-6, withPercentage(1));
    assertThat(host.counters().stagingWaits()).isPositive();
  }

  @Test
  void lanesAndDecodersBind() {
    FlashTimings timings = new FlashTimings(0, 1_000_000, 0, 0, 75_000_000, 0, 0, 0);
    FlashGeometry geometry = new FlashGeometry(1, 4, 8, 64, 512, PAGE);
    FlashRules rules = rules(2, 0, 0, Integer.MAX_VALUE);
    // 4 lanes of 2 GB/s give 2 pages in 1.024 us.
    FlashPaths lanes = new FlashPaths(100_000_000_000L, false, 2_000_000_000L, 0, 0, 0, 0);
    HostLoop host = new HostLoop(new FlashSpec(geometry, timings, lanes, rules), PAGE, 9600, true);
    host.runClosed(128);
    assertThat(host.requestsPerSec()).isCloseTo(4 / 2.048e-6, withPercentage(1));
    // A decoder that takes a page every 100 ns, however long it takes over one.
    FlashPaths decoder = new FlashPaths(100_000_000_000L, false, 0, 100_000, 700_000, 0, 0);
    host = new HostLoop(new FlashSpec(geometry, timings, decoder, rules), PAGE, 9600, true);
    host.runClosed(128);
    assertThat(host.requestsPerSec()).isCloseTo(1 / 100e-9, withPercentage(1));
  }
}
