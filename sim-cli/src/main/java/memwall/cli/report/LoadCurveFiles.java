package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import memwall.core.stat.TickHistogram;
import memwall.network.router.FabricSpec;
import memwall.network.router.LoadCurve;
import memwall.network.router.LoadPoint;
import memwall.network.router.LoadSpec;

/**
 * The files of a load curve: {@code summary.json}, {@code curve.csv}, {@code latency.csv}, {@code
 * links.csv} and the resolved configuration. They follow from the input alone, so equal runs give
 * equal bytes.
 */
public final class LoadCurveFiles {
  private static final String SCHEMA = "memwall.network-load/1";
  private static final String CURVE = "curve.csv";

  private final LoadCurve curve;

  /** The files of a curve. */
  public LoadCurveFiles(LoadCurve curve) {
    this.curve = curve;
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
    CsvFiles.write(folder.file(CURVE), this::rows);
    CsvFiles.write(folder.file(ReplayFiles.LATENCY), this::latencies);
    CsvFiles.write(folder.file(ChannelReport.LINKS), this::links);
  }

  private void links(CsvWriter csv) {
    ChannelReport.header(csv, "offered_flits");
    for (LoadPoint point : curve.all()) {
      ChannelReport.rows(csv, point.channels(), CsvFiles.number(point.offeredFlits()));
    }
  }

  private void rows(CsvWriter csv) {
    csv.writeRecord(
        "offered_flits",
        "created_flits",
        "accepted_flits",
        "saturated",
        "deadlocked",
        "packets",
        "unfinished",
        "mean_cycles",
        "p50_cycles",
        "p90_cycles",
        "p95_cycles",
        "p99_cycles",
        "p99_9_cycles",
        "max_cycles",
        "network_mean_cycles",
        "network_p99_cycles",
        "hops",
        "mean_channel_flits",
        "busiest_channel_flits",
        "cycles");
    for (LoadPoint point : curve.all()) {
      TickHistogram packet = point.packetLatency();
      TickHistogram network = point.networkLatency();
      csv.writeRecord(
          CsvFiles.number(point.offeredFlits()),
          CsvFiles.number(point.createdFlits()),
          CsvFiles.number(point.acceptedFlits()),
          Boolean.toString(point.saturated()),
          Boolean.toString(point.deadlocked()),
          Long.toString(packet.count()),
          Long.toString(point.unfinished()),
          mean(packet),
          quantile(packet, 0.5),
          quantile(packet, 0.9),
          quantile(packet, 0.95),
          quantile(packet, 0.99),
          quantile(packet, 0.999),
          packet.count() == 0 ? "" : Long.toString(packet.maxTicks()),
          mean(network),
          quantile(network, 0.99),
          packet.count() == 0 ? "" : CsvFiles.number(point.meanHops()),
          CsvFiles.number(point.meanChannelLoad()),
          CsvFiles.number(point.mostChannelLoad()),
          Long.toString(point.cycles()));
    }
  }

  private static String mean(TickHistogram latency) {
    return latency.count() == 0 ? "" : CsvFiles.number(latency.meanTicks());
  }

  private static String quantile(TickHistogram latency, double share) {
    return latency.count() == 0 ? "" : Long.toString(latency.quantileTicks(share));
  }

  private void latencies(CsvWriter csv) {
    csv.writeRecord("offered_flits", "latency", "cycles", "count");
    for (LoadPoint point : curve.all()) {
      String offered = CsvFiles.number(point.offeredFlits());
      point
          .packetLatency()
          .forEach(
              (cycles, count) ->
                  csv.writeRecord(offered, "packet", Long.toString(cycles), Long.toString(count)));
      point
          .networkLatency()
          .forEach(
              (cycles, count) ->
                  csv.writeRecord(offered, "network", Long.toString(cycles), Long.toString(count)));
    }
  }

  /** The text of {@code summary.json}. */
  public String json() {
    return JsonText.of(this::summary);
  }

  private void summary(JsonGenerator json) throws IOException {
    FabricSpec fabric = curve.spec().fabric();
    LoadSpec load = curve.spec().load();
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeObjectFieldStart("network");
    json.writeStringField("name", fabric.name());
    json.writeStringField("topology", fabric.shape().text());
    json.writeNumberField("nodes", fabric.nodes());
    json.writeNumberField("virtual_channels", fabric.router().channels());
    json.writeNumberField("buffer_flits", fabric.router().bufferFlits());
    json.writeBooleanField("hold_switch", fabric.router().holdSwitch());
    json.writeNumberField("cycle_ps", fabric.cyclePs());
    json.writeNumberField("flit_bytes", fabric.flitBytes());
    json.writeEndObject();
    json.writeObjectFieldStart("traffic");
    json.writeStringField("pattern", load.pattern().key());
    json.writeNumberField("packet_flits", load.packetFlits());
    json.writeNumberField("warmup_cycles", load.warmupCycles());
    json.writeNumberField("sample_cycles", load.sampleCycles());
    json.writeNumberField("seed", load.seed());
    json.writeEndObject();
    JsonText.number(json, "most_accepted_flits", curve.mostAcceptedFlits());
    JsonText.number(json, "least_saturated_flits", curve.leastSaturatedFlits().orElse(Double.NaN));
    if (curve.spec().toleranceFlits() > 0) {
      JsonText.number(json, "search_tolerance_flits", curve.spec().toleranceFlits());
      json.writeNumberField("searched_points", curve.searched().size());
    }
    JsonText.number(json, "most_carried_flits", curve.mostCarriedFlits());
    json.writeArrayFieldStart("points");
    for (LoadPoint point : curve.all()) {
      point(json, point);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void point(JsonGenerator json, LoadPoint point) throws IOException {
    json.writeStartObject();
    JsonText.number(json, "offered_flits", point.offeredFlits());
    JsonText.number(json, "created_flits", point.createdFlits());
    JsonText.number(json, "accepted_flits", point.acceptedFlits());
    json.writeBooleanField("saturated", point.saturated());
    json.writeBooleanField("deadlocked", point.deadlocked());
    json.writeNumberField("unfinished", point.unfinished());
    latency(json, "packet_latency", point.packetLatency());
    latency(json, "network_latency", point.networkLatency());
    JsonText.number(json, "hops", point.meanHops());
    JsonText.number(json, "mean_channel_flits", point.meanChannelLoad());
    JsonText.number(json, "busiest_channel_flits", point.mostChannelLoad());
    ChannelReport.json(json, point.channels());
    json.writeNumberField("cycles", point.cycles());
    json.writeNumberField("packets", point.packets());
    json.writeEndObject();
  }

  /** A distribution, or null where there is none. */
  private static void latency(JsonGenerator json, String key, TickHistogram latency)
      throws IOException {
    if (latency.count() == 0) {
      json.writeNullField(key);
      return;
    }
    json.writeObjectFieldStart(key);
    json.writeNumberField("count", latency.count());
    JsonText.number(json, "mean_cycles", latency.meanTicks());
    json.writeNumberField("p50_cycles", latency.quantileTicks(0.5));
    json.writeNumberField("p90_cycles", latency.quantileTicks(0.9));
    json.writeNumberField("p95_cycles", latency.quantileTicks(0.95));
    json.writeNumberField("p99_cycles", latency.quantileTicks(0.99));
    json.writeNumberField("p99_9_cycles", latency.quantileTicks(0.999));
    json.writeNumberField("max_cycles", latency.maxTicks());
    json.writeEndObject();
  }
}
