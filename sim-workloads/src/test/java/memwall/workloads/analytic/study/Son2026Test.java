package memwall.workloads.analytic.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;

/** The study of Son et al. (IEEE CAL 2026): its table is the reference table, its order is kept. */
final class Son2026Test {
  private static final Path ROOT = Path.of(System.getProperty("memwall.root", "."));
  private static final Path FILE = ROOT.resolve("../shared/reference/papers/son2026.csv");

  /** Ratios of figure 4 were read from an axis whose zero is off by so much. */
  private static final double AXIS = 1.0215;

  private static StudySpec spec() {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.load(
            ROOT.resolve("traces/son2026/study.yaml"), List.of(), Presets.builtIn(), faults);
    return StudySpec.read(config, faults);
  }

  private static String key(NamedCsvRecord row) {
    boolean isShort = row.getField("workload").equals("SHORT");
    return row.getField("memory").toLowerCase(Locale.ROOT).replace("+", "-plus")
        + ".yaml "
        + (row.getField("model").contains("405") ? "llama-3.1-405b " : "llama-4-maverick ")
        + (isShort ? "1660 " : "5900 ")
        + row.getField("gpus")
        + " "
        + quantity(row.getField("metric"));
  }

  private static String quantity(String metric) {
    return switch (metric) {
      case "max_batch_per_gpu" -> "sequences_per_chip";
      case "throughput_per_gpu_rel_8gpu_hbm4" -> "tokens_per_second_and_chip";
      case "decode_time_share_others" -> "share_other";
      default -> metric.replace("decode_time_share_", "share_");
    };
  }

  private static String key(Target target) {
    return target.plan().getFileName()
        + " "
        + target.sets().get(0).replace("model=", "")
        + " "
        + target.sets().get(1).replace("plan.input=", "")
        + " "
        + target.chips()
        + " "
        + target.quantity().name().toLowerCase(Locale.ROOT);
  }

  @Test
  void theShippedTableIsTheReferenceTable() throws IOException {
    assumeThat(Files.exists(FILE)).as("reference table %s", FILE).isTrue();
    List<Target> targets = new ArrayList<>(spec().targets());
    try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(FILE)) {
      rows.forEach(
          row -> {
            String metric = row.getField("metric");
            if (!row.getField("figure").startsWith("Fig") || metric.equals("throughput_per_gpu")) {
              return;
            }
            double value = Double.parseDouble(row.getField("value"));
            boolean isRatio = metric.endsWith("hbm4");
            double expected = isRatio ? 1 - (1 - value) / AXIS : value;
            Target target =
                targets.stream()
                    .filter(each -> key(each).equals(key(row)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no target for " + key(row)));
            assertThat(target.expected()).as(key(row)).isCloseTo(expected, within(0.5e-4));
            targets.remove(target);
          });
    }
    assertThat(targets).isEmpty();
  }

  /** Wherever published throughputs of memories differ by more than 3 %, ours do as well. */
  @Test
  void orderOfMemories() {
    List<Finding> findings = new Study(spec(), Presets.builtIn()).findings();
    int compared = 0;
    for (Finding a : findings) {
      for (Finding b : findings) {
        boolean comparable =
            a.quantity().equals("tokens_per_second_and_chip")
                && b.quantity().equals(a.quantity())
                && a.sets().equals(b.sets())
                && a.chips() == b.chips();
        if (comparable && a.expected() > 1.03 * b.expected()) {
          compared++;
          assertThat(a.simulated()).as("%s before %s", a, b).isGreaterThan(b.simulated());
        }
      }
    }
    assertThat(compared).isGreaterThan(100);
  }
}
