package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import memwall.network.collective.Schedule;
import memwall.network.endpoint.FabricRunResult;
import memwall.network.graph.LinkGraph;
import memwall.network.graph.LinkGraphResult;
import memwall.network.loggp.LogGopsResult;
import memwall.network.trace.Traffic;
import org.jspecify.annotations.Nullable;

/**
 * The files of replayed messages: {@code summary.json}, {@code ranks.csv}, {@code links.csv} if
 * there are links, and the resolved configuration. They follow from the input alone, so equal runs
 * give equal bytes.
 */
public final class NetworkReplayFiles {
  private static final String SCHEMA = "memwall.network-replay/1";
  private static final String RANKS = "ranks.csv";

  private final Traffic traffic;
  private final String network;
  private final NetworkOutcome outcome;
  private final @Nullable LinkGraph links;

  /**
   * The files of a result.
   *
   * @param links of the graph, if there is one
   */
  public NetworkReplayFiles(
      Traffic traffic, String network, NetworkOutcome outcome, @Nullable LinkGraph links) {
    this.traffic = traffic;
    this.network = network;
    this.outcome = outcome;
    this.links = links;
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
    CsvFiles.write(folder.file(RANKS), this::ranks);
    LinkGraph graph = links;
    LinkGraphResult result = outcome.graph();
    if (graph != null && result != null) {
      CsvFiles.write(folder.file(ChannelReport.LINKS), csv -> links(csv, graph, result));
    }
    FabricRunResult fabric = outcome.fabric();
    if (fabric != null) {
      CsvFiles.write(folder.file(ChannelReport.LINKS), csv -> links(csv, fabric));
      if (fabric.roundPs().size() > 1 || DeadlineReport.isThere(fabric)) {
        CsvFiles.write(folder.file(DeadlineReport.OPERATIONS), this::operations);
      }
      if (NodeFailureReport.isThere(fabric)) {
        CsvFiles.write(
            folder.file(NodeFailureReport.FAILURES),
            csv -> {
              NodeFailureReport.header(csv);
              NodeFailureReport.rows(csv, fabric);
            });
      }
      if (DeadlineReport.isThere(fabric)) {
        CsvFiles.write(folder.file(DeadlineReport.DEADLINES), this::deadlines);
      }
    }
  }

  /** By rank, what it has to send. */
  private long[] sentBytes() {
    Schedule schedule = traffic.schedule();
    long[] sent = new long[schedule.ranks()];
    for (int operation = 0; operation < schedule.operations(); operation++) {
      if (schedule.kind(operation) == Schedule.SEND) {
        sent[schedule.rank(operation)] += schedule.bytes(operation);
      }
    }
    return sent;
  }

  private void ranks(CsvWriter csv) {
    LogGopsResult loggp = outcome.loggp();
    csv.writeRecord("rank", "finish_ps", "sent_bytes", "busy_ps");
    long[] sent = sentBytes();
    for (int rank = 0; rank < sent.length; rank++) {
      csv.writeRecord(
          Integer.toString(rank),
          Long.toString(outcome.finishPs(rank)),
          Long.toString(sent[rank]),
          loggp == null ? "" : Long.toString(loggp.busyPs(rank)));
    }
  }

  private void operations(CsvWriter csv) {
    DeadlineReport.operationsHeader(csv);
    DeadlineReport.operations(csv, outcome);
  }

  private void deadlines(CsvWriter csv) {
    DeadlineReport.deadlinesHeader(csv, outcome);
    DeadlineReport.deadlines(csv, outcome);
  }

  private static void links(CsvWriter csv, FabricRunResult fabric) {
    ChannelReport.header(csv);
    ChannelReport.rows(csv, fabric.channels());
  }

  private static void links(CsvWriter csv, LinkGraph graph, LinkGraphResult result) {
    csv.writeRecord("link", "from_node", "to_node", "bytes", "busy_ps");
    for (int link = 0; link < graph.links(); link++) {
      csv.writeRecord(
          Integer.toString(link),
          Integer.toString(graph.from(link)),
          Integer.toString(graph.to(link)),
          Long.toString(result.linkBytes(link)),
          Long.toString(result.linkBusyPs(link)));
    }
  }

  /** The text of {@code summary.json}. */
  public String json() {
    return JsonText.of(this::summary);
  }

  private void summary(JsonGenerator json) throws IOException {
    Schedule schedule = traffic.schedule();
    long sum = 0;
    for (long bytes : sentBytes()) {
      sum += bytes;
    }
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeObjectFieldStart("trace");
    json.writeStringField("format", traffic.format().label());
    json.writeStringField("sha256", traffic.sha256());
    json.writeNumberField("ranks", schedule.ranks());
    json.writeNumberField("operations", schedule.operations());
    json.writeNumberField("sends", schedule.sends());
    json.writeNumberField("sent_bytes", sum);
    json.writeEndObject();
    json.writeStringField("network", network);
    json.writeNumberField("time_ps", outcome.totalPs());
    json.writeNumberField("messages", outcome.messages());
    FaultJson.write(json, outcome);
    FabricRunResult fabric = outcome.fabric();
    if (fabric != null) {
      ChannelReport.json(json, fabric.channels());
      DeadlineReport.json(json, outcome);
      NodeFailureReport.json(json, fabric);
    }
    json.writeNumberField("events", outcome.events());
    json.writeStringField("fingerprint", Long.toHexString(outcome.fingerprint()));
    LogGopsResult loggp = outcome.loggp();
    if (loggp != null) {
      json.writeNumberField("unexpected_messages", loggp.unexpected());
      if (loggp.messages() > 0) {
        json.writeObjectFieldStart("latency_ps");
        JsonText.number(json, "mean", (double) loggp.latencySumPs() / loggp.messages());
        json.writeNumberField("p50", loggp.latencyPs(0.5));
        json.writeNumberField("p90", loggp.latencyPs(0.9));
        json.writeNumberField("p99", loggp.latencyPs(0.99));
        json.writeNumberField("p999", loggp.latencyPs(0.999));
        json.writeNumberField("max", loggp.latencyPs(1));
        json.writeEndObject();
      }
    }
    LinkGraphResult graph = outcome.graph();
    if (graph != null) {
      long most = 0;
      for (int link = 0; link < graph.links(); link++) {
        most = Math.max(most, graph.linkBusyPs(link));
      }
      json.writeNumberField("hops", graph.hops());
      json.writeNumberField("busiest_link_ps", most);
    }
    json.writeEndObject();
  }
}
