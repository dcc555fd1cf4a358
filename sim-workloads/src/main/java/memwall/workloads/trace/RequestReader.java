package memwall.workloads.trace;

import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/** Reads {@code *.requests.jsonl}. */
final class RequestReader implements RequestTrace {
  private final LineReader lines;
  private final TraceHeader header;
  private final JsonLine line;
  private final RequestJson json;
  private final IdCheck ids = new IdCheck();
  private final ArrivalOrder order;
  private long requests;

  /** The reader stands on the first line. */
  RequestReader(LineReader lines, boolean anyOrder) {
    this.lines = lines;
    this.header = HeaderJson.read(lines, TraceHeader.REQUESTS);
    this.line = new JsonLine(lines);
    this.json = new RequestJson(line, header);
    this.order = new ArrivalOrder(lines, header.timeUnitPs(), header.timeUnit(), anyOrder);
  }

  @Override
  public TraceHeader header() {
    return header;
  }

  @Override
  public @Nullable Request next() {
    InputFaults faults = lines.faults();
    while (lines.next()) {
      Request request =
          line.begin("a request such as " + RequestJson.EXAMPLE) ? json.read(line.nextKey()) : null;
      if (request == null) {
        continue;
      }
      requests++;
      if (!ids.isNew(request.id())) {
        line.fault("'id': " + Words.quote(request.id()) + " was used before, expected a new id");
      }
      order.check(request.arrivalPs());
      if (faults.isEmpty()) {
        return request;
      }
    }
    if (requests == 0 && faults.isEmpty()) {
      faults.add("the trace has a header but no request, expected at least one");
    }
    faults.throwIfAny();
    return null;
  }

  @Override
  public void close() {
    lines.close();
  }
}
