package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One test per message about a value or a key; the messages are the interface to the user. */
final class ConfigMessagesTest {
  private static final String SIZE_UNITS = "[B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB]";

  private enum Fidelity {
    EXACT,
    FAST,
    ANALYTIC
  }

  @Test
  void reportsAllFaultsOfAFileInOnePassByPlace() {
    String yaml =
        """
        name: chat
        sead: 3
        folded: yes
        memory:
          channels: four
          page: 4 kb
          bogus: 1
        stacks:
          - page: 2 KiB
          - clock: 1 GHz
        """;
    assertThat(
            faults(
                yaml,
                config -> {
                  config.section("memory", "the memory").quantity("page", Dimension.SIZE, "page");
                  for (Config stack : config.sections("stacks", "the stacks")) {
                    stack.quantity("page", Dimension.SIZE, "size of a page");
                    stack.finish();
                  }
                  config.integer("seed", 0, 100, "the seed");
                  config.bool("folded", "whether to fold");
                  config.text("name", "the name");
                  Config memory = config.section("memory", "the memory");
                  memory.integer("channels", 1, 64, "channels");
                  memory.finish();
                  config.finish();
                }))
        .containsExactly(
            "run.yaml:1:1: missing key 'seed' (the seed); wanted is a whole number from 0 to 100",
            "run.yaml:2:1: unknown key 'sead'; did you mean 'seed'?"
                + " (known: [memory, stacks, seed, folded, name])",
            "run.yaml:3:9: folded: 'yes' is not true or false",
            "run.yaml:5:13: memory.channels: 'four' is not a whole number from 1 to 64",
            "run.yaml:6:9: memory.page: '4 kb' is not a size: a number with one of the units "
                + SIZE_UNITS
                + "; did you mean 'kB'?",
            "run.yaml:7:3: unknown key 'memory.bogus' (known: [page, channels])",
            "run.yaml:10:5: missing key 'stacks[1].page' (size of a page); wanted is a size:"
                + " a number with one of the units "
                + SIZE_UNITS,
            "run.yaml:10:5: unknown key 'stacks[1].clock' (known: [page])");
  }

  @Test
  void throwsAllFaultsAtOnceSortedAndOnlyOnce() {
    Faults faults = new Faults();
    faults.add("run.yaml:10:1: ten");
    faults.add("run.yaml:9:2: nine");
    faults.add("other: no place");
    faults.add("base.yaml:11:1: eleven");
    faults.add("run.yaml:9:2: nine");
    faults.add("--set #2 (a=1): two");
    faults.add("trace.jsonl:12: twelve");
    ConfigException thrown = catchThrowableOfType(ConfigException.class, faults::throwIfAny);
    assertThat(thrown.faults())
        .containsExactly(
            "other: no place",
            "--set #2 (a=1): two",
            "base.yaml:11:1: eleven",
            "run.yaml:9:2: nine",
            "run.yaml:10:1: ten",
            "trace.jsonl:12: twelve");
    assertThat(thrown).hasMessage(String.join("\n", thrown.faults()));
  }

  @Test
  void integerThatIsNoNumber() {
    one("a: x", c -> c.integer("a", 0, 9, "n"), "1:4: a: 'x' is not a whole number from 0 to 9");
    one(
        "a: 4.5",
        c -> c.integer("a", 0, 9, "n"),
        "1:4: a: '4.5' is not a whole number from 0 to 9");
    one(
        "a: 1e0",
        c -> c.integer("a", 0, 9, "n"),
        "1:4: a: '1e0' is not a whole number from 0 to 9");
    one(
        "a: 4 B",
        c -> c.integer("a", 0, 9, "n"),
        "1:4: a: '4 B' is not a whole number from 0 to 9");
  }

  @Test
  void integerThatIsQuoted() {
    one(
        "a: '4'",
        c -> c.integer("a", 0, 9, "n"),
        "1:4: a: '4' (quoted text) is not a whole number from 0 to 9");
  }

  @Test
  void integerInAnotherNotation() {
    for (String number : List.of("0x10", "0o17", "017", "1_000", "0b1")) {
      one(
          "a: " + number,
          c -> c.integer("a", 0, 9, "n"),
          "1:4: a: '"
              + number
              + "' is not a whole number from 0 to 9, written in plain decimal digits"
              + " (no 0x, 0o, leading 0 or '_')");
    }
  }

