package memwall.workloads.trace;

import java.util.LinkedHashMap;
import java.util.Map;
import memwall.core.input.CsvCells;
import memwall.core.input.InputFaults;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a row by column, taken one by one; what is wrong is a fault of the file and gives a
 * harmless value. What nobody takes is left over for {@code x}.
 */
final class CsvRow implements CsvCells.Row {
  private static final int MOST_TEXT = 1024;

  private final InputFaults faults;
  private final Map<String, String> cells = new LinkedHashMap<>();
  private long line;

  CsvRow(InputFaults faults) {
    this.faults = faults;
  }

  @Override
  public void begin(long lineNumber) {
    line = lineNumber;
    cells.clear();
  }

  /** Number of the row's line. */
  long line() {
    return line;
  }

  @Override
  public void cell(String column, char[] chars, int from, int to) {
    cells.put(column, new String(chars, from, to - from));
  }

  /** Takes a cell; empty if the file has no such column. */
  String take(String column) {
    String text = cells.remove(column);
    return text == null ? "" : text;
  }

  /** Takes text of at most 1024 characters without control characters; null if it is empty. */
  @Nullable String text(String column) {
    String text = take(column);
    boolean fine = text.length() <= MOST_TEXT;
    for (int i = 0; i < text.length() && fine; i++) {
      fine = text.charAt(i) >= ' ' && text.charAt(i) != 0x7f;
    }
    if (!fine) {
      wrong(column, text, "text of at most " + MOST_TEXT + " characters, no control characters");
    }
    return text.isEmpty() || !fine ? null : text;
  }

  /** Takes a whole number; an empty cell, or a column that is not there, is {@code absent}. */
  long whole(String column, long min, long max, long absent) {
    return cells.getOrDefault(column, "").isEmpty()
        ? drop(column, absent)
        : whole(column, min, max);
  }

  private long drop(String column, long absent) {
    cells.remove(column);
    return absent;
  }

  /** Takes a whole number; {@code 7.0} is one, too. */
  long whole(String column, long min, long max) {
    String text = take(column);
    String digits = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    try {
      long value = Long.parseLong(digits);
      if (value >= min && value <= max && !digits.startsWith("+")) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number out of range is.
    }
    wrong(column, text, "a whole number from " + min + " to " + max);
    return min;
  }

  /** Takes tokens, 0 among them. */
  int tokens(String column) {
    return (int) whole(column, 0, Request.MAX_TOKENS);
  }

  /** Takes a time in seconds, with decimals or without; in picoseconds. */
  long secondsPs(String column) {
    String text = take(column);
    long ps = Decimals.secondsPs(text);
    if (ps == Decimals.NONE) {
      wrong(column, text, "seconds from 0 to " + Request.MAX_ARRIVAL_PS / 1_000_000_000_000L);
      return 0;
    }
    return ps;
  }

  /** Takes a share. */
  double share(String column) {
    String text = take(column);
    if (text.isEmpty()) {
      return 0;
    }
    try {
      double value = Double.parseDouble(text);
      if (value >= 0 && value <= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number out of range is.
    }
    wrong(column, text, "a number from 0 to 1");
    return 0;
  }

  void wrong(String column, String given, String expected) {
    faults.add(line, "'" + column + "': " + Words.quote(given) + " given, expected " + expected);
  }

  /** Gives what nobody has taken to the fields that our format does not know. */
  void leaveOthers(ExtrasBuilder extras) {
    cells.forEach(extras::other);
  }
}
