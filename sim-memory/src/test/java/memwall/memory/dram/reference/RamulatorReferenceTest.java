package memwall.memory.dram.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every recorded run, every field and every histogram against our channel; what differs is printed
 * as a table.
 */
final class RamulatorReferenceTest {
  @Test
  void ddr5() {
    equal(ReferenceConfig.DDR5_4800, 56);
  }

  @Test
  void lpddr5() {
    equal(ReferenceConfig.LPDDR5_6400, 72);
  }

  @Test
  void hbm3() {
    equal(ReferenceConfig.HBM3_6400, 72);
  }

  /** All rows of a configuration equal, in every field. */
  private static void equal(ReferenceConfig config, int rows) {
    List<ReferenceComparison.Difference> differences = new ArrayList<>();
    int runs = 0;
    int fields = 0;
    for (ReferenceRun run : ReferenceRuns.all()) {
      if (run.config() == config) {
        ReferenceResult result = ReferenceHost.run(run.stream(), DramReferenceDevice.of(run));
        differences.addAll(ReferenceComparison.of(run, result));
        fields += ReferenceComparison.fields(run, result);
        runs++;
      }
    }
    assertThat(runs).isEqualTo(rows);
    assertThat(fields).isGreaterThan(15 * rows);
    assertThat(differences)
        .as(
            runs
                + " runs with "
                + fields
                + " fields; those that differ:\n"
                + ReferenceComparison.table(differences))
        .isEmpty();
  }
}
