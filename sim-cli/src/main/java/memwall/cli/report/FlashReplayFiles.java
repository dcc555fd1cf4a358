package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import memwall.core.stat.Stats;
import memwall.core.stat.TickHistogram;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.ReadLimits;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.replay.FlashReplayResult;
import memwall.memory.flash.replay.ManagementCounts;
import memwall.memory.flash.replay.ReplayHeat;
import memwall.memory.flash.trace.FlashTraceSummary;

/**
 * The files of a replayed flash trace: {@code summary.json}, {@code stats.csv}, {@code latency.csv}
 * and the resolved configuration. They follow from the input alone, so equal runs give equal bytes.
 */
public final class FlashReplayFiles {
  private static final String SCHEMA = "memwall.flash-replay/1";

  private final FlashReplayResult result;
  private final FlashCounters counters;
  private final ManagementCounts management;

  /** The files of a result. */
  public FlashReplayFiles(FlashReplayResult result) {
    this.result = result;
    counters = result.counters();
    management = result.management();
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
    CsvFiles.stats(statistics().snapshot(0), folder.file(CsvFiles.STATS));
    CsvFiles.write(folder.file(ReplayFiles.LATENCY), this::latencies);
  }

  private Stats statistics() {
    Stats stats = new Stats();
    exact(stats, "completed", "Reads and writes complete", result.completed());
    stats.exact("span_ps", "ps", "From the first arrival to the last completion", result::spanPs);
    Stats device = stats.child("device");
    exact(device, "reads", "Reads of pages asked of the device", counters.reads());
    exact(device, "senses", "Pages sensed", counters.senses());
    exact(device, "sense_commands", "Array commands that sensed them", counters.senseCommands());
    exact(device, "retries", "Further senses of the same pages", counters.retries());
    exact(device, "buffer_hits", "Reads served from a page buffer", counters.bufferHits());
    exact(device, "forwarded", "Reads of pages just being programmed", counters.forwarded());
    exact(device, "uncorrectable", "Pages lost after all retries", counters.uncorrectable());
    exact(device, "expired", "Pages older than their retention", counters.expired());
    exact(device, "program_failures", "Programs that failed", counters.programFailures());
    exact(device, "shut_out", "Requests refused after a shutdown", counters.shutOut());
    exact(device, "programs", "Pages programmed", counters.programs());
    exact(device, "erases", "Blocks erased", counters.erases());
    exact(device, "refusals", "Programs that the state of a block forbade", counters.refusals());
    exact(device, "suspensions", "Suspensions of programs", counters.suspensions());
    exact(device, "cap_waits", "Waits of planes to be active", counters.capWaits());
    device.exact(
        "longest_cap_wait_ps",
        "ps",
        "Longest wait of a plane to be active",
        counters::longestCapWaitPs);
    exact(device, "staging_waits", "Waits of planes for the buffer", counters.stagingWaits());
    exact(device, "host_waits", "Waits for outstanding requests", counters.hostWaits());
    Stats managed = stats.child("management");
    exact(managed, "host_pages", "Pages that the host wrote", management.hostPages());
    exact(managed, "moved", "Pages moved to clean, level or refresh", management.moved());
    exact(managed, "unwritten", "Pages read that hold no data", management.unwritten());
    exact(managed, "from_controller", "Pages read from there", management.fromController());
    exact(managed, "trimmed", "Pages given up", management.trimmed());
    exact(managed, "unplaced", "Pages for which no block was left", management.unplaced());
    exact(managed, "refused", "Programs made again elsewhere", management.refused());
    exact(managed, "lost", "Pages moved that could not be corrected", management.lost());
    exact(managed, "most_erases", "P/E cycles of the most worn block", management.mostErases());
    exact(managed, "retired", "Blocks out of use", management.retired());
    for (ReadLimits.Limit limit : ReadLimits.Limit.values()) {
      stats.derived(
          "used." + key(limit),
          "1",
          "Used of what the part allows: " + limit.label(),
          () -> result.usedShare(limit));
    }
    return stats;
  }

  private static void exact(Stats stats, String name, String sentence, long value) {
    stats.exact(name, "1", sentence, () -> value);
  }

