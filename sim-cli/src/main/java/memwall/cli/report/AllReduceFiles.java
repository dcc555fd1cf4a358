package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import memwall.network.AllReduceChange;

/**
 * The files of all-reduces of libraries: {@code summary.json}, {@code all-reduce.csv} and the
 * resolved configuration. They follow from the input alone, so equal runs give equal bytes.
 */
public final class AllReduceFiles {
  private static final String SCHEMA = "memwall.network-all-reduce/1";
  private static final String CSV = "all-reduce.csv";

  /** The sizes at which a library changes what it does, for a number of ranks. */
  public record Changes(String library, int ranks, List<AllReduceChange> sizes) {
    /** Copies the list. */
    public Changes {
      sizes = List.copyOf(sizes);
    }
  }

  private final String network;
  private final List<AllReduceRow> rows;
  private final List<Changes> changes;

  /** The files of results. */
  public AllReduceFiles(String network, List<AllReduceRow> rows, List<Changes> changes) {
    this.network = network;
    this.rows = rows;
    this.changes = changes;
  }

  /**
   * Writes all files.
   *
   * @param resolvedConfig text of the resolved configuration, YAML
   * @throws UncheckedIOException if a file cannot be written
   */
  public void write(RunFolder folder, String resolvedConfig) {
    try {
      Files.writeString(folder.file(JsonFiles.SUMMARY), json(), StandardCharsets.UTF_8);
      Files.writeString(folder.file(RunFolder.CONFIG), resolvedConfig, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CsvFiles.write(folder.file(CSV), this::csv);
  }

  private void csv(CsvWriter csv) {
    csv.writeRecord(
        "library",
        "ranks",
        "bytes",
        "implementation",
        "time_ps",
        "formula_ps",
        "host_ps",
        "copy_ps",
        "bus_bytes_per_sec");
    for (AllReduceRow row : rows) {
      csv.writeRecord(
          row.library(),
          Integer.toString(row.ranks()),
          Long.toString(row.bytes()),
          row.run().choice().implementation().name(),
          Long.toString(row.run().timePs()),
          Long.toString(row.run().formulaPs()),
          Long.toString(row.run().choice().hostPs()),
          Long.toString(row.run().choice().copyPs()),
          Double.isFinite(row.busBytesPerSec()) ? CsvFiles.number(row.busBytesPerSec()) : "");
    }
  }

  /** The text of {@code summary.json}. */
  public String json() {
    return JsonText.of(this::summary);
  }

  private void summary(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeStringField("network", network);
    json.writeArrayFieldStart("runs");
    for (AllReduceRow row : rows) {
      json.writeStartObject();
      json.writeStringField("library", row.library());
      json.writeNumberField("ranks", row.ranks());
      json.writeNumberField("bytes", row.bytes());
      json.writeStringField("implementation", row.run().choice().implementation().name());
      json.writeNumberField("time_ps", row.run().timePs());
      json.writeNumberField("formula_ps", row.run().formulaPs());
      json.writeNumberField("host_ps", row.run().choice().hostPs());
      json.writeNumberField("copy_ps", row.run().choice().copyPs());
      JsonText.number(json, "bus_bytes_per_sec", row.busBytesPerSec());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("changes");
    for (Changes each : changes) {
      for (AllReduceChange change : each.sizes()) {
        json.writeStartObject();
        json.writeStringField("library", each.library());
        json.writeNumberField("ranks", each.ranks());
        json.writeNumberField("from_bytes", change.fromBytes());
        json.writeStringField("implementation", change.implementation());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
