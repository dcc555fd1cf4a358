package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/run-folder.md} names every file of a run folder and every key and column in them. */
class RunFolderDocTest {
  @TempDir static Path temp;
  private static Path out;
  private static String document;

  @BeforeAll
  static void run() throws IOException {
    Commands commands = new Commands(temp);
    // Flash, so that the wear is there; one request that is refused, so that a reason is.
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER
            + "{\"id\":\"a\",\"arrival\":0,\"input\":10,\"output\":3}\n"
            + "{\"id\":\"b\",\"arrival\":5,\"input\":200000,\"output\":2}\n");
    commands.write("run.yaml", Commands.TRACE_RUN_FILE);
    out =
        commands.runs(
            "out",
            commands.path("run.yaml"),
            "--token-trace",
            "--set",
            "system=son2026-hbf-plus-8");
    document =
        Files.readString(
            Path.of(System.getProperty("memwall.root", "..")).resolve("docs/run-folder.md"));
  }

  @Test
  void everyFile() {
    assertThat(Commands.names(out)).hasSize(9);
    assertNamed("files", new TreeSet<>(Commands.names(out)));
    assertNamed("files", Set.of(RunCommand.INCOMPLETE_TOKENS));
  }

  @Test
  void everyKeyOfTheSummary() throws IOException {
    Set<String> keys = keys("summary.json");
    assertThat(keys).hasSizeGreaterThan(90);
    assertNamed("summary.json", keys);
  }

  @Test
  void everyKeyOfTheManifest() throws IOException {
    Set<String> keys = keys("manifest.json");
    assertThat(keys).hasSizeGreaterThan(10);
    assertNamed("manifest.json", keys);
  }

  @Test
  void everyColumnOfTheTables() throws IOException {
    assertNamed("requests.csv.gz", columns(Commands.unpacked(out.resolve("requests.csv.gz"))));
    assertNamed("stats.csv", columns(Files.readString(out.resolve("stats.csv"))));
    Set<String> series = columns(Files.readString(out.resolve("series.csv")));
    series.removeIf(column -> column.startsWith("busy."));
    series.add("busy.RESOURCE");
    assertNamed("series.csv", series);
  }

  private static Set<String> columns(String csv) {
    return new TreeSet<>(Arrays.asList(csv.lines().findFirst().orElseThrow().split(",")));
  }

  private static Set<String> keys(String file) throws IOException {
    Set<String> keys = new TreeSet<>();
    collect(new ObjectMapper().readTree(out.resolve(file).toFile()), keys);
    return keys;
  }

  private static void collect(JsonNode node, Set<String> keys) {
    node.fieldNames().forEachRemaining(keys::add);
    node.forEach(child -> collect(child, keys));
  }

  /** Each is named in backticks in the section of its file. */
  private static void assertNamed(String file, Set<String> names) {
    int begin = file.equals("files") ? 0 : document.indexOf("## `" + file + "`");
    assertThat(begin).as("section of " + file).isNotNegative();
    int end = document.indexOf("\n## `", begin + 1);
    String section =
        file.equals("files")
            ? document
            : document.substring(begin, end < 0 ? document.length() : end);
    assertThat(names).allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
  }
}
