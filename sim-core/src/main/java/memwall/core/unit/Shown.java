package memwall.core.unit;

import java.util.Locale;

/** How text that a user gave is shown in a fault: in quotes, on one line, cut where it is long. */
public final class Shown {
  private static final int LENGTH = 60;

  private Shown() {}

  /** {@code 'text'}; control and invisible characters as escapes, at most 60 characters of it. */
  public static String quote(String text) {
    StringBuilder shown = new StringBuilder("'");
    text.codePoints().limit(LENGTH).forEach(c -> append(shown, c));
    return shown.append(text.codePointCount(0, text.length()) > LENGTH ? "...'" : "'").toString();
  }

  private static void append(StringBuilder shown, int c) {
    boolean visible =
        switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.UNASSIGNED,
              Character.PRIVATE_USE ->
              false;
          default -> true;
        };
    if (visible) {
      shown.appendCodePoint(c);
    } else if (c == '\n') {
      shown.append("\\n");
    } else if (c == '\t') {
      shown.append("\\t");
    } else {
      shown.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
    }
  }
}
