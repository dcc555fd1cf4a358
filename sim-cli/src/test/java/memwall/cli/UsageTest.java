package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @Test
  void withoutArgumentsTheHelpIsPrinted() {
    Outcome outcome = Commands.run();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .startsWith("Usage: memwall [-hV] [COMMAND]\n")
        .contains("Commands:\n  run  ", "\n  validate ", "\n  presets ", "\n  explain ")
        .contains("\n  report ", "\n  trace ", "\n  memory ", "Exit codes:\n  0   fine\n");
    assertThat(Commands.run("trace").out())
        .startsWith("Usage: memwall trace [-hV] [COMMAND]\n")
        .contains("\n  inspect ", "\n  convert ", "\n  generate ", "\n  formats ");
    assertThat(Commands.run("memory").out())
        .startsWith("Usage: memwall memory [-hV] [COMMAND]\n")
        .contains("\n  replay ", "\n  formats ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "validate",
        "presets",
        "explain",
        "report",
        "trace",
        "memory",
        "model",
        "network"
      })
  void everyCommandExplainsItself(String command) {
    Outcome outcome = Commands.run(command, "--help");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).startsWith("Usage: memwall " + command);
  }

  @Test
  void theVersion() {
    Outcome outcome = Commands.run("--version");
    assertThat(outcome.out()).startsWith("memwall ");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void anUnknownCommand() {
    misuse(
        "memwall: unknown command 'rnu'; did you mean 'run'? (known: [explain, flash,"
            + " memory, model, network, plan, presets, report, run, trace, validate])",
        "Try 'memwall --help'.",
        "rnu");
    misuse(
        "memwall trace: unknown command 'covert'; did you mean 'convert'? (known: [convert, fit,"
            + " formats, generate, inspect])",
        "Try 'memwall trace --help'.",
        "trace",
        "covert");
  }

  @Test
  void anUnknownOption() {
    misuse(
        "memwall run: unknown option '--sed'; did you mean '--seed'?",
        "Try 'memwall run --help'.",
        "run",
        "run.yaml",
        "--sed=4");
  }

  @Test
  void tooManyArguments() {
    misuse(
        "memwall run: unexpected argument 'second.yaml'",
        "Try 'memwall run --help'.",
        "run",
        "run.yaml",
        "second.yaml");
  }

  @Test
  void aMissingRunFile() {
    misuse(
        "memwall run: Missing required parameter: 'RUN_FILE'", "Try 'memwall run --help'.", "run");
  }

  @Test
  void aSeedThatIsNoNumber() {
    misuse(
        "memwall run: Invalid value for option '--seed': 'x' is not a long",
        "Try 'memwall run --help'.",
        "run",
        "run.yaml",
        "--seed",
        "x");
  }

  @Test
  void anUnknownFidelity() {
    misuse(
        "memwall run: Invalid value for option '--fidelity': expected one of [EXACT, FAST, ANALYTIC]"
            + " (case-insensitive) but was 'fest'",
        "Try 'memwall run --help'.",
        "run",
        "run.yaml",
        "--fidelity",
        "fest");
  }

  @Test
  void aNegativeTolerance() {
    misuse(
        "memwall validate: --tolerance: '-1.0' is not allowed, a number of per cent from 0",
        "Try 'memwall validate --help'.",
        "validate",
        "--tolerance=-1");
  }

  @Test
  void overridesWithoutARunFile() {
    misuse(
        "memwall validate: --set changes a run file; name one to validate",
        "Try 'memwall validate --help'.",
        "validate",
        "--set",
        "seed=1");
  }

  private static void misuse(String message, String hint, Object... arguments) {
    Outcome outcome = Commands.run(arguments);
    assertThat(outcome.errors()).isEqualTo(List.of(message, hint));
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.code()).isEqualTo(2);
  }
}
