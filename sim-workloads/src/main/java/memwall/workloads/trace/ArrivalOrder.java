package memwall.workloads.trace;

import memwall.core.input.LineReader;

/** Checks that arrivals do not go back. */
final class ArrivalOrder {
  private final LineReader lines;
  private final int unitPs;
  private final String unit;
  private final boolean anyOrder;
  private long latestPs = -1;
  private long latestLine;

  ArrivalOrder(LineReader lines, int unitPs, String unit, boolean anyOrder) {
    this.lines = lines;
    this.unitPs = unitPs;
    this.unit = unit;
    this.anyOrder = anyOrder;
  }

  /** Checks the request in the current line. */
  void check(long arrivalPs) {
    if (!anyOrder && arrivalPs < latestPs) {
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
                  + ", expected arrivals in order ('memwall trace convert --sort' puts them"
                  + " there)");
    } else {
      latestPs = arrivalPs;
      latestLine = lines.number();
    }
  }
}
