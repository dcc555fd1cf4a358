package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Broken documents: whatever the bytes, reading ends with a configuration or with faults that name
 * a place.
 */
final class ConfigFuzzTest {
  private static final int DOCUMENTS = 5_000;
  private static final Presets PRESETS = Presets.builtIn();

  /** One line that begins with a place. */
  private static final Pattern FAULT = Pattern.compile("run\\.yaml:\\d+:\\d+: .+");

  private static final String SEED_DOCUMENT =
      """
      # A run.
      name: "chat \\u00e9 \\x41"
      seed: 7
      folded: true
      memory:
        page: 4 KiB
        latency: 5 us
        rate: [1 GB/s, 2 GB/s]
      system: {extends: pod, chip: {clock: 2 GHz}}
      stacks:
        - page: 2 KiB
          text: |
            two
            lines
        - {page: 1 KiB, text: 'it''s'}
      anchored: &a 1
      alias: *a
      tagged: !!int 3
      """;

  private static final String[] TOKENS = {
    "\t",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!!str ",
    "!<%ff> ",
    "<<: ",
    "|",
    ">",
    "'",
    "\"",
    "\\U00110000",
    "\"\\U00110000\"",
    "\"\\ud800\"",
    "%YAML 9.9\n",
    "%TAG ! tag:\n",
    "---\n",
    "...\n",
    "? ",
    "#",
    "\0",
    "\ufeff",
    "\u2028",
    "0x1f",
    ".nan",
    "~",
    "@",
    "`",
    ",",
    "\r",
    "\u0085"
  };

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void anyDocumentGivesAConfigurationOrFaults(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int sound = 0;
    int faulty = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      byte[] document = mutate(random);
      try {
        if (read(document)) {
          sound++;
        } else {
          faulty++;
        }
      } catch (RuntimeException | IOException | StackOverflowError wrong) {
        fail("seed " + seed + ", document " + i + ":\n" + Arrays.toString(document), wrong);
      }
    }
    // Both outcomes occur, so the check sees both paths.
    assertThat(sound).isGreaterThan(20);
    assertThat(faulty).isGreaterThan(DOCUMENTS / 2);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void anyOptionGivesAConfigurationOrFaults(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String[] parts = {
      "seed", "memory", ".", "=", "page", "4 KiB", "{", "}", "7", "", "extends", "x"
    };
    int sound = 0;
    for (int i = 0; i < 3_000; i++) {
      List<String> options = new ArrayList<>();
      for (int o = 1 + random.nextInt(2); o > 0; o--) {
        StringBuilder option = new StringBuilder();
        for (int p = random.nextInt(7); p > 0; p--) {
          option.append(
              random.nextInt(12) == 0
                  ? TOKENS[random.nextInt(TOKENS.length)]
                  : parts[random.nextInt(parts.length)]);
        }
        String[] starts = {"", "seed=", "memory.page=", "seed=7", "memory.page=4 KiB"};
        options.add(starts[random.nextInt(starts.length)] + option);
      }
      Faults faults = new Faults();
      Config root =
          ConfigLoader.fromText(
              "run.yaml", "seed: 1\nmemory: {page: 1 B}", options, PRESETS, faults);
      root.integer("seed", 0, 9, "n");
      root.preset("memory", "memory", "n").quantity("page", Dimension.SIZE, "n");
      root.finishAll();
      sound += faults.isEmpty() ? 1 : 0;
      assertThat(faults.list())
          .as("seed %d: %s", seed, options)
          .allMatch(fault -> fault.matches("--set #[12] \\(.*\\): .+"));
    }
    assertThat(sound).isBetween(20, 1_500);
  }

  /** Whether the document could be read without a fault. */
  private static boolean read(byte[] document) throws IOException {
    Faults faults = new Faults();
    Source source = new Source(Source.Kind.FILE, "run.yaml", "run.yaml", Path.of("."));
    Optional<Node.Mapping> mapping =
        ConfigLoader.mapping(source, new ByteArrayInputStream(document), faults);
    assertThat(mapping.isPresent() || !faults.isEmpty()).isTrue();
    List<Node.Mapping> layers = mapping.map(List::of).orElse(List.of());
    Config root = Config.root(layers, mapping.isPresent(), PRESETS, faults);
    root.optionalText("name", "n");
    root.integer("seed", 0, 9, 0, "n");
    root.bool("folded", true, "n");
    root.optionalSection("memory", "n")
        .ifPresent(
            memory -> {
              memory.quantity("page", Dimension.SIZE, "n");
              memory.quantity("latency", Dimension.TIME, "n");
              memory.quantities("rate", Dimension.BYTE_RATE, "n");
            });
    root.optionalSection("system", "n").ifPresent(Config::keys);
    for (Config stack : root.sections("stacks", "n")) {
      stack.quantity("page", Dimension.SIZE, "n");
      stack.text("text", "none", "n");
    }
    root.integer("anchored", 0, 9, 0, "n");
    root.integer("alias", 0, 9, 0, "n");
    root.integer("tagged", 0, 9, 0, "n");
    root.finishAll();
    if (!faults.isEmpty()) {
      assertThat(faults.list()).allMatch(fault -> FAULT.matcher(fault).matches());
      return false;
    }
    // What was read can be written and read again, equal.
    String yaml = root.resolved().yaml();
    assertThat(YamlReader.read(source, yaml, faults)).isPresent();
    assertThat(faults.list()).isEmpty();
    return true;
  }

  private static byte[] mutate(SplittableRandom random) {
    List<String> lines = new ArrayList<>(SEED_DOCUMENT.lines().toList());
    if (random.nextInt(3) > 0) { // most documents without the forbidden lines, to get deeper
      lines.subList(lines.size() - 3, lines.size()).clear();
      lines.removeIf(line -> line.startsWith("system"));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(lines.size());
      switch (random.nextInt(3)) {
        case 0 -> lines.add(random.nextInt(lines.size()), lines.get(at));
        case 1 -> lines.remove(at);
        default -> lines.set(at, lines.get(at).replaceFirst("^ +", ""));
      }
    }
    StringBuilder text = new StringBuilder(String.join("\n", lines)).append('\n');
    for (int i = random.nextInt(3); i > 0; i--) {
      text.insert(random.nextInt(text.length()), TOKENS[random.nextInt(TOKENS.length)]);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(random.nextInt(4) == 0 ? 8 : 7));
    }
    return random.nextInt(5) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }
}
