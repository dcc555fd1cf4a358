package memwall.memory.dram.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {
  private static final ImmutableMap<String, Long> NAMES =
      ImmutableMap.of("nCL", 20L, "nCWL", 10L, "nBL", 2L, "nRTW", 7L);

  private static long value(String text) {
    return Expression.evaluate(text, NAMES, 625_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | 7",
        "nCL + nBL + 2 - nCWL | 14",
        "nCWL - nCL | -10",
        "2 * (nCL - 3) | 34",
        "nCL - nCWL - 3 | 7",
        "7 / 2 | 4",
        "(0 - 7) / 2 | -3",
        "8 / 2 / 2 | 2",
        "max(3, nBL, 1) | 3",
        "max(0, nCWL - nCL) | 0",
        "max(4, 2.5 ns) | 4",
        "2.5 ns | 4",
        "2.501 ns | 5",
        "3.75ns | 6",
        "625 ps | 1",
        "626 ps | 2",
        "3.9 us | 6240",
        "floor(626 ps) | 1",
        "floor(1249.999 ps) | 1",
        "floor(1250 ps) | 2",
        "28.125 ns + 16.25 ns | 71",
        "0 ns | 0"
      })
  void evaluates(String text, long expected) {
    assertThat(value(text)).isEqualTo(expected);
  }

  @Test
  void timesOfThirdsOfAPicosecond() {
    assertThat(Expression.evaluate("2.5 ns", NAMES, 833_333)).isEqualTo(4);
    assertThat(Expression.evaluate("2499.999 ps", NAMES, 833_333)).isEqualTo(3);
    assertThat(Expression.femtos("312.5 ps")).isEqualTo(312_500);
    assertThat(Expression.femtos("1.25 ns")).isEqualTo(1_250_000);
    assertThat(Expression.femtos("0.416667 ns")).isEqualTo(416_667);
  }

  @Test
  void agreesWithAnEvaluationByHand() {
    Randomized.check(
        500,
        random -> {
          StringBuilder text = new StringBuilder();
          assertThat(term(random, text, 4)).isEqualTo(value(text.toString()));
        });
  }

  private static long term(SplittableRandom random, StringBuilder text, int depth) {
    switch (depth == 0 ? random.nextInt(2) : random.nextInt(6)) {
      case 0 -> {
        int number = random.nextInt(50);
        text.append(number);
        return number;
      }
      case 1 -> {
        String name = NAMES.keySet().asList().get(random.nextInt(NAMES.size()));
        text.append(name);
        return NAMES.getOrDefault(name, 0L);
      }
      case 2 -> {
        text.append("max(");
        long a = term(random, text, depth - 1);
        text.append(" ,");
        long b = term(random, text, depth - 1);
        text.append(')');
        return Math.max(a, b);
      }
      default -> {
        text.append('(');
        long a = term(random, text, depth - 1);
        char operator = "+-*".charAt(random.nextInt(3));
        text.append(' ').append(operator);
        long b = term(random, text, depth - 1);
        text.append(')');
        return operator == '+' ? a + b : operator == '-' ? a - b : a * b;
      }
    }
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> value(text)).isInstanceOf(Expression.Fault.class).hasMessage(message);
  }

  @Test
  void unknownName() {
    refused("nCL + nBLL", "'nCL + nBLL', character 7: unknown timing 'nBLL'; did you mean 'nBL'?");
  }

  @Test
  void namesWhereThereAreNone() {
    assertThatThrownBy(() -> Expression.evaluate("nCL", ImmutableMap.of(), 1000))
        .hasMessage(
            "'nCL', character 1: 'nCL': here are only whole numbers and times allowed, and max()");
  }

  @Test
  void nothingThere() {
    refused("", "'', character 1: a number, a time, a name or '(' is missing");
    refused("nCL +", "'nCL +', character 6: a number, a time, a name or '(' is missing");
  }

  @Test
  void somethingLeft() {
    refused(
        "nCL nBL", "'nCL nBL', character 5: 'n' where '+', '-', '*', '/' or the end is expected");
  }

  @Test
  void openParenthesis() {
    refused("(nCL", "'(nCL', character 5: ')' is missing");
    refused("max nCL", "'max nCL', character 5: '(' is missing");
    refused("max(1, 2", "'max(1, 2', character 9: ')' is missing");
  }

  @Test
  void divisionByZero() {
    refused("nCL / (nBL - 2)", "'nCL / (nBL - 2)', character 16: division by zero");
  }

  @Test
  void brokenNumbers() {
    refused(
        "1.5",
        "'1.5', character 1: '1.5' is neither a whole number of clocks nor a time [ps, ns, us]");
    refused("1.5.2", "'1.5.2', character 1: '1.5.2' is no number");
    refused("007", "'007', character 1: '007' is no number");
  }

  @Test
  void floorOfNoTime() {
    refused(
        "floor(7)",
        "'floor(7)', character 7: a time with one of the units [ps, ns, us] is missing");
  }

  @Test
  void finerThanFemtoseconds() {
    refused("0.0001 ps", "'0.0001 ps', character 1: '0.0001' is no whole number of femtoseconds");
  }

  @Test
  void tooLarge() {
    refused(
        "99999999999999999999",
        "'99999999999999999999', character 21: a value is larger than 1099511627776 clocks");
    refused(
        "1000000000 * 1000000000",
        "'1000000000 * 1000000000', character 24: a value is larger than 1099511627776 clocks");
    refused(
        "1000000000000 + 1000000000000",
        "'1000000000000 + 1000000000000', character 30: a value is larger than 1099511627776"
            + " clocks");
    refused(
        "99999999999999999 us",
        "'99999999999999999 us', character 21: a value is larger than 1099511627776 clocks");
  }

  @Test
  void tooLong() {
    assertThatThrownBy(() -> value("1 + ".repeat(60) + "1"))
        .hasMessage("the expression has 241 characters; allowed are 200");
  }

  @Test
  void noTime() {
    for (String text : new String[] {"", "0 ns", "7", "ns", "-1 ns", "1 ms", "1 ns 2"}) {
      assertThatThrownBy(() -> Expression.femtos(text)).isInstanceOf(Expression.Fault.class);
    }
    assertThatThrownBy(() -> Expression.femtos("0 ns"))
        .hasMessage("'0 ns' is not a time above zero with one of the units [ps, ns, us]");
  }
}
