package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was read, written out: as a run file, and with the origin of every value. */
final class ResolvedTest {
  @TempDir Path folder;

  private enum Fidelity {
    EXACT,
    FAST
  }

  /** Reads a nested configuration the way components do. */
  private static void readAll(Config root) {
    root.integer("seed", 0, 99, "seed of all random numbers");
    root.choice("fidelity", Fidelity.FAST, "how exactly to simulate");
    root.text("title", "a title: \"none\" \\ yet", "title of the report");
    root.file("trace", "the requests");
    Config system = root.preset("system", "system", "what is built");
    system.integer("chips", 1, 64, "number of chips");
    Config chip = system.preset("chip", "chip", "one accelerator");
    chip.quantity("clock", Dimension.FREQUENCY, "clock of the compute engine");
    chip.reportQuantity("power", Dimension.POWER, "power when busy");
    Config memory = chip.section("memory", "its memory");
    memory.quantity("size", Dimension.SIZE, "capacity");
    memory.quantity("latency", Dimension.TIME, "100 ns", "unloaded latency");
    memory.number("efficiency", 0, 1, 0.875, "share of the peak that is reached");
    Config empty = chip.section("limits", "nothing yet");
    assertThat(empty.keys()).isEmpty();
    for (Config stage : root.presets("stages", "chip", "pipeline stages")) {
      stage.quantities("sizes", Dimension.SIZE, "sizes of the buffers");
      stage.optionalSection("extra", "more").ifPresent(extra -> extra.bool("on", "whether on"));
    }
    root.texts("kinds", "kinds of requests");
    root.sections("none", "absent list");
    root.finishAll();
  }

  private Config load(Path file, List<String> sets) {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.load(
            file, sets, Presets.withDirectories(List.of(folder.resolve("presets"))), faults);
    readAll(root);
    faults.throwIfAny();
    return root;
  }

  private Path example() throws IOException {
    write("presets/system/pod.yaml", "source: s\nchips: 8\nchip: big\n");
    write(
        "presets/chip/big.yaml",
        "source: s\nclock: 1.5 GHz\npower: 0.7 kW\nlimits: {}\nmemory: {size: 80 GB}\n");
    write("presets/chip/stage.yaml", "source: s\nsizes: [4 KiB, 1 MB]\n");
    return write(
        "run.yaml",
        """
        system: pod
        seed: 7
        trace: t/chat.jsonl
        kinds: [chat, 'no', "a: b", "two\\nlines", '7']
        stages:
          - stage
          - {extends: stage, sizes: [1 B], extra: {on: true}}
          - {sizes: []}
        """);
  }

  @Test
  void writesEverythingOutAsARunFile() throws IOException {
    Config root = load(example(), List.of("system.chip.memory.size=96 GiB"));
    assertThat(root.resolved().yaml().replace(folder.toString(), "/folder"))
        .isEqualTo(
            """
            seed: 7
            fidelity: fast
            title: "a title: \\"none\\" \\\\ yet"
            trace: /folder/t/chat.jsonl
            system:  # preset system/pod
              chips: 8
              chip:  # preset chip/big
                clock: 1.5 GHz
                power: 700 W
                memory:
                  size: 96 GiB
                  latency: 100 ns
                  efficiency: 0.875
                limits: {}
            stages:
              # preset chip/stage
              - sizes: [4 KiB, 1 MB]
              # preset chip/stage
              - sizes: [1 B]
                extra:
                  on: true
              - sizes: []
            kinds: [chat, "no", "a: b", "two\\u000Alines", "7"]
            """);
  }

  @Test
  void readingTheResolvedFileGivesTheSameResolvedFile() throws IOException {
    String first = load(example(), List.of("system.chip.memory.size=96 GiB")).resolved().yaml();
    Path resolved = write("elsewhere/config.resolved.yaml", first);
    Config again = load(resolved, List.of());
    // Comments are no content: the names of the presets that were written out are gone.
    assertThat(again.resolved().yaml()).isEqualTo(withoutComments(first));
    assertThat(again.resolved().values()).noneMatch(Resolved.Value::isDefault);
  }

