package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import memwall.core.stat.Snapshot;
import memwall.network.reduce.OperationRow;
import memwall.network.reduce.Reduce;
import memwall.network.reduce.ReduceResult;
import memwall.network.reduce.TenantResult;
import memwall.network.reduce.TenantTraffic;
import org.jspecify.annotations.Nullable;

/**
 * The files of reductions: {@code summary.json}, {@code latency.csv}, {@code operations.csv} and
 * the resolved configuration. They follow from the input alone, so equal runs give equal bytes.
 */
public final class ReduceFiles {
  private static final String SCHEMA = "memwall.network-reduce/1";
  private static final String OPERATIONS = "operations.csv";
  private static final List<Double> SHARES = List.of(0.5, 0.95, 0.99, 0.999);
  private static final List<String> NAMES = List.of("p50_ps", "p95_ps", "p99_ps", "p99_9_ps");

  private final Reduce reduce;

  /** The files of a result. */
  public ReduceFiles(Reduce reduce) {
    this.reduce = reduce;
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
    CsvFiles.write(folder.file(ReplayFiles.LATENCY), this::latencies);
    CsvFiles.write(folder.file(OPERATIONS), this::operations);
  }

  private void latencies(CsvWriter csv) {
    csv.writeRecord(
        "point_bytes",
        "deadlines",
        "group",
        "vector_bytes",
        "operations",
        "failed",
        "mean_ps",
        "p50_ps",
        "p95_ps",
        "p99_ps",
        "p99_9_ps",
        "max_ps",
        "substituted_share",
        "incomplete",
        "stale",
        "missing_bytes",
        "operation",
        "plain",
        "copies",
        "host_link_bytes",
        "switch_link_bytes",
        "plain_bytes",
        "busiest_ps");
    for (ReduceResult run : reduce.runs()) {
      for (TenantResult one : run.tenants()) {
        csv.writeRecord(
            Long.toString(run.sizeBytes()),
            Boolean.toString(run.deadlines()),
            one.tenant().group().name(),
            Long.toString(one.sizeBytes()),
            Integer.toString(one.operations().size()),
            Integer.toString(one.failed()),
            one.sortedPs().isEmpty()
                ? ""
                : CsvFiles.number((double) one.sumPs() / one.sortedPs().length()),
            quantile(one, 0.5),
            quantile(one, 0.95),
            quantile(one, 0.99),
            quantile(one, 0.999),
            quantile(one, 1),
            CsvFiles.number(one.substitutedShare()),
            Long.toString(one.incomplete()),
            Long.toString(one.stale()),
            Long.toString(one.missingBytes()),
            one.tenant().operation(),
            Boolean.toString(run.plain()),
            Long.toString(one.traffic().parts()),
            Long.toString(one.traffic().hostLinkBytes()),
            Long.toString(one.traffic().switchLinkBytes()),
            Long.toString(one.traffic().plainBytes()),
            Long.toString(one.traffic().busiestPs()));
      }
    }
  }

  private static String quantile(TenantResult one, double share) {
    long latencyPs = one.quantilePs(share);
    return latencyPs < 0 ? "" : Long.toString(latencyPs);
  }

  private void operations(CsvWriter csv) {
    csv.writeRecord(
        "point_bytes",
        "deadlines",
        "group",
        "operation",
        "call_ps",
        "latency_ps",
        "failed",
        "by_hosts",
        "rebuilds",
        "contributions",
        "added",
        "stale",
        "most_age",
        "missing_bytes",
        "latest_ps",
        "plain");
    for (ReduceResult run : reduce.runs()) {
      for (TenantResult one : run.tenants()) {
        for (OperationRow row : one.operations()) {
          csv.writeRecord(
              Long.toString(run.sizeBytes()),
              Boolean.toString(run.deadlines()),
              one.tenant().group().name(),
              Integer.toString(row.number()),
              Long.toString(row.callPs()),
              Long.toString(row.latencyPs()),
              Boolean.toString(row.failed()),
              Boolean.toString(row.byHosts()),
              Integer.toString(row.rebuilds()),
              Long.toString(row.contributions()),
              Long.toString(row.added()),
              Long.toString(row.stale()),
              Integer.toString(row.mostAge()),
              Long.toString(row.missingBytes()),
              Long.toString(row.latestPs()),
              Boolean.toString(run.plain()));
        }
      }
    }
  }

  /** The text of {@code summary.json}. */
  public String json() {
    return JsonText.of(this::summary);
  }

