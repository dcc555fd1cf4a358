package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What wins: options, the file, presets, and what extends what. */
final class LayersTest {
  @TempDir Path folder;

  @BeforeEach
  void presets() throws IOException {
    write("presets/chip/base.yaml", "source: s\nclock: 1 GHz\ncores: 4\nmemory: {page: 1 KiB}\n");
    write("presets/chip/big.yaml", "source: s\nextends: base\ncores: 8\nlist: [a, b]\n");
    write("presets/chip/loop-a.yaml", "source: s\nextends: loop-b\n");
    write("presets/chip/loop-b.yaml", "source: s\nextends: loop-a\n");
    write("presets/chip/lost.yaml", "source: s\nextends: bigg\n");
    write("presets/system/pod.yaml", "source: s\nchip: {extends: big, cores: 16}\n");
  }

  @Test
  void aPresetsKeysAreMergedDeeplyAndListsReplaced() {
    String yaml = "chip: {extends: big, memory: {size: 1 GB}, list: [c]}";
    read(
        yaml,
        List.of(),
        root -> {
          Config chip = root.preset("chip", "chip", "n");
          assertThat(chip.integer("cores", 0, 99, "n")).isEqualTo(8);
          assertThat(chip.quantity("clock", Dimension.FREQUENCY, "n")).isEqualTo(1_000_000_000);
          assertThat(chip.texts("list", "n")).containsExactly("c");
          assertThat(chip.keys()).containsExactly("clock", "cores", "memory", "list");
          Config memory = chip.section("memory", "n");
          assertThat(memory.keys()).containsExactly("page", "size");
          assertThat(memory.quantity("page", Dimension.SIZE, "n")).isEqualTo(1024);
          assertThat(memory.quantity("size", Dimension.SIZE, "n")).isEqualTo(1_000_000_000);
        });
  }

  @Test
  void namingAnotherPresetReplacesTheWholeMapping() {
    assertThat(cores("chip: big", List.of())).isEqualTo(8);
    assertThat(cores("chip: big", List.of("chip=base"))).isEqualTo(4);
    assertThat(cores("chip: {extends: big, cores: 5}", List.of())).isEqualTo(5);
    assertThat(cores("chip: {extends: big, cores: 5}", List.of("chip=base"))).isEqualTo(4);
    assertThat(cores("chip: {extends: big, cores: 5}", List.of("chip.extends=base"))).isEqualTo(4);
    assertThat(cores("chip: {extends: big, cores: 5}", List.of("chip.cores=6"))).isEqualTo(6);
  }

  @Test
  void anotherLawLeavesTheKeysOfTheOldOneAside() throws IOException {
    write("presets/law/gamma.yaml", "source: s\nlaw: gamma\nmean: 5\ncv: 2\n");
    Consumer<Config> reader =
        root -> {
          Config law = root.preset("law", "law", "n");
          law.variesBy("law");
          if (law.text("law", "n").equals("gamma")) {
            assertThat(law.integer("cv", 0, 9, "n")).isEqualTo(2);
          }
          assertThat(law.integer("mean", 0, 9, "n")).isEqualTo(5);
        };
    assertThat(faults("law: gamma", List.of(), reader)).isEmpty();
    assertThat(faults("law: gamma", List.of("law.law=poisson"), reader)).isEmpty();
    assertThat(faults("law: {extends: gamma, law: poisson}", List.of(), reader)).isEmpty();
    assertThat(faults("law: {extends: gamma, law: gamma, cw: 1}", List.of(), reader))
        .containsExactly(
            "run.yaml:1:35: unknown key 'law.cw'; did you mean 'cv'? (known: [law, cv, mean])");
    assertThat(faults("law: {extends: gamma, law: poisson, cv: 1}", List.of(), reader))
        .containsExactly("run.yaml:1:37: unknown key 'law.cv' (known: [law, mean])");
    assertThat(faults("law: {extends: gamma, law: poisson}", List.of("law.cv=1"), reader))
        .containsExactly("--set #1 (law.cv=1): unknown key 'law.cv' (known: [law, mean])");
  }

