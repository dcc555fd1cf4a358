package memwall.network.router;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * A network measured at several loads.
 *
 * @param spec what was asked
 * @param points one for each load, in the order given
 * @param searched what was measured to find the load that saturates the network, in that order
 */
public record LoadCurve(LoadCurveSpec spec, List<LoadPoint> points, List<LoadPoint> searched) {
  /** A node sends one flit a cycle, so a network is saturated by more than that for certain. */
  private static final double HIGHEST_FLITS = 1.25;

  /** Keeps copies. */
  public LoadCurve {
    points = List.copyOf(points);
    searched = List.copyOf(searched);
  }

  /** Does what loads are measured by, which does not depend on each other. */
  public interface Workers {
    /** The results of all tasks, in their order. */
    List<LoadPoint> all(List<Supplier<LoadPoint>> tasks);
  }

  /** Measures all loads, one after the other, each in a network of its own. */
  public static LoadCurve run(LoadCurveSpec spec) {
    return run(spec, tasks -> tasks.stream().map(Supplier::get).toList());
  }

  /**
   * Measures all loads, each in a network of its own; several at the same time, if the workers do
   * so: nothing depends on it. Then, if that is wanted, searches for the load that saturates the
   * network, by halves: each step needs the one before.
   */
  public static LoadCurve run(LoadCurveSpec spec, Workers workers) {
    List<Supplier<LoadPoint>> tasks = new ArrayList<>();
    for (double offered : spec.offeredFlits()) {
      tasks.add(() -> LoadRun.run(spec.fabric(), spec.load(), offered));
    }
    List<LoadPoint> points = workers.all(tasks);
    List<LoadPoint> searched = new ArrayList<>();
    LoadCurve curve = new LoadCurve(spec, points, List.of());
    if (spec.toleranceFlits() > 0) {
      curve.search(searched);
    }
    return new LoadCurve(spec, points, searched);
  }

  private void search(List<LoadPoint> measured) {
    double most = Math.min(HIGHEST_FLITS, spec.load().packetFlits());
    double above = leastSaturated(points).orElse(Double.NaN);
    if (Double.isNaN(above)) {
      double carried = mostCarried(points, Double.MAX_VALUE);
      if (carried >= most || !measure(most, measured).saturated()) {
        return;
      }
      above = most;
    }
    double below = mostCarried(points, above);
    while (above - below > spec.toleranceFlits()) {
      double middle = (below + above) / 2;
      if (measure(middle, measured).saturated()) {
        above = middle;
      } else {
        below = middle;
      }
    }
  }

  private LoadPoint measure(double offered, List<LoadPoint> measured) {
    LoadPoint point = LoadRun.run(spec.fabric(), spec.load(), offered);
    measured.add(point);
    return point;
  }

  private static OptionalDouble leastSaturated(List<LoadPoint> points) {
    return points.stream().filter(LoadPoint::saturated).mapToDouble(LoadPoint::offeredFlits).min();
  }

  /** The highest load below another one that was carried; 0 if none was. */
  private static double mostCarried(List<LoadPoint> points, double belowFlits) {
    return points.stream()
        .filter(point -> !point.saturated() && point.offeredFlits() < belowFlits)
        .mapToDouble(LoadPoint::offeredFlits)
        .max()
        .orElse(0);
  }

  /** All that was measured, the search behind the loads given. */
  public List<LoadPoint> all() {
    List<LoadPoint> all = new ArrayList<>(points);
    all.addAll(searched);
    return all;
  }

  /** The highest load that left the network, flits per node and cycle. */
  public double mostAcceptedFlits() {
    return all().stream().mapToDouble(LoadPoint::acceptedFlits).max().orElse(0);
  }

  /** The lowest load at which the network was saturated, if any was. */
  public OptionalDouble leastSaturatedFlits() {
    return leastSaturated(all());
  }

  /** The highest load below it that the network carried; 0 if none was. */
  public double mostCarriedFlits() {
    return mostCarried(all(), leastSaturatedFlits().orElse(Double.MAX_VALUE));
  }

  /** Laws of conservation that do not hold, a sentence each. */
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    for (LoadPoint point : all()) {
      point.brokenLaws().forEach(law -> broken.add("load " + point.offeredFlits() + ": " + law));
    }
    return broken;
  }
}
