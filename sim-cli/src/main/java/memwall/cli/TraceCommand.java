package memwall.cli;

import picocli.CommandLine.Command;

/** {@code memwall trace}: looks at, converts and makes traces. */
@Command(
    name = "trace",
    description =
        "Measures, converts, generates and fits traces; traces/README.md has the formats.",
    mixinStandardHelpOptions = true,
    subcommands = {
      TraceInspectCommand.class,
      TraceConvertCommand.class,
      TraceGenerateCommand.class,
      TraceFitCommand.class,
      TraceFormatsCommand.class
    })
final class TraceCommand extends CommandGroup {
  /** For picocli. */
  TraceCommand() {}
}
