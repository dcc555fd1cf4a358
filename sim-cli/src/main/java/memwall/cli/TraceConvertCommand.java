package memwall.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import memwall.core.config.ConfigException;
import memwall.core.unit.Quantities;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.RequestTraceWriter;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TraceConverter;
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
  private static final Pattern FACTOR = Pattern.compile("([0-9]{1,10})(?:/([0-9]{1,10}))?");

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
      description = "Multiply the rate of arrivals by A/B, for example 3/2.")
  private @Nullable String rateScale;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and files before anything runs
  TraceConvertCommand() {}

  @Override
  public Integer call() {
    TraceConverter.Options options = options();
    long count;
    try (RequestTrace trace = new TraceConverter(RequestTraces.open(from, format), options);
        RequestTraceWriter writer = RequestTraceWriter.create(to, trace.header())) {
      count = TraceConverter.copy(trace, writer);
      if (count == 0) {
        throw new ConfigException(
            List.of(from + ": no request arrives in the window; an empty trace is of no use"));
      }
      writer.finish();
    }
    command.commandLine().getErr().println(count + " requests written to " + to);
    return ExitCode.OK;
  }

  private TraceConverter.Options options() {
    List<String> faults = new ArrayList<>();
    long fromPs = time("--from", fromTime, 0, faults);
    long toPs = time("--to", toTime, Long.MAX_VALUE, faults);
    long numerator = 1;
    long denominator = 1;
    if (rateScale != null) {
      Matcher matcher = FACTOR.matcher(rateScale);
      if (matcher.matches()) {
        numerator = Long.parseLong(matcher.group(1));
        denominator = matcher.group(2) == null ? 1 : Long.parseLong(matcher.group(2));
      } else {
        faults.add(
            "--rate-scale: '" + rateScale + "' is not a whole number A or a fraction A/B of two");
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    try {
      return new TraceConverter.Options(
          first == null ? Long.MAX_VALUE : first, fromPs, toPs, numerator, denominator);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of("memwall trace convert: " + e.getMessage()));
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
