package memwall.memory.replay;

import com.google.common.collect.ImmutableList;
import memwall.core.input.CsvCells;
import memwall.core.input.LineReader;
import memwall.memory.input.Digits;
import org.jspecify.annotations.Nullable;

/**
 * Reads our CSV: a header line with {@code op} and {@code address}, at most one of {@code time_ps}
 * and {@code cycle}, and {@code bytes} or not, in any order. Cells may be quoted. A cell becomes a
 * number where it stands, so nothing is allocated for a row.
 */
final class CsvAccessReader implements AccessReader, CsvCells.Row {
  private static final String TIME_PS = "time_ps";
  private static final String OP = "op";
  private static final String BYTES = "bytes";
  private static final ImmutableList<String> COLUMNS =
      ImmutableList.of(TIME_PS, MemoryTrace.CYCLE, OP, MemoryTrace.ADDRESS, BYTES);

  private final CsvCells cells;
  private final TraceClock clock;

  /** What the next row is read into. */
  private @Nullable MemoryAccess access;

  /** The reader stands on the first line. */
  CsvAccessReader(LineReader lines) {
    cells =
        new CsvCells(
            lines,
            COLUMNS,
            ImmutableList.of(OP, MemoryTrace.ADDRESS),
            header ->
                header.contains(TIME_PS) && header.contains(MemoryTrace.CYCLE)
                    ? "both 'time_ps' and 'cycle' are given, expected one of them or neither"
                    : null);
    clock =
        cells.has(TIME_PS)
            ? TraceClock.PICOSECONDS
            : cells.has(MemoryTrace.CYCLE) ? TraceClock.TICKS : TraceClock.NONE;
  }

  /** Whether the first line of a file looks like our header. */
  static boolean recognises(String line) {
    return CsvCells.recognises(line, COLUMNS);
  }

  @Override
  public TraceClock clock() {
    return clock;
  }

  @Override
  public boolean next(MemoryAccess into) {
    access = into;
    return cells.next(this);
  }

  private MemoryAccess access() {
    MemoryAccess into = access;
    if (into == null) {
      throw new IllegalStateException("a row before it was asked for");
    }
    return into;
  }

  @Override
  public void begin(long line) {
    access().begin(line);
  }

  @Override
  public void cell(String column, char[] chars, int from, int to) {
    MemoryAccess into = access();
    switch (column) {
      case OP -> {
        boolean write = CsvCells.is(chars, from, to, 'W', "WRITE");
        into.write(write);
        if (!write && !CsvCells.is(chars, from, to, 'R', "READ")) {
          cells.wrong(column, chars, from, to, "R or W");
        }
      }
      case MemoryTrace.ADDRESS -> {
        long address = Digits.any(chars, from, to);
        into.address(address);
        if (address == Digits.NONE) {
          cells.wrong(column, chars, from, to, MemoryTrace.ADDRESS_WANTED);
        }
      }
      case BYTES -> {
        long bytes = Digits.decimal(chars, from, to);
        into.bytes(bytes);
        if (bytes < 1 || bytes > MemoryTrace.MAX_BYTES) {
          cells.wrong(column, chars, from, to, "a whole number from 1 to " + MemoryTrace.MAX_BYTES);
        }
      }
      case TIME_PS -> {
        long time = Digits.decimal(chars, from, to);
        into.arrival(time);
        if (time == Digits.NONE || time > MemoryTrace.MAX_PS) {
          cells.wrong(column, chars, from, to, "a whole number from 0 to " + MemoryTrace.MAX_PS);
        }
      }
      case MemoryTrace.CYCLE -> {
        long cycle = Digits.decimal(chars, from, to);
        into.arrival(cycle);
        if (cycle == Digits.NONE || cycle > MemoryTrace.MAX_TICKS) {
          cells.wrong(column, chars, from, to, MemoryTrace.CYCLE_WANTED);
        }
      }
      default -> throw new IllegalStateException(column);
    }
  }
}
