package memwall.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.config.Resolved;
import memwall.core.config.Suggestion;
import memwall.workloads.run.RunSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall explain}: every value of a run, where it comes from and what it is. */
@Command(
    name = "explain",
    description =
        "Prints every value that a run file resolves to: value, where it comes from, what it is."
            + " The trace need not exist.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "RUN_FILE", description = "The run file, YAML.")
  private Path file;

  @Parameters(
      index = "1",
      paramLabel = "PATH",
      arity = "0..1",
      description = "Only this value, or the values below it, for example system.chip.")
  private @Nullable String path;

  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and file before anything runs
  ExplainCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    Faults faults = new Faults();
    Config config = options.load(file, presets, faults);
    RunSpec.read(config, faults, false);
    List<Resolved.Value> values = wanted(config.resolved().values());
    if (json) {
      ArrayNode list = Json.array();
      for (Resolved.Value value : values) {
        ObjectNode node = list.addObject();
        node.put("path", value.path());
        node.put("value", value.value());
        node.put("unit", value.unit());
        node.put("origin", value.origin());
        node.put("sentence", value.sentence());
      }
      out.println(Json.text(list));
    } else {
      TextTable table = new TextTable("path", "value", "computed in", "origin", "what it is");
      for (Resolved.Value value : values) {
        table.row(value.path(), value.value(), value.unit(), value.origin(), value.sentence());
      }
      out.print(table);
    }
    out.flush();
    return ExitCode.OK;
  }

  private List<Resolved.Value> wanted(List<Resolved.Value> all) {
    String prefix = path;
    if (prefix == null) {
      return all;
    }
    List<Resolved.Value> wanted = new ArrayList<>();
    TreeSet<String> known = new TreeSet<>();
    for (Resolved.Value value : all) {
      String at = value.path();
      if (at.equals(prefix) || at.startsWith(prefix + ".") || at.startsWith(prefix + "[")) {
        wanted.add(value);
      }
      known.add(at);
      for (int dot = at.indexOf('.'); dot >= 0; dot = at.indexOf('.', dot + 1)) {
        known.add(at.substring(0, dot));
      }
    }
    if (wanted.isEmpty()) {
      throw new ConfigException(
          List.of(
              file
                  + ": no value '"
                  + prefix
                  + "'"
                  + Suggestion.of(prefix, known)
                  + " (without a path, explain lists all)"));
    }
    return wanted;
  }
}
