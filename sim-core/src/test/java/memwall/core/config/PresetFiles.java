package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * For the tests of every module that ships presets: the index names exactly the files that are
 * there, and every file can be read and has its {@code source:}.
 */
public final class PresetFiles {
  private PresetFiles() {}

  /**
   * Fails if {@code presets/index.txt} misses a preset file, names one that is not there or is not
   * sorted, or if a preset has a fault.
   *
   * @param resources the module's resource folder, for example {@code src/main/resources}
   */
  public static void check(Path resources) {
    Path presets = resources.resolve("presets");
    List<String> indexed = indexed(presets.resolve("index.txt"));
    assertThat(indexed).as("%s, sorted, each once", presets.resolve("index.txt")).isSorted();

    assertThat(indexed)
        .as("presets in the index against the files under %s", presets)
        .containsExactlyInAnyOrderElementsOf(files(presets));
    Faults faults = new Faults();
    // Presets of other modules may be on the class path; the files of this one win over its own.
    assertThat(Presets.withDirectories(List.of(presets)).list(faults))
        .filteredOn(preset -> Path.of(preset.place()).startsWith(presets))
        .extracting(preset -> preset.kind() + "/" + preset.name())
        .containsExactlyInAnyOrderElementsOf(indexed); // kinds a and a-b: sorted otherwise
    assertThat(faults.list()).isEmpty();
  }

  private static List<String> indexed(Path index) {
    try {
      return Files.readAllLines(index).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException wrong) {
      throw new UncheckedIOException(wrong);
    }
  }

  private static List<String> files(Path presets) {
    try (Stream<Path> files = Files.walk(presets)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .map(file -> presets.relativize(file).toString().replace('\\', '/'))
          .map(name -> name.substring(0, name.length() - ".yaml".length()))
          .toList();
    } catch (IOException wrong) {
      throw new UncheckedIOException(wrong);
    }
  }
}