  @Test
  void everyValueKnowsItsOriginAndItsSentenceInTheOrderOfReading() throws IOException {
    Path run = example();
    List<Resolved.Value> values =
        load(run, List.of("system.chip.memory.size=96 GiB")).resolved().values();
    assertThat(values)
        .extracting(
            value ->
                String.join(" | ", value.path(), value.value(), value.unit(), value.origin())
                    .replace(folder.toString(), ""))
        .containsExactly(
            "seed | 7 |  | /run.yaml:2:7",
            "fidelity | fast |  | default",
            "title | \"a title: \\\"none\\\" \\\\ yet\" |  | default",
            "trace | /t/chat.jsonl |  | /run.yaml:3:8",
            "system | preset system/pod |  | /run.yaml:1:9",
            "system.chips | 8 |  | preset system/pod:2",
            "system.chip | preset chip/big |  | preset system/pod:3",
            "system.chip.clock | 1.5 GHz | Hz | preset chip/big:2",
            "system.chip.power | 700 W | W | preset chip/big:3",
            "system.chip.memory.size | 96 GiB | B | --set #1",
            "system.chip.memory.latency | 100 ns | ps | default",
            "system.chip.memory.efficiency | 0.875 |  | default",
            "stages[0] | preset chip/stage |  | /run.yaml:6:5",
            "stages[1] | preset chip/stage |  | /run.yaml:7:15",
            "stages[0].sizes | [4 KiB, 1 MB] | B | preset chip/stage:2",
            "stages[1].sizes | [1 B] | B | /run.yaml:7:29",
            "stages[1].extra.on | true |  | /run.yaml:7:48",
            "stages[2].sizes | [] | B | /run.yaml:8:13",
            "kinds | [chat, \"no\", \"a: b\", \"two\\u000Alines\", \"7\"] |  | /run.yaml:4:8");
    assertThat(values.get(0).sentence()).isEqualTo("seed of all random numbers");
    assertThat(values.get(1).isDefault()).isTrue();
    assertThat(values.get(0).isDefault()).isFalse();
  }

  @Test
  void readingAValueTwiceRecordsItOnce() {
    Faults faults = new Faults();
    Config root = ConfigLoader.fromText("run.yaml", "a: 1\nm: {b: 2}\nl: [{c: 3}]", faults);
    for (int i = 0; i < 2; i++) {
      root.integer("a", 0, 9, "n");
      root.section("m", "n").integer("b", 0, 9, "n");
      root.sections("l", "n").get(0).integer("c", 0, 9, "n");
    }
    assertThat(root.resolved().values())
        .extracting(Resolved.Value::path)
        .containsExactly("a", "m.b", "l[0].c");
    assertThat(root.resolved().yaml()).isEqualTo("a: 1\nm:\n  b: 2\nl:\n  - c: 3\n");
  }

  @Test
  void anyTextSurvivesTheRoundTrip() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 3_000; i++) {
      String text =
          random
              .ints(1 + random.nextInt(6), 0, 400)
              .map(c -> c > 390 ? 0x1f600 + c : c > 370 ? 0xfff0 + c - 371 : c)
              .mapToObj(Character::toString)
              .collect(Collectors.joining());
      if (text.isBlank()) {
        continue;
      }
      Faults faults = new Faults();
      Config root = ConfigLoader.fromText("run.yaml", "a: " + Resolved.text(text) + "\n", faults);
      assertThat(root.text("a", "n")).isEqualTo(text);
      faults.throwIfAny();
    }
  }

  private static String withoutComments(String yaml) {
    return yaml.lines()
            .filter(line -> !line.strip().startsWith("#"))
            .map(line -> line.replaceFirst("  # preset .*", ""))
            .collect(Collectors.joining("\n"))
        + "\n";
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
