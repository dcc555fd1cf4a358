package memwall.cli;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Locale;
import memwall.cli.report.ReplayFiles;
import memwall.core.stat.TickHistogram;
import memwall.core.unit.Quantities;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.replay.MemoryTraceSummary;
import memwall.memory.replay.ReplayResult;
import memwall.memory.replay.ReplaySpec;

/** What {@code memwall memory replay} prints. */
final class ReplayText {
  private static final double PS_PER_SECOND = 1e12;
  private static final double NS_PER_SECOND = 1e9;
  private static final double PJ_PER_MJ = 1e9;

  private final Path file;
  private final MemoryTraceSummary trace;
  private final ReplayResult result;
  private final ReplaySpec spec;
  private final DramStandard standard;
  private final StringBuilder text = new StringBuilder();

  ReplayText(Path file, MemoryTraceSummary trace, ReplayResult result) {
    this.file = file;
    this.trace = trace;
    this.result = result;
    spec = result.spec();
    standard = spec.device().standard();
  }

  String text() {
    line("trace", file + ", format " + trace.format().label());
    line("arrivals", arrivals());
    line("memory", memory());
    line("mapping", mapping());
    line(
        "accesses",
        count(result.accesses())
            + " ("
            + count(result.accesses() - trace.writes())
            + " reads, "
            + count(trace.writes())
            + " writes), "
            + Quantities.SIZE.human((double) result.askedBytes()));
    long bursts = result.movedBytes() / standard.burstBytes();
    line(
        "moved",
        Quantities.SIZE.human((double) result.movedBytes())
            + " in "
            + count(bursts)
            + " bursts of "
            + standard.burstBytes()
            + " B");
    double spanSeconds = result.seconds((double) result.spanTicks());
    line(
        "span",
        Quantities.TIME.human(spanSeconds * PS_PER_SECOND)
            + ", "
            + count(result.spanTicks())
            + " ticks of "
            + BigDecimal.valueOf(standard.tickFemtos(), 3).stripTrailingZeros().toPlainString()
            + " ps");
    line(
        "bandwidth",
        Quantities.BYTE_RATE.human(result.bytesPerSec())
            + ", "
            + percent(result.utilisationShare())
            + " of the peak");
    rows();
    latencies();
    commands();
    energy();
    return text.toString();
  }

  private String arrivals() {
    String limit =
        spec.outstanding() == 0 ? "" : ", " + spec.outstanding() + " under way per channel";
    if (spec.gapPs().isPresent()) {
      long gapPs = spec.gapPs().getAsLong();
      return (gapPs == 0 ? "all at once" : "every " + Quantities.TIME.print(gapPs)) + limit;
    }
    return switch (trace.clock()) {
      case NONE -> "all at once" + limit;
      case PICOSECONDS -> "as in the trace, picoseconds" + limit;
      case TICKS -> "as in the trace, ticks" + limit;
    };
  }

  private String memory() {
    return standard.name()
        + ", "
        + spec.channels()
        + (spec.channels() == 1 ? " channel, " : " channels, ")
        + Quantities.SIZE.human((double) spec.capacityBytes())
        + ", peak "
        + Quantities.BYTE_RATE.human(spec.peakBytesPerSec());
  }

  private String mapping() {
    return spec.controller().mapping()
        + (spec.controller().bankHash() ? ", banks hashed" : "")
        + (spec.channels() == 1
            ? ""
            : ", channels take turns every " + spec.interleaveBytes() + " B");
  }

  private void rows() {
    long hits = result.sum(ReplayResult.Channel::rowHits);
    long misses = result.sum(ReplayResult.Channel::rowMisses);
    long conflicts = result.sum(ReplayResult.Channel::rowConflicts);
    line(
        "rows",
        "hit "
            + percent(result.shareOfRequests(hits))
            + ", closed "
            + percent(result.shareOfRequests(misses))
            + ", conflict "
            + percent(result.shareOfRequests(conflicts)));
    long forwarded = result.sum(ReplayResult.Channel::forwardedReads);
    long coalesced = result.sum(ReplayResult.Channel::coalescedWrites);
    if (forwarded + coalesced > 0) {
      line(
          "write queue",
          count(forwarded) + " reads answered from it, " + count(coalesced) + " writes joined it");
    }
  }

  private void latencies() {
    TextTable table =
        new TextTable("latency, ns", ">count", ">mean", ">p50", ">p90", ">p99", ">p99.9", ">max");
    latency(table, "read burst in the controller", result.controllerLatency());
    if (result.timed()) {
      latency(table, "read access from arrival", result.readLatency());
      latency(table, "write access from arrival", result.writeLatency());
    }
    text.append('\n').append(table);
  }

  private void latency(TextTable table, String name, TickHistogram latency) {
    if (latency.count() > 0) {
      table.row(
          name,
          count(latency.count()),
          nanoseconds(result.seconds(latency.meanTicks())),
          nanoseconds(latency, 0.5),
          nanoseconds(latency, 0.9),
          nanoseconds(latency, 0.99),
          nanoseconds(latency, 0.999),
          nanoseconds(result.seconds((double) latency.maxTicks())));
    }
  }

  private String nanoseconds(TickHistogram latency, double share) {
    return nanoseconds(result.seconds((double) latency.quantileTicks(share)));
  }

  private static String nanoseconds(double seconds) {
    return String.format(Locale.ROOT, "%,.2f", seconds * NS_PER_SECOND);
  }

  private void commands() {
    TextTable table = new TextTable("command", ">count", ">per burst");
    long bursts = result.movedBytes() / standard.burstBytes();
    result
        .commands()
        .forEach(
            (name, count) ->
                table.row(
                    name,
                    count(count),
                    String.format(Locale.ROOT, "%.4f", (double) count / bursts)));
    text.append('\n').append(table);
  }

  private void energy() {
    TextTable table = new TextTable("energy", ">mJ", ">pJ/bit", ">share");
    EnergyBreakdown energy = result.energy();
    for (ReplayFiles.EnergyPart part : ReplayFiles.parts(energy)) {
      if (part.pj() > 0) {
        energy(table, part.label(), part.pj(), energy.totalPj());
      }
    }
    energy(table, "together", energy.totalPj(), energy.totalPj());
    text.append('\n').append(table);
  }

  private void energy(TextTable table, String label, double pj, double totalPj) {
    table.row(
        label,
        String.format(Locale.ROOT, "%,.6f", pj / PJ_PER_MJ),
        String.format(Locale.ROOT, "%.3f", pj / (8.0 * result.movedBytes())),
        percent(pj / totalPj));
  }

  private void line(String label, String value) {
    text.append(String.format(Locale.ROOT, "%-12s %s%n", label, value));
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.2f %%", 100 * share) : "none";
  }
}
