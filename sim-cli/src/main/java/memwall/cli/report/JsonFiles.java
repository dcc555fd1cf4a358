package memwall.cli.report;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import memwall.core.stat.Snapshot;
import org.HdrHistogram.Histogram;

/**
 * Writes {@code summary.json} and {@code manifest.json}. The summary holds what follows from the
 * input alone: no wall clock, no host, every key always there, null where there is no value.
 */
final class JsonFiles {
  static final String SUMMARY = "summary.json";
  static final String MANIFEST = "manifest.json";
  static final String SUMMARY_SCHEMA = "memwall.summary/1";
  static final String MANIFEST_SCHEMA = "memwall.manifest/1";

  /** Latencies of requests: key in the summary, which is also the end of the histogram's path. */
  static final List<String> LATENCIES = List.of("ttft", "tpot", "token_gap", "e2e", "queue");

  /** What the paths of the histograms of requests begin with. */
  static final String REQUESTS = "requests.";

  /** Percentiles of a latency and their keys in the summary. */
  static final List<Percentile> PERCENTILES =
      List.of(
          new Percentile("p50_ms", 50),
          new Percentile("p90_ms", 90),
          new Percentile("p95_ms", 95),
          new Percentile("p99_ms", 99),
          new Percentile("p99_9_ms", 99.9));

  private static final double PS_PER_SECOND = 1e12;
  private static final double PS_PER_MS = 1e9;

  /** Shortest round-trip doubles on every virtual machine; see {@link CsvFiles#number}. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  /** A percentile and its key. */
  record Percentile(String key, double percent) {}

  private final JsonGenerator json;

  private JsonFiles(JsonGenerator json) {
    this.json = json;
  }

  static void summary(RunResult result, Path file) {
    write(file, writer -> writer.summary(result));
  }

  static void manifest(Manifest manifest, Path file) {
    write(file, writer -> writer.manifest(manifest));
  }

  private void summary(RunResult result) throws IOException {
    RunResult.Identity identity = result.identity();
    json.writeStartObject();
    json.writeStringField("schema", SUMMARY_SCHEMA);
    json.writeStringField("name", identity.name());
    json.writeStringField("fidelity", identity.fidelity());
    json.writeNumberField("seed", identity.seed());
    json.writeStringField("status", identity.status().word());
    json.writeStringField("fingerprint", identity.fingerprintHex());
    json.writeNumberField("simulated_ps", identity.simulatedPs());
    json.writeNumberField("events_fired", identity.eventsFired());
    description(result.description());
    counts(result);
    json.writeObjectFieldStart("latency");
    for (String latency : LATENCIES) {
      json.writeFieldName(latency);
      latency(histogram(result.snapshot(), REQUESTS + latency));
    }
    json.writeEndObject();
    json.writeFieldName("slo");
    Goodput.write(json, result);
    json.writeFieldName("scheduling");
    Scheduling.write(json, result.snapshot());
    json.writeFieldName("tables");
    Tables.write(json, result.snapshot());
    attribution(result.attribution());
    machine(result);
    json.writeEndObject();
  }

  private void description(RunResult.Description description) throws IOException {
    json.writeObjectFieldStart("description");
    labelled("system", description.system());
    labelled("model", description.model());
    labelled("precision", description.precision());
    labelled("sharding", description.sharding());
    labelled("trace", description.trace());
    json.writeEndObject();
  }