  private void summary(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeStringField("network", reduce.spec().network().name());
    json.writeBooleanField("ordered", reduce.spec().network().joint().ordered());
    json.writeNumberField("slots", reduce.spec().network().joint().slots());
    json.writeNumberField("loss_share", reduce.spec().lossShare());
    json.writeNumberField("seed", reduce.spec().seed());
    json.writeArrayFieldStart("runs");
    for (ReduceResult run : reduce.runs()) {
      run(json, run);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void run(JsonGenerator json, ReduceResult run) throws IOException {
    json.writeStartObject();
    json.writeNumberField("point_bytes", run.sizeBytes());
    json.writeBooleanField("deadlines", run.deadlines());
    json.writeBooleanField("plain", run.plain());
    json.writeNumberField("end_ps", run.endPs());
    JsonText.number(
        json, "adder_utilisation", run.adderUtilisation(reduce.spec().network().graph().adders()));
    JsonText.number(json, "mean_slots", run.meanSlots(reduce.spec().network().graph().adders()));
    json.writeNumberField("switch_link_bytes", run.switchLinkBytes());
    json.writeNumberField("faults_given", run.faultsGiven());
    json.writeNumberField("link_failures", run.linkFailures());
    json.writeNumberField("node_failures", run.nodeFailures());
    json.writeNumberField("late_hosts", run.lateHosts());
    json.writeArrayFieldStart("groups");
    for (int i = 0; i < run.tenants().size(); i++) {
      group(json, run.tenants().get(i), reduce.compared(run, i));
    }
    json.writeEndArray();
    json.writeObjectFieldStart("statistics");
    for (Snapshot.Value value : run.statistics().values()) {
      Long exact = value.exact();
      if (exact == null) {
        JsonText.number(json, value.path(), value.number());
      } else {
        json.writeNumberField(value.path(), exact);
      }
    }
    json.writeEndObject();
    json.writeNumberField("events", run.events());
    json.writeStringField("fingerprint", Long.toHexString(run.fingerprint()));
    json.writeEndObject();
  }

  private static void group(JsonGenerator json, TenantResult one, @Nullable TenantResult baseline)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", one.tenant().group().name());
    json.writeStringField("operation", one.tenant().operation());
    json.writeNumberField("members", one.tenant().group().members().size());
    json.writeNumberField("vector_bytes", one.sizeBytes());
    json.writeNumberField("operations", one.operations().size());
    json.writeNumberField("failed", one.failed());
    json.writeObjectFieldStart("failures");
    for (Map.Entry<String, Integer> failure : one.failures().entrySet()) {
      json.writeNumberField(failure.getKey(), failure.getValue());
    }
    json.writeEndObject();
    if (one.sortedPs().isEmpty()) {
      json.writeNullField("latency");
    } else {
      json.writeObjectFieldStart("latency");
      JsonText.number(json, "mean_ps", (double) one.sumPs() / one.sortedPs().length());
      for (int i = 0; i < NAMES.size(); i++) {
        json.writeNumberField(NAMES.get(i), one.quantilePs(SHARES.get(i)));
      }
      json.writeNumberField("max_ps", one.quantilePs(1));
      json.writeEndObject();
    }
    if (one.tenant().experts() != null) {
      TenantTraffic traffic = one.traffic();
      json.writeObjectFieldStart("tokens");
      json.writeNumberField("copies", traffic.parts());
      json.writeNumberField("host_link_bytes", traffic.hostLinkBytes());
      json.writeNumberField("switch_link_bytes", traffic.switchLinkBytes());
      json.writeNumberField("plain_bytes", traffic.plainBytes());
      JsonText.number(json, "saved_share", traffic.savedShare());
      json.writeNumberField("busiest_ps", traffic.busiestPs());
      json.writeEndObject();
    }
    JsonText.number(json, "substituted_share", one.substitutedShare());
    json.writeNumberField("incomplete", one.incomplete());
    json.writeNumberField("stale", one.stale());
    json.writeNumberField("missing_bytes", one.missingBytes());
    json.writeNumberField("chunks_complete", one.chunksComplete());
    json.writeNumberField("chunks_reordered", one.chunksReordered());
    if (baseline != null) {
      JsonText.number(
          json,
          "p99_gained_ratio",
          baseline.quantilePs(0.99) < 0 || one.quantilePs(0.99) <= 0
              ? Double.NaN
              : (double) baseline.quantilePs(0.99) / (double) one.quantilePs(0.99));
    }
    json.writeEndObject();
  }
}
