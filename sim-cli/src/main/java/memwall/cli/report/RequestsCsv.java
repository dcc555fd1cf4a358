package memwall.cli.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Writes {@code requests.csv.gz}, one row per request, while the run goes; memory does not grow
 * with the number of requests. The gzip header carries neither name nor time, so equal runs give
 * equal bytes.
 */
public final class RequestsCsv implements AutoCloseable {
  /** The file's name in a run folder. */
  public static final String FILE = "requests.csv.gz";

  /** A time that did not come to pass. */
  public static final long NEVER = -1;

  /** The columns, in order. Times are simulated ps; a value that does not exist is empty. */
  static final List<String> COLUMNS =
      List.of(
          "id",
          "status",
          "prompt_tokens",
          "output_tokens",
          "arrival_ps",
          "admitted_ps",
          "first_token_ps",
          "last_token_ps",
          "queue_ps",
          "ttft_ps",
          "tpot_ps",
          "e2e_ps",
          "reason");

  /** Where a request ended up. */
  public enum Outcome {
    /** All its tokens were produced. */
    COMPLETED,
    /** It was never admitted and never will be. */
    REFUSED,
    /** It was in the batch when the run ended. */
    RUNNING,
    /** It was in the queue when the run ended. */
    WAITING
  }

  private final CsvWriter csv;
  private final String[] fields = new String[COLUMNS.size()];
  private long rows;

  private RequestsCsv(OutputStream out) {
    csv =
        CsvWriter.builder()
            .lineDelimiter(LineDelimiter.LF)
            .build(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    csv.writeRecord(COLUMNS);
  }

  /**
   * Starts the file.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  public static RequestsCsv open(Path file) {
    try {
      return new RequestsCsv(
          new BufferedOutputStream(new FastGzip(Files.newOutputStream(file)), 1 << 16));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds one request. Queueing time, time to first token, time per output token (mean gap after the
   * first token, rounded to the nearest ps) and end-to-end time are derived here, the last two only
   * for completed requests; times per output token only if there are two tokens or more.
   *
   * @param id of the request
   * @param outcome where it ended up
   * @param promptTokens of its prompt
   * @param outputTokens produced so far
   * @param arrivalPs when it arrived
   * @param admittedPs when it first joined the batch, or {@link #NEVER}
   * @param firstTokenPs when its first token was there, or {@link #NEVER}
   * @param lastTokenPs when its latest token was there, or {@link #NEVER}
   * @param reason why it was refused; else empty
   */
  public void write(
      String id,
      Outcome outcome,
      long promptTokens,
      long outputTokens,
      long arrivalPs,
      long admittedPs,
      long firstTokenPs,
      long lastTokenPs,
      String reason) {
    boolean completed = outcome == Outcome.COMPLETED;
    boolean hasTpot = completed && outputTokens > 1 && firstTokenPs != NEVER;
    fields[0] = id;
    fields[1] = outcome.name().toLowerCase(Locale.ROOT);
    fields[2] = Long.toString(promptTokens);
    fields[3] = Long.toString(outputTokens);
    fields[4] = Long.toString(arrivalPs);
    fields[5] = time(admittedPs);
    fields[6] = time(firstTokenPs);
    fields[7] = time(lastTokenPs);
    fields[8] = span(arrivalPs, admittedPs);
    fields[9] = span(arrivalPs, firstTokenPs);
    fields[10] =
        hasTpot ? Long.toString(meanGapPs(lastTokenPs - firstTokenPs, outputTokens - 1)) : "";
    fields[11] = completed ? span(arrivalPs, lastTokenPs) : "";
    fields[12] = reason;
    csv.writeRecord(fields);
    rows++;
  }

  /** Rows written so far. */
  public long rows() {
    return rows;
  }

  /**
   * Ends the file; again has no effect.
   *
   * @throws UncheckedIOException if the rest cannot be written
   */
  @Override
  public void close() {
    try {
      csv.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compresses at the fastest level: the default costs several times the time to save a ninth. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private static long meanGapPs(long spanPs, long gaps) {
    long whole = spanPs / gaps;
    long rest = spanPs % gaps;
    return rest >= gaps - rest ? whole + 1 : whole;
  }

  private static String time(long ps) {
    return ps == NEVER ? "" : Long.toString(ps);
  }

  private static String span(long fromPs, long toPs) {
    return toPs == NEVER ? "" : Long.toString(toPs - fromPs);
  }
}
