package memwall.memory.flash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import memwall.core.unit.Units;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.law.BandwidthLaw;
import memwall.memory.flash.law.ChannelPipelining;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FlashPresetTest {
  private static final double GIB = 1L << 30;

  static List<String> presets() {
    return FlashParts.presets();
  }

  /** Array, link and capacity that the sources state, in GB/s and GiB. */
  @ParameterizedTest
  @CsvSource({
    "hbf-gen1, 1638.4, 1600, 512",
    "hbf-gen1-20pj, 1638.4, 1600, 512",
    "hbf-gen1-20pj-hot, 1638.4, 1600, 512",
    "hbf-gen1-hot, 1638.4, 1600, 512",
    "hbf-gen1-worn, 1638.4, 1600, 512",
    "hbf-gen2, 2097.152, 2000, 931.32",
    "hbf-gen3, 3276.8, 3200, 1396.98",
    "hbf-2us, 1048.576, 1000, 512",
    "hbf-3us, 1638.4, 1600, 512",
    "hbf-15us, 104.858, 2000, 3725.29",
    "hbf-20us, 999.424, 1000, 357.63",
    "hbf-20us-micron, 999.424, 1000, 357.63",
    "hbf-28us, 300.872, 400, 1024",
    "hbf-tlc-30us, 227.192, 1600, 476.84",
    "hbf-tlc-30us-hot, 227.192, 1600, 476.84",
    "hbf-flashaccel, 786.432, 768, 256",
    "ocp-hbf-grade1, 131.072, 384, 256",
    "ocp-hbf-grade2, 262.144, 1536, 512",
    "ocp-hbf-grade3, 262.144, 3072, 512",
    "ocp-hbf-grade2-96, 1572.864, 1536, 512",
    "hbf-conv, 349.525, 1600, 512",
    "z-nand, 87.381, 1600, 128",
    "xl-flash, 262.144, 1600, 256",
    "hbf-mobile, 65.536, 80, 128",
    "managed-retention, 2621.44, 1600, 192",
    "ufs4-tlc, 26.214, 4.2, 1024",
    "pcie-tlc, 83.886, 14, 4096",
    "pcie-tlc-multiplane, 83.886, 14, 4096"
  })
  void ratesAndCapacitiesOfTheSources(
      String name, double arrayGigabytes, double linkGigabytes, double gibibytes) {
    FlashPart part = FlashPart.builtIn(name);
    assertThat(part.name()).isEqualTo(name);
    BandwidthLaw law = law(part.device());
    assertThat(law.arrayBytesPerSec() / 1e9).isCloseTo(arrayGigabytes, within(0.001));
    assertThat(law.bytesPerSec(BandwidthLaw.Limit.LINK) / 1e9)
        .isCloseTo(linkGigabytes, within(1e-9));
    assertThat(part.device().geometry().capacityBytes() / GIB)
        .isCloseTo(gibibytes, within(0.003 * gibibytes));
  }

  @Test
  void everyPresetIsInTheTable() throws NoSuchMethodException {
    CsvSource table =
        FlashPresetTest.class
            .getDeclaredMethod(
                "ratesAndCapacitiesOfTheSources",
                String.class,
                double.class,
                double.class,
                double.class)
            .getAnnotation(CsvSource.class);
    List<String> named = new ArrayList<>();
    for (String row : table.value()) {
      named.add(row.substring(0, row.indexOf(',')));
    }
    assertThat(named).containsExactlyInAnyOrderElementsOf(presets());
  }

  private static BandwidthLaw law(FlashSpec spec) {
    FlashGeometry geometry = spec.geometry();
    return BandwidthLaw.of(
        geometry.planes(),
        geometry.pageBytes(),
        spec.timings().readPs(),
        spec.paths().linkBytesPerSec() * geometry.channels());
  }

  /** Energies that the sources state, picojoules a bit read and written. */
  @ParameterizedTest
  @CsvSource({
    "hbf-gen1, 6.1, 100",
    "hbf-gen1-20pj, 20, 100",
    "hbf-gen2, 4.88, 99.78",
    "hbf-gen3, 3.904, 99.604",
    "hbf-20us-micron, 8.5, 100",
    "hbf-tlc-30us, 33.2, 100",
    "hbf-flashaccel, 8, 100",
    "managed-retention, 3.05, 30.5",
    "ufs4-tlc, 30, 100"
  })
  void energiesOfTheSources(String name, double read, double written) {
    FlashPart part = FlashPart.builtIn(name);
    FlashGeometry geometry = part.device().geometry();
    assertThat(part.energy().readPjPerBit(geometry.pageBytes())).isCloseTo(read, within(1e-9));
    assertThat(part.energy().writePjPerBit(geometry.pageBytes(), geometry.pagesPerBlock()))
        .isCloseTo(written, within(1e-9));
  }

  /** Table 3 of Ma and Patterson: below 80 W at 1.638 TB/s; 3.2 W for a phone. */
  @Test
  void powerOfTheSources() {
    assertThat(watts("hbf-gen1", 1638.4e9)).isCloseTo(80, within(0.1));
    assertThat(watts("hbf-20us", 1e12)).isCloseTo(160, within(0.1));
    assertThat(watts("hbf-tlc-30us", 202.27e9)).isCloseTo(53.72, within(0.1));
    assertThat(watts("hbf-mobile", 65.536e9)).isCloseTo(3.2, within(0.01));
  }

  private static double watts(String name, double bytesPerSec) {
    FlashPart part = FlashPart.builtIn(name);
    return bytesPerSec * 8e-12 * part.energy().readPjPerBit(part.device().geometry().pageBytes())
        + part.energy().idleWatts();
  }

  @Test
  void wearOfTheSources() {
    FlashWear gen1 = FlashPart.builtIn("hbf-gen1").wear();
    assertThat(gen1).isEqualTo(new FlashWear(100_000, 1_000_000, 86_400, 85, 1.1, 86_400, 3));
    FlashWear managed = FlashPart.builtIn("managed-retention").wear();
    assertThat(managed)
        .isEqualTo(new FlashWear(1_000_000, Integer.MAX_VALUE, 86_400, 85, 1.1, 43_200, 5));
    assertThat(FlashPart.builtIn("z-nand").wear().refreshS()).isZero();
    assertThat(FlashPart.builtIn("pcie-tlc").wear().retentionS()).isEqualTo(90 * 86_400.0);
  }

  /** With all planes busy a channel of every preset reaches what array or link allow. */
  @ParameterizedTest
  @MethodSource("presets")
  void channelReachesItsBandwidth(String name) {
    FlashPart part = FlashPart.builtIn(name);
    FlashSpec channel = part.channel();
    assertThat(channel.geometry().planes() * part.device().geometry().channels())
        .isEqualTo(part.device().geometry().planes());
    long pages = 40L * channel.geometry().planes();
    long[] lastPs = {0};
    FlashDevice device =
        new FlashDevice(
            channel,
            null,
            FlashErrors.NONE,
            (word, ps, status) -> lastPs[0] = Math.max(lastPs[0], ps));
    for (int page = 0; page < pages; page++) {
      int planes = channel.geometry().planes();
      device.read(page % planes, page / planes, channel.geometry().pageBytes(), false, page);
    }
    device.advanceTo(1_000_000_000_000L);
    assertThat(device.pending()).isZero();
    double reached = pages * channel.geometry().pageBytes() / (lastPs[0] * 1e-12);
    // The first sense is not hidden.
    assertThat(reached / allowed(channel)).isBetween(0.93, 1.02);
  }

  /** On a shared bus data go first, so that the dies sense in step. */
  private static double allowed(FlashSpec channel) {
    if (!channel.paths().sharedBus()) {
      return law(channel).achievedBytesPerSec();
    }
    int page = channel.geometry().pageBytes();
    ChannelPipelining pipelining =
        new ChannelPipelining(
            channel.geometry().planes(),
            channel.timings().readPs(),
            Units.transferPs(page, channel.paths().linkBytesPerSec()),
            channel.timings().commandPs());
    return pipelining.lockStepPagesPerSec() * page;
  }
}
