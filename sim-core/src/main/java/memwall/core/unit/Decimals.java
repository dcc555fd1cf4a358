package memwall.core.unit;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Plain decimal numbers as they may stand in a configuration: {@code 12}, {@code -0.5}, {@code
 * 3.2e-4}. Hexadecimal, octal, leading zeros, {@code _}, {@code nan} and {@code inf} are no
 * numbers.
 */
public final class Decimals {
  /** At most four digits of exponent and 64 characters, so that no input costs much to convert. */
  static final String SYNTAX = "[-+]?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]{1,4})?";

  private static final int MAX_LENGTH = 64;
  private static final Pattern DECIMAL = Pattern.compile(SYNTAX);
  private static final Pattern OTHER_BASE =
      Pattern.compile("[-+]?0[xXoObB][0-9a-fA-F_]+|[-+]?0[0-9_]+|[-+]?[0-9]+(?:_[0-9_.]*)+");

  private Decimals() {}

  /** The exact value, or empty if the text is not a plain decimal number. */
  public static Optional<BigDecimal> parse(String text) {
    if (text.length() > MAX_LENGTH || !DECIMAL.matcher(text).matches()) {
      return Optional.empty();
    }
    return Optional.of(new BigDecimal(text));
  }

  /** Whether the text is a number in a notation that is refused: {@code 0x10}, {@code 4_096}. */
  public static boolean isOtherNotation(String text) {
    return text.length() <= MAX_LENGTH && OTHER_BASE.matcher(text).matches();
  }

  /** Shortest text that {@link #parse} and {@link BigDecimal#doubleValue} read back equal. */
  public static String print(double value) {
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (exact.signum() == 0) {
      return "0";
    }
    int magnitude = exact.precision() - exact.scale();
    return magnitude > 15 || magnitude < -5 ? Double.toString(value) : exact.toPlainString();
  }
}
