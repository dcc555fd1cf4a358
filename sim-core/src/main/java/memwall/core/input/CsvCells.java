package memwall.core.input;

import com.google.common.collect.ImmutableList;
import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.ConfigException;
import memwall.core.config.Suggestion;
import memwall.core.unit.Shown;
import org.jspecify.annotations.Nullable;

/**
 * CSV with a header line, cell by cell: columns in any order, cells quoted or not. A cell is handed
 * over where it stands, so nothing is allocated for a row. Empty lines are skipped; faults go to
 * those of the file.
 */
public final class CsvCells {
  private static final int MOST_COLUMNS = 1_000;

  private final InputFaults faults;
  private final ImmutableList<String> columns;
  private final boolean others;
  private final CloseableIterator<Boolean> rows;
  private final List<String> header = new ArrayList<>();

  /** Who takes the next row. */
  private @Nullable Row row;

  private int faultsBefore;
  private int cells;
  private long lastLine;

  /** Takes the cells of a row. */
  public interface Row {
    /** A row begins. */
    void begin(long line);

    /**
     * A cell.
     *
     * @param column its name
     * @param chars holds it from {@code from} to before {@code to}, without blanks around it
     */
    void cell(String column, char[] chars, int from, int to);
  }

  /** Finds faults in a header beyond columns that are unknown, missing or given twice. */
  public interface HeaderCheck {
    /** What is wrong, or null. */
    @Nullable String fault(List<String> header);
  }

  /**
   * Reads the header.
   *
   * @param lines stand on the first line
   * @param columns the names allowed
   * @param required those that have to be there
   * @throws ConfigException if the header is not such
   */
  public CsvCells(
      LineReader lines,
      ImmutableList<String> columns,
      ImmutableList<String> required,
      HeaderCheck check) {
    this(lines, columns, required, check, false);
  }

  /**
   * Reads the header of a format of others, which may have more columns than we know.
   *
   * @param lines stand on the first line
   * @param required those that have to be there
   * @throws ConfigException if one is missing, or any is given twice
   */
  public static CsvCells open(LineReader lines, ImmutableList<String> required) {
    return new CsvCells(lines, required, required, header -> null, true);
  }

  private CsvCells(
      LineReader lines,
      ImmutableList<String> columns,
      ImmutableList<String> required,
      HeaderCheck check,
      boolean others) {
    this.faults = lines.faults();
    this.columns = columns;
    this.others = others;
    this.rows =
        CsvReader.builder()
            // Counted and told here, so that one pass finds them all.
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .trimWhitespacesAroundQuotes(true)
            .build(new Rows(), new LinesReader(lines))
            .iterator();
    if (hasRow()) {
      rows.next();
    }
    checkHeader(required, check);
  }

  /** Whether the first line of a file looks like a header of such columns. */
  public static boolean recognises(String line, ImmutableList<String> columns) {
    String first = line.split(",", 2)[0].strip();
    return columns.contains(first.replace("\"", ""));
  }

  /** Whether the file has a column. */
  public boolean has(String column) {
    return header.contains(column);
  }

  /** Reads up to the next row without fault; false at the end of the file. */
  public boolean next(Row into) {
    row = into;
    while (hasRow()) {
      if (rows.next()) {
        return true;
      }
    }
    return false;
  }

  /** A cell of the current row is not what it should be. */
  public void wrong(String column, char[] chars, int from, int to, String wanted) {
    String given = Shown.quote(new String(chars, from, to - from));
    faults.add(lastLine, "'" + column + "': " + given + " given, expected " + wanted);
  }

