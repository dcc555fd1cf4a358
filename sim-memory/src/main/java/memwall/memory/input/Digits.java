package memwall.memory.input;

/** Whole numbers in a run of characters, without making text of them. */
public final class Digits {
  /** What no number has. */
  public static final long NONE = -1;

  private static final long DECIMAL_LIMIT = Long.MAX_VALUE / 10;
  private static final int HEX_BITS = 4;

  private Digits() {}

  /** {@code 0x} with hexadecimal digits, or decimal digits; {@link #NONE} if it is neither. */
  public static long any(char[] chars, int from, int to) {
    return hasPrefix(chars, from, to) ? hex(chars, from + 2, to) : decimal(chars, from, to);
  }

  /** Hexadecimal digits with or without {@code 0x}; {@link #NONE} if it is nothing of that. */
  public static long hexadecimal(char[] chars, int from, int to) {
    return hex(chars, hasPrefix(chars, from, to) ? from + 2 : from, to);
  }

  /** Decimal digits; {@link #NONE} for anything else and for more than a long holds. */
  public static long decimal(char[] chars, int from, int to) {
    if (from >= to) {
      return NONE;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = chars[i] - '0';
      if (digit < 0 || digit > 9 || value > DECIMAL_LIMIT) {
        return NONE;
      }
      value = 10 * value + digit;
      if (value < 0) {
        return NONE;
      }
    }
    return value;
  }

  private static boolean hasPrefix(char[] chars, int from, int to) {
    return to - from >= 2 && chars[from] == '0' && (chars[from + 1] | 0x20) == 'x';
  }

  private static long hex(char[] chars, int from, int to) {
    if (from >= to) {
      return NONE;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = hexDigit(chars[i]);
      if (digit < 0 || value >= 1L << (Long.SIZE - 1 - HEX_BITS)) {
        return NONE;
      }
      value = value << HEX_BITS | digit;
    }
    return value;
  }

  private static int hexDigit(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    // Not Character.digit: that takes the digits of every script.
    int letter = (c | 0x20) - 'a';
    return c < 0x80 && letter >= 0 && letter < 6 ? letter + 10 : -1;
  }
}
