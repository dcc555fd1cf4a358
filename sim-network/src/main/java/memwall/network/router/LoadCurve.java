package memwall.network.router;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A network measured at several loads.
 *
 * @param spec what was asked
 * @param points one for each load, in the order given
 */
public record LoadCurve(LoadCurveSpec spec, List<LoadPoint> points) {
  /** Keeps a copy. */
  public LoadCurve {
    points = List.copyOf(points);
  }

  /** Measures all loads, one after the other, each in a network of its own. */
  public static LoadCurve run(LoadCurveSpec spec) {
    List<LoadPoint> points = new ArrayList<>();
    for (double offered : spec.offeredFlits()) {
      points.add(LoadRun.run(spec.fabric(), spec.load(), offered));
    }
    return new LoadCurve(spec, points);
  }

  /** The highest load that left the network, flits per node and cycle. */
  public double mostAcceptedFlits() {
    return points.stream().mapToDouble(LoadPoint::acceptedFlits).max().orElse(0);
  }

  /** The lowest load at which the network was saturated, if any was. */
  public OptionalDouble leastSaturatedFlits() {
    return points.stream().filter(LoadPoint::saturated).mapToDouble(LoadPoint::offeredFlits).min();
  }

  /** Laws of conservation that do not hold, a sentence each. */
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    for (LoadPoint point : points) {
      point.brokenLaws().forEach(law -> broken.add("load " + point.offeredFlits() + ": " + law));
    }
    return broken;
  }
}
