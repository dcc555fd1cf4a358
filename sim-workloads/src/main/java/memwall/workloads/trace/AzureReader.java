package memwall.workloads.trace;

import java.time.LocalDate;
import java.util.Map;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the CSV of Azure's public LLM inference traces: {@code
 * TIMESTAMP[,NumImages],ContextTokens,GeneratedTokens}. The first row is time 0; timestamps are
 * exact to the nanosecond. Requests get the ids r1, r2, ... in order of rows.
 */
final class AzureReader implements RequestTrace {
  private static final String PLAIN = "TIMESTAMP,ContextTokens,GeneratedTokens";
  private static final String IMAGES = "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens";
  private static final int MAX_IMAGES = 10_000;
  private static final long PS_PER_SECOND = 1_000_000_000_000L;
  private static final int MAX_FRACTION_DIGITS = 9;

  private final LineReader lines;
  private final InputFaults faults;
  private final boolean images;
  private final String[] names;
  private final ArrivalOrder order;
  private TraceHeader header = TraceHeader.requests(Map.of());
  private @Nullable Request first;
  private boolean started;
  private long rows;
  private long leftOut;
  private long firstSecond;
  private long firstFractionPs;

  // The timestamp just parsed.
  private long second;
  private long fractionPs;

  /** The reader stands on the first line. */
  AzureReader(LineReader lines, boolean anyOrder) {
    this.lines = lines;
    this.faults = lines.faults();
    this.order = new ArrivalOrder(lines, 1000, "ns after the first row", anyOrder);
    String columns = lines.startOfLine();
    if (!recognises(columns)) {
      faults.add(
          1, "found " + Words.quote(columns) + ", expected '" + PLAIN + "' or '" + IMAGES + "'");
      throw faults.exception();
    }
    this.images = columns.equals(IMAGES);
    this.names = columns.split(",", -1);
    this.first = read();
  }

  static boolean recognises(String firstLine) {
    return firstLine.equals(PLAIN) || firstLine.equals(IMAGES);
  }

  @Override
  public TraceHeader header() {
    return header;
  }

  @Override
  public @Nullable Request next() {
    Request request = first;
    first = null;
    return request != null ? request : read();
  }

  private @Nullable Request read() {
    while (lines.next()) {
      Request request = row();
      if (request != null && faults.isEmpty()) {
        return request;
      }
    }
    if (rows == leftOut && faults.isEmpty()) {
      faults.add(
          rows == 0
              ? "the trace has a header but no row, expected at least one request"
              : "all " + rows + " requests have no prompt or no output tokens");
    }
    faults.throwIfAny();
    return null;
  }

  @Override
  public long leftOut() {
    return leftOut;
  }

  @Override
  public void close() {
    lines.close();
  }

  private @Nullable Request row() {
    rows++;
    char[] chars = lines.chars();
    int length = lines.length();
    int[] ends = new int[names.length];
    int columns = 0;
    for (int i = 0; i <= length; i++) {
      if (i == length || chars[i] == ',') {
        if (columns < ends.length) {
          ends[columns] = i;
        }
        columns++;
      }
    }
    if (columns != names.length) {
      faults.add(
          lines.number(),
          "found "
              + columns
              + " columns in "
              + Words.quote(lines.startOfLine())
              + ", expected "
              + names.length
              + ": "
              + String.join(",", names));
      return null;
    }
    int before = faults.count();
    boolean timely = timestamp(0, ends[0]);
    long numImages = images ? number(1, ends, 0, MAX_IMAGES) : 0;
    int prompt = (int) number(names.length - 2, ends, 0, Request.MAX_TOKENS);
    int output = (int) number(names.length - 1, ends, 0, Request.MAX_TOKENS);
    if (!timely) {
      return null;
    }
    if (!started) {
      started = true;
      firstSecond = second;
      firstFractionPs = fractionPs;
      header =
          TraceHeader.requests(
              Map.of(
                  "source",
                  "Azure LLM inference trace (Azure/AzurePublicDataset)",
                  "license",
                  "CC-BY-4.0",
                  "epoch",
                  new String(chars, 0, ends[0])));
    }
    long seconds = second - firstSecond;
    if (Math.abs(seconds) > Request.MAX_ARRIVAL_PS / PS_PER_SECOND - 1) {
      faults.add(
          lines.number(), 1, "the timestamp is more than 53 days away from that of the first row");
      return null;
    }
    long arrivalPs = seconds * PS_PER_SECOND + fractionPs - firstFractionPs;
    order.check(arrivalPs);
    if (arrivalPs < 0 && faults.count() == before) {
      faults.add(lines.number(), 1, "the timestamp is before that of the first row, time 0");
    }
    if (faults.count() > before) {
      return null;
    }
    if (prompt == 0 || output == 0) {
      leftOut++;
      return null;
    }
    RequestExtras extras =
        numImages == 0 ? null : RequestExtras.ofX("{\"NumImages\":" + numImages + "}");
    return new Request("r" + rows, arrivalPs, prompt, output, Phases.ANSWER, extras);
  }

