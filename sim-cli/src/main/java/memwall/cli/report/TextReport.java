package memwall.cli.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.core.stat.Snapshot;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The summary that a run prints at its end: plain ASCII text, aligned, about 30 lines. */
public final class TextReport {
  private static final int LABEL = 14;
  private static final int WIDTH = 100;
  private static final List<String> LATENCIES = List.of("TTFT", "TPOT", "token gap", "end to end");
  private static final List<String> PATHS = List.of("ttft", "tpot", "token_gap", "e2e");

  private final StringBuilder text = new StringBuilder();

  private TextReport() {}

  /**
   * The summary of a run.
   *
   * @param result of the run
   * @param folder where its files are
   * @return lines that end in {@code \n}
   */
  public static String of(RunResult result, Path folder) {
    TextReport report = new TextReport();
    report.head(result);
    report.requests(result);
    report.latencies(result.snapshot());
    report.time(result.attribution());
    report.machine(result);
    report.foot(result, folder);
    return report.text.toString();
  }

  private void head(RunResult result) {
    RunResult.Identity identity = result.identity();
    RunResult.Description description = result.description();
    for (String warning : result.warnings()) {
      wrapped("warning", warning);
    }
    line("run", identity.name() + ", " + identity.status().word());
    line("system", title(description.system()));
    line("model", title(description.model()) + ", " + title(description.precision()));
    line("sharding", title(description.sharding()));
    line("trace", title(description.trace()));
    line(
        "simulated",
        Figures.duration(identity.simulatedPs())
            + ", "
            + Figures.count(identity.eventsFired())
            + " events, fidelity "
            + identity.fidelity()
            + ", seed "
            + identity.seed());
  }

  private void requests(RunResult result) {
    RunResult.Requests requests = result.requests();
    StringBuilder line = new StringBuilder();
    line.append(Figures.count(requests.arrived())).append(" arrived, ");
    line.append(Figures.count(requests.completed())).append(" completed, ");
    line.append(Figures.count(requests.refused())).append(" refused, ");
    line.append(Figures.count(requests.running())).append(" running, ");
    line.append(Figures.count(requests.waiting())).append(" waiting");
    line("requests", line.toString());
    for (RunResult.Refusal refusal : requests.refusals()) {
      line("  refused", Figures.count(refusal.count()) + ": " + refusal.reason());
    }
    double seconds = result.identity().simulatedPs() / 1e12;
    line(
        "tokens",
        Figures.count(result.tokens().prompt())
            + " prompt ("
            + Figures.number(result.tokens().prompt() / seconds)
            + "/s), "
            + Figures.count(result.tokens().output())
            + " output ("
            + Figures.number(result.tokens().output() / seconds)
            + "/s)");
    Goodput goodput = Goodput.of(result.snapshot());
    if (goodput != null) {
      wrapped("goodput", goodput.text(result.identity().simulatedPs()));
    }
    Scheduling scheduling = Scheduling.of(result.snapshot());
    if (scheduling != null) {
      wrapped("preempted", scheduling.preemptionText());
      String prefixes = scheduling.prefixText();
      if (prefixes != null) {
        wrapped("prefix cache", prefixes);
      }
    }
  }

  private void latencies(Snapshot snapshot) {
    text.append('\n');
    line(
        "latency",
        String.format(Locale.ROOT, "%10s %10s %10s %10s %10s", "mean", "p50", "p90", "p99", "max"));
    for (int i = 0; i < PATHS.size(); i++) {
      Histogram histogram = JsonFiles.histogram(snapshot, JsonFiles.REQUESTS + PATHS.get(i));
      boolean empty = histogram.getTotalCount() == 0;
      line(
          "  " + LATENCIES.get(i),
          String.format(
              Locale.ROOT,
              "%10s %10s %10s %10s %10s",
              empty ? Figures.NONE : Figures.duration(histogram.getMean()),
              percentile(histogram, 50),
              percentile(histogram, 90),
              percentile(histogram, 99),
              percentile(histogram, 100)));
    }
    text.append('\n');
  }

  private void time(RunResult.Attribution attribution) {
    List<String> parts = new ArrayList<>();
    for (RunResult.Part part : attribution.parts()) {
      if (part.ps() > 0) {
        parts.add(part.label() + ' ' + Figures.percent((double) part.ps() / attribution.totalPs()));
      }
    }
    wrapped("time went to", parts.isEmpty() ? Figures.NONE : String.join(", ", parts));
  }

