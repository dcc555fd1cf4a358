package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.core.unit.Quantities;
import memwall.network.endpoint.FabricRunResult;
import memwall.network.endpoint.FabricRunResult.NodeFailure;

/** Nodes that died and what took their place: {@code failures.csv}, JSON, lines of text. */
public final class NodeFailureReport {
  static final String FAILURES = "failures.csv";

  private static final int MOST_NAMED = 5;
  private static final StatisticsGroup COUNTS =
      new StatisticsGroup(
          "lives.",
          List.of(
              "copies", "delivered", "duplicates", "void", "given_up", "forgotten", "repeated"));

  /** Where state comes over the network. */
  private static final StatisticsGroup RESTORE =
      new StatisticsGroup("restore.", List.of("pieces", "arrived", "given_up", "bytes"));

  private NodeFailureReport() {}

  /** Whether nodes could die. */
  static boolean isThere(FabricRunResult result) {
    return COUNTS.isIn(result);
  }

  private static long count(FabricRunResult result, String name) {
    return COUNTS.value(result, name);
  }

  /** The first row. */
  static void header(CsvWriter csv, String... before) {
    List<String> row = new ArrayList<>(List.of(before));
    row.addAll(List.of("at_ps", "node", "rank", "noticed_ps", "spare", "ready_ps"));
    csv.writeRecord(row);
  }

  /** A row for each node that died while it had a rank. */
  static void rows(CsvWriter csv, FabricRunResult result, String... before) {
    for (NodeFailure failure : result.nodeFailures()) {
      List<String> row = new ArrayList<>(List.of(before));
      row.add(Long.toString(failure.atPs()));
      row.add(Integer.toString(failure.node()));
      row.add(Integer.toString(failure.rank()));
      row.add(orEmpty(failure.noticedPs()));
      row.add(orEmpty(failure.spare()));
      row.add(orEmpty(failure.readyPs()));
      csv.writeRecord(row);
    }
  }

  private static String orEmpty(long value) {
    return value < 0 ? "" : Long.toString(value);
  }

  /** The field {@code node_failures}, if nodes could die. */
  static void json(JsonGenerator json, FabricRunResult result) throws IOException {
    if (!isThere(result)) {
      return;
    }
    json.writeObjectFieldStart("node_failures");
    json.writeNumberField("failures", result.nodeFailures().size());
    json.writeNumberField("replaced", replaced(result));
    json.writeNumberField("unfinished_ranks", result.unfinishedRanks());
    COUNTS.write(json, result);
    if (RESTORE.isIn(result)) {
      json.writeObjectFieldStart("restore");
      RESTORE.write(json, result);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static long replaced(FabricRunResult result) {
    return result.nodeFailures().stream().filter(failure -> failure.readyPs() >= 0).count();
  }

  /** What died, the first few by name, and what that cost; none where nothing could die. */
  public static List<String> text(FabricRunResult result) {
    List<String> lines = new ArrayList<>();
    if (!isThere(result)) {
      return lines;
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%-12s %,d with a rank died, %,d were replaced; %,d ranks have not finished",
            "nodes",
            result.nodeFailures().size(),
            replaced(result),
            result.unfinishedRanks()));
    for (NodeFailure failure : result.nodeFailures()) {
      if (lines.size() > MOST_NAMED) {
        lines.add(String.format(Locale.ROOT, "%-12s ...", ""));
        break;
      }
      lines.add(String.format(Locale.ROOT, "%-12s %s", "", describe(failure)));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%-12s %,d sent, %,d of them again; %,d came twice, %,d to a dead node, %,d given up",
            "copies",
            count(result, "copies"),
            count(result, "repeated"),
            count(result, "duplicates"),
            count(result, "void"),
            count(result, "given_up")));
    if (RESTORE.isIn(result)) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-12s %,d pieces over the network, %,d came with %s",
              "restores",
              RESTORE.value(result, "pieces"),
              RESTORE.value(result, "arrived"),
              Quantities.SIZE.human((double) RESTORE.value(result, "bytes"))));
    }
    return lines;
  }

  private static String describe(NodeFailure failure) {
    String died =
        "node "
            + failure.node()
            + " with rank "
            + failure.rank()
            + " at "
            + Quantities.TIME.human((double) failure.atPs());
    if (failure.noticedPs() < 0) {
      return died + ", not noticed before the end";
    }
    if (failure.spare() < 0) {
      return died + ", no spare was left";
    }
    String spare = died + ", node " + failure.spare();
    return failure.readyPs() < 0
        ? spare + " was not ready before the end"
        : spare
            + " went on after "
            + Quantities.TIME.human((double) (failure.readyPs() - failure.atPs()));
  }
}
