package memwall.network.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import memwall.network.Table;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import org.junit.jupiter.api.Test;

/**
 * Against the congestion-aware library of astra-network-analytical 599a047. Its "50 GB/s" are 50 x
 * 2^30 B/s, and it cuts every duration to whole nanoseconds: with durations cut in the same way all
 * rows are equal, without they are later by what was cut.
 */
class LinkGraphReferenceTest {
  private static final long NS = 1_000;

  private static final Map<String, Algorithm> ALGORITHMS =
      Map.of(
          "ring", Algorithm.ALL_REDUCE_RING,
          "recdoub", Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING,
          "rabenseifner", Algorithm.ALL_REDUCE_RABENSEIFNER,
          "direct", Algorithm.ALL_REDUCE_TWO_SHOT,
          "oneshot", Algorithm.ALL_REDUCE_ONE_SHOT,
          "alltoall", Algorithm.ALL_TO_ALL_DIRECT);

  @Test
  void everyRowOfTheTable() throws IOException {
    int compared = 0;
    for (String[] row : Table.rows("congestion_aware_collectives.csv")) {
      int ranks = Integer.parseInt(row[1]);
      LinkGraph graph =
          switch (row[0]) {
            case "Ring" -> new Ring(ranks);
            case "FullyConnected" -> new FullGraph(ranks);
            case "Switch" -> new StarGraph(ranks);
            default -> throw new AssertionError(row[0]);
          };
      LinkSpec spec =
          new LinkSpec(
              Long.parseLong(row[2]) << 30,
              NS * Long.parseLong(row[3]),
              LinkSpec.Passing.STORE_AND_FORWARD);
      Schedule schedule =
          ALGORITHMS.get(row[4]).schedule(CollectiveShape.of(ranks, Long.parseLong(row[5])));
      String name = String.join(",", row);
      long expectedPs = NS * Long.parseLong(row[6]);
      LinkGraphResult cut = new LinkGraphRun(schedule, graph, spec, NS).run();
      assertThat(cut.totalPs()).as(name).isEqualTo(expectedPs);
      assertThat(cut.messages()).as(name).isEqualTo(Long.parseLong(row[7]));
      // Less than 1 ns is cut from each of the durations behind each other: at most those of all
      // messages over one link, and of all steps.
      LinkGraphResult exact = LinkGraphRun.run(schedule, graph, spec);
      assertThat(exact.totalPs())
          .as(name)
          .isBetween(expectedPs, expectedPs + NS * (exact.hops() / ranks + 2L * ranks));
      compared++;
    }
    assertThat(compared).isEqualTo(402);
  }
}
