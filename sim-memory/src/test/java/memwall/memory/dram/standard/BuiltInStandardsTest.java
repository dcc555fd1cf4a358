package memwall.memory.dram.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures of shipped devices against those written down with the reference runs. */
class BuiltInStandardsTest {
  private static long wait(DramStandard standard, String level, Command after, Command before) {
    long most = 0;
    for (TimingRule rule : standard.rules()) {
      if (standard.levels().get(rule.level()).name().equals(level)
          && rule.window() == 1
          && !rule.sibling()
          && rule.after().contains(after)
          && rule.before().contains(before)) {
        most = Math.max(most, rule.ticks());
      }
    }
    return most;
  }

  @Test
  void ddr5() {
    DramDevice device = DramDevice.builtIn("ddr5-4800an-16gb-x8");
    DramStandard standard = device.standard();
    assertThat(device.clocks())
        .containsAllEntriesOf(
            Map.of("nRFC", 710, "nREFI", 9375, "nRRDL", 12, "nFAW", 48, "nCCDL_WR", 48));
    assertThat(standard.banks()).isEqualTo(32);
    assertThat(standard.capacityBytes()).isEqualTo(8L << 30);
    assertThat(standard.tickFemtos()).isEqualTo(416_000);
    assertThat(standard.readLatencyTicks()).isEqualTo(42);
    assertThat(standard.writeLatencyTicks()).isEqualTo(40);
    assertThat(device.peakBytesPerSec()).isEqualTo(19_230_769_230L);
    // ACT takes two cycles, PRE one: one cycle less between their first cycles (analytic.csv)
    assertThat(wait(standard, "bank", Command.PREPB, Command.ACT)).isEqualTo(33);
    assertThat(wait(standard, "bank", Command.ACT, Command.RD)).isEqualTo(34);
    assertThat(wait(standard, "bank", Command.ACT, Command.PREPB)).isEqualTo(78);
    assertThat(wait(standard, "channel", Command.RD, Command.PREPB)).isEqualTo(2);
    assertThat(wait(standard, "rank", Command.RD, Command.WR)).isEqualTo(34 + 8 + 2 - 32 + 2);
  }

  @Test
  void hbm3() {
    DramDevice device = DramDevice.builtIn("hbm3-6400-16gb-8hi");
    DramStandard standard = device.standard();
    assertThat(device.clocks())
        .containsAllEntriesOf(Map.of("nRFC", 560, "nREFI", 6240, "nREFIpb", 195));
    assertThat(standard.tickFemtos()).isEqualTo(312_500);
    assertThat(standard.banks()).isEqualTo(64);
    assertThat(device.capacityBytes()).isEqualTo(16L << 30);
    assertThat(device.peakBytesPerSec()).isEqualTo(819_200_000_000L);
    assertThat(standard.readLatencyTicks()).isEqualTo(44);
    assertThat(standard.refreshTicks()).isEqualTo(12_480);
    // analytic.csv: ACT (3 half clocks) to RD (2) 63; PRE (1) to ACT (3) 50
    assertThat(wait(standard, "bank", Command.ACT, Command.RD)).isEqualTo(63);
    assertThat(wait(standard, "bank", Command.PREPB, Command.ACT)).isEqualTo(50);
    assertThat(wait(standard, "channel", Command.ACT, Command.PREPB)).isEqualTo(3);
    assertThat(wait(standard, "channel", Command.ACT, Command.RD)).isZero();
    assertThat(wait(standard, "channel", Command.RD, Command.WR)).isEqualTo(2);
  }

  @Test
  void lpddr5() {
    DramDevice device = DramDevice.builtIn("lpddr5-6400-8gb-x16");
    DramStandard standard = device.standard();
    assertThat(device.clocks())
        .containsAllEntriesOf(
            Map.of(
                "nRRDS",
                4,
                "nFAW",
                16,
                "nRFC",
                168,
                "nRFCpb",
                96,
                "nREFI",
                3125,
                "nREFIpb",
                391,
                "nPBR2PBR",
                72,
                "nPBR2ACT",
                6));
    assertThat(standard.capacityBytes()).isEqualTo(1L << 30);
    assertThat(device.peakBytesPerSec()).isEqualTo(12_800_000_000L);
    assertThat(standard.readLatencyTicks()).isEqualTo(19);
    assertThat(standard.rules()).noneMatch(rule -> rule.after().contains(Command.CASRD));
  }

