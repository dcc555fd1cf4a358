package memwall.memory.flash.trace;

import com.google.common.collect.ImmutableList;
import memwall.core.input.CsvCells;
import memwall.core.input.LineReader;
import memwall.memory.input.Digits;
import org.jspecify.annotations.Nullable;

/**
 * Reads our CSV: a header line with {@code op}, {@code address} and {@code bytes}, with {@code
 * time_ps} and {@code stream} or not, in any order. Nothing is allocated for a row.
 */
final class CsvFlashReader implements FlashAccessReader, CsvCells.Row {
  private static final String TIME_PS = "time_ps";
  private static final String OP = "op";
  private static final String ADDRESS = "address";
  private static final String BYTES = "bytes";
  private static final String STREAM = "stream";
  private static final ImmutableList<String> COLUMNS =
      ImmutableList.of(TIME_PS, OP, ADDRESS, BYTES, STREAM);

  private final CsvCells cells;

  /** What the next row is read into. */
  private @Nullable FlashAccess access;

  /** The reader stands on the first line. */
  CsvFlashReader(LineReader lines) {
    cells = new CsvCells(lines, COLUMNS, ImmutableList.of(OP, ADDRESS, BYTES), header -> null);
  }

  /** Whether the first line of a file looks like our header. */
  static boolean recognises(String line) {
    return CsvCells.recognises(line, COLUMNS);
  }

  @Override
  public boolean timed() {
    return cells.has(TIME_PS);
  }

  @Override
  public boolean next(FlashAccess into) {
    access = into;
    return cells.next(this);
  }

  private FlashAccess access() {
    FlashAccess into = access;
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
    FlashAccess into = access();
    switch (column) {
      case OP -> {
        if (CsvCells.is(chars, from, to, 'R', "READ")) {
          into.kind(FlashAccess.Kind.READ);
        } else if (CsvCells.is(chars, from, to, 'W', "WRITE")) {
          into.kind(FlashAccess.Kind.WRITE);
        } else if (CsvCells.is(chars, from, to, 'T', "TRIM")) {
          into.kind(FlashAccess.Kind.TRIM);
        } else {
          cells.wrong(column, chars, from, to, "R, W or T");
        }
      }
      case ADDRESS -> {
        long address = Digits.any(chars, from, to);
        into.address(Math.max(0, address));
        if (address == Digits.NONE) {
          cells.wrong(column, chars, from, to, FlashTrace.ADDRESS_WANTED);
        }
      }
      case BYTES -> {
        long bytes = Digits.decimal(chars, from, to);
        into.bytes(Math.max(1, bytes));
        if (bytes < 1 || bytes > FlashTrace.MAX_BYTES) {
          cells.wrong(column, chars, from, to, FlashTrace.upTo(1, FlashTrace.MAX_BYTES));
        }
      }
      case TIME_PS -> {
        long time = Digits.decimal(chars, from, to);
        into.arrivalPs(time);
        if (time == Digits.NONE || time > FlashTrace.MAX_PS) {
          cells.wrong(column, chars, from, to, FlashTrace.upTo(0, FlashTrace.MAX_PS));
        }
      }
      case STREAM -> {
        long stream = Digits.decimal(chars, from, to);
        if (stream == Digits.NONE || stream > FlashTrace.MAX_STREAM) {
          cells.wrong(column, chars, from, to, FlashTrace.upTo(0, FlashTrace.MAX_STREAM));
        } else {
          into.stream((int) stream);
        }
      }
      default -> throw new IllegalStateException(column);
    }
  }
}
