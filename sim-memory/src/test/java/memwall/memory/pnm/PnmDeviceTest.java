package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.pnm.PimKernel.Attention;
import memwall.memory.pnm.PimKernel.Gemv;
import org.junit.jupiter.api.Test;

/** Engines beside the channels: bounds, sharing with the host, energy of the shorter way. */
class PnmDeviceTest {
  private static final List<String> PRESETS =
      List.of("attacc-buffer", "axdimm", "cxl-pnm", "hbm4-base-die");
  private static final ControllerSpec CONTROLLER = PimDeviceTest.controller(RefreshPolicy.ALL_BANK);

  private static PnmSpec with(PnmSpec spec, long flopsPerSec, long sramBytes, double share) {
    return new PnmSpec(
        spec.name(),
        spec.dram(),
        spec.devices(),
        flopsPerSec,
        sramBytes,
        share,
        spec.linkBytesPerSec(),
        spec.linkLatencyPs(),
        spec.launchPs(),
        spec.flopPj(),
        spec.linkPjPerBit());
  }

  private static PnmResult run(PnmSpec spec, PimKernel kernel, HostLoad host) {
    return new PnmDevice(spec, CONTROLLER).run(kernel, host);
  }

  /** A stream over all banks comes close to the data rate less refresh, and never above it. */
  @Test
  void anIdleEngineReadsAtTheChannelsRate() {
    for (String preset : PRESETS) {
      PnmSpec spec = PnmSpec.builtIn(preset);
      Gemv gemv = new Gemv(4096, 4096, 1, NumberFormat.FP16);
      PnmResult result = run(spec, gemv, HostLoad.NONE);
      DramStandard standard = spec.dram().standard();
      double refresh = (double) standard.timings().get("nRFC") / standard.refreshTicks();
      assertThat(result.bytesPerSec())
          .as(preset)
          .isBetween(0.8 * (1 - refresh) * spec.peakBytesPerSec(), 1.0 * spec.peakBytesPerSec());
      assertThat(result.timePs()).as(preset).isGreaterThanOrEqualTo(result.boundPs());
      assertThat(result.flops()).isEqualTo(2L * 4096 * 4096);
      assertThat(result.readBytes()).isEqualTo(2L * 4096 * 4096);
      assertThat(result.inputBytes()).isEqualTo(2L * 4096);
      assertThat(result.resultBytes()).isEqualTo(2L * 4096);
    }
  }

  /** Where FLOPs bind, they take what they take, and the reads wait for them. */
  @Test
  void aSlowEngineHoldsItsReadsBack() {
    PnmSpec slow = with(PnmSpec.builtIn("axdimm"), 1_000_000_000L, 64 << 10, 1);
    PnmResult result = run(slow, new Gemv(512, 512, 1, NumberFormat.FP16), HostLoad.NONE);
    long work = 2L * 512 * 512 * 1000;
    assertThat(result.boundPs()).isEqualTo(work);
    long ends = result.timePs() - 2 * slow.linkLatencyPs() - 2 * 40_000;
    assertThat(ends).isBetween(work, work + 100_000);
    // The last burst is read no earlier than the engine has room for it: 64 KiB before the end.
    double last = work * (1 - (64 << 10) / (2.0 * 512 * 512));
    assertThat((double) result.readPs()).isBetween(0.98 * last, 1.02 * last + 100_000);
  }

  /** Beside an engine that offers as fast as it can, the host waits longer; a share relieves it. */
  @Test
  void theHostWaitsInTheSameQueues() {
    PnmSpec spec = PnmSpec.builtIn("axdimm");
    Gemv gemv = new Gemv(1024, 1024, 1, NumberFormat.FP16);
    HostLoad host = new HostLoad(0.1, 5);
    PnmResult greedy = run(spec, gemv, host);
    PnmResult modest = run(with(spec, spec.flopsPerSec(), spec.sramBytes(), 0.3), gemv, host);
    assertThat(greedy.host().reads()).isPositive();
    assertThat(greedy.host().meanPs()).isGreaterThan(2 * modest.host().meanPs());
    assertThat(modest.timePs()).isGreaterThan(2 * greedy.timePs());
    PnmResult alone = run(spec, gemv, HostLoad.NONE);
    assertThat(greedy.timePs()).isGreaterThan(alone.timePs());
  }

  /** The chain of AttAcc: 3.29 pJ/bit to the buffer die instead of 3.59 to the host. */
  @Test
  void theWayEndsAtTheBaseDie() {
    PnmSpec spec = PnmSpec.builtIn("attacc-buffer");
    Gemv gemv = new Gemv(8192, 8192, 1, NumberFormat.FP16);
    PnmResult still =
        new PnmDevice(spec, PimDeviceTest.controller(RefreshPolicy.NONE)).run(gemv, HostLoad.NONE);
    double bits = 8.0 * still.readBytes();
    assertThat(still.hostEnergyPj() / bits).isCloseTo(3.59, within(1e-9));
    assertThat(still.memoryPj() / bits).isCloseTo(3.29, within(1e-3));
    // A refresh closes the rows of all banks, which are opened again: up to 32 banks for the 80
    // rows that a pseudo-channel reads in between.
    PnmResult refreshed = run(spec, gemv, HostLoad.NONE);
    assertThat(refreshed.memoryPj() / bits).isBetween(3.29, 3.29 + 0.11 * 32 / 70);
  }

  @Test
  void attentionOnTheCard() {
    PnmSpec spec = PnmSpec.builtIn("cxl-pnm");
    PnmResult result =
        run(spec, new Attention(8, 8, 4, 128, 4096, NumberFormat.FP16), HostLoad.NONE);
    assertThat(result.flops()).isEqualTo(2L * 2 * 4096 * 128 * 8 * 8 * 4);
    assertThat(result.resultBytes()).isEqualTo(8L * 8 * 4 * 128 * 2);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    PnmSpec spec = PnmSpec.builtIn("axdimm");
    assertThatThrownBy(
            () -> run(spec, new Gemv(200_000, 200_000, 1, NumberFormat.FP16), HostLoad.NONE))
        .hasMessage("the matrices of 80000000000 B need more than the 17179869184 B of axdimm");
  }
}
