package memwall.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import memwall.core.config.ConfigException;
import memwall.core.unit.Quantities;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.RequestTraceWriter;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TraceConverter;
import memwall.workloads.trace.TraceEdit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall trace convert}: any readable trace into our request format, cut and rescaled. */
@Command(
    name = "convert",
    description =
        "Converts a trace to our request format, packed if the name ends in .gz; cuts and rescales"
            + " it on the way.",
    mixinStandardHelpOptions = true)
final class TraceConvertCommand implements Callable<Integer> {
  private static final String COMMAND = "memwall trace convert: ";

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "IN", description = "A trace of any readable format.")
  private Path from;

  @Parameters(index = "1", paramLabel = "OUT", description = "A new file, *.requests.jsonl[.gz].")
  private Path to;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "Format of IN, if it shall not be recognised by its first line.")
  private @Nullable String format;

  @Option(names = "--first", paramLabel = "N", description = "Keep the first N requests.")
  private @Nullable Long first;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Keep arrivals from this time on, for example '10 min'; it becomes time 0.")
  private @Nullable String fromTime;

  @Option(names = "--to", paramLabel = "TIME", description = "Keep arrivals before this time.")
  private @Nullable String toTime;

  @Option(
      names = "--rate-scale",
      paramLabel = "A[/B]",
      description = "Multiply the rate of arrivals by a number or a fraction, for example 3/2.")
  private @Nullable String rateScale;

  @Option(
      names = "--jitter",
      paramLabel = "TIME",
      description = "Put off each arrival by up to this, evenly, for example '3 s'.")
  private @Nullable String jitter;

  @Option(
      names = "--sample",
      paramLabel = "SHARE",
      description = "Keep each request with this probability, for example 0.1.")
  private @Nullable Double sample;

  @Option(names = "--seed", paramLabel = "N", description = "Of what is drawn (default: 1).")
  private long seed = 1;

  @Option(
      names = "--sort",
      description = "Put requests in order of arrival; needs memory for all of them.")
  private boolean sort;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and files before anything runs
  TraceConvertCommand() {}

  @Override
  public Integer call() {
    TraceEdit edit = edit();
    long count;
    long leftOut;
    try (RequestTrace trace = new TraceConverter(open(), edit);
        RequestTraceWriter writer = RequestTraceWriter.create(to, trace.header())) {
      count = TraceConverter.copy(trace, writer);
      if (count == 0) {
        throw new ConfigException(
            List.of(from + ": no request arrives in the window; an empty trace is of no use"));
      }
      writer.finish();
      leftOut = trace.leftOut();
    }
    command.commandLine().getErr().println(count + " requests written to " + to);
    if (leftOut > 0) {
      command
          .commandLine()
          .getErr()
          .println(leftOut + " requests without prompt or output tokens left out");
    }
    return ExitCode.OK;
  }

  private RequestTrace open() {
    return sort ? RequestTraces.openAndSort(from, format) : RequestTraces.open(from, format);
  }

  private TraceEdit edit() {
    List<String> faults = new ArrayList<>();
    long fromPs = time("--from", fromTime, 0, faults);
    long toPs = time("--to", toTime, Long.MAX_VALUE, faults);
    long jitterPs = time("--jitter", jitter, 0, faults);
    TraceEdit edit = TraceEdit.NONE.withSeed(seed);
    edit = checked(COMMAND, edit, before -> before.withWindow(fromPs, toPs), faults);
    edit = checked(COMMAND, edit, before -> before.withJitter(jitterPs), faults);
    edit =
        checked(
            COMMAND,
            edit,
            before -> before.withMost(first == null ? Long.MAX_VALUE : first),
            faults);
    edit = checked(COMMAND, edit, before -> before.withShare(sample == null ? 1 : sample), faults);
    edit =
        checked(
            "--rate-scale: ",
            edit,
            before -> rateScale == null ? before : before.withRate(rateScale),
            faults);
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    return edit;
  }

  private static TraceEdit checked(
      String option, TraceEdit before, UnaryOperator<TraceEdit> change, List<String> faults) {
    try {
      return change.apply(before);
    } catch (IllegalArgumentException e) {
      faults.add(option + e.getMessage());
      return before;
    }
  }

  private static long time(String option, @Nullable String text, long absent, List<String> faults) {
    if (text == null) {
      return absent;
    }
    try {
      return Quantities.TIME.parse(text);
    } catch (IllegalArgumentException e) {
      faults.add(option + ": " + e.getMessage());
      return absent;
    }
  }
}
