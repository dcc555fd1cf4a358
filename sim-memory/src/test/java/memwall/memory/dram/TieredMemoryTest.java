package memwall.memory.dram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.MemoryTier;
import memwall.memory.MemoryTiers;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.catalog.MemoryModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memories with tiers: what lies where, how fast it is read, what is refused. */
final class TieredMemoryTest {
  private static final long GB = 1_000_000_000L;

  private static MemorySpec read(String text, Faults faults) {
    Config config = ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), faults);
    MemorySpec spec = MemoryModels.spec(config.preset("memory", "memory", "The memory"));
    config.finish();
    return spec;
  }

  private static MemorySpec spec(String preset, String placement) {
    Faults faults = new Faults();
    MemorySpec spec = read("memory: {extends: " + preset + placement + "}\n", faults);
    faults.throwIfAny();
    return spec;
  }

  private static List<String> faults(String text) {
    Faults faults = new Faults();
    read(text, faults);
    return faults.list();
  }

  private static String in(String weights) {
    return ", placement: {weights: "
        + weights
        + ", kv: "
        + weights
        + ", activations: "
        + weights
        + "}";
  }

  /** Rate of a long read of weights that take so many bytes, after others, GB/s. */
  private static double rate(MemorySpec spec, long kvBytes, long weightBytes, long readBytes) {
    return rate(spec, kvBytes, weightBytes, readBytes, true);
  }

  private static double rate(
      MemorySpec spec, long kvBytes, long weightBytes, long readBytes, boolean folded) {
    Simulation simulation = new Simulation(1);
    Memory memory = MemoryModels.create(simulation, new Stats().child("m"), spec, 1, folded);
    memory.reserve(Usage.KV, kvBytes);
    Region region = memory.reserve(Usage.WEIGHTS, weightBytes);
    long[] donePs = new long[1];
    memory.read(
        region, readBytes, AccessPattern.SEQUENTIAL, word -> donePs[0] = simulation.nowPs(), 0);
    simulation.run();
    assertThat(memory.brokenLaws()).isEmpty();
    return readBytes * 1e3 / (donePs[0] - spec.readLatencyPs(Usage.WEIGHTS));
  }

  private static MemoryTiers tiers(MemorySpec spec) {
    return spec.tiers().orElseThrow();
  }

  /** Stratum's range, and what a placement that knows of the tiers gains over one that does not. */
  @Test
  void ratesOfTheRateModel() {
    String preset = "custom-3d-stratum";
    MemorySpec any = spec(preset, "");
    assertThat(rate(any, 0, 4 * GB, GB)).isCloseTo(34_300, within(5.0));
    assertThat(rate(spec(preset, in("t8")), 0, GB, GB)).isCloseTo(19_000, within(5.0));
    assertThat(rate(any, 28 * GB, 4 * GB, GB)).isCloseTo(19_000, within(5.0));
    double spread = rate(any, 0, 32 * GB, GB);
    assertThat(spread).isCloseTo(any.readBytesPerSec() / 1e9, within(5.0));
    assertThat(34_300 / spread).isBetween(1.32, 1.45);
  }

  /** A layer with wires of its own is read no faster than they are; two that share them neither. */
  @ParameterizedTest
  @CsvSource({"1, 34300", "2, 17150", "4, 8575", "8, 4287.5"})
  void wiresOfALayer(int groups, double gbPerSec) {
    String stack = ", stack: {extends: custom-3d-stratum, tsv: {lane_groups: " + groups + "}}";
    MemorySpec first = spec("custom-3d-stratum", stack);
    assertThat(rate(first, 0, 4 * GB, GB)).isCloseTo(gbPerSec, within(gbPerSec * 2e-4));
    MemorySpec last = spec("custom-3d-stratum", stack + in("t8"));
    double its = Math.min(gbPerSec, 19_000);
    assertThat(rate(last, 0, GB, GB)).isCloseTo(its, within(its * 2e-4));
    assertThat(tiers(last).tiers().get(7).bytesPerSec()).isEqualTo(Math.round(its * 1e9));
  }

  /** Half in the last of the first four tiers, half in the first of the others. */
  @Test
  void regionsAreLaidOutInOrder() {
    MemorySpec spec = spec("custom-3d-stratum", "");
    double both = 2 / (1 / 27_600.0 + 1 / 25_300.0);
    assertThat(rate(spec, 14 * GB, 4 * GB, GB)).isCloseTo(both, within(10.0));
    MemorySpec placed = spec("custom-3d-stratum", in("t3..t6"));
    assertThat(rate(placed, 6 * GB, 4 * GB, GB)).isCloseTo(both, within(10.0));
  }

  /** In every tier the banks reach the closed form of their stream. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void ratesOfBanks(int number) {
    MemorySpec any = spec("custom-3d-stratum-banks", "");
    MemoryTier tier = tiers(any).tiers().get(number);
    MemorySpec spec = spec("custom-3d-stratum-banks", in(tier.name()));
    long bytes = 4L << 30;
    double gbPerSec = rate(spec, 0, bytes, bytes);
    assertThat(gbPerSec * 1e9 / tier.bytesPerSec()).isBetween(0.99, 1.001);
  }

  /**
   * With open pages a precharge has the age of the request to the next row and goes behind
   * activates on the row command bus; a stream that comes back just when the row cycle ends waits
   * for that. Where the row cycle is longer than a rotation over the bus nothing is lost.
   */
  @ParameterizedTest
  @CsvSource({"t1, 0.88, 0.90", "t2, 0.94, 0.96", "t8, 0.99, 1.001"})
  void precharges(String tier, double least, double most) {
    MemorySpec spec = spec("custom-3d-stratum-banks", in(tier));
    MemorySpec open = spec("custom-3d-stratum-banks", ", controller: {page: open}" + in(tier));
    long bytes = 4L << 30;
    assertThat(rate(open, 0, bytes, bytes) / rate(spec, 0, bytes, bytes)).isBetween(least, most);
  }

  /**
   * Writes over all tiers: a row cycle is a page time with write recovery. What refreshes cost is
   * up to 2 % too much, because recovery would have passed anyway.
   */
  @Test
  void rateOfWritesToBanks() {
    MemorySpec spec = spec("custom-3d-stratum-banks", "");
    Simulation simulation = new Simulation(1);
    Memory memory = MemoryModels.create(simulation, new Stats().child("m"), spec, 1, true);
    long bytes = spec.capacityBytes(Usage.WEIGHTS);
    Region region = memory.reserve(Usage.WEIGHTS, bytes);
    long[] donePs = new long[1];
    memory.write(
        region, bytes, AccessPattern.SEQUENTIAL, word -> donePs[0] = simulation.nowPs(), 0);
    simulation.run();
    double share = bytes * 1e12 / donePs[0] / spec.writeBytesPerSec(Usage.WEIGHTS);
    assertThat(share).isBetween(0.99, 1.02);
    assertThat(spec.writeBytesPerSec(Usage.WEIGHTS)).isLessThan(spec.readBytesPerSec());
  }

  /** From one tier into the next: simulated burst by burst in every channel, or leapt over. */
  @Test
  void overABorderLeapingIsExact() {
    MemorySpec spec = spec("custom-3d-stratum-banks", "");
    long before = spec.capacityBytes(Usage.WEIGHTS) / 8 - (64 << 20);
    double exact = rate(spec, before, 128 << 20, 128 << 20, false);
    assertThat(rate(spec, before, 128 << 20, 128 << 20, true)).isEqualTo(exact);
    assertThat(exact).isBetween(25_000.0, 32_000.0);
  }

  /** The two models agree on what a tier gains, refresh left aside. */
  @Test
  void bothModelsHaveTheSameTiers() {
    List<MemoryTier> banks = tiers(spec("custom-3d-stratum-banks", "")).tiers();
    List<MemoryTier> rates = tiers(spec("custom-3d-stratum", "")).tiers();
    double refresh = (double) banks.get(7).bytesPerSec() / rates.get(7).bytesPerSec();
    assertThat(refresh).isBetween(0.85, 0.95);
    for (int i = 0; i < 8; i++) {
      double share = (double) banks.get(i).bytesPerSec() / rates.get(i).bytesPerSec();
      assertThat(share).as(banks.get(i).name()).isCloseTo(refresh, within(0.03));
    }
  }

  @Test
  void capacityOfATierIsChecked() {
    for (String preset : List.of("custom-3d-stratum", "custom-3d-stratum-banks")) {
      MemorySpec spec =
          spec(preset, ", placement: {weights: t1..t2, kv: t3..t8, activations: t3..t8}");
      Memory memory = MemoryModels.create(new Simulation(1), new Stats().child("m"), spec, 1, true);
      long two = spec.capacityBytes(Usage.WEIGHTS);
      assertThat(spec.capacityBytes(Usage.KV)).isEqualTo(3 * two);
      assertThatThrownBy(() -> memory.reserve(Usage.WEIGHTS, two + 1))
          .hasMessageContaining("weights needs " + (two + 1) + " bytes, but only " + two);
      memory.reserve(Usage.WEIGHTS, two);
      memory.reserve(Usage.KV, 2 * two);
      assertThatThrownBy(() -> memory.reserve(Usage.ACTIVATIONS, two + 1))
          .hasMessageContaining("but only " + two);
    }
  }

  @Test
  void badTiersAndPlacements() {
    String memory = "memory: {extends: custom-3d-stratum, ";
    assertThat(faults(memory + "placement: {weights: t9, kv: t3..t2, activations: t1}}"))
        .satisfiesExactlyInAnyOrder(
            one ->
                assertThat(one)
                    .endsWith(
                        "memory.placement.weights: 't9' is no tier and no range first..last of them"
                            + " (known, in this order: [t1, t2, t3, t4, t5, t6, t7, t8])"),
            one -> assertThat(one).contains("memory.placement.kv: 't3..t2' is no tier"));
    assertThat(faults(memory + "placement: {weights: t1..t4, kv: t4..t8, activations: t1..t4}}"))
        .singleElement()
        .asString()
        .endsWith(
            "memory.placement.kv: 't4..t8' shares a part of the tiers of weights; allowed are the"
                + " same tiers or other ones");
    assertThat(faults(memory + "placement: {weights: t1, kv: t2}}"))
        .singleElement()
        .asString()
        .contains("memory.placement.activations");
    assertThat(faults(memory + "tiers: [{name: a, capacity: 3 GB, rate: 20 TB/s}]}"))
        .singleElement()
        .asString()
        .endsWith("memory.tiers: tiers of 3000000000 B in a memory of 32000000000 B");
    assertThat(
            faults(
                memory
                    + "tiers: [{name: a, capacity: 0 GB, rate: 35 TB/s}, {name: a, capacity: 32 GB,"
                    + " rate: 1 TB/s}]}"))
        .satisfiesExactlyInAnyOrder(
            one ->
                assertThat(one)
                    .endsWith(
                        "memory.tiers[0].rate: 35000000000000 B/s; allowed are 1 MB/s to the peak"
                            + " rate of 34300000000000 B/s"),
            one ->
                assertThat(one)
                    .endsWith(
                        "memory.tiers[0].capacity: a tier of 0 B holds nothing; allowed is 1 B or"
                            + " more"),
            one ->
                assertThat(one)
                    .endsWith(
                        "memory.tiers[1].name: 'a' stands twice; each tier needs a name of its"
                            + " own"));
    assertThat(
            faults(
                "memory: {extends: custom-3d-stratum-banks, controller: {mapping: row column"
                    + " pseudochannel bankgroup bank}}"))
        .singleElement()
        .asString()
        .endsWith(
            "memory.controller.mapping: 'row column pseudochannel bankgroup bank' scatters the rows"
                + " of a tier over all addresses; with tiers 'row' comes last");
    assertThat(faults("memory: {extends: hbm3-h100-banks, placement: {weights: t1}}"))
        .singleElement()
        .asString()
        .contains("unknown key 'memory.placement'");
  }
}
