package memwall.workloads.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.config.ConfigException;

/**
 * A table of measured times: comma-separated values with a line of names. Faults name the file and
 * the line; all of a file are reported together, up to {@link #FAULTS}.
 */
final class TableFile {
  /** Faults that are reported of one file. */
  static final int FAULTS = 20;

  private final Path file;
  private final List<String> columns;
  private final List<String[]> rows = new ArrayList<>();
  private final List<Integer> lines = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  private TableFile(Path file, List<String> columns) {
    this.file = file;
    this.columns = columns;
  }

  /**
   * Reads a file.
   *
   * @param columns names that its first line must have, in this order; there may be more behind
   * @throws ConfigException if it cannot be read or has other columns
   */
  static TableFile read(Path file, List<String> columns) {
    List<String> text;
    try {
      text = Files.readAllLines(file);
    } catch (IOException e) {
      throw new ConfigException(List.of(file + ": cannot be read: " + e.getMessage()));
    }
    TableFile table = new TableFile(file, columns);
    String head = text.isEmpty() ? "" : text.get(0).strip();
    List<String> names = Arrays.asList(head.split(",", -1));
    if (names.size() < columns.size() || !names.subList(0, columns.size()).equals(columns)) {
      throw new ConfigException(
          List.of(
              file
                  + ":1: the columns are '"
                  + head
                  + "'; wanted are "
                  + String.join(",", columns)));
    }
    for (int i = 1; i < text.size(); i++) {
      if (!text.get(i).isBlank()) {
        String[] fields = text.get(i).strip().split(",", -1);
        if (fields.length == names.size()) {
          table.rows.add(fields);
          table.lines.add(i + 1);
        } else {
          table.fault(i + 1, fields.length + " fields; wanted are " + names.size());
        }
      }
    }
    if (table.rows.isEmpty() && table.faults.isEmpty()) {
      table.fault(1, "no rows");
    }
    return table;
  }

  int size() {
    return rows.size();
  }

  String text(int row, int column) {
    return rows.get(row)[column].strip();
  }

  /** A whole number of 0 or more. */
  int count(int row, int column) {
    try {
      int value = Integer.parseInt(text(row, column));
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // As below.
    }
    bad(row, column, "is not a whole number of 0 or more");
    return 0;
  }

  /** A time of more than 0, given in microseconds, in picoseconds. */
  double timePs(int row, int column) {
    double value = number(row, column);
    if (!(value > 0 && value < 1e12)) {
      bad(row, column, "is not a time in microseconds of more than 0");
      return 1;
    }
    return value * 1e6;
  }

  /** Any finite number. */
  double number(int row, int column) {
    try {
      double value = Double.parseDouble(text(row, column));
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // As below.
    }
    bad(row, column, "is not a number");
    return 0;
  }

  /** Records that a field is wrong. */
  void bad(int row, int column, String what) {
    fault(lines.get(row), "'" + columns.get(column) + "': '" + text(row, column) + "' " + what);
  }

  /** Records that a row is wrong. */
  void bad(int row, String what) {
    fault(lines.get(row), what);
  }

  private void fault(int line, String what) {
    if (faults.size() < FAULTS) {
      faults.add(file + ":" + line + ": " + what);
    }
  }

  /**
   * To be called when everything has been read.
   *
   * @throws ConfigException if there were faults
   */
  void throwIfFaulty() {
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }
}
