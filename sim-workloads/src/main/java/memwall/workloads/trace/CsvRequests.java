package memwall.workloads.trace;

import memwall.core.input.CsvCells;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/** Reads a CSV file of others, a request in each row. */
final class CsvRequests implements RequestTrace {
  private final LineReader lines;
  private final InputFaults faults;
  private final CsvForm form;
  private final CsvCells cells;
  private final CsvRow row;
  private final ForeignRows rows;

  /** The reader stands on the first line. */
  CsvRequests(LineReader lines, boolean anyOrder, CsvForm form) {
    this.lines = lines;
    this.faults = lines.faults();
    this.form = form;
    this.cells = CsvCells.open(lines, form.required());
    this.row = new CsvRow(faults);
    this.rows = new ForeignRows(faults, anyOrder);
  }

  @Override
  public TraceHeader header() {
    return form.header();
  }

  @Override
  public @Nullable Request next() {
    while (cells.next(row)) {
      int before = faults.count();
      Request request = form.read(row, rows.begin());
      if (faults.count() > before) {
        continue;
      }
      if (request == null) {
        rows.leaveOut();
      } else if (rows.accept(request, row.line())) {
        return request;
      }
    }
    rows.end();
    return null;
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
