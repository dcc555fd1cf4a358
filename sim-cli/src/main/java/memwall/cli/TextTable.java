package memwall.cli;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns of plain text; two blanks between columns, no trailing blanks. */
final class TextTable {
  private final boolean[] right;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * Begins a table.
   *
   * @param headers one per column; {@code >} before the name aligns the column to the right
   */
  TextTable(String... headers) {
    right = new boolean[headers.length];
    List<String> names = new ArrayList<>();
    for (int i = 0; i < headers.length; i++) {
      right[i] = headers[i].startsWith(">");
      names.add(right[i] ? headers[i].substring(1) : headers[i]);
    }
    rows.add(names);
  }

  /** Adds a row; line breaks in a cell become blanks. */
  void row(String... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(cells.length + " cells of " + right.length);
    }
    List<String> row = new ArrayList<>();
    for (String cell : cells) {
      row.add(cell.strip().replaceAll("\\s*\\R\\s*", " "));
    }
    rows.add(row);
  }

  /** The same as a table in Markdown. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      text.append("| ");
      text.append(String.join(" | ", rows.get(i).stream().map(TextTable::escaped).toList()));
      text.append(" |\n");
      if (i == 0) {
        for (boolean isRight : right) {
          text.append(isRight ? "|--:" : "|---");
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }

  private static String escaped(String cell) {
    return cell.replace("|", "\\|");
  }

  /** The lines, each ending in {@code \n}. */
  @Override
  public String toString() {
    int[] widths = new int[right.length];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? "" : "  ").append(right[i] ? pad : "");
        line.append(row.get(i)).append(right[i] ? "" : pad);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
