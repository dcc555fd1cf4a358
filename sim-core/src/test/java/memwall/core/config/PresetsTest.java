package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PresetsTest {
  @TempDir Path folder;

  @Test
  void mergesTheIndexesOfSeveralModules() throws IOException {
    write("m1/presets/index.txt", "# kinds of m1\nchip/a\n\nchip/b\n");
    write("m1/presets/chip/a.yaml", "source: sheet\ndescription: The a.\nx: 1\n");
    write("m1/presets/chip/b.yaml", "source: sheet b\nx: 2\n");
    write("m2/presets/index.txt", "chip/c\nmemory/m\n");
    write("m2/presets/chip/c.yaml", "source: sheet c\nx: 3\n");
    write("m2/presets/memory/m.yaml", "source: sheet m\nx: 4\n");
    try (URLClassLoader loader = modules("m1", "m2")) {
      Presets presets = Presets.shippedWith(loader);
      assertThat(presets.kinds()).containsExactly("chip", "memory");
      assertThat(presets.names("chip")).containsExactly("a", "b", "c");
      assertThat(presets.names("memory")).containsExactly("m");
      assertThat(presets.names("network")).isEmpty();
      Faults faults = new Faults();
      assertThat(presets.list(faults))
          .contains(
              new Presets.Preset("chip", "a", "The a.", "sheet", "presets/chip/a.yaml"),
              new Presets.Preset("chip", "b", "", "sheet b", "presets/chip/b.yaml"))
          .hasSize(4);
      assertThat(faults.list()).isEmpty();
      Config root = ConfigLoader.fromText("run.yaml", "chip: c", List.of(), presets, faults);
      assertThat(root.preset("chip", "chip", "n").integer("x", 0, 9, "n")).isEqualTo(3);
      faults.throwIfAny();
      assertThat(root.resolved().values().get(1).origin()).isEqualTo("preset chip/c:2");
    }
  }

  @Test
  void aBrokenIndexIsABuildError() throws IOException {
    write("m1/presets/index.txt", "chip\n");
    write("m2/presets/index.txt", "chip/a\nchip/a\n");
    write("m3/presets/index.txt", "chip/gone\n");
    try (URLClassLoader one = modules("m1");
        URLClassLoader two = modules("m2");
        URLClassLoader three = modules("m3")) {
      assertThatThrownBy(() -> Presets.shippedWith(one)).hasMessageContaining("is not KIND/NAME");
      assertThatThrownBy(() -> Presets.shippedWith(two))
          .hasMessageEndingWith("preset 'chip/a' is shipped twice");
      Faults faults = new Faults();
      assertThat(Presets.shippedWith(three).list(faults)).isEmpty();
      assertThat(faults.list())
          .containsExactly(
              "presets/chip/gone.yaml:1:1: cannot be read:"
                  + " named in presets/index.txt but missing");
    }
  }

  @Test
  void theTestHelperFindsAForgottenFileAndAForgottenSource() throws IOException {
    write("presets/index.txt", "chip/a\n");
    write("presets/chip/a.yaml", "source: sheet\n");
    PresetFiles.check(folder);
    write("presets/chip/b.yaml", "source: sheet\n");
    assertThatThrownBy(() -> PresetFiles.check(folder)).hasMessageContaining("chip/b");
    write("presets/index.txt", "chip/a\nchip/b\nchip/c\n");
    assertThatThrownBy(() -> PresetFiles.check(folder)).hasMessageContaining("chip/c");
    write("presets/index.txt", "chip/a\nchip/b\n");
    write("presets/chip/b.yaml", "x: 1\n");
    assertThatThrownBy(() -> PresetFiles.check(folder))
        .hasMessageContaining("missing key 'source'");
  }

  @Test
  void aUsersFileWinsAndIsReported() throws IOException {
    Path first = write("one/chip/a.yaml", "source: first\nx: 1\n");
    Path second = write("two/chip/a.yaml", "source: second\nx: 2\n");
    write("two/README.txt", "not a preset");
    write("two/chip/notes.txt", "not a preset");
    Presets presets =
        Presets.withDirectories(List.of(folder.resolve("one"), folder.resolve("two")));
    assertThat(presets.shadowed()).containsExactly("chip/a: " + second + " replaces " + first);
    Faults faults = new Faults();
    Config root = ConfigLoader.fromText("run.yaml", "chip: a", List.of(), presets, faults);
    assertThat(root.preset("chip", "chip", "n").integer("x", 0, 9, "n")).isEqualTo(2);
    faults.throwIfAny();
  }

  @Test
  void directoriesThatAreNone() throws IOException {
    Path yml = write("bad/chip/a.yml", "source: s\n");
    Path named = write("bad/chip/a b.yaml", "source: s\n");
    assertThatThrownBy(
            () -> Presets.withDirectories(List.of(folder.resolve("none"), folder.resolve("bad"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--presets " + folder.resolve("none") + ": no such directory")
        .hasMessageContaining(yml + ": a preset's file name ends in '.yaml'")
        .hasMessageContaining(
            named
                + ": names of presets are letters, digits, '.', '_', '-',"
                + " first a letter or digit");
  }

  @Test
  void faultsOfAPresetAreReportedWithEveryLoad() throws IOException {
    Path file = write("p/chip/a.yaml", "x: 1\nx: 2\n");
    Path empty = write("p/chip/empty.yaml", "");
    Presets presets = Presets.withDirectories(List.of(folder.resolve("p")));
    for (int load = 0; load < 2; load++) {
      Faults faults = new Faults();
      Config root = ConfigLoader.fromText("run.yaml", "c: a\nd: empty", List.of(), presets, faults);
      root.preset("c", "chip", "n").integer("x", 0, 9, "n");
      root.preset("d", "chip", "n").integer("x", 0, 9, "n");
      assertThat(faults.list())
          .containsExactly(
              file + ":1:1: missing key 'source': every preset says where its numbers come from",
              file + ":2:1: duplicate key 'x'; first given at line 1",
              empty + ":1:1: empty; wanted are lines 'key: value'");
    }
  }

  private URLClassLoader modules(String... names) throws IOException {
    URL[] urls = new URL[names.length];
    for (int i = 0; i < names.length; i++) {
      urls[i] = folder.resolve(names[i]).toUri().toURL();
    }
    return new URLClassLoader(urls, null);
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
