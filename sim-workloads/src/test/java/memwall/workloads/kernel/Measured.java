package memwall.workloads.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;

/** Measured operators, the chips they were measured on, and how far a model is from them. */
final class Measured {
  static final KernelChip A100 = new KernelChip(108, 40_000_000, 2_039_000_000_000L, 0);
  static final KernelChip H100 =
      new KernelChip(132, 50_000_000, 3_350_000_000_000L, 450_000_000_000L);
  static final KernelChip B200 =
      new KernelChip(148, 126_000_000, 7_700_000_000_000L, 900_000_000_000L);

  private static final Map<String, Map<String, Double>> PEAKS =
      Map.of(
          "a100", Map.of("BF16", 312e12, "INT8", 624e12),
          "h100", Map.of("BF16", 989e12, "FP8", 1979e12),
          "b200", Map.of("BF16", 2250e12, "FP8", 4500e12, "FP4", 9000e12));

  /** One measurement: a row without its time. */
  interface Model {
    double ps(Row row);
  }

  /** The columns of a row. */
  record Row(Map<String, String> cells) {
    int number(String column) {
      return Integer.parseInt(cells.get(column));
    }

    String text(String column) {
      return cells.get(column);
    }
  }

  /** Median and 90th percentile of the deviations, in percent. */
  record Score(int rows, double median, double ninetieth) {}

  private Measured() {}

  static KernelChip chip(String name) {
    return switch (name) {
      case "a100" -> A100;
      case "h100" -> H100;
      default -> B200;
    };
  }

  static double peak(String chip, Enum<?> format) {
    return PEAKS.get(chip).get(format.name());
  }

  static KernelLibrary library(String preset) {
    return library(preset, "kernels: " + preset + "\n");
  }

  static KernelLibrary library(String name, String yaml) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(name + ".yaml", yaml, List.of(), Presets.builtIn(), faults);
    KernelLibrary library =
        KernelLibrary.read(config.preset("kernels", KernelLibrary.KIND, "The kernels"));
    faults.throwIfAny();
    return library;
  }

  /**
   * Compares with all rows of a table that are wanted; of repeated rows with their median.
   *
   * @param timeColumn microseconds
   * @param notKeys other results in the table
   */
  static Score score(
      String what,
      String table,
      String timeColumn,
      List<String> notKeys,
      Predicate<Row> wanted,
      Model model)
      throws IOException {
    Path path =
        Path.of(System.getProperty("memwall.root", ".."))
            .resolve("../shared/reference/llm/" + table)
            .normalize();
    assumeTrue(Files.exists(path), "skipped: reference data " + table + " is absent");
    Map<String, List<Double>> times = new TreeMap<>();
    Map<String, Row> rows = new TreeMap<>();
    try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(path)) {
      for (NamedCsvRecord line : csv) {
        Map<String, String> cells = new TreeMap<>(line.getFieldsAsMap());
        double time = Double.parseDouble(cells.remove(timeColumn));
        notKeys.forEach(cells::remove);
        Row row = new Row(cells);
        if (wanted.test(row)) {
          String key = cells.values().stream().collect(Collectors.joining(","));
          rows.put(key, row);
          times.computeIfAbsent(key, k -> new ArrayList<>()).add(time);
        }
      }
    }
    List<Double> deviations = new ArrayList<>();
    rows.forEach(
        (key, row) ->
            deviations.add(
                100 * Math.abs(model.ps(row) * 1e-6 / quantile(times.get(key), 0.5) - 1)));
    Score score =
        new Score(deviations.size(), quantile(deviations, 0.5), quantile(deviations, 0.9));
    System.out.println(
        String.format(
            Locale.ROOT,
            "kernels against measurements: %s: %d rows, median %.1f %%, 90th percentile %.1f %%",
            what,
            score.rows(),
            score.median(),
            score.ninetieth()));
    return score;
  }

  /** With linear interpolation. */
  private static double quantile(List<Double> values, double share) {
    List<Double> sorted = new ArrayList<>(values);
    sorted.sort(null);
    double at = share * (sorted.size() - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (at - below) * (sorted.get(above) - sorted.get(below));
  }
}
