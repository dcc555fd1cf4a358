package memwall.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import memwall.cli.report.RunFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of replays that say where results go, and what is done by them. */
final class ReplayOutput {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Also write a folder with the results; must not exist or be empty.")
  private @Nullable Path output;

  @Option(names = "--json", description = "Print JSON (as summary.json) instead of tables.")
  private boolean json;

  /** What a replay leaves behind. */
  interface Results {
    /** Writes the files of the results and the resolved configuration. */
    void write(RunFolder folder, String resolvedConfig);

    /** The summary. */
    String json();

    /** The same as tables. */
    String text();

    /** Laws of conservation that do not hold, a sentence each. */
    List<String> brokenLaws();
  }

  /** For picocli. */
  ReplayOutput() {}

  /**
   * Replays and says what came of it; a folder that cannot be written is noticed before.
   *
   * @return the exit code
   */
  int replay(CommandSpec command, String resolvedConfig, Supplier<Results> replay) {
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    Results results;
    if (output == null) {
      results = replay.get();
    } else {
      try (RunFolder folder = RunFolder.create(output)) {
        results = replay.get();
        results.write(folder, resolvedConfig);
        err.println("results in " + folder.finish());
      }
    }
    out.print(json ? results.json() : results.text());
    out.flush();
    for (String broken : results.brokenLaws()) {
      err.println("broken law: " + broken);
    }
    return results.brokenLaws().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }
}
