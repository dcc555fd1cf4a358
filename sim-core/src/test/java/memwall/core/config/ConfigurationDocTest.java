package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import memwall.core.unit.Quantities;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executes docs/configuration.md: blocks {@code file=} are written, {@code options} are given to
 * the next reading, {@code resolved}, {@code explain} and {@code faults} are what it must give.
 */
final class ConfigurationDocTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)(?: (\\S+))?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @TempDir Path folder;

  private final List<String> sets = new ArrayList<>();
  private String run = "run.yaml";

  @Test
  void everyExampleGivesWhatThePageSays() throws IOException {
    int readings = 0;
    Matcher block = BLOCK.matcher(page());
    while (block.find()) {
      String what = String.valueOf(block.group(2));
      String text = block.group(3);
      if (what.startsWith("file=")) {
        Path file = folder.resolve(what.substring("file=".length()));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
      } else if (what.equals("options")) {
        options(text);
      } else {
        assertThat(relative(read(what))).as("block after: %s", context(block)).isEqualTo(text);
        sets.clear();
        run = "run.yaml";
        readings++;
      }
    }
    assertThat(readings).isEqualTo(8);
  }

  private void options(String text) {
    for (String line : text.lines().toList()) {
      if (line.startsWith("--run ")) {
        run = line.substring("--run ".length());
      } else {
        assertThat(line).startsWith("--set ");
        sets.add(line.substring("--set ".length()));
      }
    }
  }

  private String context(Matcher block) throws IOException {
    String before = page().substring(0, block.start());
    return before.substring(Math.max(0, before.length() - 200));
  }

  private String read(String what) throws IOException {
    Faults faults = new Faults();
    Config root = load(folder.resolve(run), faults);
    return switch (what) {
      case "faults" -> String.join("\n", faults.list()) + "\n";
      case "resolved" -> resolved(root, faults);
      case "explain" -> {
        faults.throwIfAny();
        yield root.resolved().values().stream()
            .map(v -> v.path() + " = " + v.value() + " | " + v.origin() + " | " + v.sentence())
            .collect(Collectors.joining("\n", "", "\n"));
      }
      default -> throw new AssertionError("block of no known meaning: " + what);
    };
  }

  /** The resolved file, which read again as a run file must give the same values. */
  private String resolved(Config root, Faults faults) throws IOException {
    faults.throwIfAny();
    String yaml = root.resolved().yaml();
    Path again = Files.writeString(folder.resolve("config.resolved.yaml"), yaml);
    sets.clear();
    assertThat(load(again, faults).resolved().yaml())
        .isEqualTo(yaml.replaceAll(" {2}# preset .*", ""));
    faults.throwIfAny();
    return yaml;
  }

  private Config load(Path file, Faults faults) {
    Presets presets = Presets.withDirectories(List.of(folder.resolve("presets")));
    Config root = ConfigLoader.load(file, sets, presets, faults);
    root.integer("seed", 0, 999, "seed of all random numbers");
    Config system = root.preset("system", "system", "what is built");
    system.integer("chips", 1, 64, "number of chips");
    Config chip = system.preset("chip", "chip", "one accelerator");
    chip.quantity("clock", Dimension.FREQUENCY, "clock of the compute engine");
    chip.reportQuantity("power", Dimension.POWER, "power when busy");
    Config memory = chip.section("memory", "its memory");
    memory.quantity("size", Dimension.SIZE, "capacity");
    memory.quantity("page", Dimension.SIZE, "size of a page");
    memory.quantity("latency", Dimension.TIME, "100 ns", "unloaded latency");
    root.finishAll();
    return root;
  }

  @Test
  void theTableOfUnitsIsComplete() throws IOException {
    List<String> expected =
        Arrays.stream(Dimension.values())
            .map(Dimension::quantities)
            .map(
                q ->
                    "| "
                        + q.noun().replaceFirst("^an? ", "")
                        + " | "
                        + q.symbols().stream()
                            .map(symbol -> "`" + symbol + "`")
                            .collect(Collectors.joining(" "))
                        + " | `"
                        + print(q, q.min())
                        + "` | `"
                        + print(q, q.max())
                        + "` |")
            .toList();
    assertThat(page().lines().filter(line -> line.matches("\\| [a-zA-Z ]+ \\| `.*")))
        .containsExactlyElementsOf(expected);
  }

  private static String print(Quantities quantities, long value) {
    return quantities.isWhole() ? quantities.print(value) : quantities.print((double) value);
  }

  private String relative(String text) {
    return Stream.of(folder + "/", folder.toString())
        .reduce(text, (t, prefix) -> t.replace(prefix, ""));
  }

  private static String page() throws IOException {
    Path root = Path.of(System.getProperty("memwall.root", ".."));
    return Files.readString(root.resolve("docs/configuration.md"));
  }
}
