package memwall.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import memwall.cli.report.ChannelReport;
import memwall.cli.report.DeadlineReport;
import memwall.cli.report.NetworkOutcome;
import memwall.cli.report.NetworkReplayFiles;
import memwall.cli.report.NodeFailureReport;
import memwall.cli.report.RunFolder;
import memwall.core.StalledException;
import memwall.core.config.ConfigException;
import memwall.core.config.Suggestion;
import memwall.core.unit.Quantities;
import memwall.network.collective.Schedule;
import memwall.network.endpoint.FabricRunResult;
import memwall.network.graph.LinkGraphResult;
import memwall.network.loggp.LogGopsResult;
import memwall.network.trace.Traffic;
import memwall.network.trace.TrafficFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall network replay}: messages of a file. */
@Command(
    name = "replay",
    description = {
      "Replays messages: GOAL text (what LogGOPSim reads) or our CSV with the columns time_ps,"
          + " source, destination, bytes and, if wanted, tag.",
      "Prints how long they take, and the distribution of their latency under LogGOPS."
    },
    mixinStandardHelpOptions = true)
final class NetworkReplayCommand implements Callable<Integer> {
  private static final double PS_PER_US = 1e6;

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "FILE", description = "The messages, plain or gzip.")
  private Path file;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "goal or csv, if it shall not be recognised by the first line.")
  private @Nullable String format;

  @Option(
      names = "--calc-unit",
      paramLabel = "TIME",
      defaultValue = "1 ns",
      description = "What 'calc 1' of GOAL takes (default: ${DEFAULT-VALUE}).")
  private String calcUnit;

  @Mixin private NetworkModelOptions models = new NetworkModelOptions();

  @Mixin private ReplayOutput output = new ReplayOutput();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and parameters before anything runs
  NetworkReplayCommand() {}

  @Override
  public Integer call() {
    NetworkModel model = models.load(command);
    Traffic traffic = Traffic.read(file, format(), calcPs());
    try {
      return output.replay(command, model.resolvedConfig(), () -> results(model, traffic));
    } catch (StalledException e) {
      command.commandLine().getErr().println("the messages block each other: " + e.getMessage());
      return ExitCode.FAILED;
    }
  }

  private @Nullable TrafficFormat format() {
    if (format == null) {
      return null;
    }
    List<String> known = List.of(TrafficFormat.GOAL.label(), TrafficFormat.CSV.label());
    int index = known.indexOf(format);
    if (index < 0) {
      throw new ConfigException(
          List.of(
              "--format: '"
                  + format
                  + "' is not a format of messages"
                  + Suggestion.of(format, known)
                  + " (known: "
                  + known
                  + ")"));
    }
    return index == 0 ? TrafficFormat.GOAL : TrafficFormat.CSV;
  }

  private long calcPs() {
    try {
      long calcPs = Quantities.TIME.parse(calcUnit);
      if (calcPs < 1) {
        throw new IllegalArgumentException("'" + calcUnit + "': at least 1 ps");
      }
      return calcPs;
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of("--calc-unit: " + e.getMessage()));
    }
  }

  private ReplayOutput.Results results(NetworkModel model, Traffic traffic) {
    String misfit = model.misfit(traffic.schedule().ranks());
    if (misfit != null) {
      throw new ConfigException(List.of(file + ": " + misfit));
    }
    NetworkOutcome outcome = model.run(traffic.schedule());
    NetworkReplayFiles files =
        new NetworkReplayFiles(
            traffic,
            model.name(),
            outcome,
            model.graph() == null ? null : model.graph().of(traffic.schedule().ranks()));
    return new ReplayOutput.Results() {
      @Override
      public void write(RunFolder folder, String resolvedConfig) {
        files.write(folder, resolvedConfig);
      }

      @Override
      public String json() {
        return files.json();
      }

      @Override
      public String text() {
        return NetworkReplayCommand.this.text(model, traffic, outcome);
      }

      @Override
      public List<String> brokenLaws() {
        List<String> broken = new ArrayList<>(outcome.brokenLaws());
        long sends = traffic.schedule().sends();
        if (!model.isStream() && outcome.messages() != sends && outcome.unfinishedRanks() == 0) {
          broken.add(sends + " messages were sent, " + outcome.messages() + " arrived");
        }
        return broken;
      }
    };
  }

  private String text(NetworkModel model, Traffic traffic, NetworkOutcome outcome) {
    Schedule schedule = traffic.schedule();
    StringBuilder text = new StringBuilder();
    line(text, "messages", file + ", format " + traffic.format().label());
    line(text, "network", model.name());
    line(text, "ranks", count(schedule.ranks()));
    line(text, "arrived", count(outcome.messages()) + " messages");
    line(text, "span", Quantities.TIME.human((double) outcome.totalPs()));
    LinkGraphResult graph = outcome.graph();
    if (graph != null) {
      line(text, "links", links(graph));
    }
    FabricRunResult fabric = outcome.fabric();
    if (fabric != null) {
      line(text, "channels", channels(model, fabric));
      line(text, "busiest", ChannelReport.busiest(fabric.channels()));
      if (model.fabric() != null && model.fabric().faults() != null) {
        FabricFaultText.of(text, fabric);
      }
      NodeFailureReport.text(fabric).forEach(line -> text.append(line).append('\n'));
      DeadlineReport.text(outcome).forEach(line -> text.append(line).append('\n'));
    }
    LogGopsResult loggp = outcome.loggp();
    if (loggp != null && loggp.messages() > 0) {
      line(text, "unexpected", count(loggp.unexpected()) + " came before they were asked for");
      TextTable table =
          new TextTable("latency, us", ">count", ">mean", ">p50", ">p90", ">p99", ">p99.9", ">max");
      table.row(
          "message",
          count(loggp.messages()),
          microseconds((double) loggp.latencySumPs() / loggp.messages()),
          microseconds((double) loggp.latencyPs(0.5)),
          microseconds((double) loggp.latencyPs(0.9)),
          microseconds((double) loggp.latencyPs(0.99)),
          microseconds((double) loggp.latencyPs(0.999)),
          microseconds((double) loggp.latencyPs(1)));
      text.append('\n').append(table);
    }
    return text.toString();
  }

  private static String channels(NetworkModel model, FabricRunResult fabric) {
    String flits =
        count((long) fabric.statistics().number("network.channel_flits"))
            + " flits between routers";
    if (model.fabric() != null && model.fabric().faults() != null) {
      return flits;
    }
    return flits
        + ", "
        + count((long) fabric.statistics().number("network.episodes"))
        + " episodes, "
        + count((long) fabric.statistics().number("network.episodes_known"))
        + " of them known";
  }

  private static String links(LinkGraphResult graph) {
    long most = 0;
    for (int link = 0; link < graph.links(); link++) {
      most = Math.max(most, graph.linkBusyPs(link));
    }
    double busyShare = graph.totalPs() == 0 ? 0 : (double) most / graph.totalPs();
    return count(graph.links())
        + ", "
        + count(graph.hops())
        + String.format(Locale.ROOT, " hops, the busiest for %.2f %% of the time", 100 * busyShare);
  }

  private static String microseconds(double ps) {
    return String.format(Locale.ROOT, "%,.3f", ps / PS_PER_US);
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append(String.format(Locale.ROOT, "%-12s %s%n", label, value));
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
