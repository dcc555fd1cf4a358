package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.network.endpoint.FabricRunResult;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Operations one after the other over routers, with deadlines of messages and without: rows of
 * {@code operations.csv} and {@code deadlines.csv}, JSON, lines of text.
 */
public final class DeadlineReport {
  static final String OPERATIONS = "operations.csv";
  static final String DEADLINES = "deadlines.csv";

  private static final String PREFIX = "deadline.";
  private static final double PS_PER_US = 1e6;
  private static final StatisticsGroup COUNTS =
      new StatisticsGroup(
          PREFIX,
          List.of(
              "sent",
              "in_time",
              "late",
              "undeliverable",
              "substituted",
              "beyond",
              "received_bytes",
              "substituted_bytes",
              "marked_bytes",
              "results",
              "marked_results"));

  /** Where nodes can die as well. */
  private static final StatisticsGroup ABSENCE =
      new StatisticsGroup(
          "absence.",
          List.of("parts", "receives", "redone", "joined", "substituted", "substituted_bytes"));

  private static final double[] SHARES = {0.5, 0.9, 0.99, 0.999, 1};
  private static final List<String> NAMES = List.of("p50", "p90", "p99", "p99_9", "max");

  private DeadlineReport() {}

  /** Whether receives had deadlines. */
  static boolean isThere(FabricRunResult result) {
    return COUNTS.isIn(result);
  }

  private static long count(FabricRunResult result, String name) {
    return COUNTS.value(result, name);
  }

  private static double share(long part, long all) {
    return all == 0 ? 0 : (double) part / all;
  }

  /** Share of the bytes that receives needed for which a substitute stood. */
  static double substitutedShare(FabricRunResult result) {
    long missing = count(result, "substituted_bytes");
    return share(missing, missing + count(result, "received_bytes"));
  }

  /** Share of them that ranks without a node should have sent. */
  private static double absenceShare(FabricRunResult result) {
    return share(
        ABSENCE.value(result, "substituted_bytes"),
        count(result, "substituted_bytes") + count(result, "received_bytes"));
  }

  /** Whether ranks could be absent. */
  private static boolean hasAbsence(@Nullable FabricRunResult result) {
    return result != null && ABSENCE.isIn(result);
  }

  /** Share of them that were substituted or contain what was. */
  static double markedShare(FabricRunResult result) {
    long missing = count(result, "substituted_bytes");
    return share(
        missing + count(result, "marked_bytes"), missing + count(result, "received_bytes"));
  }

  /** Share of the operations of ranks that contain substituted data. */
  static double resultShare(FabricRunResult result) {
    return share(count(result, "marked_results"), count(result, "results"));
  }

  /** The first row of operations. */
  static void operationsHeader(CsvWriter csv, String... before) {
    List<String> row = new ArrayList<>(List.of(before));
    row.addAll(List.of("operation", "time_ps", "without_deadline_ps"));
    csv.writeRecord(row);
  }

  /** A row for each operation. */
  static void operations(CsvWriter csv, NetworkOutcome outcome, String... before) {
    FabricRunResult fabric = outcome.fabric();
    if (fabric == null) {
      return;
    }
    FabricRunResult without = outcome.withoutDeadline();
    for (int operation = 0; operation < fabric.roundPs().size(); operation++) {
      List<String> row = new ArrayList<>(List.of(before));
      row.add(Integer.toString(operation));
      row.add(fabric.roundPs().get(operation).toString());
      row.add(
          without == null || operation >= without.roundPs().size()
              ? ""
              : without.roundPs().get(operation).toString());
      csv.writeRecord(row);
    }
  }

  /** The first row of deadlines, as for an outcome. */
  static void deadlinesHeader(CsvWriter csv, NetworkOutcome outcome, String... before) {
    List<String> row = new ArrayList<>(List.of(before));
    row.addAll(List.of("deadline", "operations", "unfinished_ranks"));
    NAMES.forEach(name -> row.add("operation_" + name + "_ps"));
    NAMES.forEach(name -> row.add("on_time_" + name + "_ps"));
    NAMES.forEach(name -> row.add("wait_" + name + "_ps"));
    row.addAll(COUNTS.names());
    row.addAll(List.of("substituted_share", "marked_share", "result_share"));
    if (hasAbsence(outcome.fabric())) {
      ABSENCE.names().forEach(name -> row.add("absence_" + name));
    }
    csv.writeRecord(row);
  }

