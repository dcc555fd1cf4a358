package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import memwall.core.config.Suggestion;
import memwall.core.unit.Decimals;

/**
 * The arithmetic of presets: a number of clocks from whole numbers, timing names and times, with
 * {@code + - * /}, parentheses and {@code max(a, b, ...)}. Division rounds up, and so does a time
 * such as {@code 7.5 ns}, which becomes the clocks that last at least as long; {@code floor(7.5
 * ns)} takes those that last at most as long.
 *
 * <p>A {@link Fault} names the place in the text, counted from 1.
 */
final class Expression {
  private static final ImmutableMap<String, BigDecimal> FEMTOS_OF_UNIT =
      ImmutableMap.of(
          "ps", new BigDecimal("1e3"), "ns", new BigDecimal("1e6"), "us", new BigDecimal("1e9"));
  private static final long LARGEST = 1L << 40;
  private static final int MAX_LENGTH = 200;

  private final String text;
  private final Map<String, Long> names;
  private final long clockFemtos;
  private int at;

  /** What is wrong with a text. */
  static final class Fault extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private final String message;

    Fault(String message) {
      super(message);
      this.message = message;
    }

    String message() {
      return message;
    }
  }

  /** A length of time. */
  @Immutable
  private record Time(long femtos) {}

  private Expression(String text, Map<String, Long> names, long clockFemtos) {
    this.text = text;
    this.names = names;
    this.clockFemtos = clockFemtos;
  }

  /**
   * The value in clocks, possibly negative.
   *
   * @param names what each name stands for, in clocks
   * @param clockFemtos length of a clock in femtoseconds
   */
  static long evaluate(String text, Map<String, Long> names, long clockFemtos) {
    if (text.length() > MAX_LENGTH) {
      throw new Fault(
          "the expression has " + text.length() + " characters; allowed are " + MAX_LENGTH);
    }
    Expression expression = new Expression(text, names, clockFemtos);
    long value = expression.sum();
    expression.skipBlanks();
    if (expression.at < text.length()) {
      throw expression.wrong(
          "'" + text.charAt(expression.at) + "' where '+', '-', '*', '/' or the end is expected");
    }
    return value;
  }

  /**
   * The length of a time with its unit in femtoseconds, such as {@code 312.5 ps}.
   *
   * @throws Fault if it is no time, zero or no whole number of femtoseconds
   */
  static long femtos(String text) {
    Expression expression = new Expression(text, ImmutableMap.of(), 1);
    expression.skipBlanks();
    long femtos = expression.at < text.length() ? expression.time().femtos() : 0;
    expression.skipBlanks();
    if (femtos < 1 || expression.at < text.length()) {
      throw new Fault("'" + text + "' is not a time above zero with one of the units [ps, ns, us]");
    }
    return femtos;
  }

  private long sum() {
    long value = product();
    while (true) {
      if (take('+')) {
        value = inRange(value + product());
      } else if (take('-')) {
        value = inRange(value - product());
      } else {
        return value;
      }
    }
  }

  private long product() {
    long value = atom();
    while (true) {
      if (take('*')) {
        long factor = atom();
        if (value != 0 && Math.abs(factor) > LARGEST / Math.abs(value)) {
          throw tooLarge();
        }
        value *= factor;
      } else if (take('/')) {
        long divisor = atom();
        if (divisor == 0) {
          throw wrong("division by zero");
        }
        value = -Math.floorDiv(-value, divisor);
      } else {
        return value;
      }
    }
  }

  private long atom() {
    skipBlanks();
    if (take('(')) {
      long value = sum();
      expect(')');
      return value;
    }
    if (at < text.length() && isDigit(text.charAt(at))) {
      return number();
    }
    int start = at;
    String name = name();
    if (name.isEmpty()) {
      throw wrong("a number, a time, a name or '(' is missing");
    }
    return switch (name) {
      case "max" -> max();
      case "floor" -> floor();
      default -> {
        Long value = names.get(name);
        if (value == null) {
          at = start;
          throw wrong(
              names.isEmpty()
                  ? "'" + name + "': here are only whole numbers and times allowed, and max()"
                  : "unknown timing '" + name + "'" + Suggestion.of(name, names.keySet()));
        }
        yield value;
      }
    };
  }

  private long max() {
    expect('(');
    long value = sum();
    while (take(',')) {
      value = Math.max(value, sum());
    }
    expect(')');
    return value;
  }

  private long floor() {
    expect('(');
    skipBlanks();
    long clocks = time().femtos() / clockFemtos;
    expect(')');
    return clocks;
  }

  /** A whole number of clocks, or a time rounded up to clocks. */
  private long number() {
    int start = at;
    BigDecimal digits = digits();
    int end = at;
    skipBlanks();
    if (FEMTOS_OF_UNIT.containsKey(peekName())) {
      at = start;
      long femtos = time().femtos();
      return -Math.floorDiv(-femtos, clockFemtos);
    }
    at = end;
    if (digits.scale() > 0) {
      at = start;
      throw wrong("'" + digits + "' is neither a whole number of clocks nor a time [ps, ns, us]");
    }
    if (digits.compareTo(BigDecimal.valueOf(LARGEST)) > 0) {
      throw tooLarge();
    }
    return digits.longValueExact();
  }

  private Time time() {
    int start = at;
    BigDecimal digits = digits();
    skipBlanks();
    BigDecimal unit = FEMTOS_OF_UNIT.get(name());
    if (unit == null) {
      at = start;
      throw wrong("a time with one of the units [ps, ns, us] is missing");
    }
    BigDecimal femtos = digits.multiply(unit).stripTrailingZeros();
    if (femtos.scale() > 0) {
      at = start;
      throw wrong("'" + digits + "' is no whole number of femtoseconds");
    }
    if (femtos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 4)) > 0) {
      throw tooLarge();
    }
    return new Time(femtos.setScale(0, RoundingMode.UNNECESSARY).longValueExact());
  }

  private BigDecimal digits() {
    int start = at;
    while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    String digits = text.substring(start, at);
    return Decimals.parse(digits)
        .orElseThrow(
            () -> {
              at = start;
              return wrong("'" + digits + "' is no number");
            });
  }

  private String peekName() {
    int start = at;
    String name = name();
    at = start;
    return name;
  }

  private String name() {
    int start = at;
    while (at < text.length()
        && (isLetter(text.charAt(at)) || (at > start && isDigit(text.charAt(at))))) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private boolean take(char wanted) {
    skipBlanks();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char wanted) {
    if (!take(wanted)) {
      throw wrong("'" + wanted + "' is missing");
    }
  }

  private void skipBlanks() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private long inRange(long value) {
    if (Math.abs(value) > LARGEST) {
      throw tooLarge();
    }
    return value;
  }

  private Fault tooLarge() {
    return wrong("a value is larger than " + LARGEST + " clocks");
  }

  private Fault wrong(String message) {
    return new Fault("'" + text + "', character " + (at + 1) + ": " + message);
  }
}
