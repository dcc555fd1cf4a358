package memwall.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import memwall.core.config.ConfigException;
import memwall.memory.stack.OverheatedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The {@code memwall} application. */
@Command(
    name = "memwall",
    description = "Simulates LLM-inference systems past the memory wall.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      ValidateCommand.class,
      PresetsCommand.class,
      ExplainCommand.class,
      PlanCommand.class,
      ReportCommand.class,
      TraceCommand.class,
      ModelCommand.class,
      MemoryCommand.class,
      FlashCommand.class,
      NetworkCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:fine",
      "1:the run failed, or a conservation law is broken",
      "2:wrong usage or configuration; nothing was written",
      "3:a result lies outside its tolerance"
    })
public final class Main extends CommandGroup {
  /** For picocli. */
  Main() {}

  /** Runs the application and exits. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(List.of(args), out, err);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /**
   * Runs the application.
   *
   * @return the exit code
   */
  static int run(List<String> args, PrintWriter out, PrintWriter err) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExpandAtFiles(false);
    commandLine.setParameterExceptionHandler(Usage::misused);
    commandLine.setExecutionExceptionHandler(Main::failed);
    return commandLine.execute(args.toArray(new String[0]));
  }

  /** Faults of the user's input are told as they are; anything else is a failure of ours. */
  private static int failed(
      Exception exception, CommandLine commandLine, CommandLine.ParseResult ignored) {
    PrintWriter err = commandLine.getErr();
    if (exception instanceof ConfigException config) {
      for (String fault : config.faults()) {
        err.println(fault);
      }
      return ExitCode.USAGE;
    }
    if (exception instanceof ParameterException misuse) {
      return Usage.misused(misuse, new String[0]);
    }
    if (exception instanceof OverheatedException overheated) {
      err.println("memwall: the run failed: " + overheated.getMessage());
      return ExitCode.FAILED;
    }
    if (exception instanceof UncheckedIOException io && io.getCause() != null) {
      err.println("memwall: the host failed: " + io.getCause());
      return ExitCode.FAILED;
    }
    err.println("memwall: " + exception);
    for (Throwable suppressed : exception.getSuppressed()) {
      err.println("  " + suppressed.getMessage());
    }
    err.println("This is a defect of Memwall; please report it with the run file.");
    exception.printStackTrace(err);
    return ExitCode.FAILED;
  }
}
