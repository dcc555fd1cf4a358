package memwall.workloads.trace;

import memwall.core.input.InputFaults;

/** What all readers of formats of others check: ids, order of arrival, that something is there. */
final class ForeignRows {
  private static final long PS_PER_NS = 1_000;

  private final InputFaults faults;
  private final boolean anyOrder;
  private final IdCheck ids = new IdCheck();
  private long rows;
  private long leftOut;
  private long accepted;
  private long latestPs = -1;
  private long latestLine;

  ForeignRows(InputFaults faults, boolean anyOrder) {
    this.faults = faults;
    this.anyOrder = anyOrder;
  }

  /** A row begins; its number, from 1. */
  long begin() {
    return ++rows;
  }

  /** The row's request failed. */
  void leaveOut() {
    leftOut++;
  }

  long leftOut() {
    return leftOut;
  }

  /** Whether a request can be given to the reader; faults are recorded. */
  boolean accept(Request request, long line) {
    accepted++;
    if (!ids.isNew(request.id())) {
      faults.add(line, "the id " + Words.quote(request.id()) + " was used before");
    }
    if (!anyOrder && request.arrivalPs() < latestPs) {
      faults.add(
          line,
          "the arrival "
              + request.arrivalPs() / PS_PER_NS
              + " ns is before "
              + latestPs / PS_PER_NS
              + " ns in line "
              + latestLine
              + ", expected arrivals in order ('memwall trace convert --sort' puts them there)");
    } else {
      latestPs = request.arrivalPs();
      latestLine = line;
    }
    return faults.isEmpty();
  }

  /** After the last row. */
  void end() {
    if (accepted == 0 && faults.isEmpty()) {
      faults.add(
          leftOut == 0
              ? "no request in the trace, expected at least one"
              : "all " + leftOut + " requests have no prompt or no output tokens");
    }
    faults.throwIfAny();
  }
}
