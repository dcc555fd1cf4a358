package memwall.memory.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import memwall.core.config.Presets;
import memwall.core.unit.Units;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.dram.DramSpec;
import memwall.memory.dram.bank.BankSpec;
import memwall.memory.flash.page.PageSpec;
import memwall.memory.hbf.HbfSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every memory owes its user, for every preset there is. Rates and latencies of memories
 * simulated down to their banks: BankedMemoryTest, StreamRateTest; down to their planes:
 * PagedMemoryTest, PageRatesTest.
 */
class MemoryContractTest {
  private static final int DEVICES = 3;

  static Stream<String> presets() {
    List<String> names = Presets.builtIn().names("memory");
    assertThat(names)
        .contains(
            "hbm3-h100", "hbm3-h100-banks", "hbm3e-h200", "hbm4-son2026", "hbf-gen1", "hbf-conv");
    return names.stream();
  }

  /** Those that reserve time instead of simulating commands: no amount of bytes takes long. */
  static Stream<String> reservingPresets() {
    return presets()
        .filter(name -> !(Rig.preset(name) instanceof BankSpec))
        .filter(name -> !(Rig.preset(name) instanceof PageSpec));
  }

  static Stream<String> flashPresets() {
    return presets().filter(name -> Rig.preset(name) instanceof HbfSpec);
  }

  private static Rig rig(String preset) {
    return new Rig(Rig.preset(preset), DEVICES, true);
  }

