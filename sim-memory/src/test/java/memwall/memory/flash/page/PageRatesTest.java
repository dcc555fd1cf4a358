package memwall.memory.flash.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import memwall.core.config.Presets;
import memwall.memory.Usage;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.ReadPriority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Closed forms of rates against long streams. */
class PageRatesTest {
  static List<String> presets() {
    List<String> names =
        Presets.builtIn().names("memory").stream()
            .filter(name -> PageRig.anyPreset(name) instanceof PageSpec)
            .toList();
    assertThat(names).contains("hbf-gen1-pages");
    return names;
  }

  /** Bytes a second of one device, over pages from some on until the end of a long stream. */
  private static double streamedBytesPerSec(PageSpec spec) {
    long pages = 400L * spec.channel().geometry().planes();
    PageRig rig = new PageRig(spec, 1, true);
    long unit = (long) spec.lanes() * spec.pageBytes();
    long startPs = rig.readPs(Usage.WEIGHTS, pages / 4 * unit, PageRig.RUN);
    long endPs = rig.readPs(Usage.WEIGHTS, pages * unit, PageRig.RUN);
    assertThat(rig.memory.brokenLaws()).isEmpty();
    // Both begin and end alike.
    return (pages - pages / 4) * unit / ((endPs - startPs) * 1e-12);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void streamsOfPresetsReachTheClosedForm(String preset) {
    PageSpec spec = PageRig.preset(preset);
    assertThat(streamedBytesPerSec(spec))
        .isCloseTo((double) spec.readBytesPerSec(), withPercentage(1));
    assertThat(spec.readBytesPerSec())
        .isEqualTo(Math.min(spec.arrayBytesPerSec(), spec.linkBytesPerSec()));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void writesOfPresetsReachTheClosedForm(String preset) {
    PageSpec spec = PageRig.preset(preset);
    FlashGeometry channel = spec.channel().geometry();
    // Whole blocks of all planes, so that each program pays its share of an erase.
    long row = (long) spec.lanes() * channel.planes() * channel.pagesPerBlock() * spec.pageBytes();
    PageRig rig = new PageRig(spec, 1, true);
    double seconds = rig.writePs(Usage.KV, 2 * row) * 1e-12;
    assertThat(2 * row / seconds)
        .isCloseTo((double) spec.writeBytesPerSec(Usage.KV), withPercentage(1));
  }

  private static PageSpec device(
      int planes, FlashTimings timings, FlashPaths paths, FlashRules rules) {
    FlashGeometry geometry = new FlashGeometry(2, 4, planes / 4, 32, 64, 4096);
    return PageRig.of(new FlashSpec(geometry, timings, paths, rules), 0);
  }

  private static FlashPaths link(long bytesPerSec) {
    return new FlashPaths(bytesPerSec, false, 0, 0, 100_000, 50_000, 0);
  }

  private static void reaches(PageSpec spec, String bound) {
    assertThat(spec.readBoundBy()).isEqualTo(bound);
    assertThat(streamedBytesPerSec(spec))
        .as("bound by %s", bound)
        .isCloseTo((double) spec.readBytesPerSec(), withPercentage(1));
  }

  @Test
  void whicheverLimitBindsIsReachedAndNamed() {
    FlashTimings tr = new FlashTimings(0, 4_000_000, 0, 0, 75_000_000, 0, 0, 0);
    FlashRules free = PageRig.rules(2, 0, 0, 10_000);
    reaches(device(32, tr, link(100_000_000_000L), free), "array");
    reaches(device(32, tr, link(20_000_000_000L), free), "link");
    // One buffer a plane: it senses when its page has left.
    reaches(device(32, tr, link(100_000_000_000L), PageRig.rules(1, 0, 0, 10_000)), "array");
    reaches(
        device(32, tr, link(100_000_000_000L), PageRig.rules(2, 16, 0, 10_000)), "staging buffer");
    reaches(
        device(32, tr, link(100_000_000_000L), PageRig.rules(2, 0, 0, 10)), "outstanding requests");
    reaches(device(32, tr, link(100_000_000_000L), PageRig.rules(2, 0, 20, 64)), "power cap");
    FlashPaths lanes = new FlashPaths(100_000_000_000L, false, 4_000_000_000L, 0, 0, 0, 0);
    reaches(device(32, tr, lanes, free), "lane");
    FlashPaths decoder = new FlashPaths(100_000_000_000L, false, 0, 200_000, 700_000, 0, 0);
    reaches(device(32, tr, decoder, free), "ECC");
    FlashTimings commands = new FlashTimings(300_000, 4_000_000, 0, 0, 75_000_000, 0, 0, 0);
    reaches(device(32, commands, link(100_000_000_000L), free), "command");
    FlashPaths bus = new FlashPaths(20_000_000_000L, true, 0, 0, 0, 0, 0);
    reaches(device(32, tr, bus, free), "array");
    // 290 ns of command, as in MQSim; no more pages together than reads are accepted.
    FlashTimings slow = new FlashTimings(290_000, 40_000_000, 0, 0, 75_000_000, 0, 0, 0);
    FlashPaths onfi = new FlashPaths(1_000_000_000L, true, 0, 0, 0, 0, 0);
    reaches(device(32, slow, onfi, PageRig.rules(2, 0, 0, 8)), "array");
    reaches(device(32, tr, bus, PageRig.rules(1, 0, 0, 10_000)), "array");
  }

  /** planes x page / tR, and what is under way / latency. */
  @Test
  void planeLawAndLittlesLaw() {
    FlashTimings tr = new FlashTimings(0, 4_000_000, 0, 0, 75_000_000, 0, 0, 0);
    PageSpec array = device(32, tr, link(200_000_000_000L), PageRig.rules(2, 0, 0, 10_000));
    assertThat((double) array.readBytesPerSec())
        .isCloseTo(2 * 32 * 4096 / 4e-6, withPercentage(0.001));
    PageSpec few = device(32, tr, link(200_000_000_000L), PageRig.rules(2, 0, 0, 10));
    double latency = 4e-6 + 0.1e-6 + 4096 / 200e9;
    assertThat((double) few.readBytesPerSec())
        .isCloseTo(2 * 10 * 4096 / latency, withPercentage(0.001));
    PageSpec posted =
        device(
            32,
            tr,
            link(200_000_000_000L),
            new FlashRules(2, false, 0, 0, 64, 16, true, ReadPriority.READS, 0, 0, 0));
    // 16 pages under way, each 75 us and its way in.
    assertThat((double) posted.writeBytesPerSec(Usage.KV))
        .isCloseTo(2 * 16 * 4096 / (75e-6 + 4096 / 200e9), withPercentage(0.001));
  }
}