  private static String key(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private void latencies(CsvWriter csv) {
    csv.writeRecord("latency", "ps", "count");
    latency(csv, "read", result.readLatency());
    latency(csv, "write", result.writeLatency());
  }

  private static void latency(CsvWriter csv, String name, TickHistogram latency) {
    latency.forEach((ps, count) -> csv.writeRecord(name, Long.toString(ps), Long.toString(count)));
  }

  /** The text of {@code summary.json}. */
  public String json() {
    return JsonText.of(this::summary);
  }

  private void summary(JsonGenerator json) throws IOException {
    FlashTraceSummary trace = result.trace();
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeObjectFieldStart("trace");
    json.writeStringField("format", trace.format().label());
    json.writeStringField("sha256", trace.sha256());
    json.writeNumberField("reads", trace.reads());
    json.writeNumberField("writes", trace.writes());
    json.writeNumberField("trims", trace.trims());
    json.writeNumberField("read_bytes", trace.readBytes());
    json.writeNumberField("written_bytes", trace.writtenBytes());
    json.writeNumberField("trimmed_bytes", trace.trimmedBytes());
    json.writeEndObject();
    device(json);
    json.writeNumberField("completed", result.completed());
    json.writeNumberField("first_arrival_ps", result.firstPs());
    json.writeNumberField("last_completion_ps", result.lastPs());
    JsonText.number(json, "accesses_per_sec", result.accessesPerSec());
    JsonText.number(json, "read_bytes_per_sec", result.readBytesPerSec());
    JsonText.number(json, "written_bytes_per_sec", result.writtenBytesPerSec());
    json.writeObjectFieldStart("latency");
    latency(json, "read", result.readLatency());
    latency(json, "write", result.writeLatency());
    json.writeEndObject();
    json.writeObjectFieldStart("pages");
    for (Map.Entry<FlashStatus, Long> entry : result.pages().entrySet()) {
      json.writeNumberField(key(entry.getKey()), entry.getValue());
    }
    json.writeEndObject();
    activity(json);
    limits(json);
    JsonText.number(json, "energy_joules", result.joules());
    ReplayHeat heat = result.heat();
    if (heat != null) {
      heat(json, heat);
    }
    json.writeEndObject();
  }

  private static void heat(JsonGenerator json, ReplayHeat heat) throws IOException {
    json.writeObjectFieldStart("heat");
    JsonText.number(json, "hottest_celsius", heat.hottestCelsius());
    json.writeNumberField("normal_ps", heat.normalPs());
    json.writeNumberField("light_ps", heat.lightPs());
    json.writeNumberField("severe_ps", heat.severePs());
    json.writeNumberField("shut_down_ps", heat.shutDownPs());
    JsonText.number(json, "sustained_least_bytes_per_sec", heat.sustained().leastBytesPerSec());
    JsonText.number(json, "sustained_most_bytes_per_sec", heat.sustained().mostBytesPerSec());
    json.writeEndObject();
  }

  private void device(JsonGenerator json) throws IOException {
    FlashPart part = result.spec().part();
    json.writeObjectFieldStart("device");
    json.writeStringField("name", part.name());
    json.writeNumberField("channels", part.device().geometry().channels());
    json.writeNumberField("planes", part.device().geometry().planes());
    json.writeNumberField("page_bytes", part.device().geometry().pageBytes());
    json.writeNumberField("capacity_bytes", part.device().geometry().capacityBytes());
    json.writeNumberField("logical_bytes", part.logicalBytes());
    json.writeBooleanField("translation_layer", part.ftl() != null);
    json.writeEndObject();
    json.writeNumberField("depth", result.spec().depth());
    JsonText.number(json, "fill", result.spec().fillShare());
    JsonText.number(json, "overwrite", result.spec().overwriteShare());
  }

  private void activity(JsonGenerator json) throws IOException {
    json.writeNumberField("senses", counters.senses());
    json.writeNumberField("retries", counters.retries());
    json.writeNumberField("buffer_hits", counters.bufferHits());
    json.writeNumberField("from_controller", management.fromController());
    json.writeNumberField("programs", counters.programs());
    json.writeNumberField("erases", counters.erases());
    json.writeNumberField("moved_pages", management.moved());
    JsonText.number(json, "write_amplification", management.writeAmplification());
    JsonText.number(json, "mean_pe_cycles", management.meanErases());
    json.writeNumberField("most_pe_cycles", management.mostErases());
    json.writeNumberField("retired_blocks", management.retired());
  }

  private void limits(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("limits");
    json.writeStringField("busiest", key(result.busiest()));
    json.writeStringField("read_binding", key(result.limits().binding()));
    for (ReadLimits.Limit limit : ReadLimits.Limit.values()) {
      json.writeObjectFieldStart(key(limit));
      JsonText.number(json, "read_bytes_per_sec", result.limits().bytesPerSec(limit));
      JsonText.number(json, "used", result.usedShare(limit));
      json.writeEndObject();
    }
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
    JsonText.number(json, "mean_ps", latency.meanTicks());
    json.writeNumberField("min_ps", latency.minTicks());
    json.writeNumberField("p50_ps", latency.quantileTicks(0.5));
    json.writeNumberField("p90_ps", latency.quantileTicks(0.9));
    json.writeNumberField("p95_ps", latency.quantileTicks(0.95));
    json.writeNumberField("p99_ps", latency.quantileTicks(0.99));
    json.writeNumberField("p99_9_ps", latency.quantileTicks(0.999));
    json.writeNumberField("max_ps", latency.maxTicks());
    json.writeEndObject();
  }
}
