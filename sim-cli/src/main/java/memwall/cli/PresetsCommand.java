package memwall.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import memwall.core.config.ConfigException;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.config.Presets.Preset;
import memwall.core.config.Suggestion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code memwall presets}: what hardware and models there are, and where their numbers are from.
 */
@Command(
    name = "presets",
    description = {
      "Lists the presets by kind; with KIND the presets of this kind;"
          + " with KIND and NAME the text of one, with its place and source."
    },
    mixinStandardHelpOptions = true)
final class PresetsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "KIND", arity = "0..1", description = "A kind of presets.")
  private @Nullable String kind;

  @Parameters(index = "1", paramLabel = "NAME", arity = "0..1", description = "A preset.")
  private @Nullable String name;

  @Option(
      names = "--presets",
      paramLabel = "DIR",
      description = "A folder of presets (DIR/KIND/NAME.yaml) that win over the built-in ones.")
  private List<Path> presetFolders = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the command before anything runs
  PresetsCommand() {}

  @Override
  public Integer call() {
    Presets presets = Presets.withDirectories(presetFolders);
    Faults faults = new Faults();
    List<Preset> all = presets.list(faults);
    faults.throwIfAny();
    List<Preset> wanted = new ArrayList<>();
    for (Preset preset : all) {
      if ((kind == null || kind.equals(preset.kind()))
          && (name == null || name.equals(preset.name()))) {
        wanted.add(preset);
      }
    }
    if (wanted.isEmpty()) {
      throw unknown(presets);
    }
    PrintWriter out = command.commandLine().getOut();
    if (name != null) {
      one(presets, wanted.get(0), out);
    } else if (json) {
      ArrayNode list = Json.array();
      wanted.forEach(preset -> list.add(tree(presets, preset)));
      out.println(Json.text(list));
    } else {
      TextTable table = new TextTable("kind", "name", "description", "");
      for (Preset preset : wanted) {
        table.row(
            preset.kind(),
            preset.name(),
            preset.description(),
            shadowed(presets, preset) == null ? "" : "(replaces the built-in one)");
      }
      out.print(table);
    }
    out.flush();
    return ExitCode.OK;
  }

  private void one(Presets presets, Preset preset, PrintWriter out) {
    String text = presets.text(preset.kind(), preset.name()).orElse("");
    if (json) {
      ObjectNode node = tree(presets, preset);
      node.put("text", text);
      out.println(Json.text(node));
      return;
    }
    // As comments, so that the whole can be saved as a preset again.
    out.println("# preset " + preset.kind() + "/" + preset.name() + " from " + preset.place());
    String shadowed = shadowed(presets, preset);
    if (shadowed != null) {
      out.println("# " + shadowed);
    }
    out.print(text);
    if (!text.endsWith("\n")) {
      out.println();
    }
  }

  private static ObjectNode tree(Presets presets, Preset preset) {
    ObjectNode node = Json.object();
    node.put("kind", preset.kind());
    node.put("name", preset.name());
    node.put("description", preset.description());
    node.put("source", preset.source());
    node.put("place", preset.place());
    node.put("shadows", shadowed(presets, preset) != null);
    return node;
  }

  /** The note on what a user's preset replaces; null if it replaces nothing. */
  private static @Nullable String shadowed(Presets presets, Preset preset) {
    String prefix = preset.kind() + "/" + preset.name() + ": ";
    for (String line : presets.shadowed()) {
      if (line.startsWith(prefix)) {
        return line;
      }
    }
    return null;
  }

  private ConfigException unknown(Presets presets) {
    if (kind == null) {
      return new ConfigException(List.of("there are no presets"));
    }
    if (!presets.kinds().contains(kind)) {
      return new ConfigException(
          List.of(
              "no presets of kind '"
                  + kind
                  + "'"
                  + Suggestion.of(kind, presets.kinds())
                  + " (known: "
                  + presets.kinds()
                  + ")"));
    }
    List<String> names = presets.names(kind);
    String given = name == null ? "" : name;
    return new ConfigException(
        List.of(
            "no "
                + kind
                + " preset '"
                + given
                + "'"
                + Suggestion.of(given, names)
                + " (known: "
                + names
                + ")"));
  }
}