  private void labelled(String key, List<RunResult.Labelled> list) throws IOException {
    json.writeArrayFieldStart(key);
    for (RunResult.Labelled entry : list) {
      json.writeStartObject();
      json.writeStringField("label", entry.label());
      json.writeStringField("value", entry.value());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void counts(RunResult result) throws IOException {
    RunResult.Requests requests = result.requests();
    json.writeObjectFieldStart("requests");
    json.writeNumberField("arrived", requests.arrived());
    json.writeNumberField("completed", requests.completed());
    json.writeNumberField("refused", requests.refused());
    json.writeNumberField("running", requests.running());
    json.writeNumberField("waiting", requests.waiting());
    json.writeArrayFieldStart("refused_by_reason");
    for (RunResult.Refusal refusal : requests.refusals()) {
      json.writeStartObject();
      json.writeStringField("reason", refusal.reason());
      json.writeNumberField("count", refusal.count());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeObjectFieldStart("tokens");
    json.writeNumberField("prompt", result.tokens().prompt());
    json.writeNumberField("output", result.tokens().output());
    json.writeEndObject();
    double seconds = result.identity().simulatedPs() / PS_PER_SECOND;
    json.writeObjectFieldStart("throughput");
    number("completed_per_sec", requests.completed() / seconds);
    number("prompt_tokens_per_sec", result.tokens().prompt() / seconds);
    number("output_tokens_per_sec", result.tokens().output() / seconds);
    json.writeEndObject();
  }

  private void latency(Histogram histogram) throws IOException {
    boolean empty = histogram.getTotalCount() == 0;
    json.writeStartObject();
    json.writeNumberField("count", histogram.getTotalCount());
    number("mean_ms", empty ? Double.NaN : histogram.getMean() / PS_PER_MS);
    for (Percentile percentile : PERCENTILES) {
      double ps = histogram.getValueAtPercentile(percentile.percent());
      number(percentile.key(), empty ? Double.NaN : ps / PS_PER_MS);
    }
    number("max_ms", empty ? Double.NaN : histogram.getMaxValue() / PS_PER_MS);
    json.writeEndObject();
  }

  private void attribution(RunResult.Attribution attribution) throws IOException {
    json.writeObjectFieldStart("time");
    json.writeStringField("sentence", attribution.sentence());
    json.writeNumberField("total_ps", attribution.totalPs());
    json.writeArrayFieldStart("parts");
    for (RunResult.Part part : attribution.parts()) {
      json.writeStartObject();
      json.writeStringField("key", part.key());
      json.writeStringField("label", part.label());
      json.writeNumberField("ps", part.ps());
      number("share", (double) part.ps() / attribution.totalPs());
      json.writeStringField("sentence", part.sentence());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void machine(RunResult result) throws IOException {
    json.writeArrayFieldStart("utilisation");
    for (RunResult.Utilisation entry : result.utilisation()) {
      json.writeStartObject();
      json.writeStringField("resource", entry.resource());
      number("busy_share", entry.busyShare());
      json.writeNumberField("amount", entry.amount());
      json.writeStringField("unit", entry.unit());
      json.writeStringField("bound", entry.bound());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("memory");
    for (RunResult.MemoryTier tier : result.memory()) {
      json.writeStartObject();
      json.writeStringField("tier", tier.tier());
      json.writeStringField("scope", tier.scope());
      json.writeNumberField("capacity_bytes", tier.capacityBytes());
      json.writeNumberField("weights_bytes", tier.weightsBytes());
      json.writeNumberField("kv_peak_bytes", tier.kvPeakBytes());
      json.writeNumberField("kv_mean_bytes", tier.kvMeanBytes());
      json.writeNumberField("activation_bytes", tier.activationBytes());
      json.writeNumberField("free_bytes", tier.freeBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    energy(result);
    json.writeFieldName("economy");
    EconomyText.write(result.economy(), json);
    json.writeFieldName("wear");
    new WearJson(json).wear(result.wear());
    json.writeFieldName("tiering");
    new TieringJson(json, (double) result.identity().simulatedPs()).tiering(result.tiering());
    thermal(result);
    json.writeFieldName("trees");
    Trees trees = Trees.of(result.snapshot());
    if (trees == null) {
      json.writeNull();
    } else {
      trees.write(json);
    }
    RunResult.Approximated approximated = result.approximated();
    json.writeObjectFieldStart("approximated");
    json.writeNumberField("transfers", approximated.transfers());
    json.writeNumberField("all_transfers", approximated.allTransfers());
    number("transfer_share", approximated.transferShare());
    json.writeNumberField("bytes", approximated.bytes());
    json.writeNumberField("all_bytes", approximated.allBytes());
    number("byte_share", approximated.byteShare());
    json.writeEndObject();
    json.writeArrayFieldStart("laws");
    for (RunResult.Law law : result.laws()) {
      json.writeStartObject();
      json.writeStringField("name", law.name());
      json.writeStringField("relation", law.relation());
      json.writeNumberField("left", law.left());
      json.writeNumberField("right", law.right());
      json.writeBooleanField("holds", law.holds());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("warnings");
    for (String warning : result.warnings()) {
      json.writeString(warning);
    }
    json.writeEndArray();
  }

  private void energy(RunResult result) throws IOException {
    double joules = result.energy().totalJoules();
    json.writeObjectFieldStart("energy");
    number("total_joules", joules);
    number("mean_watts", result.energy().meanWatts());
    number("peak_watts", result.energy().peakWatts());
    number("joules_per_output_token", joules / result.tokens().output());
    json.writeArrayFieldStart("parts");
    for (RunResult.EnergyPart part : result.energy().parts()) {
      json.writeStartObject();
      json.writeStringField("component", part.component());
      number("joules", part.joules());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void thermal(RunResult result) throws IOException {
    double ps = result.identity().simulatedPs();
    json.writeArrayFieldStart("thermal");
    for (StackHeat stack : StackHeat.of(result.snapshot())) {
      json.writeStartObject();
      json.writeStringField("memory", stack.memory());
      number("throttled_share", stack.throttledPs() / ps);
      number("fast_refresh_share", stack.fastRefreshPs() / ps);
      StackHeat.Flash flash = stack.flash();
      number("light_share", flash == null ? Double.NaN : flash.lightPs() / ps);
      number("severe_share", flash == null ? Double.NaN : flash.severePs() / ps);
      number("heat_joules_per_stack", stack.heatJoules());
      number("engine_clock_share", stack.engineClockShare());
      json.writeArrayFieldStart("dies");
      for (StackHeat.Die die : stack.dies()) {
        json.writeStartObject();
        json.writeStringField("die", die.name());
        number("peak_celsius", die.peakCelsius());
        number("mean_celsius", die.meanCelsius());
        number("above_85_share", die.above85Ps() / ps);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void manifest(Manifest manifest) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", MANIFEST_SCHEMA);
    json.writeStringField("version", manifest.version());
    json.writeArrayFieldStart("command_line");
    for (String argument : manifest.commandLine()) {
      json.writeString(argument);
    }
    json.writeEndArray();
    json.writeNumberField("seed", manifest.seed());
    json.writeArrayFieldStart("inputs");
    for (Manifest.Input input : manifest.inputs()) {
      json.writeStartObject();
      json.writeStringField("path", input.path());
      json.writeNumberField("bytes", input.bytes());
      json.writeStringField("sha256", input.sha256());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("java_version", manifest.javaVersion());
    json.writeNumberField("host_cores", manifest.hostCores());
    number("wall_seconds", manifest.wallSeconds());
    number("cpu_seconds", manifest.cpuSeconds());
    json.writeEndObject();
  }

  /** A number, or null if it is not finite: 0/0 and x/0 mean that there is no value. */
  private void number(String key, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(key, value);
    } else {
      json.writeNullField(key);
    }
  }

  /** The histogram with this path; an empty one if there is none. */
  static Histogram histogram(Snapshot snapshot, String path) {
    for (Snapshot.Distribution distribution : snapshot.histograms()) {
      if (distribution.path().equals(path)) {
        return distribution.histogram();
      }
    }
    return new Histogram(1);
  }

  private interface Content {
    void write(JsonFiles writer) throws IOException;
  }

  private static void write(Path file, Content content) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    try (JsonGenerator json =
        FACTORY.createGenerator(Files.newOutputStream(file), JsonEncoding.UTF8)) {
      json.enable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.setPrettyPrinter(
          new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter));
      content.write(new JsonFiles(json));
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
