package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.pnm.PimKernel.Gemv;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Limits of compute in the banks: power, and what a bank holds. */
final class PimPowerTest {
  private static PimSpec limited(String preset, double watts) {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.fromText(
            "test",
            "pim: " + preset + "\n",
            List.of(String.format(Locale.ROOT, "pim.power_limit=%.3f W", watts)),
            Presets.builtIn(),
            faults);
    PimSpec spec = PimReader.read(root.preset("pim", "pim", "The device"));
    faults.throwIfAny();
    return spec;
  }

  static Stream<String> presets() {
    return PimDeviceTest.PRESETS.stream();
  }

  /**
   * A device that is limited to a part of what it would take takes no more than that, nearly that,
   * and its program the time of the closed form; one that is limited to more is what it was.
   */
  @ParameterizedTest
  @MethodSource("presets")
  void powerStaysBelowItsLimit(String preset) {
    PimSpec free = PimReader.builtIn(preset);
    PimPower costs = new PimPower(free);
    double units = (double) free.dram().channels() * free.units();
    Gemv gemv =
        new Gemv(
            free.allProcessors() * 32,
            (long) free.dram().standard().bursts() * 32,
            1,
            free.formats().get(0));
    for (double part : new double[] {0.5, 0.8}) {
      double watts = part * free.streamWatts();
      PimSpec spec = limited(preset, watts);
      PimPlan plan = PimPlan.of(spec, 1, gemv);
      PimResult result = PimDeviceTest.run(spec, 1, gemv, RefreshPolicy.NONE);
      double ps = (double) (result.timePs() - spec.launchPs());
      double bound = plan.boundTicks() * (spec.dram().standard().tickFemtos() / 1000.0);
      double late = 60 * spec.dram().standard().tickFemtos() / 1000.0;
      assertThat(ps).isBetween(bound - 1, bound + (spec.units() == 1 ? 1 : late));
      double activates =
          plan.program().total(memwall.memory.dram.channel.AllBankProgram.Step.ACTIVATE)
              * ((double) spec.unitBanks() / spec.compute().activateBanks());
      double multiplies =
          plan.program().total(memwall.memory.dram.channel.AllBankProgram.Step.MULTIPLY);
      double pj = activates * costs.activatePj() + multiplies * costs.multiplyPj();
      assertThat(pj / ps * units).isLessThanOrEqualTo(watts);
      assertThat(spec.streamWatts()).isBetween(0.4 * watts, watts);
    }
    PimSpec ample = limited(preset, 50 * free.streamWatts());
    assertThat(ample.streamBytesPerSec())
        .isCloseTo(free.streamBytesPerSec(), within(1e-9 * free.streamBytesPerSec()));
  }

  /** One multiply each 6 clocks needs two thirds of the power of one each 4 (AttAcc). */
  @Test
  void attAccsLimit() {
    PimSpec limited = PimReader.builtIn("attacc-bank");
    PimSpec free = PimReader.builtIn("attacc-bank-unlimited");
    assertThat(limited.streamWatts()).isLessThan(free.streamWatts());
    double watts = 0;
    for (double trial = 5; trial < 500; trial += 0.5) {
      if (limited("attacc-bank-unlimited", trial).timings().multiplyClocks() <= 6) {
        watts = trial;
        break;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "AttAcc: %.1f W a cube streaming, %.1f W without its limit; 6 clocks from %.1f W on%n",
        limited.streamWatts(),
        free.streamWatts(),
        watts);
    assertThat(watts).isBetween(limited.streamWatts() * 0.9, limited.streamWatts() * 1.5);
  }

  @Test
  void limitsThatNoActivateKeeps() {
    assertThatThrownBy(() -> limited("neupims", 0.1))
        .hasMessageContaining("pim.power_limit: 0.1000 W; rows open as slowly as can be with ");
    assertThatThrownBy(() -> limited("attacc-bank", 0))
        .hasMessageContaining("pim.power_limit: 0.000 W; rows open as slowly as can be with ");
  }

  /**
   * A processor works on what its banks hold: 64 MiB for each of the eight DPUs of a rank's bank.
   */
  @Test
  void whatABankHolds() {
    assertThat(PimReader.builtIn("upmem").shardBytes()).isEqualTo(8 * (64L << 20));
    for (String preset : PimDeviceTest.PRESETS) {
      PimSpec spec = PimReader.builtIn(preset);
      assertThat(spec.shardBytes()).as(preset).isBetween(4L << 20, 512L << 20);
      long fits = 1;
      long tooMuch = 1L << 24;
      while (tooMuch - fits > 1) {
        long trial = (fits + tooMuch) / 2;
        try {
          PimPlan.of(spec, 1, perProcessor(spec, trial));
          fits = trial;
        } catch (IllegalArgumentException refused) {
          assertThat(refused).hasMessageContaining("the matrix needs more than the ");
          tooMuch = trial;
        }
      }
      long bytes = perProcessor(spec, fits).matrixBytes() / spec.allProcessors();
      long held = spec.shardBytes() * spec.banksPerProcessor();
      assertThat(bytes).as(preset).isBetween(held - held / 100, held);
    }
  }

  /** So many rows of 512 numbers for each processor. */
  private static Gemv perProcessor(PimSpec spec, long rows) {
    return new Gemv(rows * spec.allProcessors(), 512, 1, spec.formats().get(0));
  }
}