  /** A row with deadlines, and one without. */
  static void deadlines(CsvWriter csv, NetworkOutcome outcome, String... before) {
    deadline(csv, outcome.fabric(), outcome.withoutDeadline() == null ? "wait" : "yes", before);
    deadline(csv, outcome.withoutDeadline(), "wait", before);
  }

  private static void deadline(
      CsvWriter csv, @Nullable FabricRunResult result, String name, String... before) {
    if (result == null || !isThere(result)) {
      return;
    }
    List<String> row = new ArrayList<>(List.of(before));
    row.add(name);
    row.add(Integer.toString(result.roundPs().size()));
    row.add(Integer.toString(result.unfinishedRanks()));
    for (double share : SHARES) {
      row.add(Long.toString(result.roundPs(share)));
    }
    for (Histogram histogram : List.of(onTime(result), waits(result))) {
      for (double share : SHARES) {
        row.add(histogram.getTotalCount() == 0 ? "" : Long.toString(quantile(histogram, share)));
      }
    }
    COUNTS.names().forEach(counted -> row.add(Long.toString(count(result, counted))));
    row.add(CsvFiles.number(substitutedShare(result)));
    row.add(CsvFiles.number(markedShare(result)));
    row.add(CsvFiles.number(resultShare(result)));
    if (hasAbsence(result)) {
      ABSENCE.names().forEach(counted -> row.add(Long.toString(ABSENCE.value(result, counted))));
    }
    csv.writeRecord(row);
  }

  private static Histogram waits(FabricRunResult result) {
    return result.statistics().histogram(PREFIX + "wait");
  }

  private static Histogram onTime(FabricRunResult result) {
    return result.statistics().histogram("operation.result_on_time");
  }

  private static long quantile(Histogram histogram, double share) {
    return share == 1 ? histogram.getMaxValue() : histogram.getValueAtPercentile(100 * share);
  }

  /** By how much p99 of what ranks on time wait for is shorter with the deadline. */
  private static double gained(FabricRunResult with, FabricRunResult without) {
    Histogram after = onTime(with);
    Histogram before = onTime(without);
    return after.getTotalCount() == 0 || before.getTotalCount() == 0
        ? Double.NaN
        : (double) quantile(before, 0.99) / quantile(after, 0.99);
  }

  /** The fields {@code operations}, {@code deadline} and {@code without_deadline}, if there. */
  static void json(JsonGenerator json, NetworkOutcome outcome) throws IOException {
    FabricRunResult fabric = outcome.fabric();
    if (fabric == null) {
      return;
    }
    if (fabric.roundPs().size() > 1 || isThere(fabric)) {
      json.writeNumberField("operations", fabric.roundPs().size());
      percentiles(json, "operation_ps", fabric);
    }
    if (isThere(fabric)) {
      json.writeObjectFieldStart("deadline");
      deadline(json, fabric);
      json.writeEndObject();
    }
    FabricRunResult without = outcome.withoutDeadline();
    if (without != null) {
      json.writeObjectFieldStart("without_deadline");
      deadline(json, without);
      NodeFailureReport.json(json, without);
      json.writeEndObject();
      JsonText.number(json, "p99_gained", gained(fabric, without));
    }
  }

  private static void percentiles(JsonGenerator json, String key, FabricRunResult result)
      throws IOException {
    json.writeObjectFieldStart(key);
    for (int i = 0; i < SHARES.length; i++) {
      json.writeNumberField(NAMES.get(i), result.roundPs(SHARES[i]));
    }
    json.writeEndObject();
  }

  private static void percentiles(JsonGenerator json, String key, Histogram histogram)
      throws IOException {
    json.writeObjectFieldStart(key);
    for (int i = 0; i < SHARES.length && histogram.getTotalCount() > 0; i++) {
      json.writeNumberField(NAMES.get(i), quantile(histogram, SHARES[i]));
    }
    json.writeEndObject();
  }

