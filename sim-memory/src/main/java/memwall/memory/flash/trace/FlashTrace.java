package memwall.memory.flash.trace;

import java.nio.file.Path;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import memwall.memory.input.AccessOrder;
import memwall.memory.input.FormatChoice;
import org.jspecify.annotations.Nullable;

/**
 * A flash trace, read forward access by access; memory does not grow with the file. Empty lines are
 * skipped. Faults are collected: from the first one on {@link #next} only looks for more, and
 * throws them all at the end of the file.
 */
public final class FlashTrace implements AutoCloseable {
  /** Largest arrival in picoseconds: 10^17, over 27 hours. */
  public static final long MAX_PS = 100_000_000_000_000_000L;

  /** Most bytes of one access: 1 TiB. */
  public static final long MAX_BYTES = 1L << 40;

  /** Highest number of a stream. */
  public static final int MAX_STREAM = 65_535;

  static final String ADDRESS_WANTED =
      "a whole number from 0 to " + Long.MAX_VALUE + ", decimal or hexadecimal with 0x";

  private final LineReader lines;
  private final FlashTraceFormat format;
  private final FlashAccessReader reader;
  private final FlashAccess access = new FlashAccess();
  private final AccessOrder order;

  private FlashTrace(LineReader lines, FlashTraceFormat format) {
    this.lines = lines;
    this.format = format;
    this.order = new AccessOrder(lines.faults(), " ps");
    this.reader =
        switch (format) {
          case CSV -> new CsvFlashReader(lines);
          case MQSIM -> new MqsimReader(lines);
        };
  }

  /** Finds a fault in an access that the trace itself cannot know, such as its capacity. */
  @FunctionalInterface
  public interface Check {
    /** What is wrong with the access and what is allowed; null if nothing. */
    @Nullable String fault(FlashAccess access);
  }

  /**
   * Opens a trace.
   *
   * @param format label of a format, or null to recognise it by the first line
   * @throws memwall.core.config.ConfigException if the file cannot be read, is no flash trace, or
   *     there is no such format
   */
  public static FlashTrace open(Path path, @Nullable String format) {
    LineReader lines = LineReader.open(path, "flash trace");
    try {
      return new FlashTrace(lines, formatOf(lines, format));
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
  public static FlashTraceSummary scan(Path path, @Nullable String format, Check check) {
    try (FlashTrace trace = open(path, format)) {
      FlashAccess access = trace.access();
      long[] accesses = new long[FlashAccess.Kind.values().length];
      long[] bytes = new long[accesses.length];
      long end = 0;
      int streams = 0;
      long firstPs = 0;
      long lastPs = 0;
      while (trace.advance()) {
        firstPs = trace.order.accesses() == 1 ? access.arrivalPs() : firstPs;
        lastPs = access.arrivalPs();
        int kind = index(access.kind());
        accesses[kind]++;
        bytes[kind] = AccessOrder.saturated(bytes[kind], access.bytes());
        end = Math.max(end, access.address() + access.bytes());
        streams = Math.max(streams, access.stream() + 1);
        String fault = check.fault(access);
        if (fault != null) {
          trace.lines.faults().add(access.line(), fault);
        }
      }
      trace.order.end();
      return new FlashTraceSummary(
          trace.format,
          trace.timed(),
          accesses[0],
          accesses[1],
          accesses[2],
          bytes[0],
          bytes[1],
          bytes[2],
          end,
          streams,
          firstPs,
          lastPs,
          trace.lines.sha256());
    }
  }

  private static int index(FlashAccess.Kind kind) {
    return switch (kind) {
      case READ -> 0;
      case WRITE -> 1;
      case TRIM -> 2;
    };
  }

  private static FlashTraceFormat formatOf(LineReader lines, @Nullable String label) {
    return FormatChoice.of(
        lines,
        "flash trace",
        FlashTraceFormat.byLabel(),
        label,
        FlashTrace::recognises,
        "a header such as 'time_ps,op,address,bytes,stream', or a line of MQSim's such as '4000 0"
            + " 128 8 1'");
  }

  private static boolean recognises(String line, FlashTraceFormat format) {
    return switch (format) {
      case CSV -> CsvFlashReader.recognises(line);
      case MQSIM -> MqsimReader.recognises(line);
    };
  }

  static String upTo(long least, long most) {
    return "a whole number from " + least + " to " + most;
  }

  /** The format of the file. */
  public FlashTraceFormat format() {
    return format;
  }

  /** Whether the accesses have arrivals. */
  public boolean timed() {
    return reader.timed();
  }

  /** The access that {@link #next} went to; always the same object. */
  public FlashAccess access() {
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
    while (reader.next(access)) {
      if (access.address() <= Long.MAX_VALUE - access.bytes()) {
        order.add(access.line(), access.arrivalPs());
        return true;
      }
      order.addFaulty();
      lines
          .faults()
          .add(
              access.line(),
              access.bytes()
                  + " bytes from address "
                  + access.address()
                  + " end beyond "
                  + Long.MAX_VALUE);
    }
    return false;
  }

  @Override
  public void close() {
    lines.close();
  }
}