  private static List<Usage> usages(MemorySpec spec) {
    return Stream.of(Usage.values()).filter(usage -> spec.capacityBytes(usage) > 0).toList();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void zeroBytesCompleteAtOnce(String preset) {
    for (Usage usage : usages(Rig.preset(preset))) {
      Rig rig = rig(preset);
      assertThat(rig.readPs(usage, 0, AccessPattern.SEQUENTIAL)).isZero();
      assertThat(rig.writePs(usage, 0)).isZero();
      assertThat(rig.memory.announce(rig.region(usage), 0, AccessPattern.SEQUENTIAL)).isTrue();
      assertThat(rig.number("padding_bytes")).isZero();
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
  }

  /** The unloaded latency of one access unit, from the data of the preset alone. */
  private static long unitPs(MemorySpec spec, Usage usage) {
    if (spec instanceof DramSpec dram) {
      double channel = dram.peakBytesPerSec() * dram.efficiency() / dram.channels();
      if (dram.tiers().isPresent()) {
        channel = (double) dram.readBytesPerSec() / dram.channels();
      }
      return Units.transferPs(dram.accessBytes(), (long) channel) + dram.readLatencyPs(usage);
    }
    HbfSpec hbf = (HbfSpec) spec;
    return usage == Usage.ACTIVATIONS
        ? Units.transferPs(64, hbf.linkBytesPerSec())
        : hbf.readPs() + Units.transferPs(hbf.pageBytes(), hbf.linkBytesPerSec()) + hbf.eccPs();
  }

  @ParameterizedTest
  @MethodSource("reservingPresets")
  void oneAccessTakesTheFormulaNotAPicosecondLessNorMore(String preset) {
    MemorySpec spec = Rig.preset(preset);
    for (Usage usage : usages(spec)) {
      for (long bytes : new long[] {1, spec.accessBytes(usage)}) {
        Rig rig = rig(preset);
        long latencyPs = unitPs(spec, usage);
        boolean[] done = new boolean[1];
        rig.memory.read(
            rig.region(usage), bytes, AccessPattern.SEQUENTIAL, word -> done[0] = true, 0);
        rig.simulation.runUntil(latencyPs - 1);
        assertThat(done[0]).isFalse();
        assertThat(rig.memory.outstanding()).isEqualTo(1);
        rig.simulation.runUntil(latencyPs);
        assertThat(done[0]).isTrue();
        assertThat(rig.memory.outstanding()).isZero();
        assertThat(rig.number("padding_bytes")).isEqualTo(spec.accessBytes(usage) - bytes);
        assertThat(rig.snapshot().histogram("mem.read_latency").getTotalCount()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("reservingPresets")
  void aLongReadReachesTheSustainedRateAndNeverExceedsIt(String preset) {
    MemorySpec spec = Rig.preset(preset);
    for (Usage usage : usages(spec)) {
      double bytesPerSec =
          usage == Usage.ACTIVATIONS && spec instanceof HbfSpec
              ? spec.linkBytesPerSec()
              : spec.readBytesPerSec();
      Rig rig = rig(preset);
      long bytes = 64L << 30;
      double idealPs = bytes / (bytesPerSec * DEVICES) * 1e12;
      // SRAM reads all that in a microsecond, of which its latency is a part.
      double mostPs = idealPs * 1.001 + spec.readLatencyPs(usage);
      double takenPs = rig.readPs(usage, bytes, AccessPattern.SEQUENTIAL);
      assertThat(takenPs).isBetween(idealPs, mostPs);
      // And many reads in a row, submitted at once.
      long startPs = rig.simulation.nowPs();
      for (int i = 0; i < 64; i++) {
        rig.memory.read(rig.region(usage), 1L << 30, AccessPattern.SEQUENTIAL, word -> {}, 0);
      }
      rig.simulation.run();
      assertThat((double) rig.simulation.nowPs() - startPs).isBetween(idealPs, mostPs);
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("reservingPresets")
  void aLongWriteReachesTheSustainedRateAndNeverExceedsIt(String preset) {
    MemorySpec spec = Rig.preset(preset);
    for (Usage usage : usages(spec)) {
      Rig rig = rig(preset);
      long bytes = 16L << 30;
      double idealPs = bytes / ((double) spec.writeBytesPerSec(usage) * DEVICES) * 1e12;
      assertThat((double) rig.writePs(usage, bytes))
          .isBetween(idealPs * 0.999999, idealPs * 1.001 + spec.readLatencyPs(usage));
    }
  }

  @ParameterizedTest
  @MethodSource("reservingPresets")
  void bytesAskedForAreBytesMovedLessPadding(String preset) {
    MemorySpec spec = Rig.preset(preset);
    Rig rig = rig(preset);
    long padding = 0;
    for (Usage usage : usages(spec)) {
      long unit = spec.accessBytes(usage);
      rig.readPs(usage, 10 * unit + 1, AccessPattern.SEQUENTIAL);
      padding += unit - 1;
      // Three blocks of a unit and a byte: two units each; the rest of the transfer is one.
      rig.readPs(usage, 3 * (unit + 1) + 1, AccessPattern.blocks(unit + 1));
      padding += 7 * unit - (3 * (unit + 1) + 1);
      rig.writePs(usage, 5 * unit);
      assertThat(rig.region(usage).readBytes()).isEqualTo(13 * unit + 5);
      assertThat(rig.region(usage).writtenBytes()).isEqualTo(5 * unit);
    }
    assertThat(rig.number("padding_bytes")).isEqualTo(padding);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void trafficThatIsNotInTheBooksIsABrokenLaw(String preset) {
    Rig rig = rig(preset);
    Region foreign = new Rig(Rig.preset(preset), 1, true).region(Usage.KV);
    rig.memory.read(foreign, 100, AccessPattern.SEQUENTIAL, word -> {}, 0);
    rig.simulation.run();
    assertThat(rig.memory.brokenLaws()).hasSize(1);
    assertThat(rig.memory.brokenLaws().get(0))
        .startsWith("mem: users asked for 0 bytes, ")
        .endsWith(" moved 100 without padding");
  }

  @ParameterizedTest
  @MethodSource("flashPresets")
  void onlyWritesWearFlash(String preset) {
    Rig rig = rig(preset);
    for (Usage usage : List.of(Usage.WEIGHTS, Usage.KV)) {
      rig.memory.announce(rig.region(usage), 1 << 20, AccessPattern.SEQUENTIAL);
      rig.readPs(usage, 1 << 20, AccessPattern.SEQUENTIAL);
    }
    if (rig.region(Usage.ACTIVATIONS) != null) {
      rig.writePs(Usage.ACTIVATIONS, 1 << 20);
    }
    assertThat(rig.number("programmed_bytes")).isZero();
    rig.writePs(Usage.KV, 1000);
    rig.writePs(Usage.WEIGHTS, 24);
    assertThat(rig.number("programmed_bytes")).isEqualTo(1024);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void whatDoesNotFitIsRefused(String preset) {
    MemorySpec spec = Rig.preset(preset);
    Memory memory =
        MemoryModels.create(
            new memwall.core.Simulation(1),
            new memwall.core.stat.Stats().child("mem"),
            spec,
            DEVICES,
            true);
    long capacity = DEVICES * spec.capacityBytes(Usage.WEIGHTS);
    memory.reserve(Usage.WEIGHTS, capacity - 10);
    assertThatThrownBy(() -> memory.reserve(Usage.KV, 11))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "mem: kv needs 11 bytes, but only 10 of " + capacity + " are free: 1 bytes too many");
    memory.reserve(Usage.KV, 10);
    assertThatThrownBy(() -> memory.reserve(Usage.KV, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mem: kv reserved twice");
    assertThatThrownBy(() -> memory.reserve(Usage.ACTIVATIONS, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mem: cannot reserve -1 bytes");
    long scratch = DEVICES * spec.capacityBytes(Usage.ACTIVATIONS);
    if (!spec.sharesCapacity(Usage.KV, Usage.ACTIVATIONS)) {
      // The scratch SRAM is not part of the flash.
      assertThat(memory.reserve(Usage.ACTIVATIONS, scratch).bytes()).isEqualTo(scratch);
    } else {
      assertThatThrownBy(() -> memory.reserve(Usage.ACTIVATIONS, 1)).hasMessageContaining("free");
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void negativeSizesAreRefused(String preset) {
    Rig rig = rig(preset);
    assertThatThrownBy(() -> rig.readPs(Usage.KV, -1, AccessPattern.SEQUENTIAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kv: transfer of -1 bytes, must be 0 or more");
    assertThatThrownBy(() -> rig.writePs(Usage.WEIGHTS, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weights: transfer of -1 bytes, must be 0 or more");
    assertThatThrownBy(() -> AccessPattern.blocks(0)).hasMessage("block of 0 bytes");
  }

  @ParameterizedTest
  @MethodSource("presets")
  void foldedEqualsFull(String preset) {
    MemorySpec spec = Rig.preset(preset);
    memwall.core.Randomized.check(
        5,
        random -> {
          List<Rig.Step> script = Rig.randomScript(random, 12, 3_000_000);
          Rig full = new Rig(spec, DEVICES, false);
          Rig folded = new Rig(spec, DEVICES, true);
          for (Rig rig : new Rig[] {full, folded}) {
            rig.schedule(script);
            rig.simulation.run();
          }
          assertThat(folded.donePs).isEqualTo(full.donePs);
          assertThat(folded.snapshot().values()).isEqualTo(full.snapshot().values());
          assertThat(Rig.histograms(folded.snapshot())).isEqualTo(Rig.histograms(full.snapshot()));
        });
  }

  @ParameterizedTest
  @MethodSource("presets")
  void unknownKeysAreRefused(String preset) {
    assertThatThrownBy(() -> Rig.read("memory: { extends: " + preset + ", colour: red }\n"))
        .isInstanceOf(memwall.core.config.ConfigException.class)
        .hasMessageContaining("unknown key 'memory.colour'");
  }

  @ParameterizedTest
  @MethodSource("reservingPresets")
  void terabytesAreExactAndTheEndOfTheClockIsAnError(String preset) {
    MemorySpec spec = Rig.preset(preset);
    Rig rig = rig(preset);
    double idealPs = (1L << 50) / ((double) spec.readBytesPerSec() * DEVICES) * 1e12;
    assertThat((double) rig.readPs(Usage.KV, 1L << 50, AccessPattern.SEQUENTIAL))
        .isCloseTo(idealPs, within(idealPs * 0.001));
    List<Throwable> thrown = new ArrayList<>();
    for (int i = 0; i < 1_000_000 && thrown.isEmpty(); i++) {
      try {
        rig.memory.read(rig.region(Usage.KV), 1L << 60, AccessPattern.SEQUENTIAL, w -> {}, 0);
      } catch (ArithmeticException overflow) {
        thrown.add(overflow);
      }
    }
    assertThat(thrown).hasSize(1);
  }

  @Test
  void energyAndRatesOfPresetsAreTheirFacts() {
    assertThat(Rig.preset("hbf-gen1").readBytesPerSec()).isEqualTo(1_600_000_000_000L);
    assertThat(Rig.preset("hbf-gen1").arrayBytesPerSec() / 1e9).isCloseTo(1638.4, within(1e-6));
    assertThat(Rig.preset("hbf-conv").readBytesPerSec() / 1e9).isCloseTo(349.5, within(0.05));
    assertThat(Rig.preset("hbf-gen1").writeBytesPerSec(Usage.KV) / 1e9)
        .isCloseTo(16.4, within(0.05));
    assertThat(5 * ((DramSpec) Rig.preset("hbm3-h100")).peakBytesPerSec())
        .isEqualTo(3_350_000_000_000L);
    assertThat(6 * ((DramSpec) Rig.preset("hbm3e-h200")).peakBytesPerSec())
        .isEqualTo(4_800_000_000_000L);
  }
}
