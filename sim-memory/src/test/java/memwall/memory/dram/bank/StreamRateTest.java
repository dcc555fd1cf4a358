package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.config.Presets;
import memwall.memory.AccessPattern;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.Controllers;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.DramDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sustained rates by closed form, by hand and against the simulated channel. */
final class StreamRateTest {
  private static final int DEVICES = 5;

  static List<String> presets() {
    List<String> names =
        Presets.builtIn().names("memory").stream()
            .filter(
                name -> BankRig.anyPreset(name) instanceof BankSpec spec && spec.tiers().isEmpty())
            .toList();
    assertThat(names).contains("hbm3-h100-banks", "hbm4-banks", "lpddr5x-8533-banks");
    return names;
  }

  /** Long enough that the first access and the phase of the refresh do not matter. */
  private static final long LANE_BYTES = 4 << 20;

  @ParameterizedTest
  @MethodSource("presets")
  void longStreamsReachTheClosedFormWithinOnePerCent(String preset) {
    BankSpec spec = BankRig.preset(preset);
    for (boolean write : new boolean[] {false, true}) {
      BankRig rig = new BankRig(spec, DEVICES, true);
      long bytes = LANE_BYTES * spec.lanes() * DEVICES;
      double takenPs =
          rig.takesPs(write, Usage.WEIGHTS, bytes, AccessPattern.SEQUENTIAL)
              - spec.readLatencyPs(Usage.WEIGHTS);
      MemorySpec rates = spec;
      long bytesPerSec = write ? rates.writeBytesPerSec(Usage.KV) : rates.readBytesPerSec();
      double idealPs = bytes * 1e12 / ((double) bytesPerSec * DEVICES);
      assertThat(takenPs).as("write %s", write).isCloseTo(idealPs, within(0.01 * idealPs));
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void nothingIsFasterThanThePins(String preset) {
    BankSpec spec = BankRig.preset(preset);
    BankRig rig = new BankRig(spec, DEVICES, true);
    for (AccessPattern pattern : List.of(AccessPattern.SEQUENTIAL, AccessPattern.blocks(8192))) {
      long bytes = 100_000L * spec.lanes() * DEVICES;
      double boundPs = bytes * 1e12 / ((double) spec.device().peakBytesPerSec() * DEVICES);
      assertThat((double) rig.takesPs(false, Usage.KV, bytes, pattern)).isGreaterThan(boundPs);
    }
  }

  private static ControllerSpec controller(String mapping, RefreshPolicy refresh) {
    return Controllers.usual().queue(64).refresh(refresh).mapping(mapping).spec();
  }

  /**
   * HBM3-5234, in half clocks of 382.09 ps: of 10,206 between refreshes (tREFI of 5,103 clocks) are
   * lost tRTP 16, tRP 44, tRFC 917 and tRCD 53. A row of every bank is 2,048 clocks of the bus;
   * each change of the SID in between costs one more (tCCD_R 3 instead of 2), two after all banks
   * and eight after every row. Writes have no such rule.
   */
  @Test
  void sharesByHand() {
    DramDevice hbm3 = DramDevice.builtIn("hbm3-5234-16gb-8hi");
    String mapping = "pseudochannel column:2 bankgroup column bank sid row";
    StreamRate rate = new StreamRate(hbm3.standard(), controller(mapping, RefreshPolicy.ALL_BANK));
    assertThat(rate.share(false)).isCloseTo(0.8991 * 2048 / 2050, within(0.0001));
    assertThat(rate.idleReadTicks()).isEqualTo(53 + 38);
    ControllerSpec steady = controller(mapping, RefreshPolicy.NONE);
    assertThat(new StreamRate(hbm3.standard(), steady).share(false))
        .isCloseTo(2048.0 / (2048 + 2), within(1e-9));
    assertThat(new StreamRate(hbm3.standard(), steady).share(true)).isEqualTo(1);
    mapping = "pseudochannel column:2 bankgroup column sid bank row";
    steady = controller(mapping, RefreshPolicy.NONE);
    assertThat(new StreamRate(hbm3.standard(), steady).share(false))
        .isCloseTo(2048.0 / (2048 + 8), within(1e-9));
    assertThat(new StreamRate(hbm3.standard(), steady).share(true)).isEqualTo(1);
  }

  /** Rows one after the other: the bursts of one bank group come tCCD_L apart, half as fast. */
  @Test
  void aMappingThatStaysInABankGroupIsBoundByIt() {
    DramDevice hbm3 = DramDevice.builtIn("hbm3-5234-16gb-8hi");
    assertThat(
            new StreamRate(hbm3.standard(), controller("row-contiguous", RefreshPolicy.NONE))
                .share(false))
        .isEqualTo(0.5);
  }

  /** Bursts over all banks, then the next column: rows are opened in a cluster, four each tFAW. */
  @Test
  void rowsThatAreOpenedTogetherAreBoundByTheirWindow() {
    DramDevice hbm3 = DramDevice.builtIn("hbm3-5234-16gb-8hi");
    double share =
        new StreamRate(hbm3.standard(), controller("bank-interleaved", RefreshPolicy.NONE))
            .share(false);
    // A row of every bank is 64 times 32 bursts of 2 clocks on two buses: 2,048 clocks. The first
    // 64 bursts open as many rows: 32 each pseudo-channel, 5 clocks (tFAW / 4) instead of 2 each.
    assertThat(share).isCloseTo(2048.0 / (2048 + 32 * 3), within(1e-9));
  }

  /**
   * A rotation over one row of every bank takes 32 clocks of the bus: four banks, four bursts, two
   * clocks. In tier t8 a row is read again after tRC 58, and written again after tRCD 24, four
   * bursts, CWL 3, BL 2, tWR 8 and tRP 19.
   */
  @Test
  void aStreamThatComesBackToABankWaitsForItsRowCycle() {
    BankSpec spec = BankRig.preset("custom-3d-stratum-banks");
    ControllerSpec controller = spec.controller().refreshing(RefreshPolicy.NONE);
    StreamRate slow = new StreamRate(spec.device().standard().ofKind(8), controller);
    assertThat(slow.share(false)).isCloseTo(32.0 / 58, within(1e-9));
    assertThat(slow.share(true)).isCloseTo(32.0 / (24 + 8 + 13 + 19), within(1e-9));
    StreamRate fast = new StreamRate(spec.device().standard().ofKind(1), controller);
    assertThat(fast.share(false)).isEqualTo(1);
    assertThat(fast.share(true)).isCloseTo(32.0 / (3 + 8 + 13 + 11), within(1e-9));
  }
}
