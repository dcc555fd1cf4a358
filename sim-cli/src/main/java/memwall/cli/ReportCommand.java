package memwall.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import memwall.cli.report.HtmlReport;
import memwall.core.config.ConfigException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall report}: draws the reports of run folders again. */
@Command(
    name = "report",
    description = "Draws report.html of run folders again, from the files that are in them.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "RUN_FOLDER", arity = "1..*", description = "Folders that runs left.")
  private List<Path> folders = new ArrayList<>();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the command before anything runs
  ReportCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    List<String> faults = new ArrayList<>();
    for (Path folder : folders) {
      try {
        HtmlReport.write(folder);
        out.println(folder.resolve(HtmlReport.FILE));
      } catch (ConfigException e) {
        faults.addAll(e.faults());
      } catch (IOException e) {
        faults.add("'" + folder + "': the report cannot be written: " + e.getMessage());
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    return ExitCode.OK;
  }
}
