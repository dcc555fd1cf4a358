package memwall.cli;

import java.util.concurrent.Callable;
import memwall.memory.flash.trace.FlashTraceFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code memwall flash formats}: which flash traces can be read. */
@Command(
    name = "formats",
    description = "Lists the formats of flash traces that can be read.",
    mixinStandardHelpOptions = true)
final class FlashFormatsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the command before anything runs
  FlashFormatsCommand() {}

  @Override
  public Integer call() {
    TextTable table = new TextTable("format", "what it is");
    for (FlashTraceFormat format : FlashTraceFormat.values()) {
      table.row(format.label(), format.sentence());
    }
    command.commandLine().getOut().print(table);
    command.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
