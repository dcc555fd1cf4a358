package memwall.network.trace;

import memwall.core.input.LineReader;
import memwall.core.unit.Shown;

/**
 * The words of a line one after the other: what stands between blanks; braces, colons and commas
 * are words of their own if they separate.
 */
final class Words {
  private final LineReader lines;
  private final String separators;
  private int from;
  private int to;

  Words(LineReader lines, String separators) {
    this.lines = lines;
    this.separators = separators;
  }

  /** Before the first word of the present line. */
  void begin() {
    from = 0;
    to = 0;
  }

  /** Goes to the next word; false at the end of the line or at a comment. */
  boolean next() {
    char[] chars = lines.chars();
    int length = lines.length();
    from = to;
    while (from < length && isBlank(chars[from])) {
      from++;
    }
    to = from;
    if (from == length || startsComment(chars, length)) {
      to = length;
      from = length;
      return false;
    }
    if (separators.indexOf(chars[from]) >= 0) {
      to++;
      return true;
    }
    while (to < length && !isBlank(chars[to]) && separators.indexOf(chars[to]) < 0) {
      to++;
    }
    return true;
  }

  private boolean startsComment(char[] chars, int length) {
    return chars[from] == '#'
        || (chars[from] == '/' && from + 1 < length && chars[from + 1] == '/');
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == '\t' || character == '\r';
  }

  boolean is(String word) {
    return to - from == word.length() && word.contentEquals(text());
  }

  boolean is(char character) {
    return to - from == 1 && lines.chars()[from] == character;
  }

  String text() {
    return new String(lines.chars(), from, to - from);
  }

  /** The word as a whole number from 0 to the most given, or -1; without a letter at its end. */
  long number(long most, int lettersLeft) {
    char[] chars = lines.chars();
    int end = to - lettersLeft;
    if (from >= end) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < end; i++) {
      int digit = chars[i] - '0';
      if (digit < 0 || digit > 9 || digit > most || value > (most - digit) / 10) {
        return -1;
      }
      value = 10 * value + digit;
    }
    return value;
  }

  boolean endsIn(char letter) {
    return to > from && lines.chars()[to - 1] == letter;
  }

  /** Where the present word begins, counted from 1. */
  int column() {
    return from + 1;
  }

  /** The word is not what it should be; at the end of the line nothing is there. */
  void expected(String wanted) {
    String given = from == to ? "the line ends" : Shown.quote(text()) + " given";
    fault(given + ", expected " + wanted);
  }

  /** A fault at the present word. */
  void fault(String message) {
    lines.faults().add(lines.number(), from + 1L, message);
  }
}