  @Test
  void theMoreSpecificOptionWinsWhateverTheOrder() {
    assertThat(cores("chip: big", List.of("chip=base", "chip.cores=6"))).isEqualTo(6);
    assertThat(cores("chip: big", List.of("chip.cores=6", "chip=base"))).isEqualTo(6);
    assertThat(cores("chip: big", List.of("chip.cores=6", "chip={cores: 7}"))).isEqualTo(6);
    assertThat(cores("chip: big", List.of("chip.cores=6", "chip.cores=7"))).isEqualTo(7);
    assertThat(cores("chip: big", List.of("chip.extends=base", "chip.cores=7"))).isEqualTo(7);
    assertThat(cores("chip: big", List.of("chip.cores=7", "chip.extends=base"))).isEqualTo(7);
  }

  @Test
  void aRunFileMayChangeAPresetInsideAPreset() {
    read(
        "system: {extends: pod, chip: {memory: {page: 2 KiB}}}",
        List.of(),
        root -> {
          Config chip = root.preset("system", "system", "n").preset("chip", "chip", "n");
          assertThat(chip.integer("cores", 0, 99, "n")).isEqualTo(16);
          assertThat(chip.section("memory", "n").quantity("page", Dimension.SIZE, "n"))
              .isEqualTo(2048);
        });
  }

  @Test
  void listsOfPresets() {
    read(
        "chips: [base, {extends: big, cores: 3}, {cores: 2}]",
        List.of(),
        root ->
            assertThat(root.presets("chips", "chip", "n"))
                .extracting(chip -> chip.integer("cores", 0, 99, "n"))
                .containsExactly(4L, 3L, 2L));
  }

  @Test
  void aRunFileExtendsAnotherRelativeToItself() throws IOException {
    write(
        "base/common.yaml", "extends: more/deep.yaml\nseed: 1\ntrace: t.jsonl\nm: {a: 1, b: 1}\n");
    write("base/more/deep.yaml", "name: deep\nlog: l.txt\nm: {a: 9, b: 9, c: 9}\n");
    Path run = write("run.yaml", "extends: base/common.yaml\nseed: 2\nm: {a: 2}\n");
    Faults faults = new Faults();
    Config root = ConfigLoader.load(run, List.of("out=o.txt"), Presets.builtIn(), faults);
    assertThat(root.integer("seed", 0, 9, "n")).isEqualTo(2);
    assertThat(root.text("name", "n")).isEqualTo("deep");
    Config m = root.section("m", "n");
    assertThat(m.keys()).containsExactly("a", "b", "c");
    assertThat(m.integer("a", 0, 9, "n")).isEqualTo(2);
    assertThat(m.integer("b", 0, 9, "n")).isEqualTo(1);
    assertThat(m.integer("c", 0, 9, "n")).isEqualTo(9);
    assertThat(root.file("trace", "n")).isEqualTo(folder.resolve("base/t.jsonl"));
    assertThat(root.optionalFile("log", "n")).contains(folder.resolve("base/more/l.txt"));
    assertThat(root.file("out", "n")).isEqualTo(Path.of("o.txt").toAbsolutePath());
    assertThat(root.optionalFile("none", "n")).isEmpty();
    root.finishAll();
    faults.throwIfAny();
  }

  @Test
  void runFilesThatExtendThemselvesOrNothing() throws IOException {
    Path a = write("a.yaml", "extends: b.yaml\n");
    Path b = write("b.yaml", "x: 1\nextends: a.yaml\n");
    assertThat(faultsOf(a))
        .containsExactly(
            b
                + ":2:10: extends: '"
                + shown(a)
                + "': the file extends itself: a.yaml -> b.yaml ->"
                + " a.yaml");
    Path c = write("c.yaml", "extends: none.yaml\n");
    assertThat(faultsOf(c))
        .containsExactly(
            c + ":1:10: extends: '" + shown(folder.resolve("none.yaml")) + "': no such file");
    Path d = write("d.yaml", "extends: [a]\n");
    assertThat(faultsOf(d)).containsExactly(d + ":1:10: extends: wanted is the name of a run file");
  }

