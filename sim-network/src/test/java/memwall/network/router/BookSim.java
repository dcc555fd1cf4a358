package memwall.network.router;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** The curves measured with BookSim2 and the same networks here. */
final class BookSim {
  static final List<String> EXPERIMENTS =
      List.of(
          "dragonfly2_min_bad_p4",
          "dragonfly2_min_uniform_p4",
          "dragonfly2_ugal_bad_p4",
          "dragonfly2_ugal_uniform_p4",
          "fattree4_3_nca_uniform_p1",
          "fattree4_3_nca_uniform_p4",
          "flatfly64_min_uniform_p4",
          "hypercube6_uniform_p4",
          "mesh4x4_uniform_p1",
          "mesh4x4_uniform_p16_vc32",
          "mesh4x4_uniform_p4",
          "mesh4x4_uniform_p4_hold",
          "mesh8x8_uniform_p4",
          "torus8x8_tornado_p4",
          "torus8x8_uniform_p1",
          "torus8x8_uniform_p4",
          "xbar8_uniform_p1",
          "xbar8_uniform_p4");

  private BookSim() {}

  /** A measured point; NaN stands for a percentile beyond the histogram or a missing value. */
  record Row(
      boolean latencyMode,
      double offered,
      boolean stable,
      double accepted,
      double hops,
      double mean,
      double p50,
      double p99,
      long packets,
      double userSec) {}

  static List<Row> rows(String experiment) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    BookSim.class.getResourceAsStream("/booksim/" + experiment + ".csv")),
                StandardCharsets.UTF_8))) {
      List<String> names = List.of(in.readLine().split(",", -1));
      String line = in.readLine();
      while (line != null) {
        String[] cells = line.split(",", -1);
        rows.add(
            new Row(
                cells[names.indexOf("mode")].equals("latency"),
                number(cells[names.indexOf("offered")]),
                cells[names.indexOf("stable")].equals("1"),
                number(cells[names.indexOf("acc_flits")]),
                number(cells[names.indexOf("hops")]),
                number(cells[names.indexOf("plat_avg")]),
                number(cells[names.indexOf("plat_p50")]),
                number(cells[names.indexOf("plat_p99")]),
                (long) number(cells[names.indexOf("plat_n")]),
                number(cells[names.indexOf("user_s")])));
        line = in.readLine();
      }
    }
    return rows;
  }

  private static double number(String text) {
    return text.isEmpty() || text.startsWith(">") ? Double.NaN : Double.parseDouble(text);
  }

  static int packetFlits(String experiment) {
    return experiment.contains("_p16") ? 16 : experiment.contains("_p1") ? 1 : 4;
  }

  static TrafficPattern pattern(String experiment) {
    return experiment.contains("_bad_")
        ? TrafficPattern.NEXT_GROUP
        : experiment.contains("tornado") ? TrafficPattern.TORNADO : TrafficPattern.UNIFORM;
  }

  static FabricSpec fabric(String experiment) {
    RouterSpec router = new RouterSpec(4, 8, experiment.endsWith("_hold"));
    if (experiment.endsWith("vc32")) {
      router = new RouterSpec(4, 32, false);
    } else if (experiment.startsWith("dragonfly2")) {
      router = new RouterSpec(experiment.contains("ugal") ? 3 : 2, 256, false);
    }
    return new FabricSpec(experiment, shape(experiment), router, 1_000, 16);
  }

  private static FabricShape shape(String experiment) {
    return switch (experiment.substring(0, experiment.indexOf('_'))) {
      case "mesh4x4" -> FabricShape.cube(List.of(4, 4), false, false, 1, 1);
      case "mesh8x8" -> FabricShape.cube(List.of(8, 8), false, false, 1, 1);
      case "torus8x8" -> FabricShape.cube(List.of(8, 8), true, false, 1, 1);
      case "hypercube6" -> FabricShape.cube(Collections.nCopies(6, 2), false, false, 1, 1);
      case "fattree4" -> FabricShape.tree(4, 4, 3, false, 1, 1);
      case "xbar8" -> FabricShape.tree(8, 1, 1, false, 1, 1);
      case "flatfly64" -> FabricShape.flat(4, 4, 2, FlatButterfly.Choice.MINIMAL, 0, 1, 1);
      case "dragonfly2" ->
          FabricShape.dragonfly(
              2,
              4,
              2,
              experiment.contains("ugal") ? Dragonfly.Choice.UGAL : Dragonfly.Choice.MINIMAL,
              30,
              1,
              10,
              100);
      default -> throw new IllegalArgumentException(experiment);
    };
  }
}
