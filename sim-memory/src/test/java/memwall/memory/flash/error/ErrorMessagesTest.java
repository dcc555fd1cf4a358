package memwall.memory.flash.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.flash.law.ErrorCorrection;
import memwall.memory.flash.law.RawBitErrors;
import org.junit.jupiter.api.Test;

/** Section {@code errors}: what it gives, and one test per message. */
class ErrorMessagesTest {
  private static final String POISSON =
      """
      errors:
        model: poisson
        rate:
          floor: 1e-6
          wear: { factor: 2e-10, exponent: 1.5 }
          age: { factor: 3e-6, exponent: 0.5, wear_exponent: 0.2 }
          reads: { factor: 4e-12 }
        code: { bits: 34560, correctable: 72, per_page: 2 }
        retry_factor: 0.5
        retries: 8
        program_failures: { floor: 1e-7, factor: 1e-12, exponent: 2 }
        start_cycles: 3000
        start_age_hours: 12
      """;
  private static final String TABLE =
      """
      errors: { model: table, shares: [0.9, 0.08, 0.015], lost: 0.005 }
      """;
  private static final String CLEAN = "errors: { model: clean }\n";

  private static ErrorSpec read(String yaml, Faults faults, String... sets) {
    List<String> full = new ArrayList<>();
    for (String set : sets) {
      full.add("errors." + set);
    }
    Config config = ConfigLoader.fromText("x.yaml", yaml, full, Presets.builtIn(), faults);
    ErrorSpec spec = ErrorSpec.read(config.section("errors", "What goes wrong"));
    config.finish();
    return spec;
  }

  private static void refused(String yaml, String message, String... sets) {
    Faults faults = new Faults();
    read(yaml, faults, sets);
    assertThat(faults.list()).singleElement().asString().endsWith(": errors." + message);
  }

  @Test
  void readsAllModels() {
    Faults faults = new Faults();
    ErrorSpec poisson = read(POISSON, faults);
    assertThat(poisson)
        .isEqualTo(
            new ErrorSpec(
                new BitErrors(
                    new RawBitErrors(1e-6, 2e-10, 1.5, 3e-6, 0.2, 0.5, 4e-12, 0, 1),
                    new ErrorCorrection(34560, 72),
                    2,
                    0.5,
                    8),
                new ProgramErrors(1e-7, 1e-12, 2),
                3000,
                12));
    SenseErrors table = read(TABLE, faults).senses();
    assertThat(table.maxRetries()).isEqualTo(2);
    assertThat(table.failure(0, 0)).isCloseTo(0.1, within(1e-12));
    assertThat(table.failure(0, 1)).isCloseTo(0.2, within(1e-12));
    assertThat(table.failure(0, 2)).isCloseTo(0.25, within(1e-12));
    assertThat(read(CLEAN, faults)).isEqualTo(ErrorSpec.CLEAN);
    // Another model leaves the keys of the first aside.
    assertThat(read(POISSON, faults, "model=clean").senses()).isEqualTo(new CleanSenses());
    assertThat(faults.list()).isEmpty();
  }

  @Test
  void unknownModel() {
    refused(CLEAN, "model: 'gauss' is not one of [clean, poisson, table]", "model=gauss");
  }

  @Test
  void unknownKey() {
    Faults faults = new Faults();
    read("errors: { model: clean, retry: 3 }\n", faults);
    assertThat(faults.list()).singleElement().asString().contains("unknown key 'errors.retry'");
  }

  @Test
  void sharesThatDoNotAddUp() {
    refused(TABLE, "shares: they and 'lost' make 1.005; they must make 1", "lost=0.01");
  }

  @Test
  void tooManyShares() {
    String many = "errors: { model: table, shares: [" + "0.0, ".repeat(1001) + "1.0] }\n";
    refused(many, "shares: 1002 shares; allowed are 1001");
  }

  @Test
  void codesThatCorrectAll() {
    refused(
        POISSON,
        "code.correctable: 34560 of 34560 bits; allowed are fewer than all",
        "code.correctable=34560");
  }

  @Test
  void numbersOutOfRange() {
    refused(POISSON, "rate.floor: '0.6' is out of range: a number from 0 to 0.5", "rate.floor=0.6");
    refused(POISSON, "retry_factor: '2' is out of range: a number from 0 to 1", "retry_factor=2");
    refused(
        POISSON, "retries: '1001' is out of range: a whole number from 0 to 1000", "retries=1001");
    refused(
        POISSON,
        "program_failures.floor: '2' is out of range: a number from 0 to 1",
        "program_failures.floor=2");
    refused(
        POISSON,
        "start_cycles: '-1' is out of range: a whole number from 0 to 1000000000",
        "start_cycles=-1");
  }

  @Test
  void allInOnePass() {
    Faults faults = new Faults();
    read(POISSON, faults, "retries=-1", "rate.wear.factor=-1", "code.bits=0", "start_age_hours=-1");
    assertThat(faults.list()).hasSize(4);
  }

  @Test
  void recordsCheckTheirRanges() {
    assertThatThrownBy(() -> new RetryTable(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 senses; must be 1 to 1001");
    assertThatThrownBy(() -> new RetryTable(List.of(1.5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a probability of 1.5");
    assertThatThrownBy(() -> new ProgramErrors(2, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("floor 2.0, factor 0.0, exponent 1.0");
    assertThatThrownBy(() -> new ErrorSpec(new CleanSenses(), ProgramErrors.NONE, -1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("-1 cycles and 0.0 hours before the run");
    RawBitErrors rate = RawBitErrors.constant(1e-3);
    ErrorCorrection code = new ErrorCorrection(100, 1);
    assertThatThrownBy(() -> new BitErrors(rate, code, 0, 0.5, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 codewords and 3 retries of a page");
    assertThatThrownBy(() -> new BitErrors(rate, code, 1, 1.5, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a retry factor of 1.5");
  }
}