  /** A key that somebody asked for and that was not given is known, but not by itself read. */
  @Test
  void keysThatWereAskedForAreNamed() {
    Consumer<Config> reader =
        root -> {
          root.integer("seed", 0, 9, 1, "n");
          if (root.has("limit")) {
            root.integer("limit", 0, 9, "n");
          }
          assertThat(root.has("old")).isEqualTo(root.keys().contains("old"));
        };
    assertThat(faults("limti: 3", List.of(), reader))
        .containsExactly(
            "run.yaml:1:1: unknown key 'limti'; did you mean 'limit'? (known: [seed, limit,"
                + " old])");
    assertThat(faults("limit: 3", List.of(), reader)).isEmpty();
    assertThat(faults("old: 3", List.of(), reader))
        .containsExactly("run.yaml:1:1: unknown key 'old' (known: [seed, limit])");
  }

  @Test
  void anUnknownPresetNamesTheKnownOnes() {
    assertThat(faults("chip: bigg", List.of(), root -> root.preset("chip", "chip", "n")))
        .containsExactly(
            "run.yaml:1:7: chip: no chip preset 'bigg'; did you mean 'big'?"
                + " (known: [base, big, loop-a, loop-b, lost])");
    assertThat(faults("c: {extends: ../x}", List.of(), root -> root.preset("c", "nokind", "n")))
        .containsExactly("run.yaml:1:14: c: no nokind preset '../x' (known: [])");
    assertThat(faults("chip: lost", List.of(), root -> root.preset("chip", "chip", "n")))
        .containsExactly(
            folder.resolve("presets/chip/lost.yaml")
                + ":2:10: chip: no chip preset 'bigg'; did you mean 'big'?"
                + " (known: [base, big, loop-a, loop-b, lost])");
  }

  @Test
  void presetsThatExtendThemselvesNameTheChain() {
    assertThat(faults("chip: loop-a", List.of(), root -> root.preset("chip", "chip", "n")))
        .containsExactly(
            folder.resolve("presets/chip/loop-b.yaml")
                + ":2:10: chip: chip preset 'loop-a' extends itself: loop-a -> loop-b -> loop-a");
  }

  @Test
  void aPresetThatIsNoNameAndNoMapping() {
    assertThat(faults("chip: [a]", List.of(), root -> root.preset("chip", "chip", "n")))
        .containsExactly(
            "run.yaml:1:7: chip: a list is not a mapping or the name of a chip preset");
    assertThat(faults("chip:", List.of(), root -> root.preset("chip", "chip", "n")))
        .containsExactly(
            "run.yaml:1:1: chip: no value given; wanted is a mapping or the name of a chip preset");
    assertThat(faults("chip: {extends: {}}", List.of(), root -> root.preset("chip", "chip", "n")))
        .containsExactly("run.yaml:1:17: chip: a mapping is not the name of a chip preset");
  }

  @Test
  void extendsIsUnknownWhereNoPresetIsRead() {
    assertThat(
            faults(
                "memory: {extends: big, page: 1 B}",
                List.of(),
                root -> root.section("memory", "n").quantity("page", Dimension.SIZE, "n")))
        .containsExactly("run.yaml:1:10: unknown key 'memory.extends' (known: [page])");
  }

  @Test
  void anOptionThatNobodyReadsIsAFaultNamingTheOption() {
    assertThat(
            faults(
                "chip: big",
                List.of("sead=1", "chip.memory.pages=4"),
                root -> {
                  root.integer("seed", 0, 9, 1, "n");
                  Config chip = root.preset("chip", "chip", "n");
                  chip.quantity("clock", Dimension.FREQUENCY, "n");
                  chip.integer("cores", 0, 99, "n");
                  chip.texts("list", "n");
                  chip.section("memory", "n").quantity("page", Dimension.SIZE, "n");
                }))
        .containsExactly(
            "--set #1 (sead=1): unknown key 'sead'; did you mean 'seed'? (known: [seed, chip])",
            "--set #2 (chip.memory.pages=4): unknown key 'chip.memory.pages'; did you mean"
                + " 'page'? (known: [page])");
  }

