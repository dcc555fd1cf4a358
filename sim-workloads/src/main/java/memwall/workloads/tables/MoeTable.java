package memwall.workloads.tables;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Times of the experts of a layer over tokens and experts that these activate. */
final class MoeTable {
  private final Axis experts;
  private final Curve[] curves;

  private MoeTable(Axis experts, Curve[] curves) {
    this.experts = experts;
    this.curves = curves;
  }

  /** Reads {@code moe.csv}. */
  static MoeTable read(Path path) {
    TableFile file = TableFile.read(path, List.of("tokens", "activated_experts", "time_us"));
    TreeMap<Integer, TreeMap<Integer, Double>> rows = new TreeMap<>();
    for (int row = 0; row < file.size(); row++) {
      Double before =
          rows.computeIfAbsent(file.count(row, 1), key -> new TreeMap<>())
              .put(file.count(row, 0), file.timePs(row, 2));
      if (before != null) {
        file.bad(row, "the same as in a line before");
      }
    }
    file.throwIfFaulty();
    double[] values = new double[rows.size()];
    Curve[] curves = new Curve[rows.size()];
    int i = 0;
    for (Map.Entry<Integer, TreeMap<Integer, Double>> row : rows.entrySet()) {
      values[i] = row.getKey();
      curves[i++] = new Curve(row.getValue());
    }
    return new MoeTable(new Axis(values), curves);
  }

  /** The time of so many tokens that activate so many experts, picoseconds. */
  double ps(double tokens, double activated, Lookups lookups) {
    if (experts.isBeyond(activated)) {
      lookups.beyond();
    }
    int lower = experts.lower(activated);
    double share = experts.share(activated, lower);
    double low = curves[lower].ps(tokens, lookups);
    return share == 0
        ? low
        : Math.max(0, low + share * (curves[experts.upper(lower)].ps(tokens, lookups) - low));
  }
}