  private long number(int column, int[] ends, long min, long max) {
    int from = ends[column - 1] + 1;
    int to = ends[column];
    char[] chars = lines.chars();
    long value = 0;
    boolean valid = to > from && to - from <= 18;
    for (int i = from; valid && i < to; i++) {
      valid = isDigit(chars[i]);
      value = 10 * value + (chars[i] - '0');
    }
    if (!valid || value < min || value > max) {
      faults.add(
          lines.number(),
          from + 1L,
          "'"
              + names[column]
              + "': "
              + Words.quote(new String(chars, from, to - from))
              + " given, expected a whole number from "
              + min
              + " to "
              + max);
      return min;
    }
    return value;
  }

  /** Parses {@code YYYY-MM-DD HH:MM:SS[.f{1,9}][Z|+HH:MM|-HH:MM]}. */
  private boolean timestamp(int from, int to) {
    char[] c = lines.chars();
    boolean valid =
        to - from >= 19
            && c[from + 4] == '-'
            && c[from + 7] == '-'
            && (c[from + 10] == ' ' || c[from + 10] == 'T')
            && c[from + 13] == ':'
            && c[from + 16] == ':';
    int year = valid ? digits(from, 4) : -1;
    int month = valid ? digits(from + 5, 2) : -1;
    int day = valid ? digits(from + 8, 2) : -1;
    int hour = valid ? digits(from + 11, 2) : -1;
    int minute = valid ? digits(from + 14, 2) : -1;
    int sec = valid ? digits(from + 17, 2) : -1;
    valid = year >= 1970 && month >= 1 && month <= 12 && day >= 1;
    valid &= hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && sec >= 0 && sec < 60;
    valid = valid && day <= LocalDate.of(year, month, 1).lengthOfMonth();
    int at = from + 19;
    fractionPs = 0;
    if (valid && at < to && c[at] == '.') {
      int begin = ++at;
      long unit = PS_PER_SECOND;
      while (at < to && isDigit(c[at]) && at - begin < MAX_FRACTION_DIGITS) {
        unit /= 10;
        fractionPs += unit * (c[at++] - '0');
      }
      valid = at > begin;
    }
    int offsetMinutes = 0;
    if (valid && at < to && c[at] == 'Z') {
      at++;
    } else if (valid && to - at == 6 && (c[at] == '+' || c[at] == '-') && c[at + 3] == ':') {
      int offsetHour = digits(at + 1, 2);
      int offsetMinute = digits(at + 4, 2);
      valid = offsetHour >= 0 && offsetHour <= 18 && offsetMinute >= 0 && offsetMinute < 60;
      offsetMinutes = (c[at] == '+' ? 1 : -1) * (60 * offsetHour + offsetMinute);
      at = to;
    }
    if (!valid || at != to) {
      faults.add(
          lines.number(),
          from + 1L,
          "'TIMESTAMP': "
              + Words.quote(new String(c, from, to - from))
              + " given, expected a time such as '2023-11-16 18:15:46.6805900'");
      return false;
    }
    long days = LocalDate.of(year, month, day).toEpochDay();
    second = ((days * 24 + hour) * 60 + minute - offsetMinutes) * 60 + sec;
    return true;
  }

  private int digits(int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      if (!isDigit(lines.chars()[i])) {
        return -1;
      }
      value = 10 * value + (lines.chars()[i] - '0');
    }
    return value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
