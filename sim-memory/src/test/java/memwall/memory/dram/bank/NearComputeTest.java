package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import memwall.core.Randomized;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.pnm.HostLoad;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimDevice;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimKernel.Attention;
import memwall.memory.pnm.PimKernel.Gemv;
import memwall.memory.pnm.PimResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Memories that compute: kernels among the transfers of a chip. */
final class NearComputeTest {
  private static final AccessPattern RUN = AccessPattern.SEQUENTIAL;

  static Stream<String> presets() {
    List<String> names =
        Presets.builtIn().names("memory").stream()
            .filter(name -> BankRig.anyPreset(name) instanceof BankSpec spec && spec.computes())
            .toList();
    assertThat(names).contains("hbm3-attacc-pim", "hbm2-neupims", "hbm4-base-die-pnm");
    return names.stream();
  }

  static Stream<String> pimPresets() {
    return presets().filter(name -> BankRig.preset(name).pim() != null);
  }

  static Stream<String> pnmPresets() {
    return presets().filter(name -> BankRig.preset(name).pnm() != null);
  }

  static BankSpec quiet(String name) {
    Faults faults = new Faults();
    var spec =
        BankRig.read("memory: {extends: " + name + ", controller: {refresh: none}}\n", faults);
    faults.throwIfAny();
    return (BankSpec) spec;
  }

  private static List<PimKernel> kernels(BankSpec spec) {
    NumberFormat format = spec.pim() == null ? NumberFormat.BF16 : spec.pim().formats().get(0);
    return List.of(
        new Gemv(4096, 4096, 1, format),
        new Gemv(1000, 333, 2, format),
        new Gemv(1, 1, 1, format),
        new Attention(4, 8, 4, 128, 700, format));
  }

