package memwall.memory.replay;

import java.nio.file.Path;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import memwall.memory.input.AccessOrder;
import memwall.memory.input.FormatChoice;
import org.jspecify.annotations.Nullable;

/**
 * A memory trace, read forward access by access; memory does not grow with the file. Empty lines
 * are skipped. Faults are collected: from the first one on {@link #next} only looks for more, and
 * throws them all at the end of the file.
 */
public final class MemoryTrace implements AutoCloseable {
  /** Largest arrival in picoseconds: 10^17, over 27 hours. */
  public static final long MAX_PS = 100_000_000_000_000_000L;

  /** Largest arrival in clock ticks: 10^14, over 8 hours of half clocks of HBM3. */
  public static final long MAX_TICKS = 100_000_000_000_000L;

  /** Most bytes of one access: 1 TiB. */
  public static final long MAX_BYTES = 1L << 40;

  static final String ADDRESS = "address";
  static final String CYCLE = "cycle";
  static final String ADDRESS_WANTED =
      "a whole number from 0 to " + Long.MAX_VALUE + ", decimal or hexadecimal with 0x";
  static final String CYCLE_WANTED = "a whole number from 0 to " + MAX_TICKS;

  private final LineReader lines;
  private final MemoryTraceFormat format;
  private final AccessReader reader;
  private final MemoryAccess access = new MemoryAccess();
  private final AccessOrder order;

  private MemoryTrace(LineReader lines, MemoryTraceFormat format) {
    this.lines = lines;
    this.format = format;
    this.order = new AccessOrder(lines.faults(), "");
    this.reader =
        format == MemoryTraceFormat.CSV
            ? new CsvAccessReader(lines)
            : new TextReader(lines, format);
  }

  /** Finds a fault in an access that the trace itself cannot know, such as its capacity. */
  @FunctionalInterface
  public interface Check {
    /** What is wrong with the access and what is allowed; null if nothing. */
    @Nullable String fault(MemoryAccess access);
  }

  /**
   * Opens a trace.
   *
   * @param format label of a format, or null to recognise it by the first line
   * @throws memwall.core.config.ConfigException if the file cannot be read, is no memory trace, or
   *     there is no such format
   */
  public static MemoryTrace open(Path path, @Nullable String format) {
    LineReader lines = LineReader.open(path, "memory trace");
    try {
      return new MemoryTrace(lines, formatOf(lines, format));
    } catch (RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  /**
   * Reads a whole trace once: checks everything and counts.
   *
   * @param format label of a format, or null to recognise it by the first line
   * @param check finds further faults
   * @throws memwall.core.config.ConfigException with the first 20 faults and the number of others
   */
  public static MemoryTraceSummary scan(Path path, @Nullable String format, Check check) {
    try (MemoryTrace trace = open(path, format)) {
      MemoryAccess access = trace.access();
      long accesses = 0;
      long writes = 0;
      long sized = 0;
      long bytes = 0;
      long first = 0;
      long last = 0;
      while (trace.advance()) {
        first = accesses == 0 ? access.arrival() : first;
        last = access.arrival();
        accesses++;
        writes += access.isWrite() ? 1 : 0;
        sized += access.bytes() == MemoryAccess.ONE_TRANSACTION ? 0 : 1;
        bytes = AccessOrder.saturated(bytes, access.bytes());
        String fault = check.fault(access);
        if (fault != null) {
          trace.lines.faults().add(access.line(), fault);
        }
      }
      trace.order.end();
      return new MemoryTraceSummary(
          trace.format,
          trace.clock(),
          accesses,
          writes,
          accesses - sized,
          bytes,
          first,
          last,
          trace.lines.sha256());
    }
  }

  private static MemoryTraceFormat formatOf(LineReader lines, @Nullable String label) {
    return FormatChoice.of(
        lines,
        "memory trace",
        MemoryTraceFormat.byLabel(),
        label,
        MemoryTrace::recognises,
        "a header such as 'time_ps,op,address,bytes', or a line such as 'LD 0x12f40', 'R"
            + " 0,0,1,2,33,7' or '0x12f40 READ 17'");
  }

  private static boolean recognises(String line, MemoryTraceFormat format) {
    return format == MemoryTraceFormat.CSV
        ? CsvAccessReader.recognises(line)
        : TextReader.recognises(line, format);
  }

  /** The format of the file. */
  public MemoryTraceFormat format() {
    return format;
  }

  /** What the times of the file count. */
  public TraceClock clock() {
    return reader.clock();
  }

  /** The access that {@link #next} went to; always the same object. */
  public MemoryAccess access() {
    return access;
  }

  /**
   * Goes to the next access.
   *
   * @return false at the end
   * @throws memwall.core.config.ConfigException with all faults of the file
   */
  public boolean next() {
    InputFaults faults = lines.faults();
    while (advance()) {
      if (faults.isEmpty()) {
        return true;
      }
    }
    order.end();
    return false;
  }

  /** Goes to the next access that is itself without fault, whatever was found before. */
  private boolean advance() {
    if (!reader.next(access)) {
      return false;
    }
    order.add(access.line(), access.arrival());
    return true;
  }

  @Override
  public void close() {
    lines.close();
  }
}
