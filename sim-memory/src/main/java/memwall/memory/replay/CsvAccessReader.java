package memwall.memory.replay;

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
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import memwall.core.unit.Shown;
import org.jspecify.annotations.Nullable;

/**
 * Reads our CSV: a header line with {@code op} and {@code address}, at most one of {@code time_ps}
 * and {@code cycle}, and {@code bytes} or not, in any order. Cells may be quoted. A cell becomes a
 * number where it stands, so nothing is allocated for a row.
 */
final class CsvAccessReader implements AccessReader {
  private static final String TIME_PS = "time_ps";
  private static final String OP = "op";
  private static final String BYTES = "bytes";
  private static final ImmutableList<String> COLUMNS =
      ImmutableList.of(TIME_PS, MemoryTrace.CYCLE, OP, MemoryTrace.ADDRESS, BYTES);

  private final InputFaults faults;
  private final CloseableIterator<Boolean> rows;
  private final List<String> header = new ArrayList<>();

  /** What the next row is read into. */
  private @Nullable MemoryAccess access;

  private int faultsBefore;
  private int cells;
  private long lastLine;
  private TraceClock clock = TraceClock.NONE;

  /** The reader stands on the first line. */
  CsvAccessReader(LineReader lines) {
    this.faults = lines.faults();
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
    checkHeader();
  }

  /** Whether the first line of a file looks like our header. */
  static boolean recognises(String line) {
    String first = line.split(",", 2)[0].strip();
    return COLUMNS.contains(first.replace("\"", ""));
  }

  @Override
  public TraceClock clock() {
    return clock;
  }

  @Override
  public boolean next(MemoryAccess into) {
    access = into;
    while (hasRow()) {
      if (rows.next()) {
        return true;
      }
    }
    return false;
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

  private void checkHeader() {
    // Lines were read ahead, so that there may be faults already that are not of the header.
    int before = faults.count();
    for (int i = 0; i < header.size(); i++) {
      String name = header.get(i);
      if (!COLUMNS.contains(name)) {
        faults.add(
            1,
            "unknown column "
                + Shown.quote(name)
                + Suggestion.of(name, COLUMNS)
                + " (allowed: "
                + String.join(", ", COLUMNS)
                + ")");
      } else if (header.indexOf(name) < i) {
        faults.add(1, "column '" + name + "' is given twice");
      }
    }
    for (String required : List.of(OP, MemoryTrace.ADDRESS)) {
      if (!header.contains(required)) {
        faults.add(1, "column '" + required + "' is missing");
      }
    }
    boolean ps = header.contains(TIME_PS);
    boolean ticks = header.contains(MemoryTrace.CYCLE);
    if (ps && ticks) {
      faults.add(1, "both 'time_ps' and 'cycle' are given, expected one of them or neither");
    }
    if (faults.count() > before) {
      throw faults.exception();
    }
    clock = ps ? TraceClock.PICOSECONDS : ticks ? TraceClock.TICKS : TraceClock.NONE;
  }

  /** Takes the cells; the result of a row is whether it is an access without fault. */
  private final class Rows extends AbstractBaseCsvCallbackHandler<Boolean> {
    private boolean inHeader = true;

    @Override
    protected void handleBegin(long line) {
      lastLine = line;
      cells = 0;
      faultsBefore = faults.count();
      MemoryAccess into = access;
      if (into != null) {
        into.begin(line);
      }
    }

    @Override
    protected void handleField(int column, char[] chars, int offset, int length, boolean quoted) {
      cells++;
      if (inHeader) {
        // A file that is no trace may have anything here.
        if (header.size() <= COLUMNS.size()) {
          header.add(new String(chars, offset, length).strip());
        }
      } else if (column < header.size()) {
        cell(header.get(column), chars, offset, offset + length);
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

  private void cell(String column, char[] chars, int begin, int end) {
    int from = begin;
    int to = end;
    while (from < to && chars[from] == ' ') {
      from++;
    }
    while (from < to && chars[to - 1] == ' ') {
      to--;
    }
    MemoryAccess into = access;
    if (into == null) {
      throw new IllegalStateException("a row before it was asked for");
    }
    switch (column) {
      case OP -> {
        boolean write = is(chars, from, to, 'W', "WRITE");
        into.write(write);
        if (!write && !is(chars, from, to, 'R', "READ")) {
          wrong(column, chars, from, to, "R or W");
        }
      }
      case MemoryTrace.ADDRESS -> {
        long address = Digits.any(chars, from, to);
        into.address(address);
        if (address == Digits.NONE) {
          wrong(column, chars, from, to, MemoryTrace.ADDRESS_WANTED);
        }
      }
      case BYTES -> {
        long bytes = Digits.decimal(chars, from, to);
        into.bytes(bytes);
        if (bytes < 1 || bytes > MemoryTrace.MAX_BYTES) {
          wrong(column, chars, from, to, "a whole number from 1 to " + MemoryTrace.MAX_BYTES);
        }
      }
      case TIME_PS -> {
        long time = Digits.decimal(chars, from, to);
        into.arrival(time);
        if (time == Digits.NONE || time > MemoryTrace.MAX_PS) {
          wrong(column, chars, from, to, "a whole number from 0 to " + MemoryTrace.MAX_PS);
        }
      }
      case MemoryTrace.CYCLE -> {
        long cycle = Digits.decimal(chars, from, to);
        into.arrival(cycle);
        if (cycle == Digits.NONE || cycle > MemoryTrace.MAX_TICKS) {
          wrong(column, chars, from, to, MemoryTrace.CYCLE_WANTED);
        }
      }
      default -> throw new IllegalStateException(column);
    }
  }

  private void wrong(String column, char[] chars, int from, int to, String wanted) {
    String given = Shown.quote(new String(chars, from, to - from));
    faults.add(lastLine, "'" + column + "': " + given + " given, expected " + wanted);
  }

  /** Whether the characters are a letter or a word, in any case. */
  private static boolean is(char[] chars, int from, int to, char letter, String word) {
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
