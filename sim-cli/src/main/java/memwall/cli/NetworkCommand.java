package memwall.cli;

import picocli.CommandLine.Command;

/** {@code memwall network}: a network by itself. */
@Command(
    name = "network",
    description =
        "Networks by themselves: routers under load (docs/network.md), collectives and messages"
            + " (docs/collectives.md), switches that add (docs/aggregation.md).",
    mixinStandardHelpOptions = true,
    subcommands = {
      NetworkLoadCommand.class,
      NetworkCollectiveCommand.class,
      NetworkReduceCommand.class,
      NetworkReplayCommand.class,
      NetworkAllReduceCommand.class
    })
final class NetworkCommand extends CommandGroup {
  /** For picocli. */
  NetworkCommand() {}
}