  @Test
  void optionsThatAreNone() {
    assertThat(
            faults(
                "x: 1",
                List.of("seed", "=1", "a..b=1", "a=", "a=# c", "extends=o.yaml", "a=[1", "a=*x"),
                root -> root.integer("x", 0, 9, "n")))
        .containsExactly(
            "--set #1 (seed): is not PATH=VALUE, for example seed=7",
            "--set #2 (=1): is not PATH=VALUE, for example seed=7",
            "--set #3 (a..b=1): '' cannot be a key; a path is keys joined by '.', for example"
                + " memory.page=4 KiB",
            "--set #4 (a=): no value after '='",
            "--set #5 (a=# c): no value after '='",
            "--set #6 (extends=o.yaml): the run file's own 'extends' cannot be set; give another"
                + " run file",
            "--set #7 (a=[1): expected ',' or ']' in the list that '[' opened",
            "--set #8 (a=*x): alias '*x' is not allowed; write the value out or use a preset",
            "--set #8 (a=*x): unknown key 'a' (known: [x])");
  }

  @Test
  void anOptionOfTheWrongKindNamesTheOption() {
    assertThat(
            faults(
                "page: 4 KiB\nmemory: 5",
                List.of("page=4 kb", "memory.size=5 B"),
                root -> {
                  root.quantity("page", Dimension.SIZE, "n");
                  root.section("memory", "n").quantity("size", Dimension.SIZE, "n");
                }))
        .containsExactly(
            "--set #1 (page=4 kb): page: '4 kb' is not a size: a number with one of the units"
                + " [B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB]; did you mean 'kB'?",
            "run.yaml:2:9: memory: '5' is not a mapping");
  }

  @Test
  void aMissingKeyIsMissingInTheFileNotInTheOption() {
    assertThat(
            faults(
                "x: 1\nm:\n  a: 1",
                List.of("m.b=2"),
                root -> {
                  root.integer("x", 0, 9, "n");
                  Config m = root.section("m", "n");
                  m.integer("a", 0, 9, "n");
                  m.integer("b", 0, 9, "n");
                  m.integer("c", 0, 9, "n");
                }))
        .containsExactly(
            "run.yaml:3:3: missing key 'm.c' (n); wanted is a whole number from 0 to 9");
  }

  private static String shown(Path file) {
    String quoted = memwall.core.unit.Shown.quote(file.toString());
    return quoted.substring(1, quoted.length() - 1);
  }

  private long cores(String yaml, List<String> sets) {
    long[] cores = new long[1];
    read(
        yaml,
        sets,
        root -> cores[0] = root.preset("chip", "chip", "n").integer("cores", 0, 99, "n"));
    return cores[0];
  }

  private void read(String yaml, List<String> sets, Consumer<Config> reader) {
    Faults faults = new Faults();
    reader.accept(ConfigLoader.fromText("run.yaml", yaml, sets, shipped(), faults));
    faults.throwIfAny();
  }

  private List<String> faults(String yaml, List<String> sets, Consumer<Config> reader) {
    Faults faults = new Faults();
    Config root = ConfigLoader.fromText("run.yaml", yaml, sets, shipped(), faults);
    reader.accept(root);
    root.finishAll();
    return faults.list();
  }

  private static List<String> faultsOf(Path file) {
    Faults faults = new Faults();
    Config unused = ConfigLoader.load(file, List.of(), Presets.builtIn(), faults);
    assertThat(unused.path()).isEmpty();
    return faults.list();
  }

  private Presets shipped() {
    return Presets.withDirectories(List.of(folder.resolve("presets")));
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
