package memwall.cli;

import picocli.CommandLine.Command;

/** {@code memwall memory}: one memory device by itself. */
@Command(
    name = "memory",
    description =
        "Replays raw memory traces on a DRAM device, runs kernels on memory that computes;"
            + " docs/memory-traces.md has the formats.",
    mixinStandardHelpOptions = true,
    subcommands = {MemoryReplayCommand.class, MemoryFormatsCommand.class, MemoryPimCommand.class})
final class MemoryCommand extends CommandGroup {
  /** For picocli. */
  MemoryCommand() {}
}
