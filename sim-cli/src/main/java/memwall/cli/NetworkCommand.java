package memwall.cli;

import picocli.CommandLine.Command;

/** {@code memwall network}: one network by itself. */
@Command(
    name = "network",
    description = "Networks by themselves: latency and throughput under load; docs/network.md.",
    mixinStandardHelpOptions = true,
    subcommands = {NetworkLoadCommand.class})
final class NetworkCommand extends CommandGroup {
  /** For picocli. */
  NetworkCommand() {}
}