  private void machine(RunResult result) {
    List<String> busy = new ArrayList<>();
    for (RunResult.Utilisation entry : result.utilisation()) {
      busy.add(entry.resource() + ' ' + Figures.percent(entry.busyShare()));
    }
    wrapped("busy", busy.isEmpty() ? Figures.NONE : String.join(", ", busy));
    for (RunResult.MemoryTier tier : result.memory()) {
      wrapped(
          "memory " + tier.tier(),
          Figures.bytes(tier.capacityBytes())
              + ' '
              + tier.scope()
              + ": weights "
              + Figures.bytes(tier.weightsBytes())
              + ", KV peak "
              + Figures.bytes(tier.kvPeakBytes())
              + " (mean "
              + Figures.bytes(tier.kvMeanBytes())
              + "), activations "
              + Figures.bytes(tier.activationBytes())
              + ", free "
              + Figures.bytes(tier.freeBytes()));
    }
    tiering(result);
    Tables tables = Tables.of(result.snapshot());
    if (tables != null) {
      wrapped("tables", tables.text());
    }
    RunResult.Energy energy = result.energy();
    line(
        "energy",
        Figures.amount(energy.totalJoules(), "J")
            + ", mean "
            + Figures.amount(energy.meanWatts(), "W")
            + " (peak "
            + Figures.amount(energy.peakWatts(), "W")
            + "), "
            + Figures.amount(energy.totalJoules() / result.tokens().output(), "J")
            + " per output token (dynamic only)");
    EconomyText.lines(result.economy()).forEach(this::wrapped);
    wear(result.wear());
    heat(result);
    trees(result);
    RunResult.Approximated approximated = result.approximated();
    line(
        "approximated",
        approximated.transfers() == 0
            ? "nothing"
            : Figures.percent(approximated.transferShare())
                + " of transfers, "
                + Figures.percent(approximated.byteShare())
                + " of bytes");
  }

  /** What passed between memories, if anything did. */
  private void tiering(RunResult result) {
    Tiering tiering = result.tiering();
    if (tiering != null && tiering.kv() != null) {
      kv(tiering.kv());
    }
    if (tiering != null && tiering.staging() != null) {
      staging(tiering.staging(), (double) result.identity().simulatedPs());
    }
  }

  private void kv(Tiering.Kv kv) {
    wrapped(
        "KV tiering",
        Figures.bytes(kv.storedBytes())
            + " written to the second memory per chip, "
            + Figures.bytes(kv.refusedBudgetBytes())
            + " refused by the daily writes, "
            + Figures.bytes(kv.refusedRoomBytes())
            + " for want of room; "
            + Figures.percent(Double.isNaN(kv.hitShare()) ? 0 : kv.hitShare())
            + " of KV reads from there, "
            + Figures.count(kv.reusedTokens())
            + " prompt tokens not processed again");
  }

  private void staging(Tiering.Staging staging, double simulatedPs) {
    Tiering.Waits waits = staging.waits();
    wrapped(
        "staging",
        Figures.bytes(staging.stagedBytes())
            + " of weights per chip through "
            + Figures.bytes(staging.sizeBytes())
            + " in "
            + staging.memory()
            + (waits == null || staging.stagedBytes() == 0
                ? ""
                : ", "
                    + Figures.percent((double) waits.hitBytes() / staging.stagedBytes())
                    + " there when wanted, waited for the rest in "
                    + Figures.percent(waits.stallPs() / simulatedPs)
                    + " of the time"));
  }

  private void wear(RunResult.@Nullable Wear wear) {
    if (wear == null) {
      return;
    }
    for (FlashLife life : wear.memories()) {
      FlashLife.Years years = life.years();
      line(
          "flash wear",
          life.memory()
              + ": "
              + Figures.number(life.cyclesUsedMean())
              + " of "
              + Figures.number(life.ratedCycles())
              + " P/E cycles, "
              + years(years.left())
              + " left at this rate");
      StringBuilder written = new StringBuilder();
      for (FlashLife.Written part : life.written()) {
        if (part.bytes() > 0) {
          written.append(written.isEmpty() ? "written: " : ", ").append(part.label()).append(' ');
          written.append(Figures.bytes(part.bytes()));
        }
      }
      written.append(written.isEmpty() ? "" : "; ").append("reads limited by ");
      wrapped("", written + life.readLimit());
      wrapped("", life.sentence() + ' ' + atWarranty(years) + ' ' + life.changeSentence());
    }
  }

