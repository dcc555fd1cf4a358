package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One test per message about a document that is no configuration. */
final class YamlMessagesTest {
  @TempDir Path folder;

  @Test
  void emptyFile() {
    one("", "1:1: empty; wanted are lines 'key: value'");
    one("# only a comment\n\n", "1:1: empty; wanted are lines 'key: value'");
  }

  @Test
  void notAMapping() {
    one("- a\n- b\n", "1:1: a list is not a mapping; wanted are lines 'key: value'");
    one("hello\n", "1:1: 'hello' is not a mapping; wanted are lines 'key: value'");
    one("---\n...\n", "2:1: nothing is not a mapping; wanted are lines 'key: value'");
  }

  @Test
  void duplicateKeysAllOfThem() {
    assertThat(faults("a: 1\nb: 1\na: 2\nc: {d: 1, d: 2}\n"))
        .containsExactly(
            "run.yaml:3:1: duplicate key 'a'; first given at line 1",
            "run.yaml:4:11: duplicate key 'd'; first given at line 4");
  }

  @Test
  void anchorsAliasesMergeKeysAndTagsAllInOnePass() {
    assertThat(faults("a: &x 1\nb: *x\nc:\n  <<: *x\nd: !!int 3\ne: !mine 4\nf: &y {}\n"))
        .containsExactly(
            "run.yaml:1:4: anchor '&x' is not allowed; write the value out or use a preset",
            "run.yaml:2:4: alias '*x' is not allowed; write the value out or use a preset",
            "run.yaml:4:3: merge key '<<' is not allowed; use 'extends: NAME'",
            "run.yaml:4:7: alias '*x' is not allowed; write the value out or use a preset",
            "run.yaml:5:4: tag '!!int' is not allowed; the key decides what the value is",
            "run.yaml:6:4: tag '!mine' is not allowed; the key decides what the value is",
            "run.yaml:7:4: anchor '&y' is not allowed; write the value out or use a preset");
  }

  @Test
  void anAliasIsNotReportedAgainByItsReader() {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("run.yaml", "a: *x\nb: *x\nc: *x\nd: *x\ne: [*x]\n", faults);
    config.integer("a", 0, 9, "n");
    config.section("b", "n").text("x", "n");
    config.preset("c", "chip", "n").text("x", "n");
    config.sections("d", "n");
    config.texts("e", "n");
    assertThat(faults.list()).hasSize(5).allMatch(fault -> fault.contains(": alias '*x' is not"));
  }

  @Test
  void keysThatAreNoNames() {
    one("a.b: 1\n", "1:1: 'a.b' cannot be a key; keys are letters, digits, '_' and '-'");
    one("'': 1\n", "1:1: '' cannot be a key; keys are letters, digits, '_' and '-'");
    one("? [a]\n: 1\n", "1:3: a list cannot be a key; keys are plain names");
  }

  @Test
  void secondDocument() {
    one("a: 1\n---\nb: 2\n", "2:1: a second document begins; only one is allowed");
  }

  @Test
  void tooDeep() {
    assertThat(faults("a: " + "[".repeat(40) + "]".repeat(40)))
        .containsExactly("run.yaml:1:43: nested deeper than 40 levels");
    assertThat(faults("a: " + "[".repeat(39) + "]".repeat(39))).isEmpty();
    assertThat(faults("[".repeat(YamlReader.MAX_SIZE)))
        .containsExactly("run.yaml:1:41: nested deeper than 40 levels");
  }

  @Test
  void tooLarge() throws IOException {
    String fault = "1:1: larger than 1048576 bytes, the largest configuration allowed";
    one("a: 1 #" + "x".repeat(YamlReader.MAX_SIZE), fault);
    Path file = folder.resolve("run.yaml");
    Files.writeString(file, "a: 1 #" + "x".repeat(YamlReader.MAX_SIZE));
    assertThat(faultsOf(file)).containsExactly(file + ":" + fault);
  }

  @Test
  void tabs() {
    one("a:\n\tb: 1\n", "2:1: a tab is not allowed here; indent with spaces");
    one("a:\n  b: 1\n\tc: 2\n", "3:1: a tab is not allowed here; indent with spaces");
  }

