package memwall.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.core.stat.Snapshot;
import memwall.workloads.run.Fidelity;
import memwall.workloads.run.RunSpec;
import memwall.workloads.serving.Series;
import memwall.workloads.serving.ServingOutcome;

/** What a reader of the results must know before using them, in full sentences. */
final class Warnings {
  private final RunSpec spec;
  private final ServingOutcome outcome;
  private final List<Series.Window> windows;
  private final long leftOut;
  private final Snapshot snapshot;

  /**
   * Collects.
   *
   * @param leftOut requests of the trace that failed where it was recorded
   * @param snapshot all statistics
   */
  Warnings(
      RunSpec spec,
      ServingOutcome outcome,
      List<Series.Window> windows,
      long leftOut,
      Snapshot snapshot) {
    this.snapshot = snapshot;
    this.spec = spec;
    this.outcome = outcome;
    this.windows = windows;
    this.leftOut = leftOut;
  }

  List<String> list(boolean interrupted) {
    List<String> list = new ArrayList<>();
    if (interrupted) {
      list.add(
          "The run was interrupted: the results cover "
              + outcome.arrived()
              + " requests that had arrived by then, of which "
              + outcome.completed()
              + " were completed.");
    }
    saturation(list);
    if (outcome.refusedTotal() > 0) {
      list.add(
          outcome.refusedTotal()
              + " requests were refused because they can never be served ("
              + ResultAssembler.words(outcome.refused())
              + ").");
    }
    if (leftOut > 0) {
      list.add(
          leftOut
              + " requests of the trace have no prompt or no output tokens: they failed where it was"
              + " recorded and are not replayed.");
    }
    int unused = spec.system().chips() - spec.sharding().tensorParallel();
    if (unused > 0) {
      list.add(
          unused
              + " of "
              + spec.system().chips()
              + " chips are not used: the model is cut into "
              + spec.sharding().tensorParallel()
              + " ranks.");
    }
    if (spec.operators() != null) {
      tables(list);
    } else if (spec.fidelity() == Fidelity.ANALYTIC) {
      list.add("Every step is a closed form without contention (fidelity analytic).");
    }
    return list;
  }

  /** Steps take times from tables; some may lie beyond what was measured. */
  private void tables(List<String> list) {
    double beyond = snapshot.number("tables.beyond");
    if (beyond > 0) {
      list.add(
          String.format(
              Locale.ROOT,
              "%.0f of %.0f times of operators, %.1f %% of the time, lie beyond what was measured: they"
                  + " are extrapolated.",
              beyond,
              snapshot.number("tables.lookups"),
              100 * snapshot.number("tables.beyond_ps") / snapshot.number("tables.time_ps")));
    }
  }

  /**
   * Arrivals outrun completions if the queue grows while requests keep arriving: in the last
   * quarter of the arrivals it is more than twice as long as in the second, and longer than one
   * request.
   */
  private void saturation(List<String> list) {
    int last = 0;
    for (int i = 0; i < windows.size(); i++) {
      if (windows.get(i).arrivals() > 0) {
        last = i + 1;
      }
    }
    if (last < 8) {
      return;
    }
    double before = meanWaiting(last / 4, last / 2);
    double after = meanWaiting(last - last / 4, last);
    if (after > 1 && after > 2 * before) {
      list.add(
          String.format(
              Locale.ROOT,
              "The system is saturated: arrivals outrun completions. On average %.0f requests wait in"
                  + " the last quarter of the arrivals, %.0f in the second; latencies grow with the"
                  + " length of the trace.",
              after,
              before));
    }
  }

  private double meanWaiting(int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += windows.get(i).meanWaiting();
    }
    return sum / Math.max(1, to - from);
  }
}
