package memwall.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.config.Suggestion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that reads configuration. */
final class ConfigOptions {
  private static final String SUFFIX = ".yaml";

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

  /** Adds an override of a key unless its value is null. */
  void addSet(String path, @Nullable String value) {
    if (value != null) {
      addSet(path + "=" + value);
    }
  }

  /**
   * The configuration that an argument means: a file if its name ends in {@code .yaml}, else a
   * preset.
   *
   * @param option put before what is wrong, such as {@code "--device: "}; may be empty
   * @param text configuration with the preset; its place is {@code %s}
   * @throws ConfigException if there is no such preset
   */
  Config presetOrFile(
      String option,
      String kind,
      String given,
      String name,
      String text,
      Presets presets,
      Faults faults) {
    if (given.endsWith(SUFFIX)) {
      return load(Path.of(given), presets, faults);
    }
    String hint = Files.exists(Path.of(given)) ? "; a file's name ends in " + SUFFIX : "";
    checkPreset(option, kind, given, hint, presets);
    return ConfigLoader.fromText(name, text.replace("%s", given), sets, presets, faults);
  }

  /**
   * The configuration that the name of a preset means, as {@link #presetOrFile}.
   *
   * @throws ConfigException if there is no such preset
   */
  Config preset(
      String option,
      String kind,
      String given,
      String name,
      String text,
      Presets presets,
      Faults faults) {
    checkPreset(option, kind, given, "", presets);
    return ConfigLoader.fromText(name, text.replace("%s", given), sets, presets, faults);
  }

  private static void checkPreset(
      String option, String kind, String given, String hint, Presets presets) {
    List<String> names = presets.names(kind);
    if (!names.contains(given)) {
      throw new ConfigException(
          List.of(
              option
                  + "'"
                  + given
                  + "' is not a preset of kind "
                  + kind
                  + Suggestion.of(given, names)
                  + hint
                  + " (known: "
                  + names
                  + ")"));
    }
  }

  Config load(Path file, Presets presets, Faults faults) {
    return ConfigLoader.load(file, sets, presets, faults);
  }
}