  @Test
  void integerOutOfRangeFromBothSides() {
    one(
        "a: 10",
        c -> c.integer("a", 0, 9, "n"),
        "1:4: a: '10' is out of range: a whole number from 0 to 9");
    one(
        "a: -1",
        c -> c.integer("a", 0, 9, 5, "n"),
        "1:4: a: '-1' is out of range: a whole number from 0 to 9");
    one(
        "a: 99999999999999999999",
        c -> c.integer("a", 1, Long.MAX_VALUE, "n"),
        "1:4: a: '99999999999999999999' is out of range: a whole number, 1 or more");
    assertThat(faults("a: 9", c -> c.integer("a", 0, 9, "n"))).isEmpty();
    assertThat(faults("a: 0", c -> c.integer("a", 0, 9, "n"))).isEmpty();
  }

  @Test
  void numberThatIsNoNumber() {
    for (String number : List.of(".nan", ".inf", "-.inf", "NaN", "x", "1 s")) {
      one(
          "a: " + number,
          c -> c.number("a", 0, 1.5, "n"),
          "1:4: a: '" + number + "' is not a number from 0 to 1.5");
    }
  }

  @Test
  void numberOutOfRange() {
    one(
        "a: 1.51",
        c -> c.number("a", 0, 1.5, 1, "n"),
        "1:4: a: '1.51' is out of range: a number from 0 to 1.5");
    one(
        "a: 1e999",
        c -> c.number("a", 0, Double.MAX_VALUE, "n"),
        "1:4: a: '1e999' is out of range: a number, 0 or more");
  }

  @Test
  void boolThatIsNotTrueOrFalse() {
    one("a: on", c -> c.bool("a", "n"), "1:4: a: 'on' is not true or false");
    one(
        "a: 'true'",
        c -> c.bool("a", true, "n"),
        "1:4: a: 'true' (quoted text) is not true or false");
  }

  @Test
  void choiceThatIsNone() {
    one(
        "a: fasst",
        c -> assertThat(c.choice("a", Fidelity.class, "n")).isEqualTo(Fidelity.EXACT),
        "1:4: a: 'fasst' is not one of [exact, fast, analytic]; did you mean 'fast'?");
    one(
        "a: FAST",
        c -> assertThat(c.choice("a", Fidelity.ANALYTIC, "n")).isEqualTo(Fidelity.ANALYTIC),
        "1:4: a: 'FAST' is not one of [exact, fast, analytic]; did you mean 'fast'?");
  }

  @Test
  void nameThatIsNotAllowed() {
    one(
        "a: ring2",
        c -> c.oneOf("a", List.of("ring", "tree"), "n"),
        "1:4: a: 'ring2' is not one of [ring, tree]; did you mean 'ring'?");
  }

  @Test
  void textThatIsEmpty() {
    one("a: ''", c -> c.text("a", "n"), "1:4: a: '' (quoted text) is empty where text is wanted");
  }

  @Test
  void valueThatIsNotGiven() {
    one("b:\na:\n\n", c -> c.text("a", "n"), "2:1: a: no value given; wanted is text");
    one("a: null", c -> c.bool("a", "n"), "1:1: a: no value given; wanted is true or false");
    one("a: ~", c -> c.section("a", "n"), "1:1: a: no value given; wanted is a mapping");
    one("a:", c -> c.sections("a", "n"), "1:1: a: no value given; wanted is a list of mappings");
  }

  @Test
  void mappingOrListWhereAValueIsWanted() {
    one("a: {b: 1}", c -> c.text("a", "n"), "1:4: a: a mapping is not text");
    one("a: [1]", c -> c.text("a", "n"), "1:4: a: a list is not text");
  }

  @Test
  void valueWhereAMappingIsWanted() {
    one("a: 5", c -> c.section("a", "n").integer("x", 0, 1, "n"), "1:4: a: '5' is not a mapping");
    one("a: [5]", c -> c.optionalSection("a", "n"), "1:4: a: a list is not a mapping");
    one("a: [{b: 1}, 5]", c -> c.sections("a", "n"), "1:13: a[1]: '5' is not a mapping");
  }

