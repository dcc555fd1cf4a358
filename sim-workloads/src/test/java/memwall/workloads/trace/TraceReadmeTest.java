package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in traces/README.md are read by the program that it describes. */
final class TraceReadmeTest {
  private static final Pattern BLOCK =
      Pattern.compile("```\\w+ ([\\w-]+)\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  private static String readme() throws IOException {
    return Files.readString(Shared.root().resolve("traces/README.md"));
  }

  @Test
  void everyExampleIsRead() throws IOException {
    Map<String, Integer> read = new LinkedHashMap<>();
    Matcher block = BLOCK.matcher(readme());
    while (block.find()) {
      String format = block.group(1);
      if (format.equals("generator")) {
        Faults faults = new Faults();
        GeneratorSpec spec =
            GeneratorSpec.read(ConfigLoader.fromText("README.md", block.group(2), faults));
        faults.throwIfAny();
        assertThat(TraceInspector.inspect(new TraceGenerator(spec, 1)).requests()).isEqualTo(1000);
      } else {
        Path path = folder.resolve("example" + read.size());
        Files.writeString(path, block.group(2));
        assertThat(RequestTraces.scan(path).format()).isEqualTo(format);
      }
      read.merge(format, 1, Integer::sum);
    }
    assertThat(read).containsEntry("requests", 2).containsEntry("generator", 1);
    assertThat(read.keySet())
        .containsAll(RequestTraces.formats().stream().map(RequestTraces.Format::name).toList());
  }

  @Test
  void everyKeyFormatAndPresetIsDescribed() throws IOException {
    String readme = readme();
    assertThat(readme).contains(RequestJson.KEYS.stream().map(k -> "`" + k + "`").toList());
    assertThat(readme).contains(TraceHeader.TEXTS.stream().map(k -> "`" + k + "`").toList());
    assertThat(readme)
        .contains(RequestTraces.formats().stream().map(f -> "| `" + f.name() + "` |").toList());
    List<String> presets = Presets.builtIn().names("generator");
    assertThat(presets).hasSize(4);
    assertThat(readme).contains(presets.stream().map(p -> "`" + p + "`").toList());
  }
}
