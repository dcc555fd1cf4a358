package memwall.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import memwall.core.stat.TickHistogram;
import memwall.core.unit.Quantities;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.ReadLimits;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.ftl.FtlSpec;
import memwall.memory.flash.heat.SustainedFlash;
import memwall.memory.flash.replay.FlashReplayResult;
import memwall.memory.flash.replay.FlashReplaySpec;
import memwall.memory.flash.replay.ManagementCounts;
import memwall.memory.flash.replay.ReplayHeat;
import memwall.memory.flash.trace.FlashTraceSummary;

/** What {@code memwall flash replay} prints. */
final class FlashReplayText {
  private static final double PS_PER_US = 1e6;

  private final Path file;
  private final FlashReplayResult result;
  private final FlashReplaySpec spec;
  private final FlashTraceSummary trace;
  private final StringBuilder text = new StringBuilder();

  FlashReplayText(Path file, FlashReplayResult result) {
    this.file = file;
    this.result = result;
    spec = result.spec();
    trace = result.trace();
  }

  String text() {
    line("trace", file + ", format " + trace.format().label());
    line("arrivals", arrivals());
    line("device", device());
    line("before", before());
    line("accesses", accesses());
    line("span", Quantities.TIME.human((double) result.spanPs()));
    if (result.spanPs() > 0) {
      line("rate", rate());
    }
    line("pages", pages());
    line("read", read());
    line("written", written());
    line("wear", wear());
    if (spec.part().errors() != null) {
      line("errors", errors());
    }
    ReplayHeat heat = result.heat();
    if (heat != null) {
      line("heat", heat(heat));
      line("sustained", sustained(heat.sustained()));
    }
    line("energy", Quantities.ENERGY.human(result.joules() * 1e12));
    latencies();
    limits();
    return text.toString();
  }

  private String arrivals() {
    if (spec.depth() > 0) {
      return spec.depth() + " under way at once";
    }
    return spec.gapPs().isPresent()
        ? "every " + Quantities.TIME.print(spec.gapPs().getAsLong())
        : "as in the trace";
  }

  private String device() {
    FlashPart part = spec.part();
    FlashGeometry geometry = part.device().geometry();
    FtlSpec ftl = part.ftl();
    return part.name()
        + ", "
        + geometry.channels()
        + " channels, "
        + geometry.planes()
        + " planes, "
        + Quantities.SIZE.human((double) part.logicalBytes())
        + (ftl == null
            ? ", blocks managed by the host"
            : ", translation layer with " + percent(ftl.spareShare()) + " spare");
  }

  private String before() {
    return "filled to "
        + percent(spec.fillShare())
        + (spec.overwriteShare() > 0
            ? ", overwritten "
                + String.format(Locale.ROOT, "%.2f", spec.overwriteShare())
                + " times"
            : "");
  }

  private String accesses() {
    return count(trace.reads())
        + " reads of "
        + Quantities.SIZE.human((double) trace.readBytes())
        + ", "
        + count(trace.writes())
        + " writes of "
        + Quantities.SIZE.human((double) trace.writtenBytes())
        + ", "
        + count(trace.trims())
        + " trims";
  }

  private String rate() {
    return Quantities.REQUEST_RATE.human(result.accessesPerSec())
        + ", read "
        + Quantities.BYTE_RATE.human(result.readBytesPerSec())
        + ", written "
        + Quantities.BYTE_RATE.human(result.writtenBytesPerSec());
  }

  private String pages() {
    StringBuilder line = new StringBuilder();
    for (Map.Entry<FlashStatus, Long> entry : result.pages().entrySet()) {
      line.append(line.isEmpty() ? "" : ", ")
          .append(count(entry.getValue()))
          .append(' ')
          .append(entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    return line.isEmpty() ? "none" : line.toString();
  }

  private String read() {
    FlashCounters counters = result.counters();
    return count(counters.senses())
        + " sensed, "
        + count(counters.retries())
        + " retries, "
        + count(counters.bufferHits())
        + " from page buffers, "
        + count(counters.forwarded() + result.management().fromController())
        + " before they were programmed";
  }

  private String written() {
    ManagementCounts management = result.management();
    double amplification = management.writeAmplification();
    return count(management.programs())
        + " programmed, "
        + count(management.moved())
        + " of them moved"
        + (Double.isFinite(amplification)
            ? String.format(Locale.ROOT, ", write amplification %.3f", amplification)
            : "");
  }

  private String wear() {
    ManagementCounts management = result.management();
    return count(result.counters().erases())
        + String.format(Locale.ROOT, " erases, %.3f P/E cycles a block, ", management.meanErases())
        + management.mostErases()
        + " at most, "
        + count(management.retired())
        + " blocks retired";
  }

  private String errors() {
    FlashCounters counters = result.counters();
    ManagementCounts management = result.management();
    return count(counters.uncorrectable())
        + " pages uncorrectable, "
        + count(counters.expired())
        + " expired, "
        + count(counters.programFailures())
        + " programs failed, "
        + count(counters.refusals())
        + " refused, "
        + count(management.lost())
        + " pages moved with errors";
  }

  private static String heat(ReplayHeat heat) {
    return String.format(Locale.ROOT, "%.1f C at most; ", heat.hottestCelsius())
        + Quantities.TIME.human((double) heat.normalPs())
        + " normal, "
        + Quantities.TIME.human((double) heat.lightPs())
        + " light, "
        + Quantities.TIME.human((double) heat.severePs())
        + " severe, "
        + Quantities.TIME.human((double) heat.shutDownPs())
        + " shut down";
  }

  private static String sustained(SustainedFlash law) {
    String least = Quantities.BYTE_RATE.human(law.leastBytesPerSec());
    return (law.leastBytesPerSec() == law.mostBytesPerSec()
            ? least
            : least + " to " + Quantities.BYTE_RATE.human(law.mostBytesPerSec()))
        + ", "
        + law.mode().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private void latencies() {
    TextTable table =
        new TextTable(
            "latency, us", ">count", ">mean", ">p50", ">p90", ">p95", ">p99", ">p99.9", ">max");
    latency(table, "read", result.readLatency());
    latency(table, "write", result.writeLatency());
    text.append('\n').append(table);
  }

  private static void latency(TextTable table, String name, TickHistogram latency) {
    if (latency.count() > 0) {
      table.row(
          name,
          count(latency.count()),
          microseconds(latency.meanTicks()),
          microseconds(latency, 0.5),
          microseconds(latency, 0.9),
          microseconds(latency, 0.95),
          microseconds(latency, 0.99),
          microseconds(latency, 0.999),
          microseconds((double) latency.maxTicks()));
    }
  }

  private static String microseconds(TickHistogram latency, double share) {
    return microseconds((double) latency.quantileTicks(share));
  }

  private static String microseconds(double ps) {
    return String.format(Locale.ROOT, "%,.3f", ps / PS_PER_US);
  }

  private void limits() {
    TextTable table = new TextTable("limit", ">read allowed", ">used", "");
    ReadLimits limits = result.limits();
    for (ReadLimits.Limit limit : ReadLimits.Limit.values()) {
      double rate = limits.bytesPerSec(limit);
      if (Double.isFinite(rate)) {
        table.row(
            limit.label(),
            Quantities.BYTE_RATE.human(rate),
            percent(result.usedShare(limit)),
            limit == result.busiest() ? "used most" : "");
      }
    }
    text.append('\n').append(table);
  }

  private void line(String label, String value) {
    text.append(String.format(Locale.ROOT, "%-12s %s%n", label, value));
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