  /** Law F3, and equality where nothing disturbs: a tick before it is not done, on it it is. */
  @ParameterizedTest
  @MethodSource("pimPresets")
  void aKernelOnAQuietMemoryTakesTheClosedForm(String name) {
    BankSpec spec = quiet(name);
    long tickPs = spec.device().standard().tickFemtos() / 1000;
    long units = spec.pim().units();
    for (PimKernel kernel : kernels(spec)) {
      BankRig rig = new BankRig(spec, 3, true);
      long boundPs = rig.memory.boundPs(kernel);
      long takenPs = rig.takesPs(kernel);
      // Units that share a command bus wait for it now and then.
      long latePs = units == 1 ? 1 : 60 * tickPs;
      assertThat(takenPs).as("%s %s", name, kernel).isBetween(boundPs, boundPs + latePs);
      assertThat(rig.memory.outstanding()).isZero();
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
  }

  /** The isolated device runs the same program on the same channel, refreshes included. */
  @ParameterizedTest
  @MethodSource("pimPresets")
  void aKernelTakesWhatTheIsolatedDeviceTakes(String name) {
    BankSpec spec = BankRig.preset(name);
    for (PimKernel kernel : kernels(spec)) {
      PimResult alone = new PimDevice(spec.pim(), spec.controller(), 2).run(kernel, HostLoad.NONE);
      BankRig rig = new BankRig(spec, 2, true);
      long takenPs = rig.takesPs(kernel);
      assertThat(takenPs - spec.pathPs())
          .as("%s %s", name, kernel)
          .isBetween(alone.timePs(), alone.timePs() + spec.device().standard().tickFemtos() / 1000);
      assertThat(rig.number("near.near_bytes")).isEqualTo(alone.bankBytes());
      assertThat(rig.number("near.input_bytes")).isEqualTo(alone.inputBytes());
      assertThat(rig.number("near.result_bytes")).isEqualTo(alone.resultBytes());
      assertThat(rig.number("near.slots")).isEqualTo(alone.slots());
      assertThat(rig.number("near.multiplications")).isEqualTo(kernel.multiplications());
      assertThat(rig.number("activates")).isEqualTo(alone.activates());
      assertThat(rig.number("near.held_ps")).isEqualTo(alone.heldPs());
      for (String part : List.of("activate", "cell", "datapath", "tsv", "io")) {
        double pj = rig.snapshot().number("mem.energy." + part + "_pj");
        var memory = alone.energy().memory();
        double expected =
            switch (part) {
              case "activate" -> memory.activatePj();
              case "cell" -> memory.cellPj();
              case "datapath" -> memory.datapathPj();
              case "tsv" -> memory.tsvPj();
              default -> memory.ioPj();
            };
        assertThat(pj).as(part).isCloseTo(expected, within(expected * 1e-9 + 1e-6));
      }
      assertThat(rig.snapshot().number("mem.near.compute_pj"))
          .isCloseTo(alone.energy().multiplyPj(), within(alone.energy().multiplyPj() * 1e-9));
    }
  }

  /** The engine reads at the memory's rate and multiplies at its own, whichever is slower. */
  @ParameterizedTest
  @MethodSource("pnmPresets")
  void anEngineTakesTheLaterOfReadsAndFlops(String name) {
    BankSpec spec = quiet(name);
    int devices = spec.pnm().devices();
    Gemv few = new Gemv(16_384, 16_384, 1, NumberFormat.BF16);
    Gemv many = new Gemv(4096, 4096, 1024, NumberFormat.BF16);
    for (Gemv kernel : List.of(few, many)) {
      BankRig rig = new BankRig(spec, devices, true);
      long boundPs = rig.memory.boundPs(kernel);
      long takenPs = rig.takesPs(kernel);
      assertThat((double) takenPs)
          .as("%s %s", name, kernel)
          .isBetween((double) boundPs, boundPs * 1.2 + 2_000_000);
      assertThat(rig.memory.brokenLaws()).isEmpty();
      assertThat(rig.number("near.near_bytes"))
          .isBetween(
              kernel.matrixBytes(),
              kernel.matrixBytes() + spec.interleaveBytes() * spec.lanes() * devices);
      assertThat(rig.number("moved_read_bytes")).isZero();
      double flopsPs = 2e12 * kernel.multiplications() / spec.pnm().flopsPerSec();
      assertThat((double) rig.number("near.engine.busy_ps"))
          .isBetween(flopsPs, flopsPs + rig.number("near.engine.jobs"));
    }
  }

  /** What the engine reads costs rows and the way to it, not the interface to the chip. */
  @ParameterizedTest
  @MethodSource("pnmPresets")
  void nearReadsDoNotPayTheInterface(String name) {
    BankSpec spec = BankRig.preset(name);
    int devices = spec.pnm().devices();
    Gemv kernel = new Gemv(4096, 4096, 1, NumberFormat.BF16);
    BankRig near = new BankRig(spec, devices, true);
    near.takesPs(kernel);
    BankRig host = new BankRig(spec, devices, true);
    host.takesPs(false, Usage.KV, kernel.matrixBytes(), RUN);
    assertThat(near.snapshot().number("mem.energy.io_pj")).isCloseTo(0, within(1e-3));
    double ioPj = kernel.matrixBytes() * 8 * spec.device().energy().read().ioPjPerBit();
    assertThat(host.snapshot().number("mem.energy.io_pj"))
        .isBetween(ioPj, ioPj * 1.05 + spec.interleaveBytes() * spec.lanes() * devices * 8);
    assertThat(near.snapshot().number("mem.energy.cell_pj"))
        .isCloseTo(host.snapshot().number("mem.energy.cell_pj"), within(1.0));
    assertThat(near.snapshot().number("mem.near.compute_pj"))
        .isCloseTo(2 * kernel.multiplications() * spec.pnm().flopPj(), within(1.0));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void kernelsAmongTransfersKeepTheLaws(String name) {
    BankSpec spec = BankRig.preset(name);
    Randomized.check(
        3,
        random -> {
          List<BankRig.Step> script =
              BankRig.withKernels(
                  random, spec, 4, BankRig.randomScript(random, 12, 3_000_000), 20_000_000);
          BankRig full = new BankRig(spec, 1, false);
          BankRig folded = new BankRig(spec, 1, true);
          for (BankRig rig : List.of(full, folded)) {
            rig.schedule(script);
            rig.simulation.run();
            assertThat(rig.memory.brokenLaws()).isEmpty();
            assertThat(rig.donePs).doesNotContain(-1L);
            assertThat(rig.memory.outstanding()).isZero();
            assertThat(rig.memory.waitingCount()).isZero();
          }
          assertThat(folded.donePs).isEqualTo(full.donePs);
          assertThat(folded.snapshot().values()).isEqualTo(full.snapshot().values());
          // Kernels end in order of submission, none before its bound.
          long atPs = 0;
          long lastPs = 0;
          for (int i = 0; i < script.size(); i++) {
            atPs += script.get(i).delayPs();
            if (script.get(i).kernel() != null) {
              long donePs = folded.donePs.get(i);
              long boundPs = folded.memory.boundPs(script.get(i).kernel());
              assertThat(donePs).isGreaterThanOrEqualTo(atPs + boundPs);
              assertThat(donePs).isGreaterThan(lastPs);
              lastPs = donePs;
            }
          }
          assertThat(folded.number("near.kernels")).isEqualTo(4);
          assertThat(folded.number("near.kernels_done")).isEqualTo(4);
        });
  }

  /** Reading statistics in the middle brings the channels up to then and changes nothing. */
  @ParameterizedTest
  @MethodSource("presets")
  void readingStatisticsChangesNothing(String name) {
    BankSpec spec = BankRig.preset(name);
    Randomized.check(
        2,
        random -> {
          List<BankRig.Step> script =
              BankRig.withKernels(
                  random, spec, 3, BankRig.randomScript(random, 10, 1_000_000), 5_000_000);
          BankRig plain = new BankRig(spec, 1, true);
          BankRig asked = new BankRig(spec, 1, true);
          plain.schedule(script);
          asked.schedule(script);
          plain.simulation.run();
          for (int i = 0; i < 40; i++) {
            asked.simulation.runUntil(asked.simulation.nowPs() + random.nextLong(1_000_000));
            asked.snapshot();
            assertThat(asked.memory.brokenLaws()).isEmpty();
          }
          asked.simulation.run();
          assertThat(asked.donePs).isEqualTo(plain.donePs);
        });
  }

  @ParameterizedTest
  @MethodSource("presets")
  void shiftMovesKernelsByExactlyDelta(String name) {
    BankSpec spec = BankRig.preset(name);
    Randomized.check(
        3,
        random -> {
          List<BankRig.Step> before =
              BankRig.withKernels(
                  random, spec, 3, BankRig.randomScript(random, 4, 300_000), 1_000_000);
          long atPs =
              before.stream().mapToLong(BankRig.Step::delayPs).sum() + random.nextLong(5_000_000);
          long deltaPs = random.nextLong(1_000_000_000_000L);
          BankRig plain = new BankRig(spec, 2, true);
          BankRig moved = new BankRig(spec, 2, true);
          plain.schedule(before);
          moved.schedule(before);
          plain.simulation.runUntil(atPs);
          moved.simulation.runUntil(atPs);
          moved.memory.shift(deltaPs);
          moved.simulation.runUntil(atPs + deltaPs);
          assertThat(moved.state()).isEqualTo(plain.state());
          plain.simulation.run();
          moved.simulation.run();
          for (int i = 0; i < plain.donePs.size(); i++) {
            long plainPs = plain.donePs.get(i);
            assertThat(moved.donePs.get(i))
                .isEqualTo(plainPs <= atPs ? plainPs : plainPs + deltaPs);
          }
          assertThat(moved.snapshot().values()).isEqualTo(plain.snapshot().values());
        });
  }

  /**
   * Law F1 with kernels: the leaping port gives the answers of the exact one, and still leaps over
   * the streams between them.
   */
  @ParameterizedTest
  @MethodSource("pimPresets")
  void weightsBetweenKernelsAreLeaptOver(String name) {
    BankSpec spec = BankRig.preset(name);
    Randomized.check(
        2,
        random -> {
          List<BankRig.Step> accesses = new ArrayList<>();
          long mostBytes = 2L << 20;
          for (int i = 0; i < 24; i++) {
            long delayPs = random.nextInt(3) == 0 ? 0 : random.nextLong(100_000_000);
            long bytes = spec.lanes() * (random.nextInt(3) == 0 ? 4096 : mostBytes / 2);
            accesses.add(
                new BankRig.Step(delayPs, random.nextInt(6) == 0, Usage.WEIGHTS, bytes, RUN));
          }
          List<BankRig.Step> script = BankRig.withKernels(random, spec, 8, accesses, 100_000_000);
          List<BulkPort> ports =
              List.of(BankedMemory.exactPort(spec), BankedMemory.leapingPort(spec));
          List<BankRig> rigs = new ArrayList<>();
          for (BulkPort port : ports) {
            BankRig rig = new BankRig(spec, 64 << 20, 64 << 20, port);
            rig.schedule(script);
            rig.simulation.run();
            assertThat(rig.memory.brokenLaws()).isEmpty();
            rigs.add(rig);
          }
          assertThat(rigs.get(1).donePs).isEqualTo(rigs.get(0).donePs);
          assertThat(rigs.get(1).snapshot().values()).isEqualTo(rigs.get(0).snapshot().values());
          List<List<Long>> ends = new ArrayList<>();
          for (BulkPort port : ports) {
            List<Long> end = new ArrayList<>();
            port.channel().describe(end::add, 0);
            ends.add(end);
          }
          assertThat(ends.get(1)).isEqualTo(ends.get(0));
          assertThat(ports.get(1).counters().simulatedShare()).isLessThan(0.8);
          assertThat(ports.get(0).counters().simulatedShare()).isEqualTo(1);
        });
  }

  /** Rules about commands that nobody issues change nothing. */
  @ParameterizedTest
  @MethodSource("presets")
  void withoutKernelsItIsTheMemoryThatItWouldBe(String name) {
    BankSpec spec = BankRig.preset(name);
    BankSpec plain =
        BankSpec.of(spec.device(), spec.controller(), spec.interleaveBytes(), spec.pathPs());
    Randomized.check(
        4,
        random -> {
          List<BankRig.Step> script = BankRig.randomScript(random, 15, 3_000_000);
          BankRig computes = new BankRig(spec, 2, true, 1 << 20);
          BankRig does = new BankRig(plain, 2, true, 1 << 20);
          computes.schedule(script);
          does.schedule(script);
          computes.simulation.run();
          does.simulation.run();
          assertThat(computes.donePs).isEqualTo(does.donePs);
        });
  }

  /** With one row buffer a read that comes in the middle waits for the kernel; with two not. */
  @Test
  void theHostIsHeldOffWhereThereIsOneRowBuffer() {
    for (String name : List.of("hbm3-attacc-pim", "hbm2-neupims")) {
      BankSpec spec = BankRig.preset(name);
      Gemv kernel = new Gemv(8192, 8192, 1, NumberFormat.FP16);
      BankRig rig = new BankRig(spec, 1, true);
      rig.schedule(
          List.of(
              BankRig.Step.of(0, kernel),
              new BankRig.Step(1_000_000, false, Usage.WEIGHTS, 4096, RUN)));
      rig.simulation.run();
      long kernelPs = rig.donePs.get(0);
      assertThat(kernelPs).isGreaterThan(5_000_000);
      if (spec.pim().compute().secondRowBuffer()) {
        assertThat(rig.donePs.get(1)).isBetween(1_000_000L, 2_000_000L);
        assertThat(rig.number("near.held_ps")).isZero();
      } else {
        assertThat(rig.donePs.get(1)).isBetween(kernelPs - 100_000, kernelPs + 500_000);
        assertThat(rig.number("near.held_ps"))
            .isBetween(kernelPs - spec.pathPs() - 100_000, kernelPs - spec.pathPs());
      }
    }
  }

  /** The rows of the region where they fit, else the last that there are. */
  @Test
  void rowsOfTheRegion() {
    BankSpec spec = BankRig.preset("hbm3-attacc-pim");
    DramStandard standard = spec.device().standard();
    for (long weights :
        new long[] {0, spec.capacityBytes(Usage.KV) / 2, spec.capacityBytes(Usage.KV)}) {
      BulkPort port = BankedMemory.exactPort(spec);
      BankRig rig = new BankRig(spec, weights, 0, port);
      int[] rows = {Integer.MAX_VALUE, -1};
      port.channel()
          .onCommand(
              (tick, command, bank, row) -> {
                if (command == Command.ACTAB.index()) {
                  rows[0] = Math.min(rows[0], row);
                  rows[1] = Math.max(rows[1], row);
                }
              });
      rig.takesPs(new Gemv(8192, 8192, 1, NumberFormat.FP16));
      int used = rows[1] - rows[0] + 1;
      assertThat(used).isBetween(2, 1000);
      long first = weights / (spec.capacityBytes(Usage.KV) / standard.rows());
      assertThat((long) rows[0]).isEqualTo(Math.min(first, standard.rows() - used));
    }
  }

  @Test
  void whatDoesNotComputeSaysSo() {
    BankRig rig = new BankRig(BankRig.preset("hbm3-h100-banks"), 1, true);
    Gemv kernel = new Gemv(1, 1, 1, NumberFormat.FP16);
    assertThat(rig.memory.computes(NumberFormat.FP16)).isFalse();
    assertThatThrownBy(() -> rig.memory.boundPs(kernel))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mem: this memory does not compute");
    assertThatThrownBy(() -> rig.takesPs(kernel))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mem: this memory does not compute");
  }

  @Test
  void whatDoesNotFitSaysSo() {
    BankRig pim = new BankRig(BankRig.preset("hbm3-attacc-pim"), 1, true);
    assertThat(pim.memory.computes(NumberFormat.FP16)).isTrue();
    assertThat(pim.memory.computes(NumberFormat.INT8)).isFalse();
    assertThatThrownBy(() -> pim.takesPs(new Gemv(1, 1, 1, NumberFormat.INT8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attacc-bank multiplies [FP16], not INT8");
    assertThatThrownBy(() -> pim.takesPs(new Gemv(100_000, 100_000, 1, NumberFormat.FP16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the matrix needs more than the 16384 rows that each bank of");
    BankRig pnm = new BankRig(BankRig.preset("hbm4-base-die-pnm"), 1, true);
    assertThat(pnm.memory.computes(NumberFormat.INT8)).isTrue();
    assertThatThrownBy(() -> pnm.takesPs(new Gemv(1_000_000, 100_000, 1, NumberFormat.FP16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the matrices of 200000000000 B need more than the 68719476736 B of the memory of"
                + " hbm4-base-die");
    assertThat(pim.memory.outstanding() + pnm.memory.outstanding()).isZero();
  }

  @Test
  void waitingKernelsAreNamed() {
    BankRig rig = new BankRig(BankRig.preset("hbm3-attacc-pim"), 1, true);
    Gemv kernel = new Gemv(4096, 4096, 1, NumberFormat.FP16);
    for (int i = 0; i < 3; i++) {
      rig.memory.compute(rig.regions.get(Usage.KV), kernel, word -> {}, 0);
    }
    rig.simulation.runUntil(1000);
    assertThat(rig.memory.waitingCount()).isEqualTo(3);
    assertThat(rig.memory.outstanding()).isEqualTo(3);
    assertThat(rig.memory.describeWaiting()).isEqualTo("mem: 0 transfers, 3 kernels");
  }
}
