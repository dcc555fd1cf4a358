package memwall.cli;

import picocli.CommandLine.Command;

/** {@code memwall model}: looks at models and imports them. */
@Command(
    name = "model",
    description = "Imports models; docs/models.md says how they are counted.",
    mixinStandardHelpOptions = true,
    subcommands = {ModelImportCommand.class})
final class ModelCommand extends CommandGroup {
  /** For picocli. */
  ModelCommand() {}
}