  @Test
  void controlCharacters() {
    one("a: 1\nb: \u0001\n", "2:4: character U+0001 is not allowed in YAML");
    one("a: 1\nb: \0", "2:4: character U+0000 is not allowed in YAML");
  }

  @Test
  void notUtf8() throws IOException {
    Faults faults = new Faults();
    Source source = new Source(Source.Kind.FILE, "run.yaml", "run.yaml", folder);
    byte[] latin1 = "a: 1\nb: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(ConfigLoader.mapping(source, new ByteArrayInputStream(latin1), faults)).isEmpty();
    assertThat(faults.list()).containsExactly("run.yaml:2:7: not UTF-8 text");
    byte[] cut = {'a', ':', ' ', (byte) 0xc3};
    Faults cutFaults = new Faults();
    assertThat(ConfigLoader.mapping(source, new ByteArrayInputStream(cut), cutFaults)).isEmpty();
    assertThat(cutFaults.list()).containsExactly("run.yaml:1:4: not UTF-8 text");
  }

  @Test
  void aByteOrderMarkIsNoFault() {
    assertThat(faults("\ufeffa: 1\n")).isEmpty();
  }

  @Test
  void unclosedBracketsAndQuotes() {
    one("a: [1, 2\nb: 3\n", "2:2: expected ',' or ']' in the list that '[' opened");
    one("a: {b: 1\nc: 3\n", "2:2: expected ',' or '}' in the mapping that '{' opened");
    one("a: 'text\nb: 3\n", "3:1: a quote is opened and never closed");
  }

  @Test
  void colonsAndIndentation() {
    one(
        "a: b: c\n",
        "1:5: ':' is not allowed here; quote a value that contains ': ', and check the"
            + " indentation");
    one("a: 1\nb\nc: 2\n", "3:1: expected 'key: value'; there is no ':' on this line");
    one("a: 1\n- b\n", "2:1: expected a key at the indentation of the keys above");
    one("a:\n  - b\n  c: 1\n", "3:3: expected '- ' at the indentation of the list items above");
    one("a: - b\n", "1:4: a list item is not allowed here; check the indentation");
  }

  @Test
  void charactersThatBeginNoValue() {
    one("a: @x\n", "1:4: this character cannot begin a value; quote it");
    one("a: %x\n", "1:4: this character cannot begin a value; quote it");
  }

  @Test
  void escapes() {
    one("a: \"\\q\"\n", "1:6: unknown escape after '\\' in double quotes");
    one("a: \"\\xzz\"\n", "1:7: an escape in double quotes lacks hex digits");
    one("a: \"\\U00110000\"\n", "1:7: unknown escape after '\\' in double quotes");
    one("a: \"\\x", "1:2: not valid YAML at or after this place");
  }

  @Test
  void directives() {
    one(
        "%YAML 9.9\n---\na: 1\n",
        "1:1: the version after %YAML is not supported; leave the line out");
  }

  @Test
  void missingFileAndDirectory() {
    Path file = folder.resolve("none.yaml");
    assertThat(faultsOf(file)).containsExactly(file + ": no such file");
    assertThat(faultsOf(folder)).containsExactly(folder + ": is a directory; a file is wanted");
  }

  @Test
  void afterAFaultOfTheDocumentNothingElseIsReported() {
    Faults faults = new Faults();
    Config config = ConfigLoader.fromText("run.yaml", "a: [", faults);
    assertThat(faults.list()).hasSize(1);
    config.integer("seed", 0, 9, "n");
    config.section("memory", "n").text("x", "n");
    config.preset("chip", "chip", "n").text("x", "n");
    config.texts("kinds", "n");
    config.fault("seed", "is odd");
    config.finishAll();
    assertThat(faults.list()).hasSize(1);
  }

  private static void one(String yaml, String fault) {
    assertThat(faults(yaml)).containsExactly("run.yaml:" + fault);
  }

  private static List<String> faults(String yaml) {
    Faults faults = new Faults();
    Config unused = ConfigLoader.fromText("run.yaml", yaml, faults);
    assertThat(unused.path()).isEmpty();
    return faults.list();
  }

  private static List<String> faultsOf(Path file) {
    Faults faults = new Faults();
    Config unused = ConfigLoader.load(file, List.of(), Presets.builtIn(), faults);
    assertThat(unused.keys()).isEmpty();
    return faults.list();
  }
}
