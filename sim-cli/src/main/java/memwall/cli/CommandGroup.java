package memwall.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that only has commands below it: called alone it prints its help. */
@SuppressWarnings("NullAway.Init") // picocli sets the command before anything runs
class CommandGroup implements Runnable {
  @Spec private CommandSpec command;

  CommandGroup() {}

  @Override
  public final void run() {
    command.commandLine().usage(command.commandLine().getOut());
  }
}