  /** Whether characters are a letter or a word, in any case; both are given in capitals. */
  public static boolean is(char[] chars, int from, int to, char letter, String word) {
    if (to - from == 1) {
      return (chars[from] & ~0x20) == letter;
    }
    if (to - from != word.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if ((chars[i] & ~0x20) != word.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }

  /** Faults of the file come out of FastCSV wrapped. */
  private boolean hasRow() {
    try {
      return rows.hasNext();
    } catch (CsvParseException e) {
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        if (cause instanceof ConfigException fault) {
          throw fault;
        }
      }
      throw faults.fatal(Math.max(1, lastLine), "not valid CSV: " + e.getMessage());
    }
  }

  private void checkHeader(ImmutableList<String> required, HeaderCheck check) {
    // Lines were read ahead, so that there may be faults already that are not of the header.
    int before = faults.count();
    for (int i = 0; i < header.size(); i++) {
      String name = header.get(i);
      if (!others && !columns.contains(name)) {
        faults.add(
            1,
            "unknown column "
                + Shown.quote(name)
                + Suggestion.of(name, columns)
                + " (allowed: "
                + String.join(", ", columns)
                + ")");
      } else if (header.indexOf(name) < i) {
        faults.add(1, "column '" + name + "' is given twice");
      }
    }
    for (String name : required) {
      if (!header.contains(name)) {
        faults.add(1, "column '" + name + "' is missing");
      }
    }
    String fault = check.fault(header);
    if (fault != null) {
      faults.add(1, fault);
    }
    if (faults.count() > before) {
      throw faults.exception();
    }
  }

  /** Takes the cells; the result of a row is whether it has no fault. */
  private final class Rows extends AbstractBaseCsvCallbackHandler<Boolean> {
    private boolean inHeader = true;

    @Override
    protected void handleBegin(long line) {
      lastLine = line;
      cells = 0;
      faultsBefore = faults.count();
      Row into = row;
      if (into != null) {
        into.begin(line);
      }
    }

    @Override
    protected void handleField(int column, char[] chars, int offset, int length, boolean quoted) {
      cells++;
      if (inHeader) {
        // A file that is no trace may have anything here.
        if (header.size() <= (others ? MOST_COLUMNS : columns.size())) {
          header.add(new String(chars, offset, length).strip());
        }
      } else if (column < header.size()) {
        trimmed(header.get(column), chars, offset, offset + length);
      }
    }

    @Override
    protected Boolean buildRecord() {
      if (cells == 0) {
        return false; // An empty line.
      }
      if (inHeader) {
        inHeader = false;
        return false;
      }
      if (cells != header.size()) {
        faults.add(
            getStartingLineNumber(),
            "found "
                + cells
                + (cells == 1 ? " cell" : " cells")
                + ", expected "
                + header.size()
                + ": "
                + String.join(",", header));
      }
      return faults.count() == faultsBefore;
    }
  }

  private void trimmed(String column, char[] chars, int begin, int end) {
    int from = begin;
    int to = end;
    while (from < to && chars[from] == ' ') {
      from++;
    }
    while (from < to && chars[to - 1] == ' ') {
      to--;
    }
    Row into = row;
    if (into == null) {
      throw new IllegalStateException("a row before it was asked for");
    }
    into.cell(column, chars, from, to);
  }

  /**
   * The lines as one stream of characters. FastCSV counts lines by what ends them: a line that is
   * left out (no UTF-8) stays as an empty one, and a carriage return inside a line is a blank.
   */
  private static final class LinesReader extends Reader {
    private final LineReader lines;
    private boolean open = true;
    private int at;
    private long ended;

    LinesReader(LineReader lines) {
      this.lines = lines;
    }

    @Override
    public int read(char[] into, int offset, int length) {
      int n = 0;
      while (open && n < length) {
        if (ended < lines.number() - 1) {
          into[offset + n++] = '\n';
          ended++;
        } else if (at < lines.length()) {
          int part = Math.min(length - n, lines.length() - at);
          for (int i = 0; i < part; i++) {
            char c = lines.chars()[at + i];
            into[offset + n + i] = c == '\r' ? ' ' : c;
          }
          at += part;
          n += part;
        } else {
          into[offset + n++] = '\n';
          ended++;
          at = 0;
          open = lines.next();
        }
      }
      return n == 0 && !open ? -1 : n;
    }

    @Override
    public void close() {
      // The trace closes its lines.
    }
  }
}
