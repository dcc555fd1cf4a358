package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import memwall.network.collective.CollectiveKind;
import memwall.network.endpoint.FabricRunResult;
import memwall.network.loggp.Crossovers;
import org.jspecify.annotations.Nullable;

/**
 * The files of collectives that were carried out: {@code summary.json}, {@code collectives.csv},
 * {@code links.csv} of routers and the resolved configuration. They follow from the input alone, so
 * equal runs give equal bytes.
 */
public final class CollectiveFiles {
  private static final String SCHEMA = "memwall.network-collective/1";
  private static final String COLLECTIVES = "collectives.csv";

  private final CollectiveKind kind;
  private final String network;
  private final List<CollectiveRow> rows;

  /** By number of ranks. */
  private final Map<Integer, List<Crossovers.Change>> changes;

  /** The files of results. */
  public CollectiveFiles(
      CollectiveKind kind,
      String network,
      List<CollectiveRow> rows,
      Map<Integer, List<Crossovers.Change>> changes) {
    this.kind = kind;
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
    CsvFiles.write(folder.file(COLLECTIVES), this::csv);
    if (rows.stream().anyMatch(row -> row.outcome().fabric() != null)) {
      CsvFiles.write(folder.file(ChannelReport.LINKS), this::links);
    }
    if (rows.stream().anyMatch(row -> isStream(row.outcome().fabric()))) {
      CsvFiles.write(folder.file(DeadlineReport.OPERATIONS), this::operations);
    }
    if (rows.stream().anyMatch(row -> hasFailures(row.outcome().fabric()))) {
      CsvFiles.write(folder.file(NodeFailureReport.FAILURES), this::nodeFailures);
    }
    if (rows.stream().anyMatch(row -> hasDeadline(row.outcome().fabric()))) {
      CsvFiles.write(folder.file(DeadlineReport.DEADLINES), this::deadlines);
    }
  }

  private static boolean isStream(@Nullable FabricRunResult fabric) {
    return fabric != null && (fabric.roundPs().size() > 1 || DeadlineReport.isThere(fabric));
  }

  private static boolean hasDeadline(@Nullable FabricRunResult fabric) {
    return fabric != null && DeadlineReport.isThere(fabric);
  }

  private static boolean hasFailures(@Nullable FabricRunResult fabric) {
    return fabric != null && NodeFailureReport.isThere(fabric);
  }

  private void nodeFailures(CsvWriter csv) {
    NodeFailureReport.header(csv, "algorithm", "ranks", "vector_bytes");
    for (CollectiveRow row : rows) {
      FabricRunResult fabric = row.outcome().fabric();
      if (fabric != null) {
        NodeFailureReport.rows(csv, fabric, before(row));
      }
    }
  }

  private void operations(CsvWriter csv) {
    DeadlineReport.operationsHeader(csv, "algorithm", "ranks", "vector_bytes");
    for (CollectiveRow row : rows) {
      DeadlineReport.operations(csv, row.outcome(), before(row));
    }
  }

  private void deadlines(CsvWriter csv) {
    DeadlineReport.deadlinesHeader(
        csv, rows.get(0).outcome(), "algorithm", "ranks", "vector_bytes");
    for (CollectiveRow row : rows) {
      DeadlineReport.deadlines(csv, row.outcome(), before(row));
    }
  }

  private static String[] before(CollectiveRow row) {
    return new String[] {
      row.algorithm().label(), Integer.toString(row.ranks()), Long.toString(row.bytes())
    };
  }

  private void links(CsvWriter csv) {
    ChannelReport.header(csv, "algorithm", "ranks", "vector_bytes");
    for (CollectiveRow row : rows) {
      FabricRunResult fabric = row.outcome().fabric();
      if (fabric != null) {
        ChannelReport.rows(csv, fabric.channels(), before(row));
      }
    }
  }

  private void csv(CsvWriter csv) {
    csv.writeRecord(
        "collective",
        "algorithm",
        "ranks",
        "bytes",
        "time_ps",
        "formula_seconds",
        "bus_bytes_per_sec",
        "sent_bytes",
        "messages",
        "unfinished_ranks",
        "events",
        "fingerprint",
        "chosen");
    for (CollectiveRow row : rows) {
      csv.writeRecord(
          kind.label(),
          row.algorithm().label(),
          Integer.toString(row.ranks()),
          Long.toString(row.bytes()),
          Long.toString(row.outcome().totalPs()),
          orEmpty(row.formulaSeconds()),
          orEmpty(row.busBytesPerSec()),
          Long.toString(row.sentBytes()),
          Long.toString(row.outcome().messages()),
          Integer.toString(row.outcome().unfinishedRanks()),
          Long.toString(row.outcome().events()),
          Long.toHexString(row.outcome().fingerprint()),
          Boolean.toString(row.chosen()));
    }
  }

  private static String orEmpty(double value) {
    return Double.isFinite(value) ? CsvFiles.number(value) : "";
  }

  /** The text of {@code summary.json}. */
  public String json() {
    return JsonText.of(this::summary);
  }

  private void summary(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeStringField("collective", kind.label());
    json.writeStringField("network", network);
    json.writeArrayFieldStart("runs");
    for (CollectiveRow row : rows) {
      json.writeStartObject();
      json.writeStringField("algorithm", row.algorithm().label());
      json.writeNumberField("ranks", row.ranks());
      json.writeNumberField("bytes", row.bytes());
      json.writeNumberField("time_ps", row.outcome().totalPs());
      JsonText.number(json, "formula_seconds", row.formulaSeconds());
      JsonText.number(json, "bus_bytes_per_sec", row.busBytesPerSec());
      json.writeNumberField("sent_bytes", row.sentBytes());
      json.writeNumberField("messages", row.outcome().messages());
      FaultJson.write(json, row.outcome());
      FabricRunResult fabric = row.outcome().fabric();
      if (fabric != null) {
        ChannelReport.json(json, fabric.channels());
        DeadlineReport.json(json, row.outcome());
        NodeFailureReport.json(json, fabric);
      }
      json.writeNumberField("events", row.outcome().events());
      json.writeStringField("fingerprint", Long.toHexString(row.outcome().fingerprint()));
      json.writeBooleanField("chosen", row.chosen());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("fastest_by_formula");
    for (Map.Entry<Integer, List<Crossovers.Change>> entry : changes.entrySet()) {
      for (Crossovers.Change change : entry.getValue()) {
        json.writeStartObject();
        json.writeNumberField("ranks", entry.getKey());
        json.writeNumberField("from_bytes", change.fromBytes());
        json.writeStringField("algorithm", change.algorithm().label());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
