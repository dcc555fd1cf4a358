package memwall.memory.pnm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.Randomized;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshBlocking;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.pnm.PimKernel.Attention;
import memwall.memory.pnm.PimKernel.Gemv;
import org.junit.jupiter.api.Test;

/** Laws that hold for kernels on every device. */
class PimDeviceTest {
  static final List<String> PRESETS =
      List.of(
          "attacc-bank",
          "attacc-bank-unlimited",
          "attacc-bankgroup",
          "gddr6-aim",
          "hbm-pim-aquabolt-xl",
          "lpddr5-pim",
          "lpddr5x-pim",
          "neupims",
          "upmem");

  static ControllerSpec controller(RefreshPolicy refresh) {
    return ControllerSpec.usual("bank-interleaved")
        .queues(64, 64)
        .refresh(refresh)
        .blocking(RefreshBlocking.BANK)
        .build();
  }

  static PimResult run(PimSpec spec, int devices, PimKernel kernel, RefreshPolicy refresh) {
    return new PimDevice(spec, controller(refresh), devices).run(kernel, HostLoad.NONE);
  }

  /** Products asked for fit into the slots; what is read is the padded matrix, once. */
  @Test
  void everyKernelReadsThePaddedMatrixOnce() {
    for (String preset : PRESETS) {
      PimSpec spec = PimReader.builtIn(preset);
      NumberFormat format = spec.formats().get(0);
      Randomized.check(
          3,
          random -> {
            Gemv gemv =
                new Gemv(
                    1 + random.nextInt(3000),
                    1 + random.nextInt(3000),
                    1 + random.nextInt(3),
                    format);
            int devices = 1 + random.nextInt(2);
            PimResult result = run(spec, devices, gemv, RefreshPolicy.NONE);
            int lanes = spec.dram().standard().burstBytes() / format.bytes();
            long processors = spec.allProcessors() * devices;
            assertThat(result.multiplications())
                .isEqualTo(gemv.rows() * gemv.columns() * gemv.vectors());
            long parts =
                gemv.rows() >= processors
                    ? 1
                    : Math.min(Math.max(1, gemv.columns() / lanes), processors / gemv.rows());
            long columns = (gemv.columns() + parts - 1) / parts;
            long paddedColumns = (columns + lanes - 1) / lanes * lanes;
            long rows = (gemv.rows() * parts + processors - 1) / processors;
            assertThat(result.bankBytes())
                .isEqualTo(rows * processors * paddedColumns * format.bytes() * gemv.vectors());
            assertThat(result.slots()).isGreaterThanOrEqualTo(result.multiplications());
            assertThat(result.timePs()).isGreaterThanOrEqualTo(result.boundPs());
          });
    }
  }

  /** To the tick where one unit has the command bus; else within what the units wait for it. */
  @Test
  void kernelsTakeWhatTheClosedFormSays() {
    for (String preset : PRESETS) {
      PimSpec spec = PimReader.builtIn(preset);
      DramStandard standard = spec.standard();
      NumberFormat format = spec.formats().get(0);
      for (Gemv gemv :
          List.of(
              new Gemv(4096, 4096, 1, format),
              new Gemv(1000, 333, 2, format),
              new Gemv(1, 1, 1, format))) {
        PimResult result = run(spec, 1, gemv, RefreshPolicy.NONE);
        long late = result.timePs() - result.closedFormPs();
        long most = spec.units() == 1 ? 0 : 40 * standard.tickFemtos() / 1000;
        assertThat(late).as("%s %s", preset, gemv).isBetween(0L, most);
      }
    }
  }

  /** A refresh costs its own time and closing the rows in time for it, not more. */
  @Test
  void refreshTakesItsShare() {
    for (String preset : PRESETS) {
      PimSpec spec = PimReader.builtIn(preset);
      DramStandard standard = spec.standard();
      Gemv gemv = new Gemv(16384, 16384, 1, spec.formats().get(0));
      int devices = preset.equals("upmem") ? 16 : 1;
      PimResult with = run(spec, devices, gemv, RefreshPolicy.ALL_BANK);
      PimResult without = run(spec, devices, gemv, RefreshPolicy.NONE);
      assertThat(with.refreshes()).as(preset).isPositive();
      double lost = (double) (with.timePs() - without.timePs()) / with.timePs();
      double share = (double) standard.timings().get("nRFC") / standard.refreshTicks();
      assertThat(lost).as(preset).isBetween(0.8 * share, 1.4 * share);
    }
  }