  private static void deadline(JsonGenerator json, FabricRunResult result) throws IOException {
    json.writeNumberField("operations", result.roundPs().size());
    json.writeNumberField("unfinished_ranks", result.unfinishedRanks());
    percentiles(json, "operation_ps", result);
    percentiles(json, "result_on_time_ps", onTime(result));
    percentiles(json, "wait_ps", waits(result));
    COUNTS.write(json, result);
    JsonText.number(json, "substituted_share", substitutedShare(result));
    JsonText.number(json, "marked_share", markedShare(result));
    JsonText.number(json, "result_share", resultShare(result));
    if (hasAbsence(result)) {
      json.writeObjectFieldStart("absence");
      ABSENCE.write(json, result);
      JsonText.number(json, "substituted_share", absenceShare(result));
      json.writeEndObject();
    }
  }

  /**
   * Lines with the tail of operations with the deadline and without, and what it costs; none where
   * there is one operation and no deadline.
   */
  public static List<String> text(NetworkOutcome outcome) {
    List<String> lines = new ArrayList<>();
    FabricRunResult fabric = outcome.fabric();
    if (fabric == null || (fabric.roundPs().size() == 1 && !isThere(fabric))) {
      return lines;
    }
    FabricRunResult without = outcome.withoutDeadline();
    lines.add(operations(fabric));
    if (without != null) {
      lines.add(tail("deadline", fabric));
      lines.add(tail("without it", without));
      lines.add(
          String.format(
              Locale.ROOT,
              "%-12s %.3f %% of the bytes, %.3f %% with what comes of them, in %.3f %% of the"
                  + " results; p99 of ranks on time %.2f times shorter",
              "substituted",
              100 * substitutedShare(fabric),
              100 * markedShare(fabric),
              100 * resultShare(fabric),
              gained(fabric, without)));
    }
    if (isThere(fabric)) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-12s %,d sent, %,d in time, %,d late, %,d undeliverable; %,d receives waited on"
                  + " beyond the deadline",
              "receives",
              count(fabric, "sent"),
              count(fabric, "in_time"),
              count(fabric, "late"),
              count(fabric, "undeliverable"),
              count(fabric, "beyond")));
    }
    if (hasAbsence(fabric)) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-12s %,d parts of ranks without node; substitutes for them are %.3f %% of the"
                  + " bytes; %,d spares joined an operation, %,d receives began again",
              "left out",
              ABSENCE.value(fabric, "parts"),
              100 * absenceShare(fabric),
              ABSENCE.value(fabric, "joined"),
              ABSENCE.value(fabric, "redone")));
    }
    return lines;
  }

  private static String operations(FabricRunResult result) {
    return String.format(
        Locale.ROOT,
        "%-12s %,d, us: p50 %,.3f, p90 %,.3f, p99 %,.3f, p99.9 %,.3f, max %,.3f%s",
        "operations",
        result.roundPs().size(),
        result.roundPs(0.5) / PS_PER_US,
        result.roundPs(0.9) / PS_PER_US,
        result.roundPs(0.99) / PS_PER_US,
        result.roundPs(0.999) / PS_PER_US,
        result.roundPs(1) / PS_PER_US,
        result.unfinishedRanks() == 0
            ? ""
            : "; the last one did not end on " + result.unfinishedRanks() + " ranks");
  }

  private static String tail(String label, FabricRunResult result) {
    return String.format(Locale.ROOT, "%-12s ranks on time, us:", label)
        + quantiles(onTime(result))
        + "; receives wait"
        + quantiles(waits(result));
  }

  private static String quantiles(Histogram histogram) {
    return histogram.getTotalCount() == 0
        ? " never"
        : String.format(
            Locale.ROOT,
            " p50 %,.3f, p99 %,.3f, p99.9 %,.3f, max %,.3f",
            quantile(histogram, 0.5) / PS_PER_US,
            quantile(histogram, 0.99) / PS_PER_US,
            quantile(histogram, 0.999) / PS_PER_US,
            quantile(histogram, 1) / PS_PER_US);
  }
}
