package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import memwall.core.stat.Stats;
import memwall.core.stat.TickHistogram;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.replay.MemoryTraceSummary;
import memwall.memory.replay.ReplayResult;
import memwall.memory.replay.ReplaySpec;

/**
 * The files of a replayed memory trace: {@code summary.json}, {@code stats.csv}, {@code
 * latency.csv} and the resolved configuration. They follow from the input alone, so equal runs give
 * equal bytes.
 */
public final class ReplayFiles {
  /** Every latency and how often it occurred. */
  public static final String LATENCY = "latency.csv";

  private static final String SCHEMA = "memwall.memory-replay/1";
  private static final double NS_PER_SECOND = 1e9;
  private static final double JOULES_PER_PJ = 1e-12;
  private static final int FEMTOS_PER_NS_DIGITS = 6;

  private final MemoryTraceSummary trace;
  private final ReplayResult result;
  private final ReplaySpec spec;
  private final DramStandard standard;

  /** The files of a result. */
  public ReplayFiles(MemoryTraceSummary trace, ReplayResult result) {
    this.trace = trace;
    this.result = result;
    spec = result.spec();
    standard = spec.device().standard();
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
    CsvFiles.write(folder.file(LATENCY), this::latencies);
  }

  private Stats statistics() {
    Stats stats = new Stats();
    int digits = Integer.toString(result.channels().size() - 1).length();
    for (int i = 0; i < result.channels().size(); i++) {
      ReplayResult.Channel channel = result.channels().get(i);
      // Padded, so that paths in order are channels in order.
      Stats child = stats.child(String.format(Locale.ROOT, "channel%0" + digits + "d", i));
      exact(child, "reads", "Read bursts accepted", channel.reads());
      exact(child, "writes", "Write bursts accepted", channel.writes());
      exact(child, "row_hits", "Bursts whose first command found the row open", channel.rowHits());
      exact(
          child,
          "row_misses",
          "Bursts whose first command found the bank closed",
          channel.rowMisses());
      exact(
          child,
          "row_conflicts",
          "Bursts whose first command had to close another row",
          channel.rowConflicts());
      exact(
          child, "forwarded_reads", "Reads answered from queued writes", channel.forwardedReads());
      exact(
          child,
          "coalesced_writes",
          "Writes that joined a queued write",
          channel.coalescedWrites());
      channel
          .commands()
          .forEach(
              (name, count) ->
                  exact(child, "commands." + name, "Commands " + name + " issued", count));
    }
    exact(stats, "accesses", "Accesses of the trace", result.accesses());
    stats.exact("asked_bytes", "bytes", "Bytes that accesses asked for", result::askedBytes);
    stats.exact("moved_bytes", "bytes", "Bytes of whole bursts moved", result::movedBytes);
    stats.exact(
        "span_ticks", "ticks", "From the first arrival to the last completion", result::spanTicks);
    stats.derived(
        "bandwidth", "bytes/s", "Bytes moved per second of the span", result::bytesPerSec);
    stats.derived("utilisation", "1", "Share of the peak data rate", result::utilisationShare);
    for (EnergyPart part : parts(result.energy())) {
      stats.derived("energy." + part.name(), "pJ", "Energy: " + part.label(), part::pj);
    }
    return stats;
  }

  private static void exact(Stats stats, String name, String sentence, long value) {
    stats.exact(name, "1", sentence, () -> value);
  }

  private void latencies(CsvWriter csv) {
    csv.writeRecord("latency", "ticks", "ns", "count");
    latency(csv, "controller_read", result.controllerLatency());
    if (result.timed()) {
      latency(csv, "read", result.readLatency());
      latency(csv, "write", result.writeLatency());
    }
  }

  private void latency(CsvWriter csv, String name, TickHistogram latency) {
    latency.forEach(
        (ticks, count) ->
            csv.writeRecord(name, Long.toString(ticks), nanoseconds(ticks), Long.toString(count)));
  }

  /** Exact. */
  private String nanoseconds(long ticks) {
    BigDecimal femtos =
        BigDecimal.valueOf(ticks).multiply(BigDecimal.valueOf(standard.tickFemtos()));
    BigDecimal ns = femtos.movePointLeft(FEMTOS_PER_NS_DIGITS).stripTrailingZeros();
    return ns.signum() == 0 ? "0" : ns.toPlainString();
  }

  /** The text of {@code summary.json}. */
  public String json() {
    return JsonText.of(this::summary);
  }

  private void summary(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeObjectFieldStart("trace");
    json.writeStringField("format", trace.format().label());
    json.writeStringField("clock", trace.clock().name().toLowerCase(Locale.ROOT));
    json.writeStringField("sha256", trace.sha256());
    json.writeNumberField("accesses", result.accesses());
    json.writeNumberField("reads", result.accesses() - trace.writes());
    json.writeNumberField("writes", trace.writes());
    json.writeNumberField("asked_bytes", result.askedBytes());
    json.writeEndObject();
    memory(json);
    json.writeNumberField("first_arrival_ticks", result.firstTicks());
    json.writeNumberField("last_completion_ticks", result.lastTicks());
    JsonText.number(json, "span_ns", result.seconds((double) result.spanTicks()) * NS_PER_SECOND);
    json.writeNumberField("moved_bytes", result.movedBytes());
    JsonText.number(json, "bytes_per_sec", result.bytesPerSec());
    JsonText.number(json, "utilisation", result.utilisationShare());
    rows(json);
    json.writeObjectFieldStart("commands");
    for (Map.Entry<String, Long> command : result.commands().entrySet()) {
      json.writeNumberField(command.getKey(), command.getValue());
    }
    json.writeEndObject();
    energy(json);
    json.writeObjectFieldStart("latency");
    latency(json, "controller_read", result.controllerLatency(), true);
    latency(json, "read", result.readLatency(), result.timed());
    latency(json, "write", result.writeLatency(), result.timed());
    json.writeEndObject();
    json.writeEndObject();
  }

