package memwall.workloads.trace;

import memwall.core.input.LineReader;

/** Checks that arrivals do not go back. */
final class ArrivalOrder {
  private final LineReader lines;
  private final int unitPs;
  private final String unit;
  private long latestPs = -1;
  private long latestLine;

  ArrivalOrder(LineReader lines, int unitPs, String unit) {
    this.lines = lines;
    this.unitPs = unitPs;
    this.unit = unit;
  }

  /** Checks the request in the current line. */
  void check(long arrivalPs) {
    if (arrivalPs < latestPs) {
      lines
          .faults()
          .add(
              lines.number(),
              "the arrival "
                  + arrivalPs / unitPs
                  + ' '
                  + unit
                  + " is before "
                  + latestPs / unitPs
                  + ' '
                  + unit
                  + " in line "
                  + latestLine
                  + ", expected arrivals in order (sort the trace)");
    } else {
      latestPs = arrivalPs;
      latestLine = lines.number();
    }
  }
}
