package memwall.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.unit.Quantities;
import memwall.workloads.trace.GeneratorSpec;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TraceFit;
import memwall.workloads.trace.TraceInspector;
import memwall.workloads.trace.TraceOutput;
import memwall.workloads.trace.TraceStatistics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall trace fit}: a generator that makes traces like a given one. */
@Command(
    name = "fit",
    description = {
      "Fits a generator to a trace: rates by time, law of the gaps, quantiles of the lengths.",
      "Prints how a trace that it makes compares; 'memwall trace generate FILE' makes more."
    },
    mixinStandardHelpOptions = true)
final class TraceFitCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "TRACE", description = "A trace of any readable format.")
  private Path from;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "A new file, *.yaml.")
  private Path to;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "Format of TRACE, if it shall not be recognised by its first line.")
  private @Nullable String format;

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description = "Time for which a rate holds (default: a minute, more in traces of days).")
  private @Nullable String window;

  @Option(names = "--seed", paramLabel = "N", description = "Of the trace compared (default: 1).")
  private long seed = 1;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and files before anything runs
  TraceFitCommand() {}

  @Override
  public Integer call() {
    long windowPs = windowPs();
    TraceStatistics wanted;
    try (RequestTrace trace = RequestTraces.open(from, format)) {
      wanted = TraceInspector.inspect(trace);
    }
    String yaml;
    try (RequestTrace trace = RequestTraces.open(from, format)) {
      yaml = TraceFit.fit(trace, "fit of " + from.getFileName(), windowPs);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of(from + ": " + e.getMessage()));
    }
    TraceOutput.write(to, yaml);
    Faults faults = new Faults();
    GeneratorSpec generator =
        GeneratorSpec.read(ConfigLoader.fromText(to.toString(), yaml, faults));
    faults.throwIfAny();
    TraceStatistics made;
    try (RequestTrace trace = generator.open(seed)) {
      made = TraceInspector.inspect(trace);
    }
    PrintWriter out = command.commandLine().getOut();
    out.print(table(wanted, made));
    out.flush();
    command.commandLine().getErr().println("generator written to " + to);
    return ExitCode.OK;
  }

  private long windowPs() {
    if (window == null) {
      return 0;
    }
    try {
      long windowPs = Quantities.TIME.parse(window);
      if (windowPs > 0) {
        return windowPs;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of("--window: " + e.getMessage()));
    }
    throw new ConfigException(List.of("--window: must be more than 0"));
  }

  private static TextTable table(TraceStatistics wanted, TraceStatistics made) {
    TextTable table = new TextTable("", ">trace", ">generated", ">deviation");
    row(table, "requests/s", wanted.requestsPerSec(), made.requestsPerSec());
    row(table, "CV of gaps", wanted.gapCv(), made.gapCv());
    row(table, "dispersion in 1 s", wanted.dispersion1s(), made.dispersion1s());
    row(table, "dispersion in 60 s", wanted.dispersion60s(), made.dispersion60s());
    lengths(table, "prompt", wanted.prompt(), made.prompt());
    lengths(table, "output", wanted.output(), made.output());
    row(
        table,
        "share of output that thinks",
        (double) wanted.thinkTokens() / wanted.outputTokens(),
        (double) made.thinkTokens() / made.outputTokens());
    return table;
  }

  private static void lengths(
      TextTable table, String name, TraceStatistics.Lengths wanted, TraceStatistics.Lengths made) {
    row(table, name + " mean", wanted.mean(), made.mean());
    row(table, name + " CV", wanted.cv(), made.cv());
    row(table, name + " p50", wanted.p50(), made.p50());
    row(table, name + " p99", wanted.p99(), made.p99());
  }

  private static void row(TextTable table, String name, double wanted, double made) {
    if (Double.isNaN(wanted) || Double.isNaN(made)) {
      return; // The trace is too short for it.
    }
    table.row(
        name,
        String.format(Locale.ROOT, "%.4g", wanted),
        String.format(Locale.ROOT, "%.4g", made),
        wanted == 0 ? "" : String.format(Locale.ROOT, "%+.1f %%", 100 * (made / wanted - 1)));
  }
}