  private void memory(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("memory");
    json.writeStringField("name", standard.name());
    json.writeNumberField("channels", spec.channels());
    json.writeNumberField("capacity_bytes", spec.capacityBytes());
    JsonText.number(json, "peak_bytes_per_sec", spec.peakBytesPerSec());
    json.writeNumberField("burst_bytes", standard.burstBytes());
    json.writeNumberField("tick_femtoseconds", standard.tickFemtos());
    json.writeStringField("mapping", spec.controller().mapping());
    json.writeBooleanField("bank_hash", spec.controller().bankHash());
    json.writeNumberField("interleave_bytes", spec.interleaveBytes());
    if (spec.gapPs().isPresent()) {
      json.writeNumberField("gap_ps", spec.gapPs().getAsLong());
    } else {
      json.writeNullField("gap_ps");
    }
    json.writeNumberField("outstanding", spec.outstanding());
    json.writeEndObject();
  }

  private void rows(JsonGenerator json) throws IOException {
    long hits = result.sum(ReplayResult.Channel::rowHits);
    long misses = result.sum(ReplayResult.Channel::rowMisses);
    long conflicts = result.sum(ReplayResult.Channel::rowConflicts);
    json.writeObjectFieldStart("rows");
    json.writeNumberField("hits", hits);
    json.writeNumberField("misses", misses);
    json.writeNumberField("conflicts", conflicts);
    JsonText.number(json, "hit_share", result.shareOfRequests(hits));
    JsonText.number(json, "miss_share", result.shareOfRequests(misses));
    JsonText.number(json, "conflict_share", result.shareOfRequests(conflicts));
    json.writeNumberField("forwarded_reads", result.sum(ReplayResult.Channel::forwardedReads));
    json.writeNumberField("coalesced_writes", result.sum(ReplayResult.Channel::coalescedWrites));
    json.writeEndObject();
  }

  private void energy(JsonGenerator json) throws IOException {
    EnergyBreakdown energy = result.energy();
    json.writeObjectFieldStart("energy");
    JsonText.number(json, "total_joules", energy.totalPj() * JOULES_PER_PJ);
    JsonText.number(json, "pj_per_bit", energy.totalPj() / (8.0 * result.movedBytes()));
    for (EnergyPart part : parts(energy)) {
      JsonText.number(json, part.name() + "_joules", part.pj() * JOULES_PER_PJ);
    }
    json.writeEndObject();
  }

  /**
   * A part of the energy.
   *
   * @param name in files
   * @param label for people
   * @param pj picojoules
   */
  public record EnergyPart(String name, String label, double pj) {}

  /** The parts that energy is split into, in the order of a bit's way. */
  public static List<EnergyPart> parts(EnergyBreakdown energy) {
    return List.of(
        new EnergyPart("activate", "rows opened and closed", energy.activatePj()),
        new EnergyPart("cell", "bursts inside the banks", energy.cellPj()),
        new EnergyPart("datapath", "bursts across the die", energy.datapathPj()),
        new EnergyPart("tsv", "bursts through stack and base die", energy.tsvPj()),
        new EnergyPart("io", "bursts between memory and host", energy.ioPj()),
        new EnergyPart("refresh", "refreshes", energy.refreshPj()),
        new EnergyPart("background", "standby", energy.backgroundPj()));
  }

  /** A distribution, or null where there is none. */
  private void latency(JsonGenerator json, String key, TickHistogram latency, boolean exists)
      throws IOException {
    if (!exists || latency.count() == 0) {
      json.writeNullField(key);
      return;
    }
    json.writeObjectFieldStart(key);
    json.writeNumberField("count", latency.count());
    JsonText.number(json, "mean_ns", result.seconds(latency.meanTicks()) * NS_PER_SECOND);
    nanoseconds(json, "min_ns", latency.minTicks());
    nanoseconds(json, "p50_ns", latency.quantileTicks(0.5));
    nanoseconds(json, "p90_ns", latency.quantileTicks(0.9));
    nanoseconds(json, "p95_ns", latency.quantileTicks(0.95));
    nanoseconds(json, "p99_ns", latency.quantileTicks(0.99));
    nanoseconds(json, "p99_9_ns", latency.quantileTicks(0.999));
    nanoseconds(json, "max_ns", latency.maxTicks());
    json.writeEndObject();
  }

  private void nanoseconds(JsonGenerator json, String key, long ticks) throws IOException {
    json.writeFieldName(key);
    json.writeNumber(nanoseconds(ticks));
  }
}
