package memwall.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import picocli.CommandLine.Option;

/** Options of every command that reads configuration. */
final class ConfigOptions {
  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Override a value of the configuration, for example --set serving.max_batch=64.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--presets",
      paramLabel = "DIR",
      description = "A folder of presets (DIR/KIND/NAME.yaml) that win over the built-in ones.")
  private List<Path> presetFolders = new ArrayList<>();

  ConfigOptions() {}

  /** Adds an override behind those given. */
  void addSet(String set) {
    sets.add(set);
  }

  Presets presets() {
    return presetFolders.isEmpty() ? Presets.builtIn() : Presets.withDirectories(presetFolders);
  }

  /** Whether the user overrides anything. */
  boolean hasSets() {
    return !sets.isEmpty();
  }

  /** The overrides, in the order given. */
  List<String> sets() {
    return List.copyOf(sets);
  }

  /** Tells which of the built-in presets the user's replace. */
  void noteShadowed(Presets presets, PrintWriter err) {
    for (String shadowed : presets.shadowed()) {
      err.println("note: " + shadowed);
    }
  }

  Config load(Path file, Presets presets, Faults faults) {
    return ConfigLoader.load(file, sets, presets, faults);
  }
}
