package memwall.memory.dram.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The regenerated streams against what the tables say about them, without any simulator. */
final class ReferenceStreamTest {
  /** Published test vector of SplitMix64: the first outputs of seed 1234567. */
  @Test
  void theGeneratorIsSplitMix64() {
    SplitMix random = new SplitMix(1234567);
    assertThat(new String[] {hex(random), hex(random), hex(random)})
        .containsExactly("599ed017fb08fc85", "2c73f08458540fa5", "883ebce5a3f27c77");
  }

  private static String hex(SplitMix random) {
    return String.format(Locale.ROOT, "%016x", random.next());
  }

  @Test
  void readsAndWritesOfEveryRun() {
    for (ReferenceRun run : ReferenceRuns.all()) {
      ReferenceStream stream = run.stream();
      assertThat((long) stream.size()).as(run.toString()).isEqualTo(run.whole("n_requests"));
      assertThat((long) stream.writes()).as(run.toString()).isEqualTo(run.whole("n_writes"));
      assertThat(stream.isChase()).isEqualTo(run.text("arrival").equals("chase"));
    }
  }

  /**
   * Without refresh and with one request at a time the row that is open in a bank is the last one
   * used there: hits, misses and conflicts follow from addresses and mapping alone.
   */
  @Test
  void hitsOfRandomChasesWithoutRefresh() {
    int runs = 0;
    for (ReferenceRun run : ReferenceRuns.all()) {
      if (run.streamName().equals("chase_rand") && run.refresh().equals("none")) {
        long[] counts = rowOutcomes(run);
        assertThat(counts)
            .as(run.toString())
            .containsExactly(
                run.whole("row_hits"), run.whole("row_misses"), run.whole("row_conflicts"));
        runs++;
      }
    }
    assertThat(runs).isEqualTo(6);
  }

  /** A sequential stream that no refresh disturbs opens every row once and hits in between. */
  @Test
  void hitsOfSequentialStreamsWithoutRefresh() {
    int runs = 0;
    for (ReferenceRun run : ReferenceRuns.all()) {
      if (run.streamName().equals("seq_rd_sat")
          && run.refresh().equals("none")
          && run.mapping() == ReferenceMapping.M1) {
        long[] counts = rowOutcomes(run);
        assertThat(counts[1] + counts[2]).as(run.toString()).isEqualTo(run.whole("n_act"));
        runs++;
      }
    }
    assertThat(runs).isEqualTo(3);
  }

  /** The rows of one bank in turn: nothing hits, whatever the mapping. */
  @Test
  void conflictsAlwaysMiss() {
    for (ReferenceRun run : ReferenceRuns.all()) {
      if (run.streamName().equals("conflict_rd_sat")) {
        assertThat(rowOutcomes(run)).as(run.toString()).containsExactly(0, 1, 9_999);
        assertThat(run.whole("row_hits")).isZero();
      }
    }
  }

  private static long[] rowOutcomes(ReferenceRun run) {
    ReferenceStream stream = run.stream();
    long[] open = new long[run.config().banks()];
    Arrays.fill(open, -1);
    long[] counts = new long[3];
    for (int i = 0; i < stream.size(); i++) {
      int bank = run.mapping().bank(run.config(), stream.address(i));
      long row = run.mapping().row(run.config(), stream.address(i));
      counts[open[bank] == row ? 0 : open[bank] < 0 ? 1 : 2]++;
      open[bank] = row;
    }
    return counts;
  }

  /** Where no queue grows, the last completion comes soon after the last arrival. */
  @Test
  void arrivalsEndWhereTheRunsEnd() {
    int runs = 0;
    for (ReferenceRun run : ReferenceRuns.all()) {
      boolean timed = run.text("arrival").equals("bern") || run.text("arrival").equals("const");
      double inChannel = run.number("mean_read_latency_ctrl_cycles");
      if (timed && run.number("mean_read_latency_from_arrival_cycles") < 1.2 * inChannel) {
        ReferenceStream stream = run.stream();
        long last = stream.arrivalTicks(stream.size() - 1);
        assertThat(run.whole("span_cycles") - last)
            .as(run.toString())
            .isBetween(0L, 2 * run.whole("max_cycles"));
        runs++;
      }
    }
    assertThat(runs).isEqualTo(38);
  }

  /** Mean gaps of the Bernoulli arrivals are slot / load, as the name says. */
  @Test
  void loadsAreWhatTheNamesSay() {
    for (int load : new int[] {10, 50, 90}) {
      ReferenceStream stream = ReferenceStream.of(ReferenceConfig.DDR5_4800, "rand_rd_" + load);
      double slots = stream.arrivalTicks(stream.size() - 1) / 8.0;
      assertThat(stream.size() / slots * 100).isBetween(load * 0.98, load * 1.02);
    }
  }

  /**
   * The tables of speed have ticks from CPU seconds that were rounded to 0.1 ms: streams of one
   * request every N ticks end there, as far as that rounding lets one say.
   */
  @Test
  void gapsEndWhereTheSpeedRunsEnd() {
    int runs = 0;
    for (ReferenceRuns.Speed speed : ReferenceRuns.speeds()) {
      if (speed.stream().startsWith("gap") && speed.simulator().startsWith("ramulator")) {
        ReferenceStream stream =
            ReferenceStream.of(speed.config(), speed.stream(), speed.requests());
        double end = stream.arrivalTicks(stream.size() - 1);
        double rounding = 0.00005 / speed.userSeconds();
        assertThat(speed.simulatedTicks() / end)
            .as(speed.toString())
            .isBetween(1 - rounding - 1e-5, 1 + rounding + 1000 / end);
        runs++;
      }
    }
    assertThat(runs).isEqualTo(8);
  }

  @Test
  void addressesStayInTheSpaceAndAreAligned() {
    for (ReferenceConfig config : ReferenceConfig.values()) {
      for (String name : new String[] {"rand_rd_sat", "seq_rd_sat", "conflict_rd_sat", "gap10"}) {
        ReferenceStream stream = ReferenceStream.of(config, name, 5_000);
        for (int i = 0; i < stream.size(); i++) {
          assertThat(stream.address(i)).isBetween(0L, (1L << 30) - config.transactionBytes());
          assertThat(stream.address(i) % config.transactionBytes()).isZero();
        }
      }
    }
  }

  @Test
  void longerStreamsContinueShorterOnes() {
    ReferenceStream shorter = ReferenceStream.of(ReferenceConfig.HBM3_6400, "mix70_50", 1_000);
    ReferenceStream longer = ReferenceStream.of(ReferenceConfig.HBM3_6400, "mix70_50", 2_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(longer.address(i)).isEqualTo(shorter.address(i));
      assertThat(longer.isWrite(i)).isEqualTo(shorter.isWrite(i));
      assertThat(longer.arrivalTicks(i)).isEqualTo(shorter.arrivalTicks(i));
    }
  }

  @Test
  void unknownStream() {
    assertThatThrownBy(() -> ReferenceStream.of(ReferenceConfig.DDR5_4800, "rand_rd_0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no stream 'rand_rd_0'");
  }
}
