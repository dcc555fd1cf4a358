package memwall.cli;

import java.io.PrintWriter;
import java.util.Set;
import java.util.TreeSet;
import memwall.core.config.Suggestion;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, in one line, and where the help is. */
final class Usage {
  private Usage() {}

  /** The handler that picocli calls; returns the exit code. */
  static int misused(ParameterException exception, String[] ignored) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println(name + ": " + message(exception, command));
    err.println("Try '" + name + " --help'.");
    return ExitCode.USAGE;
  }

  private static String message(ParameterException exception, CommandLine command) {
    if (!(exception instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return String.valueOf(exception.getMessage());
    }
    String given = unmatched.getUnmatched().get(0);
    if (given.startsWith("-")) {
      int equals = given.indexOf('=');
      String option = equals < 0 ? given : given.substring(0, equals);
      Set<String> known = new TreeSet<>(command.getCommandSpec().optionsMap().keySet());
      return "unknown option '" + option + "'" + Suggestion.of(option, known);
    }
    Set<String> commands = new TreeSet<>(command.getSubcommands().keySet());
    return commands.isEmpty()
        ? "unexpected argument '" + given + "'"
        : "unknown command '"
            + given
            + "'"
            + Suggestion.of(given, commands)
            + " (known: "
            + commands
            + ")";
  }
}
