package memwall.cli.report;

import com.fasterxml.jackson.core.io.NumberOutput;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import memwall.core.stat.Snapshot;
import org.jspecify.annotations.Nullable;

/** Writes {@code stats.csv} and {@code series.csv}. */
final class CsvFiles {
  static final String STATS = "stats.csv";
  static final String SERIES = "series.csv";

  /** The columns of the series before those of the resources. */
  static final List<String> SERIES_COLUMNS =
      List.of(
          "start_ps",
          "length_ps",
          "arrivals",
          "completions",
          "output_tokens",
          "prompt_tokens",
          "mean_batch",
          "mean_waiting",
          "kv_share",
          "ttft_p50_ps",
          "ttft_p99_ps");

  /** What the name of a resource's column begins with. */
  static final String BUSY = "busy.";

  private CsvFiles() {}

  /** Every statistic: path, value, unit, meaning; integers exact, doubles shortest round-trip. */
  static void stats(Snapshot snapshot, Path file) {
    write(
        file,
        csv -> {
          csv.writeRecord("path", "value", "unit", "meaning");
          for (Snapshot.Value value : snapshot.values()) {
            Long exact = value.exact();
            csv.writeRecord(
                value.path(),
                exact == null ? number(value.number()) : exact.toString(),
                value.unit(),
                value.sentence());
          }
        });
  }

  /** The run over time, one row per window. */
  static void series(RunResult.Series series, Path file) {
    write(
        file,
        csv -> {
          List<String> row = new ArrayList<>(SERIES_COLUMNS);
          for (String resource : series.resources()) {
            row.add(BUSY + resource);
          }
          csv.writeRecord(row);
          for (RunResult.Window window : series.windows()) {
            row.clear();
            row.add(Long.toString(window.startPs()));
            row.add(Long.toString(window.lengthPs()));
            row.add(Long.toString(window.arrivals()));
            row.add(Long.toString(window.completions()));
            row.add(Long.toString(window.outputTokens()));
            row.add(Long.toString(window.promptTokens()));
            row.add(number(window.meanBatch()));
            row.add(number(window.meanWaiting()));
            row.add(number(window.kvShare()));
            row.add(orEmpty(window.ttftP50Ps()));
            row.add(orEmpty(window.ttftP99Ps()));
            for (double share : window.busyShares()) {
              row.add(number(share));
            }
            csv.writeRecord(row);
          }
        });
  }

  /**
   * The shortest decimal that reads back as the same double. Not {@link Double#toString}: before
   * JDK 19 that was not always the shortest, so files would depend on the virtual machine.
   */
  static String number(double value) {
    return NumberOutput.toString(value, true);
  }

  private static String orEmpty(@Nullable Long value) {
    return value == null ? "" : value.toString();
  }

  /** Writes a file, lines ended by {@code \n}. */
  static void write(Path file, Consumer<CsvWriter> content) {
    try (CsvWriter csv =
        CsvWriter.builder()
            .lineDelimiter(LineDelimiter.LF)
            .build(new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8))) {
      content.accept(csv);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
