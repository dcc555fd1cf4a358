package memwall.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import memwall.workloads.model.HuggingFaceConfig;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.ModelText;
import memwall.workloads.model.Precision;
import memwall.workloads.trace.TraceOutput;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall model import}: a preset of kind {@code model} from a published file. */
@Command(
    name = "import",
    description = {
      "Reads a config.json of Hugging Face and writes a preset of kind 'model'.",
      "Prints what it counts; put the file into model/ of a folder given with --presets."
    },
    mixinStandardHelpOptions = true)
final class ModelImportCommand implements Callable<Integer> {
  private static final double BILLION = 1e9;

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "FILE", description = "A config.json.")
  private Path from;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "A new file, *.yaml.")
  private Path to;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the model, for reports (default: that of the new file).")
  private @Nullable String name;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and files before anything runs
  ModelImportCommand() {}

  @Override
  public Integer call() {
    String file = String.valueOf(to.getFileName());
    String known = name == null ? file.replaceFirst("\\.ya?ml$", "") : name;
    ModelSpec model = HuggingFaceConfig.read(from, known);
    TraceOutput.write(to, text(model));
    PrintWriter out = command.commandLine().getOut();
    TextTable table = new TextTable("", ">");
    table.row("parameters", billions(model.parameterCount()));
    table.row("active for a token", billions(model.activeParameterCount()));
    table.row(
        "KV cache of a token in BF16",
        String.format(Locale.ROOT, "%,d bytes", model.kvBytesPerToken(Precision.BF16)));
    table.row("longest context", String.format(Locale.ROOT, "%,d tokens", model.maxContext()));
    out.print(table);
    out.flush();
    command.commandLine().getErr().println("model written to " + to);
    return ExitCode.OK;
  }

  private static String billions(long count) {
    return String.format(Locale.ROOT, "%.3f G", count / BILLION);
  }

  private String text(ModelSpec model) {
    return "description: Imported, "
        + billions(model.parameterCount())
        + " parameters.\nsource: '"
        + String.valueOf(from.getFileName()).replace("'", "''")
        + "'\n"
        + ModelText.yaml(model);
  }
}
