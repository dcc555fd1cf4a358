package memwall.workloads.analytic.study;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import memwall.core.input.CsvCells;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import memwall.workloads.analytic.study.Target.Quantity;
import org.jspecify.annotations.Nullable;

/** Reads the published values of a study: CSV, a value in each row. */
final class TargetTable implements CsvCells.Row {
  private static final ImmutableList<String> COLUMNS =
      ImmutableList.of(
          "group", "plan", "sets", "chips", "quantity", "baseline", "baseline_chips", "expected");
  private static final int MOST_CHIPS = 1 << 20;

  private final Path folder;
  private final Set<String> groups;
  private final InputFaults faults;
  private final Map<String, String> cells = new LinkedHashMap<>();
  private long line;

  private TargetTable(Path folder, Set<String> groups, InputFaults faults) {
    this.folder = folder;
    this.groups = groups;
    this.faults = faults;
  }

  /**
   * Reads all rows; files of questions are relative to the table.
   *
   * @throws memwall.core.config.ConfigException if the table has faults
   */
  static List<Target> read(Path table, Set<String> groups) {
    try (LineReader lines = LineReader.open(table, "a table of values")) {
      CsvCells cells = new CsvCells(lines, COLUMNS, COLUMNS, columns -> null);
      Path parent = table.toAbsolutePath().getParent();
      TargetTable rows = new TargetTable(parent == null ? table : parent, groups, lines.faults());
      List<Target> targets = new ArrayList<>();
      while (cells.next(rows)) {
        targets.add(rows.target());
      }
      lines.faults().throwIfAny();
      return targets;
    }
  }

  @Override
  public void begin(long lineNumber) {
    line = lineNumber;
    cells.clear();
  }

  @Override
  public void cell(String column, char[] chars, int from, int to) {
    cells.put(column, new String(chars, from, to - from));
  }

  private Target target() {
    String group = text("group");
    if (!groups.contains(group)) {
      wrong("group", group, "one of " + groups);
    }
    String baseline = text("baseline");
    return new Target(
        line,
        group,
        folder.resolve(text("plan")),
        Splitter.on(' ').omitEmptyStrings().splitToList(text("sets")),
        (int) number("chips", 1, MOST_CHIPS),
        quantity(),
        baseline.isEmpty() ? null : folder.resolve(baseline),
        baseline.isEmpty() ? 0 : (int) number("baseline_chips", 1, MOST_CHIPS),
        number("expected", 0, Double.MAX_VALUE));
  }

  private String text(String column) {
    return cells.getOrDefault(column, "");
  }

  private Quantity quantity() {
    String text = text("quantity");
    StringJoiner known = new StringJoiner(", ");
    for (Quantity quantity : Quantity.values()) {
      String name = quantity.name().toLowerCase(Locale.ROOT);
      if (name.equals(text)) {
        return quantity;
      }
      known.add(name);
    }
    wrong("quantity", text, "one of " + known);
    return Quantity.SEQUENCES_PER_CHIP;
  }

  private double number(String column, double least, double most) {
    String text = text(column);
    Double value = parsed(text);
    if (value == null || !(value >= least && value <= most)) {
      wrong(column, text, "a number from " + least + " to " + most);
      return least;
    }
    return value;
  }

  private static @Nullable Double parsed(String text) {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private void wrong(String column, String given, String wanted) {
    faults.add(line, column + ": '" + given + "' is not " + wanted);
  }
}
