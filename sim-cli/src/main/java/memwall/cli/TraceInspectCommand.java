package memwall.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import memwall.core.unit.Quantities;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TraceInspector;
import memwall.workloads.trace.TraceStatistics;
import memwall.workloads.trace.TraceStatistics.Lengths;
import memwall.workloads.trace.TraceSummary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall trace inspect}: what a trace looks like. */
@Command(
    name = "inspect",
    description = "Checks a whole trace and measures it: counts, rate, burstiness, lengths.",
    mixinStandardHelpOptions = true)
final class TraceInspectCommand implements Callable<Integer> {
  private static final double PS_PER_SECOND = 1e12;

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "FILE", description = "A trace of any readable format.")
  private Path file;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "Its format, if it shall not be recognised by the first line.")
  private @Nullable String format;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and file before anything runs
  TraceInspectCommand() {}

  @Override
  public Integer call() {
    TraceSummary summary = RequestTraces.scan(file, format);
    TraceStatistics statistics;
    try (RequestTrace trace = RequestTraces.open(file, format)) {
      statistics = TraceInspector.inspect(trace);
    }
    PrintWriter out = command.commandLine().getOut();
    out.print(json ? Json.text(tree(summary, statistics)) + "\n" : text(summary, statistics));
    out.flush();
    return ExitCode.OK;
  }

  private String text(TraceSummary summary, TraceStatistics statistics) {
    StringBuilder text = new StringBuilder();
    line(text, "file", file.toString());
    line(text, "format", summary.format());
    for (Map.Entry<String, String> entry : summary.header().texts().entrySet()) {
      line(text, entry.getKey(), entry.getValue());
    }
    line(text, "SHA-256", summary.sha256());
    line(text, "requests", String.format(Locale.ROOT, "%,d", statistics.requests()));
    line(text, "prompt tokens", String.format(Locale.ROOT, "%,d", statistics.promptTokens()));
    line(text, "output tokens", String.format(Locale.ROOT, "%,d", statistics.outputTokens()));
    if (statistics.thinkTokens() > 0) {
      line(text, "  of them thinking", String.format(Locale.ROOT, "%,d", statistics.thinkTokens()));
    }
    line(text, "duration", Quantities.TIME.human((double) statistics.durationPs()));
    line(text, "rate", figure(statistics.requestsPerSec()) + " requests/s");
    line(text, "CV of gaps", figure(statistics.gapCv()) + " (Poisson: 1)");
    line(text, "gaps of 0", figure(100 * statistics.zeroGapShare()) + " %");
    line(
        text,
        "dispersion",
        figure(statistics.dispersion1s())
            + " in windows of 1 s, "
            + figure(statistics.dispersion60s())
            + " of 60 s (Poisson: 1)");
    line(
        text,
        "most arrivals",
        statistics.peak1s() + " in 1 s, " + statistics.peak60s() + " in 60 s");
    line(
        text,
        "longest context",
        String.format(Locale.ROOT, "%,d tokens", statistics.maxContextTokens()));
    TraceStatistics.Prefix prefix = statistics.prefix();
    if (prefix != null) {
      line(
          text,
          "blocks of prompts",
          String.format(Locale.ROOT, "%,d, %,d different", prefix.blocks(), prefix.distinct()));
      line(
          text,
          "  seen before",
          figure(100 * prefix.hitShare()) + " % (whole prefix, cache without limit)");
    }
    if (summary.leftOut() > 0) {
      line(text, "left out", String.format(Locale.ROOT, "%,d failed", summary.leftOut()));
    }
    TextTable table =
        new TextTable(
            "tokens", ">mean", ">CV", ">min", ">p5", ">p25", ">p50", ">p75", ">p95", ">p99",
            ">max");
    lengths(table, "prompt", statistics.prompt());
    lengths(table, "output", statistics.output());
    return text.append('\n').append(table).toString();
  }

  private static void lengths(TextTable table, String name, Lengths lengths) {
    table.row(
        name,
        figure(lengths.mean()),
        figure(lengths.cv()),
        lengths.min() + "",
        figure(lengths.p5()),
        figure(lengths.p25()),
        figure(lengths.p50()),
        figure(lengths.p75()),
        figure(lengths.p95()),
        figure(lengths.p99()),
        lengths.max() + "");
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append(String.format(Locale.ROOT, "%-18s %s%n", label, value));
  }

  /** Four significant digits are plenty to read; {@code --json} has all. */
  private static String figure(double value) {
    if (Double.isNaN(value)) {
      return "unknown";
    }
    return Math.abs(value) >= 1000
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4g", value)
            .replaceAll("(\\.\\d*?)0+$", "$1")
            .replaceAll("\\.$", "");
  }

  private static ObjectNode tree(TraceSummary summary, TraceStatistics statistics) {
    ObjectNode root = Json.object();
    root.put("schema", "memwall.trace/1");
    root.put("format", summary.format());
    ObjectNode header = root.putObject("header");
    summary.header().texts().forEach(header::put);
    root.put("sha256", summary.sha256());
    root.put("requests", statistics.requests());
    root.put("prompt_tokens", statistics.promptTokens());
    root.put("output_tokens", statistics.outputTokens());
    root.put("think_tokens", statistics.thinkTokens());
    root.put("first_arrival_ps", summary.firstArrivalPs());
    root.put("last_arrival_ps", summary.lastArrivalPs());
    Json.put(root, "duration_seconds", statistics.durationPs() / PS_PER_SECOND);
    Json.put(root, "requests_per_sec", statistics.requestsPerSec());
    Json.put(root, "gap_cv", statistics.gapCv());
    Json.put(root, "zero_gap_share", statistics.zeroGapShare());
    Json.put(root, "dispersion_1s", statistics.dispersion1s());
    Json.put(root, "dispersion_60s", statistics.dispersion60s());
    root.put("peak_1s", statistics.peak1s());
    root.put("peak_60s", statistics.peak60s());
    root.put("max_context_tokens", statistics.maxContextTokens());
    root.put("left_out", summary.leftOut());
    TraceStatistics.Prefix prefix = statistics.prefix();
    if (prefix != null) {
      ObjectNode node = root.putObject("prefix");
      node.put("blocks", prefix.blocks());
      node.put("distinct", prefix.distinct());
      node.put("hits", prefix.hits());
      node.put("once", prefix.once());
      Json.put(node, "hit_share", prefix.hitShare());
    }
    lengths(root.putObject("prompt"), statistics.prompt());
    lengths(root.putObject("output"), statistics.output());
    return root;
  }

  private static void lengths(ObjectNode node, Lengths lengths) {
    Json.put(node, "mean", lengths.mean());
    Json.put(node, "cv", lengths.cv());
    node.put("min", lengths.min());
    Json.put(node, "p1", lengths.p1());
    Json.put(node, "p5", lengths.p5());
    Json.put(node, "p25", lengths.p25());
    Json.put(node, "p50", lengths.p50());
    Json.put(node, "p75", lengths.p75());
    Json.put(node, "p90", lengths.p90());
    Json.put(node, "p95", lengths.p95());
    Json.put(node, "p99", lengths.p99());
    Json.put(node, "p99_9", lengths.p999());
    node.put("max", lengths.max());
  }
}
