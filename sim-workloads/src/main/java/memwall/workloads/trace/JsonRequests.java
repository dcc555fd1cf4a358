package memwall.workloads.trace;

import java.util.ArrayDeque;
import java.util.Deque;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/** Reads lines of JSON of others, one request or several in each. */
final class JsonRequests implements RequestTrace {
  private final LineReader lines;
  private final InputFaults faults;
  private final JsonForm form;
  private final JsonLine line;
  private final ForeignRows rows;
  private final Deque<Request> read = new ArrayDeque<>();
  private boolean begun;

  /** The reader stands on the first line, which is a request. */
  JsonRequests(LineReader lines, boolean anyOrder, JsonForm form) {
    this.lines = lines;
    this.faults = lines.faults();
    this.form = form;
    this.line = new JsonLine(lines);
    this.rows = new ForeignRows(faults, anyOrder);
  }

  @Override
  public TraceHeader header() {
    return form.header();
  }

  @Override
  public @Nullable Request next() {
    while (read.isEmpty() && toLine()) {
      if (line.begin("a request such as " + form.example())) {
        form.read(line, rows.begin(), this::take, rows::leaveOut);
        if (!faults.isEmpty()) {
          read.clear();
        }
      }
    }
    Request request = read.poll();
    if (request == null) {
      rows.end();
    }
    return request;
  }

  private void take(Request request) {
    if (rows.accept(request, lines.number())) {
      read.add(request);
    }
  }

  private boolean toLine() {
    boolean first = !begun;
    begun = true;
    return first || lines.next();
  }

  @Override
  public long leftOut() {
    return rows.leftOut();
  }

  @Override
  public void close() {
    lines.close();
  }
}
