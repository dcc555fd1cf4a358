package memwall.cli;

import java.util.concurrent.Callable;
import memwall.workloads.trace.RequestTraces;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code memwall trace formats}: what can be read. */
@Command(
    name = "formats",
    description = "Lists the formats that can be read.",
    mixinStandardHelpOptions = true)
final class TraceFormatsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the command before anything runs
  TraceFormatsCommand() {}

  @Override
  public Integer call() {
    TextTable table = new TextTable("format", "what it is");
    for (RequestTraces.Format format : RequestTraces.formats()) {
      table.row(format.name(), format.sentence());
    }
    command.commandLine().getOut().print(table);
    command.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
