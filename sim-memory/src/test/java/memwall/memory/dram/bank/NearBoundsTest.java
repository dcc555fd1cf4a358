package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import memwall.core.config.Presets;
import memwall.memory.pnm.NearSpec;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a specification says of kernels is what its memory does. */
final class NearBoundsTest {
  static Stream<String> presets() {
    return Presets.builtIn().names("memory").stream()
        .filter(name -> BankRig.anyPreset(name) instanceof BankSpec spec && spec.computes());
  }

  private static NumberFormat format(BankSpec spec) {
    return spec.pim() == null ? NumberFormat.BF16 : spec.pim().formats().get(0);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void theSpecificationAnswersLikeTheMemory(String name) {
    BankSpec spec = BankRig.preset(name);
    for (int devices : new int[] {1, 4}) {
      BankRig rig = new BankRig(spec, devices, true);
      for (NumberFormat format : NumberFormat.values()) {
        assertThat(spec.computes(format)).isEqualTo(rig.memory.computes(format));
      }
      for (PimKernel kernel :
          List.of(
              new PimKernel.Gemv(1000, 333, 2, format(spec)),
              new PimKernel.Attention(3, 8, 4, 128, 700, format(spec)))) {
        long boundPs = spec.boundPs(kernel, devices);
        assertThat(boundPs).isEqualTo(rig.memory.boundPs(kernel));
        assertThat(spec.expected(kernel, devices).timePs()).isGreaterThanOrEqualTo(boundPs);
      }
    }
    assertThat(spec.nearReadPjPerBit()).isBetween(0.1, spec.readPjPerBit());
    assertThat(spec.productPj()).isPositive();
  }

  /** Long kernels, so that many refreshes fall into them. */
  @ParameterizedTest
  @MethodSource("presets")
  void aLongKernelTakesWhatIsExpected(String name) {
    BankSpec spec = BankRig.preset(name);
    long bytes = spec.device().peakBytesPerSec() / 5000;
    long rows = bytes / 8192 / format(spec).bytes();
    PimKernel kernel = new PimKernel.Gemv(rows, 8192, 1, format(spec));
    BankRig rig = new BankRig(spec, 1, true);
    double takenPs = rig.takesPs(kernel);
    double expectedPs = spec.expected(kernel, 1).timePs();
    assertThat(takenPs).isCloseTo(expectedPs, within(0.01 * expectedPs));
  }

  @Test
  void aMemoryThatDoesNotComputeSaysSo() {
    BankSpec spec = BankRig.preset("hbm3-h100-banks");
    for (NumberFormat format : NumberFormat.values()) {
      assertThat(((NearSpec) spec).computes(format)).isFalse();
    }
    PimKernel kernel = new PimKernel.Gemv(10, 10, 1, NumberFormat.FP16);
    assertThatThrownBy(() -> spec.boundPs(kernel, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("does not compute");
  }

  /** What costs a bit of input and of results is what the memory books for its bursts. */
  @ParameterizedTest
  @MethodSource("presets")
  void energyOfInputAndResults(String name) {
    BankSpec spec = BankRig.preset(name);
    NumberFormat format = spec.pim() == null ? NumberFormat.BF16 : spec.pim().formats().get(0);
    PimKernel kernel = new PimKernel.Gemv(512, 4096, 1, format);
    BankRig rig = new BankRig(spec, 1, true);
    rig.takesPs(kernel);
    NearSpec.Expected expected = spec.expected(kernel, 1);
    assertThat(expected.inputBytes()).isEqualTo(rig.number("near.input_bytes"));
    assertThat(expected.resultBytes()).isEqualTo(rig.number("near.result_bytes"));
    double pj =
        8.0 * expected.inputBytes() * spec.inputPjPerBit()
            + 8.0 * expected.resultBytes() * spec.resultPjPerBit();
    double booked =
        spec.pim() == null
            ? rig.snapshot().number("mem.near.link_pj")
            : spec.pim().energy(0, expected.inputBytes(), expected.resultBytes()).totalPj();
    assertThat(pj).isCloseTo(booked, within(1e-9 * booked)).isPositive();
  }
}