  /** How long it lasts at the rate that the warranty allows, if it allows one. */
  static String atWarranty(FlashLife.Years years) {
    String left = years(years.leftAtWarranty());
    return years.warrantyBytesPerSec() > 0
        ? "At the warranty's rate ("
            + Figures.bytes(years.warrantyBytesPerSec())
            + "/s per chip) "
            + left
            + '.'
        : "Without any write of the host "
            + left
            + ", which is less than the warranty's "
            + years(years.warranty())
            + '.';
  }

  /** Only what heat changed; a stack that stayed cool is in the files. */
  private void heat(RunResult result) {
    double ps = result.identity().simulatedPs();
    for (StackHeat stack : StackHeat.of(result.snapshot())) {
      if (stack.throttledPs() > 0 || stack.fastRefreshPs() > 0) {
        StackHeat.Die hottest = stack.hottest();
        wrapped(
            "heat",
            String.format(
                Locale.ROOT,
                "%s throttled %s of the time, %s%s; %s peaked at %.1f C",
                stack.memory(),
                Figures.percent(stack.throttledPs() / ps),
                how(stack, ps),
                stack.engineClockShare() < 1
                    ? ", its engines at " + Figures.percent(stack.engineClockShare()) + " clock"
                    : "",
                hottest.name(),
                hottest.peakCelsius()));
      }
    }
  }

  /** All-reduces in switches that add. */
  private void trees(RunResult result) {
    Trees trees = Trees.of(result.snapshot());
    if (trees != null && trees.calls() > 0) {
      wrapped(
          "trees",
          String.format(
              Locale.ROOT,
              "%,d all-reduces, p50 %.1f us, p99 %.1f us; %s of the contributions not in results,"
                  + " %,d ranks late, %,d rebuilds, %,d fell back",
              trees.operations(),
              trees.latencyUs(50),
              trees.latencyUs(99),
              Figures.percent(trees.missingShare()),
              trees.lateRanks(),
              trees.rebuilds(),
              trees.fallenBack()));
    }
  }

  private static String how(StackHeat stack, double ps) {
    StackHeat.Flash flash = stack.flash();
    return flash == null
        ? "refreshed more often " + Figures.percent(stack.fastRefreshPs() / ps)
        : "lightly "
            + Figures.percent(flash.lightPs() / ps)
            + ", severely "
            + Figures.percent(flash.severePs() / ps);
  }

  private void foot(RunResult result, Path folder) {
    for (RunResult.Law law : result.laws()) {
      if (!law.holds()) {
        wrapped(
            "LAW BROKEN",
            law.name() + ": " + law.left() + " " + law.relation() + " " + law.right());
      }
    }
    line("fingerprint", result.identity().fingerprintHex());
    line("files", folder + " (open report.html in a browser)");
  }

  /** Years for readers; infinite means that nothing wears. */
  static String years(double years) {
    if (Double.isInfinite(years)) {
      return "unlimited time";
    }
    return years >= 1000 ? "more than 1,000 years" : Figures.number(years) + " years";
  }

  private static String percentile(Histogram histogram, double percent) {
    return histogram.getTotalCount() == 0
        ? Figures.NONE
        : Figures.duration(histogram.getValueAtPercentile(percent));
  }

  private static String title(List<RunResult.Labelled> list) {
    return list.isEmpty() ? Figures.NONE : list.get(0).value();
  }

  /** A line, broken at spaces where it exceeds the width. */
  private void wrapped(String label, String value) {
    String rest = value;
    String name = label;
    while (rest.length() > WIDTH - LABEL) {
      int space = rest.lastIndexOf(' ', WIDTH - LABEL);
      if (space <= 0) {
        break;
      }
      line(name, rest.substring(0, space));
      rest = rest.substring(space + 1);
      name = "";
    }
    line(name, rest);
  }

  private void line(String label, String value) {
    StringBuilder line = new StringBuilder(label);
    do {
      line.append(' ');
    } while (line.length() < LABEL);
    line.append(value);
    text.append(ascii(line.toString()).stripTrailing()).append('\n');
  }

  /** Our own signs beyond ASCII become ASCII, and line breaks in names spaces. */
  private static String ascii(String value) {
    return value.replace('µ', 'u').replace('–', '-').replace('\n', ' ').replace('\r', ' ');
  }
}
