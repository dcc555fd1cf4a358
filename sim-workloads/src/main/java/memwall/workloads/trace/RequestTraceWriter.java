package memwall.workloads.trace;

import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Writes {@code *.requests.jsonl}, packed if the name ends in {@code .gz}; the same requests give
 * the same bytes. The file gets its name when {@link #finish} is called; {@link #close} without it
 * leaves nothing behind.
 */
public final class RequestTraceWriter implements AutoCloseable {
  private final TraceOutput out;
  private final int unitPs;
  private long latestPs;

  private RequestTraceWriter(TraceOutput out, TraceHeader header) {
    if (!header.kind().equals(TraceHeader.REQUESTS)) {
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
  public static RequestTraceWriter create(Path path, TraceHeader header) {
    return new RequestTraceWriter(TraceOutput.to(path), header);
  }

  /** Writes to a stream, which the caller closes. */
  public static RequestTraceWriter create(OutputStream out, TraceHeader header) {
    return new RequestTraceWriter(TraceOutput.to(out), header);
  }

  /**
   * Writes one request.
   *
   * @throws IllegalArgumentException if it arrives before the last one, or a time is not a whole
   *     number of the header's units
   */
  public void write(Request request) {
    if (request.arrivalPs() < latestPs) {
      throw new IllegalArgumentException(
          request.id() + " arrives at " + request.arrivalPs() + " ps, before " + latestPs);
    }
    latestPs = request.arrivalPs();
    JsonText.request(out.text(), request, unitPs);
    out.endLine();
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