  @ParameterizedTest
  @CsvSource({
    "ddr4-2400-upmem, 4, 19.2, 30",
    "ddr4-2400r-8gb-x8, 8, 19.2, 30",
    "ddr4-3200aa-8gb-x8, 8, 25.6, 30",
    "ddr4-3200aa-16gb-x8, 16, 25.6, 30",
    "ddr5-4800an-16gb-x8, 8, 19.23, 31.62",
    "ddr5-4800an-16gb-x8-2r, 16, 19.23, 31.62",
    "ddr5-5600an-16gb-x8, 8, 22.4, 31.43",
    "ddr5-6400an-16gb-x8, 8, 25.6, 31.25",
    "ddr5-6400an-32gb-x8, 16, 25.6, 31.25",
    "gddr6-16000-16gb, 2, 64, 30.5",
    "hbm2-2000-8gb-8hi, 8, 256, 30",
    "hbm2-2000-neupims, 32, 1024, 30",
    "hbm2-2400-8gb-8hi, 8, 307.2, 30",
    "hbm2-2400-pim-4gb-4hi, 2, 307.2, 30",
    "hbm3-5200-16gb-12hi, 24, 665.6, 34.62",
    "hbm3-5200-attacc, 16, 665.6, 30.77",
    "hbm3-5234-16gb-8hi, 16, 670, 34.39",
    "hbm3-6400-16gb-8hi, 16, 819.2, 33.125",
    "hbm3-6400-16gb-12hi, 24, 819.2, 33.125",
    "hbm3-6400-16gb-16hi, 32, 819.2, 33.125",
    "hbm3e-6250-24gb-8hi, 24, 800, 33.92",
    "hbm3e-7207-24gb-8hi, 24, 922.5, 33.3",
    "hbm3e-8000-24gb-8hi, 24, 1024, 33",
    "hbm3e-8000-24gb-12hi, 36, 1024, 33",
    "hbm3e-9200-24gb-12hi, 36, 1177.6, 33.04",
    "hbm3e-9600-24gb-12hi, 36, 1228.8, 32.917",
    "hbm4-6400-32gb-12hi, 48, 1638.4, 31.25",
    "hbm4-8000-32gb-8hi, 32, 2048, 30.5",
    "hbm4-8000-32gb-12hi, 48, 2048, 30.5",
    "hbm4-8000-32gb-16hi, 64, 2048, 30.5",
    "lpddr5-6400-8gb-x16, 1, 12.8, 42.5",
    "lpddr5-6400-16gb-x16, 2, 12.8, 42.5",
    "lpddr5x-8533-16gb-x16, 2, 17.067, 42.1875",
    "mono3d-stratum-32gb, 32, 34311.6, 28.65"
  })
  void capacityRateAndLatency(String preset, long gib, double gbPerSec, double closedRowNs) {
    DramDevice device = DramDevice.builtIn(preset);
    DramStandard standard = device.standard();
    assertThat(standard.name()).isEqualTo(preset);
    assertThat(device.capacityBytes()).isEqualTo(gib << 30);
    assertThat(device.peakBytesPerSec() * 1e-9).isCloseTo(gbPerSec, withinPercentage(0.005));
    // activate, read, last beat, from the end of the activate
    Map<String, Integer> clocks = device.clocks();
    int rcd = clocks.containsKey("nRCD") ? clocks.get("nRCD") : clocks.get("nRCDRD");
    double tickNs = standard.tickFemtos() * 1e-6;
    double closed = (rcd * standard.bus().ticksPerClock() + standard.readLatencyTicks()) * tickNs;
    assertThat(closed).isCloseTo(closedRowNs, withinPercentage(0.02));
  }

  @Test
  void everyDeviceIsInTheTable() throws NoSuchMethodException {
    CsvSource table =
        getClass()
            .getDeclaredMethod(
                "capacityRateAndLatency", String.class, long.class, double.class, double.class)
            .getAnnotation(CsvSource.class);
    assertThat(Arrays.stream(table.value()).map(row -> row.substring(0, row.indexOf(','))))
        .containsExactlyInAnyOrderElementsOf(Presets.builtIn().names("dram"));
  }

  @Test
  void timesKeptInNanosecondsGiveTheClocksOfTheReference() {
    Map<String, Integer> reference =
        new HashMap<>(DramDevice.builtIn("hbm3-6400-16gb-8hi").clocks());
    Map<String, Integer> derived =
        new HashMap<>(DramDevice.builtIn("hbm3-6400-16gb-12hi").clocks());
    // tRREFD is 8 ns, 8 clocks in the reference; tRFC, tXS and tREFIpb belong to the stack's height
    for (String name : List.of("nRREFD", "nRFC", "nXS", "nREFIpb")) {
      reference.remove(name);
      derived.remove(name);
    }
    assertThat(derived).isEqualTo(reference);
  }

  @Test
  void hbm3eAt8000AsScaledByOthers() {
    assertThat(DramDevice.builtIn("hbm3e-8000-24gb-8hi").clocks())
        .containsAllEntriesOf(
            Map.of(
                "nCL", 25, "nRCDRD", 39, "nRCDWR", 19, "nRP", 33, "nRAS", 57, "nRC", 90, "nWR", 42,
                "nRTP", 12, "nCWL", 13, "nFAW", 30))
        .containsAllEntriesOf(
            Map.of(
                "nCCDL", 5, "nCCDR", 4, "nRRDS", 5, "nRRDL", 7, "nWTRS", 9, "nWTRL", 13, "nRTW", 25,
                "nRFCpb", 400, "nREFI", 7800));
  }

  @Test
  void hbm4() {
    assertThat(DramDevice.builtIn("hbm4-8000-32gb-8hi").clocks())
        .containsAllEntriesOf(
            Map.of(
                "nCL", 20, "nCWL", 10, "nRC", 90, "nRAS", 57, "nRP", 33, "nRCDRD", 39, "nRCDWR", 19,
                "nRRDL", 7, "nRRDS", 5, "nFAW", 30))
        .containsAllEntriesOf(
            Map.of(
                "nRTP", 12, "nWR", 42, "nCCDL", 4, "nCCDR", 2, "nWTRL", 13, "nWTRS", 9, "nRTW", 25,
                "nRFCpb", 560, "nRFC", 900, "nRREFD", 16));
  }
}
