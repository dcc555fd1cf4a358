package memwall.cli;

import java.util.concurrent.Callable;
import memwall.memory.replay.MemoryTraceFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code memwall memory formats}: which memory traces can be read. */
@Command(
    name = "formats",
    description = "Lists the formats of memory traces that can be read.",
    mixinStandardHelpOptions = true)
final class MemoryFormatsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the command before anything runs
  MemoryFormatsCommand() {}

  @Override
  public Integer call() {
    TextTable table = new TextTable("format", "what it is");
    for (MemoryTraceFormat format : MemoryTraceFormat.values()) {
      table.row(format.label(), format.sentence());
    }
    command.commandLine().getOut().print(table);
    command.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
