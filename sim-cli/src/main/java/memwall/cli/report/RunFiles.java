package memwall.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import memwall.core.config.ConfigException;
import memwall.core.config.Faults;
import org.HdrHistogram.Histogram;

/**
 * The files of a run folder, as the report reads them.
 *
 * @param summary of {@code summary.json}
 * @param manifest of {@code manifest.json}
 * @param config text of {@code config.resolved.yaml}
 * @param seriesNames columns of {@code series.csv}
 * @param series its columns; an empty cell is NaN
 * @param histograms by path, in ps
 */
record RunFiles(
    JsonNode summary,
    JsonNode manifest,
    String config,
    List<String> seriesNames,
    List<double[]> series,
    Map<String, Histogram> histograms) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Reads a run folder.
   *
   * @throws ConfigException if the folder or a file is missing or damaged; says all of them
   * @throws IOException if a file that is there cannot be read
   */
  static RunFiles read(Path folder) throws IOException {
    Faults faults = new Faults();
    if (!Files.isDirectory(folder)) {
      faults.add("'" + folder + "' is not a run folder: there is no such folder");
      faults.throwIfAny();
    }
    List<String> needed =
        List.of(
            JsonFiles.SUMMARY,
            JsonFiles.MANIFEST,
            RunFolder.CONFIG,
            CsvFiles.SERIES,
            HistogramLog.FILE);
    for (String name : needed) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        faults.add("'" + folder + "' is not a complete run folder: " + name + " is missing");
      }
    }
    faults.throwIfAny();
    JsonNode summary = json(folder.resolve(JsonFiles.SUMMARY), JsonFiles.SUMMARY_SCHEMA, faults);
    JsonNode manifest = json(folder.resolve(JsonFiles.MANIFEST), JsonFiles.MANIFEST_SCHEMA, faults);
    List<String> names = new ArrayList<>();
    List<double[]> series = series(folder.resolve(CsvFiles.SERIES), names, faults);
    Map<String, Histogram> histograms = histograms(folder.resolve(HistogramLog.FILE), faults);
    faults.throwIfAny();
    return new RunFiles(
        summary,
        manifest,
        Files.readString(folder.resolve(RunFolder.CONFIG)),
        names,
        series,
        histograms);
  }

  /** The column of the series with this name. */
  double[] column(String name) {
    return series.get(seriesNames.indexOf(name));
  }

  /** The histogram of requests with this key; empty if there is none. */
  Histogram latency(String key) {
    Histogram histogram = histograms.get(JsonFiles.REQUESTS + key);
    return histogram == null ? new Histogram(1) : histogram;
  }

  private static JsonNode json(Path file, String schema, Faults faults) throws IOException {
    JsonNode node;
    try {
      node = MAPPER.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      faults.add(
          file
              + ":"
              + e.getLocation().getLineNr()
              + ":"
              + e.getLocation().getColumnNr()
              + ": not JSON: "
              + e.getOriginalMessage());
      return MAPPER.nullNode();
    }
    String given = node.path("schema").asText("nothing");
    if (!given.equals(schema)) {
      faults.add(file + ": the schema is '" + given + "', this version reads '" + schema + "'");
    }
    return node;
  }

  private static List<double[]> series(Path file, List<String> names, Faults faults)
      throws IOException {
    List<CsvRecord> records = new ArrayList<>();
    try (CsvReader<CsvRecord> csv = CsvReader.builder().ofCsvRecord(file)) {
      csv.forEach(records::add);
    } catch (CsvParseException e) {
      faults.add(file + ": not CSV: " + e.getMessage());
      return List.of();
    }
    if (records.isEmpty() || !records.get(0).getFields().containsAll(CsvFiles.SERIES_COLUMNS)) {
      faults.add(
          file + ":1: the columns must begin with " + String.join(",", CsvFiles.SERIES_COLUMNS));
      return List.of();
    }
    names.addAll(records.get(0).getFields());
    List<double[]> columns = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      columns.add(new double[records.size() - 1]);
    }
    for (int r = 1; r < records.size(); r++) {
      CsvRecord row = records.get(r);
      for (int c = 0; c < names.size(); c++) {
        String cell = row.getField(c);
        try {
          columns.get(c)[r - 1] = cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
        } catch (NumberFormatException e) {
          faults.add(
              file
                  + ":"
                  + row.getStartingLineNumber()
                  + ": '"
                  + cell
                  + "' in column "
                  + names.get(c)
                  + " is not a number");
        }
      }
    }
    return columns;
  }

  private static Map<String, Histogram> histograms(Path file, Faults faults) throws IOException {
    try {
      return HistogramLog.read(file);
    } catch (RuntimeException e) {
      // The library's reader throws whatever its decoder met.
      faults.add(file + ": not a histogram log: " + e);
      return Map.of();
    }
  }
}