  @Test
  void valueWhereAListIsWanted() {
    one("a: 5", c -> c.texts("a", "n"), "1:4: a: '5' is not a list, each item text");
    one("a: 5", c -> c.sections("a", "n"), "1:4: a: '5' is not a list of mappings");
    one(
        "a: [1, x, 3]",
        c -> assertThat(c.integers("a", 0, 9, "n")).containsExactly(1L, 1L, 3L),
        "1:8: a[1]: 'x' is not a whole number from 0 to 9");
    one(
        "a: [1 B, 3 s]",
        c -> c.quantities("a", Dimension.SIZE, "n"),
        "1:10: a[1]: '3 s' is a time where a size is wanted: a number with one of the units "
            + SIZE_UNITS);
  }

  @Test
  void missingKeys() {
    one("b:", c -> c.text("a", "what it is"), "1:1: missing key 'a' (what it is); wanted is text");
    one(
        "b:",
        c -> c.section("a", "the memory").text("x", "n"),
        "1:1: missing key 'a' (the memory); wanted is a mapping");
    one(
        "b:",
        c -> c.preset("a", "chip", "the chip").text("x", "n"),
        "1:1: missing key 'a' (the chip); wanted is a mapping or the name of a chip preset");
    one(
        "b:",
        c -> c.texts("a", "names"),
        "1:1: missing key 'a' (names); wanted is a list, each item text");
  }

  @Test
  void unknownKeyWithoutANeighbour() {
    one(
        "colour: red",
        c -> {
          c.integer("seed", 0, 9, 1, "n");
          c.finish();
        },
        "1:1: unknown key 'colour' (known: [seed])");
  }

  @Test
  void finishAllFindsWhatNobodyFinished() {
    one(
        "a: {b: 1}",
        c -> {
          c.section("a", "n").integer("d", 0, 9, 1, "n");
          c.finish();
          c.finishAll();
        },
        "1:5: unknown key 'a.b' (known: [d])");
  }

  @Test
  void faultOfAReader() {
    one("b: 1\na: 7", c -> c.fault("a", "7 is odd"), "2:4: a: 7 is odd");
    one("b: 1", c -> c.fault("a", "is needed with b"), "1:1: a: is needed with b");
    assertThat(
            faults(
                "a: 7",
                c -> {
                  c.fault("a", "is odd");
                  c.fault("a", "is prime");
                }))
        .containsExactly("run.yaml:1:4: a: is odd", "run.yaml:1:4: a: is prime");
  }

  @Test
  void aReadersFaultAboutAPlaceholderIsDropped() {
    one(
        "a: x",
        c -> {
          if (c.integer("a", 0, 9, "n") % 2 == 1) {
            c.fault("a", "is odd");
          }
        },
        "1:4: a: 'x' is not a whole number from 0 to 9");
  }

  @Test
  void placeholdersAreInRange() {
    Faults faults = new Faults();
    Config config = ConfigLoader.fromText("run.yaml", "x: 1", faults);
    assertThat(config.integer("a", 5, 9, "n")).isEqualTo(5);
    assertThat(config.integer("b", -9, -5, "n")).isEqualTo(-5);
    assertThat(config.integer("c", 0, 9, "n")).isEqualTo(1);
    assertThat(config.number("d", 0, 0.5, "n")).isEqualTo(0.5);
    assertThat(config.quantity("e", Dimension.SIZE, "n")).isEqualTo(1);
    assertThat(config.quantity("f", Dimension.BYTE_RATE, "n")).isEqualTo(1_000_000_000_000L);
    assertThat(config.text("g", "n")).isEqualTo("?");
    assertThat(faults.list()).hasSize(7);
  }

  @Test
  void aReportOnlyDimensionIsNoWholeQuantity() {
    Config config = ConfigLoader.fromText("run.yaml", "a: 5 W", new Faults());
    assertThatThrownBy(() -> config.quantity("a", Dimension.POWER, "n"))
        .hasMessage("POWER is report-only: use reportQuantity");
    assertThatThrownBy(() -> config.reportQuantity("a", Dimension.TIME, "n"))
        .hasMessage("TIME is not report-only: use quantity");
  }

  @Test
  void fileNameThatIsNone() {
    one(
        "a: \"x\\0\"",
        c -> c.file("a", "n"),
        "1:4: a: 'x\\u0000' (quoted text) is not a file name");
  }

  private static void one(String yaml, Consumer<Config> reader, String fault) {
    assertThat(faults(yaml, reader)).containsExactly("run.yaml:" + fault);
  }

  private static List<String> faults(String yaml, Consumer<Config> reader) {
    Faults faults = new Faults();
    reader.accept(ConfigLoader.fromText("run.yaml", yaml, faults));
    return faults.list();
  }
}