  @Test
  void attentionReadsKeysAndValuesOnce() {
    PimSpec spec = PimReader.builtIn("attacc-bank");
    Attention attention = new Attention(4, 96, 1, 128, 2048, NumberFormat.FP16);
    PimResult result = run(spec, 5, attention, RefreshPolicy.ALL_BANK);
    assertThat(result.multiplications()).isEqualTo(2L * 2048 * 128 * 4 * 96);
    assertThat(result.matrixBytes()).isEqualTo(2L * 2048 * 128 * 2 * 4 * 96);
    assertThat(result.bankBytes()).isGreaterThanOrEqualTo(result.matrixBytes());
    assertThat((double) result.inputBytes() + result.resultBytes())
        .isLessThan(0.1 * result.matrixBytes());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    PimSpec spec = PimReader.builtIn("gddr6-aim");
    assertThatThrownBy(
            () -> run(spec, 1, new Gemv(40_000, 60_000, 1, NumberFormat.BF16), RefreshPolicy.NONE))
        .hasMessageContaining("needs more than the 32768 rows");
    assertThatThrownBy(() -> run(spec, 1, new Gemv(1, 1, 1, NumberFormat.INT8), RefreshPolicy.NONE))
        .hasMessage("gddr6-aim multiplies [BF16], not INT8");
  }

  @Test
  void energyOfWholeRowsIsTheChain() {
    PimSpec bank = PimReader.builtIn("attacc-bank");
    PimSpec group = PimReader.builtIn("attacc-bankgroup");
    assertThat(bank.readPjPerBit()).isCloseTo(0.55, within(1e-9));
    assertThat(group.readPjPerBit()).isCloseTo(1.56, within(1e-9));
  }

  /** Whole rows: what rows and cells cost is the chain times the bits, products come on top. */
  @Test
  void energyOfAKernelIsItsCounts() {
    PimSpec spec = PimReader.builtIn("attacc-bankgroup");
    Gemv gemv = new Gemv(8192, 4096, 1, NumberFormat.FP16);
    PimResult result = run(spec, 4, gemv, RefreshPolicy.NONE);
    double bits = 8.0 * result.bankBytes();
    double transferred = 8.0 * (result.inputBytes() + result.resultBytes());
    var memory = result.energy().memory();
    assertThat(memory.activatePj() + memory.cellPj()).isCloseTo(bits * 0.55, within(1.0));
    assertThat(memory.datapathPj()).isCloseTo(bits * 1.01 + transferred * 1.23, within(1.0));
    assertThat(memory.tsvPj() + memory.ioPj()).isCloseTo(transferred * 0.8, within(1.0));
    assertThat(memory.refreshPj()).isZero();
    assertThat(result.energy().multiplyPj())
        .isCloseTo(result.multiplications() * 0.32, within(1.0));
    assertThat(result.energy().totalPj()).isLessThan(result.hostEnergyPj());
  }

  /** A multiply that serves four vectors reads the matrix once for four. */
  @Test
  void vectorsThatShareAPass() {
    PimSpec one = PimReader.builtIn("gddr6-aim");
    PimSpec four =
        new PimSpec(
            one.name(),
            one.dram(),
            one.reach(),
            one.compute(),
            one.timings(),
            one.banksPerProcessor(),
            one.inputBytes(),
            4,
            one.resultBytes(),
            4,
            one.formats(),
            one.launchPs(),
            one.multiplyPj(),
            one.vectorFlopsPerSec(),
            one.headPipelining());
    Gemv gemv = new Gemv(1024, 1024, 4, NumberFormat.BF16);
    PimResult alone = run(one, 1, gemv, RefreshPolicy.NONE);
    PimResult shared = run(four, 1, gemv, RefreshPolicy.NONE);
    assertThat(alone.bankBytes()).isEqualTo(4 * gemv.matrixBytes());
    assertThat(shared.bankBytes()).isEqualTo(gemv.matrixBytes());
    assertThat(shared.slots()).isEqualTo(alone.slots()).isEqualTo(gemv.multiplications());
    assertThat(shared.inputBytes()).isEqualTo(alone.inputBytes());
    assertThat(shared.timePs()).isLessThan(alone.timePs() / 2);
  }
}
