package memwall.cli;

import picocli.CommandLine.Command;

/** {@code memwall flash}: one flash device by itself. */
@Command(
    name = "flash",
    description =
        "Replays raw flash traces on a flash device, page by page; docs/memory-traces.md has the"
            + " formats.",
    mixinStandardHelpOptions = true,
    subcommands = {FlashReplayCommand.class, FlashFormatsCommand.class})
final class FlashCommand extends CommandGroup {
  /** For picocli. */
  FlashCommand() {}
}
