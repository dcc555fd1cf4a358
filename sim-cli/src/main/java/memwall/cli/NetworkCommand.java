package memwall.cli;

import picocli.CommandLine.Command;

/** {@code memwall network}: a network by itself. */
@Command(
    name = "network",
    description =
        "Networks by themselves: routers under load (docs/network.md), collectives and messages"
            + " (docs/collectives.md).",
    mixinStandardHelpOptions = true,
    subcommands = {
      NetworkLoadCommand.class,
      NetworkCollectiveCommand.class,
      NetworkReplayCommand.class
    })
final class NetworkCommand extends CommandGroup {
  /** For picocli. */
  NetworkCommand() {}
}
