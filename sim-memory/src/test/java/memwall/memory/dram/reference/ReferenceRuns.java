package memwall.memory.dram.reference;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** The recorded results: tables in {@code reference/dram} on the class path. */
public final class ReferenceRuns {
  private static final String FOLDER = "/reference/dram/";

  private ReferenceRuns() {}

  /**
   * A formula for an idle latency or a bound of the bandwidth.
   *
   * @param config the configuration
   * @param what what it is
   * @param formula in names of timings, in clocks
   * @param expected ticks, or a share of the peak rate
   * @param measured the same of the reference simulator
   * @param measuredFrom in which run
   */
  public record Analytic(
      ReferenceConfig config,
      String what,
      String formula,
      double expected,
      double measured,
      String measuredFrom) {}

  /**
   * Speed of a simulator on a stream; mapping M2, refresh of all banks.
   *
   * @param simulator {@code ramulator2.1}, or {@code java-prototype}: a throw-away model
   * @param config what was simulated
   * @param mapping address mapping
   * @param stream name of the stream
   * @param requests its length
   * @param simulatedTicks ticks simulated, from rounded figures
   * @param userSeconds CPU time
   * @param requestsPerSec requests per second of CPU time
   */
  public record Speed(
      String simulator,
      ReferenceConfig config,
      ReferenceMapping mapping,
      String stream,
      int requests,
      long simulatedTicks,
      double userSeconds,
      double requestsPerSec) {}

  /** The large tables, read when first used. */
  private static final class Tables {
    static final List<ReferenceRun> RUNS =
        rows("ramulator2_runs.csv").stream().map(ReferenceRun::new).toList();
    static final Map<String, String> HISTOGRAMS = new HashMap<>();

    static {
      for (Map<String, String> row : rows("histograms.csv.gz")) {
        String run = cell(row, "config") + ' ' + cell(row, "mapping") + " AB ";
        HISTOGRAMS.put(run + cell(row, "stream"), cell(row, "histogram"));
      }
    }
  }

  /** All runs of the reference simulator, in order of the table. */
  public static List<ReferenceRun> all() {
    return Tables.RUNS;
  }

  /**
   * One run.
   *
   * @throws IllegalArgumentException if it is not in the table
   */
  public static ReferenceRun find(
      ReferenceConfig config, ReferenceMapping mapping, String refresh, String stream) {
    return all().stream()
        .filter(
            run ->
                run.config() == config
                    && run.mapping() == mapping
                    && run.refresh().equals(refresh)
                    && run.streamName().equals(stream))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no run " + config + " " + mapping + " " + refresh + " " + stream));
  }

  /** The distribution of controller read latencies of a run, if it was recorded. */
  public static Optional<ReferenceHistogram> histogram(ReferenceRun run) {
    return Optional.ofNullable(Tables.HISTOGRAMS.get(run.toString())).map(ReferenceRuns::unpack);
  }

  private static ReferenceHistogram unpack(String packed) {
    ReferenceHistogram histogram = new ReferenceHistogram();
    long ticks = 0;
    for (String entry : packed.split(" ", -1)) {
      int colon = entry.indexOf(':');
      ticks += Long.parseLong(colon < 0 ? entry : entry.substring(0, colon));
      histogram.add(ticks, colon < 0 ? 1 : Long.parseLong(entry.substring(colon + 1)));
    }
    return histogram;
  }

  /** The idle latencies and bounds. */
  public static List<Analytic> analytic() {
    return rows("analytic.csv").stream()
        .map(
            row ->
                new Analytic(
                    ReferenceConfig.named(cell(row, "config")),
                    cell(row, "case"),
                    cell(row, "formula"),
                    Double.parseDouble(cell(row, "expected_cycles_or_util")),
                    Double.parseDouble(cell(row, "measured")),
                    cell(row, "measured_from")))
        .toList();
  }

  /** The recorded speeds. */
  public static List<Speed> speeds() {
    return rows("speed.csv").stream()
        .map(
            row ->
                new Speed(
                    cell(row, "simulator"),
                    ReferenceConfig.named(cell(row, "config")),
                    ReferenceMapping.valueOf(cell(row, "mapping")),
                    cell(row, "stream"),
                    Integer.parseInt(cell(row, "n_requests")),
                    Long.parseLong(cell(row, "simulated_cycles")),
                    Double.parseDouble(cell(row, "user_s_min_of_3")),
                    Double.parseDouble(cell(row, "requests_per_user_s"))))
        .toList();
  }

  private static String cell(Map<String, String> row, String column) {
    return Objects.requireNonNull(row.get(column), column);
  }

  private static List<Map<String, String>> rows(String file) {
    try (InputStream stored = ReferenceRuns.class.getResourceAsStream(FOLDER + file)) {
      if (stored == null) {
        throw new IllegalStateException(FOLDER + file + " is not on the class path");
      }
      InputStream bytes = file.endsWith(".gz") ? new GZIPInputStream(stored) : stored;
      List<Map<String, String>> rows = new ArrayList<>();
      try (CsvReader<NamedCsvRecord> csv =
          CsvReader.builder()
              .ofNamedCsvRecord(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
        csv.forEach(row -> rows.add(row.getFieldsAsMap()));
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
