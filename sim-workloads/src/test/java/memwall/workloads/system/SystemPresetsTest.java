package memwall.workloads.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.PresetFiles;
import memwall.core.config.Presets;
import memwall.memory.Usage;
import memwall.memory.hbf.HbfSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class SystemPresetsTest {
  private static final double GIB = 1L << 30;

  static List<String> systems() {
    return Presets.builtIn().names("system");
  }

  private static SystemSpec system(String name) {
    return parse(name);
  }

  /** One chip of a kind, in a system of its own. */
  private static ChipSpec chip(String name) {
    return parse("{ description: Test, chips: 1, chip: " + name + ", network: alone }").chip();
  }

  private static SystemSpec parse(String system) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "test.yaml", "system: " + system + "\n", List.of(), Presets.builtIn(), faults);
    SystemSpec spec = SystemSpec.read(config.preset("system", "system", "The machine"));
    faults.throwIfAny();
    return spec;
  }

  @Test
  void indexAndFilesAgree() throws Exception {
    PresetFiles.check(Path.of("src/main/resources"));
  }

  @ParameterizedTest
  @MethodSource("systems")
  void everySystemLoads(String name) {
    SystemSpec spec = system(name);
    assertThat(spec.chips()).isLessThanOrEqualTo(spec.network().ports());
    assertThat(spec.chip().compute().peakFlopsPerSec()).containsKey("bf16");
  }

  /** Peak rates and capacities of the data sheets: TFLOP/s, TB/s, GB per chip. */
  @ParameterizedTest
  @CsvSource({
    "h100-sxm, 989, 3.35, 0.82, 85.9",
    "h200-sxm, 989, 4.8, 0.82, 141",
    "b200, 2250, 8, 0.80, 192",
    "mi300x, 1307, 5.3, 0.82, 192",
    "tpu7, 2307, 7.38, 0.82, 206.2"
  })
  void dataSheets(
      String name, long bf16, double terabytesPerSec, double efficiency, double gigabytes) {
    ChipSpec chip = chip(name);
    assertThat(chip.compute().peakFlopsPerSec()).containsEntry("bf16", bf16 * 1_000_000_000_000L);
    TierSpec hbm = chip.tier(Usage.WEIGHTS);
    // The sustained rate is the share of the peak that the preset states.
    assertThat(hbm.readBytesPerSec() / efficiency * 1e-12)
        .isCloseTo(terabytesPerSec, within(0.001 * terabytesPerSec));
    assertThat(hbm.capacityBytes(Usage.WEIGHTS) * 1e-9).isCloseTo(gigabytes, within(0.1));
  }

  /** Table I of Son et al. (IEEE CAL 2026), per GPU, as recorded in the reference data. */
  @Test
  void tableOneOfSonEtAl() throws IOException {
    Path file =
        Path.of(System.getProperty("memwall.root", ".."))
            .resolve("../shared/reference/papers/son2026.csv");
    assumeTrue(Files.exists(file), "reference data absent: son2026.csv, nothing compared");
    Map<String, String> systems =
        Map.of(
            "HBM4", "son2026-hbm4-8",
            "HBF", "son2026-hbf-8",
            "HBF+", "son2026-hbf-plus-8",
            "CONV", "son2026-conv-8",
            "CONV+", "son2026-conv-plus-8");
    int compared = 0;
    try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(file)) {
      for (NamedCsvRecord row : csv) {
        if (row.getField("figure").equals("Table I")) {
          String metric = row.getField("metric");
          double expected = Double.parseDouble(row.getField("value"));
          double actual = value(system(systems.get(row.getField("memory"))).chip(), metric);
          // The table rounds 16.4 GB/s per stack to 16 and 2.447 TB/s to 2.45.
          assertThat(actual)
              .as("%s %s", row.getField("memory"), metric)
              .isCloseTo(expected, within(0.025 * expected));
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(29);
  }

  private static double value(ChipSpec chip, String metric) {
    boolean flash = metric.startsWith("hbf");
    double value = 0;
    for (TierSpec tier : chip.tiers()) {
      boolean isFlash = tier.device() instanceof HbfSpec;
      double weights = tier.capacityBytes(Usage.WEIGHTS);
      if (metric.equals("memory_capacity")) {
        value += weights / GIB;
      } else if (flash == isFlash) {
        value +=
            switch (metric.substring(4)) {
              case "stacks" -> tier.count();
              case "read_bw" -> tier.readBytesPerSec() * 1e-12;
              case "write_bw" -> tier.device().writeBytesPerSec(Usage.KV) * 1e-12 * tier.count();
              default -> throw new IllegalArgumentException(metric);
            };
      }
    }
    return value;
  }
}
