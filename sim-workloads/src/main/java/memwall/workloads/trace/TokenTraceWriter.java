package memwall.workloads.trace;

import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Writes {@code *.tokens.jsonl} while a simulation runs, packed if the name ends in {@code .gz};
 * memory is bounded, and the same calls give the same bytes. The file gets its name when {@link
 * #finish} is called; {@link #close} without it leaves nothing behind.
 */
public final class TokenTraceWriter implements AutoCloseable {
  /** The most tokens in one line. */
  static final int RUN_TOKENS = 4096;

  private final TraceOutput out;
  private final int unitPs;
  private long latestArrivalPs;

  private TokenTraceWriter(TraceOutput out, TraceHeader header) {
    if (!header.kind().equals(TraceHeader.TOKENS)) {
      throw new IllegalArgumentException("header of kind " + header.kind());
    }
    this.out = out;
    this.unitPs = header.timeUnitPs();
    HeaderJson.write(out.text(), header);
    out.endLine();
  }

  /**
   * Begins a new file.
   *
   * @throws memwall.core.config.ConfigException if it exists or cannot be written
   */
  public static TokenTraceWriter create(Path path, TraceHeader header) {
    return new TokenTraceWriter(TraceOutput.to(path), header);
  }

  /** Writes to a stream, which the caller closes. */
  public static TokenTraceWriter create(OutputStream out, TraceHeader header) {
    return new TokenTraceWriter(TraceOutput.to(out), header);
  }

  /**
   * A request starts; to be called in order of arrival and before the request's tokens.
   *
   * @throws IllegalArgumentException if it arrives before the last one
   */
  public void requestStarted(Request request) {
    if (request.arrivalPs() < latestArrivalPs) {
      throw new IllegalArgumentException(
          request.id() + " arrives at " + request.arrivalPs() + " ps, before " + latestArrivalPs);
    }
    latestArrivalPs = request.arrivalPs();
    JsonText.request(out.text(), request, unitPs);
    out.endLine();
  }

  /**
   * Consecutive tokens of a request are complete.
   *
   * @param id of the request
   * @param firstIndex output index of the token {@code completionPs[from]}
   * @param completionPs completion times in ps, not decreasing
   * @param from first element used
   * @param to first element not used
   */
  public void tokens(String id, int firstIndex, long[] completionPs, int from, int to) {
    for (int at = from; at < to; at += RUN_TOKENS) {
      int end = Math.min(to, at + RUN_TOKENS);
      TokenJson.writeRun(out.text(), id, firstIndex + at - from, completionPs, at, end, unitPs);
      out.endLine();
    }
  }

  /** Writes an entry as read from a token trace. */
  public void write(TokenEntry entry) {
    if (entry instanceof TokenEntry.Started started) {
      requestStarted(started.request());
    } else if (entry instanceof TokenEntry.Run run) {
      long[] completionPs = run.completionPs().toLongArray();
      tokens(run.id(), run.firstIndex(), completionPs, 0, completionPs.length);
    } else {
      TokenJson.write(out.text(), entry, unitPs);
      out.endLine();
    }
  }

  /** Everything was written. */
  public void finish() {
    out.finish();
  }

  @Override
  public void close() {
    out.close();
  }
}
