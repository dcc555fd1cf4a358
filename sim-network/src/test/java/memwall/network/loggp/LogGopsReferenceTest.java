package memwall.network.loggp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import memwall.network.Table;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;
import org.junit.jupiter.api.Test;

/** Against LogGOPSim 76451de, to the picosecond. */
class LogGopsReferenceTest {
  static final Map<String, Algorithm> ALGORITHMS =
      Map.of(
          "allreduce_ring", Algorithm.ALL_REDUCE_RING,
          "allreduce_recdoub_full", Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING,
          "allreduce_rabenseifner", Algorithm.ALL_REDUCE_RABENSEIFNER,
          "allreduce_binomial_reduce_bcast", Algorithm.ALL_REDUCE_BINOMIAL,
          "allgather_ring", Algorithm.ALL_GATHER_RING,
          "bcast_binomial", Algorithm.BROADCAST_BINOMIAL,
          "alltoall_direct", Algorithm.ALL_TO_ALL_DIRECT);

  static LogGopsSpec spec(String[] row) {
    return LogGopsSpec.of(
        Long.parseLong(row[1]),
        Long.parseLong(row[2]),
        Long.parseLong(row[3]),
        1_000_000_000_000L / Long.parseLong(row[4]));
  }

  static CollectiveShape shape(String[] row) {
    return CollectiveShape.of(Integer.parseInt(row[5]), Long.parseLong(row[6]));
  }

  @Test
  void everyRowOfTheTable() throws IOException {
    int compared = 0;
    for (String[] row : Table.rows("loggops_collectives.csv")) {
      LogGopsSpec spec = spec(row);
      CollectiveShape shape = shape(row);
      LogGopsResult result = LogGopsRun.run(ALGORITHMS.get(row[7]).schedule(shape), spec);
      assertThat(result.totalPs()).as(String.join(",", row)).isEqualTo(Long.parseLong(row[8]));
      compared++;
    }
    assertThat(compared).isEqualTo(342);
  }
}
