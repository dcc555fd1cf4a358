package memwall.memory.dram.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

final class ReferenceHostTest {
  private static final ReferenceConfig CONFIG = ReferenceConfig.DDR5_4800;

  /**
   * With one request at a time and no refresh any controller gives the recorded numbers, the toy
   * too: so streams, host, statistics and comparison are right together.
   */
  @Test
  void theToyEqualsTheReferenceOnAChaseWithoutRefresh() {
    for (ReferenceMapping mapping : ReferenceMapping.values()) {
      ReferenceRun run = ReferenceRuns.find(CONFIG, mapping, "none", "chase_rand");
      ReferenceResult result =
          ReferenceHost.run(run.stream(), sink -> new ToyChannel(mapping, 32, sink));
      List<ReferenceComparison.Difference> differences = ReferenceComparison.of(run, result);
      assertThat(differences).as(ReferenceComparison.table(differences)).isEmpty();
      assertThat(ReferenceComparison.fields(run, result)).isEqualTo(29);
    }
  }

  /** And on other rows, which need a real controller, every kind of field is found to differ. */
  @Test
  void theComparisonNotices() {
    ReferenceRun run = ReferenceRuns.find(CONFIG, ReferenceMapping.M2, "AB", "mix70_50");
    ReferenceResult result =
        ReferenceHost.run(run.stream(), sink -> new ToyChannel(ReferenceMapping.M2, 32, sink));
    List<ReferenceComparison.Difference> differences = ReferenceComparison.of(run, result);
    assertThat(differences)
        .extracting(ReferenceComparison.Difference::field)
        .contains("span_cycles", "p99_cycles", "utilisation", "n_act", "n_ref_all", "row_hits")
        .contains("mean_read_latency_ctrl_ns", "tool_avg_read_latency_cycles", "histogram")
        .doesNotContain("n_requests", "n_reads", "n_writes", "tck_ns", "peak_gbps");
    assertThat(ReferenceComparison.in(differences, "n_ref_all").orElseThrow().actual())
        .isEqualTo("0");
    assertThat(ReferenceComparison.table(differences)).contains("DDR5-4800 M2 AB mix70_50");
  }

  /** The host that jumps does what the protocol says tick by tick. */
  @Test
  void jumpingEqualsTicking() {
    Randomized.check(
        60,
        random -> {
          String[] names = {
            "rand_rd_90", "mix70_10", "seq_rd_50", "gap37", "chase_rand", "mix70_sat"
          };
          String name = names[random.nextInt(names.length)];
          int queue = 1 + random.nextInt(8);
          ReferenceStream stream = ReferenceStream.of(CONFIG, name, 1 + random.nextInt(200));
          ReferenceResult jumping =
              ReferenceHost.run(stream, sink -> new ToyChannel(ReferenceMapping.M1, queue, sink));
          ReferenceHistogram ticking = new ReferenceHistogram();
          long span = tickByTick(stream, queue, ticking);
          assertThat(jumping.spanTicks()).isEqualTo(span);
          assertThat(jumping.latency().asMap()).isEqualTo(ticking.asMap());
          assertThat(jumping.writes()).isEqualTo(stream.writes());
        });
  }

  private static long tickByTick(ReferenceStream stream, int queue, ReferenceHistogram latency) {
    long[] last = new long[1];
    int[] completed = new int[1];
    ToyChannel device =
        new ToyChannel(
            ReferenceMapping.M1,
            queue,
            (word, write, accepted, done) -> {
              completed[0]++;
              last[0] = done;
              if (!write) {
                latency.add(done - accepted, 1);
              }
            });
    int next = 0;
    while (completed[0] < stream.size()) {
      boolean open = true;
      while (open && next < stream.size()) {
        boolean due =
            stream.isChase()
                ? next == completed[0]
                : stream.arrivalTicks(next) <= device.nowTicks();
        open = due && device.offer(stream.address(next), stream.isWrite(next), 0);
        next += open ? 1 : 0;
      }
      device.advanceTo(device.nowTicks() + 1);
    }
    return last[0];
  }

  /** A blocked head holds back what has arrived behind it, and is accepted when a slot is free. */
  @Test
  void theHeadOfTheLineBlocks() {
    List<Long> accepted = new ArrayList<>();
    ReferenceStream stream = ReferenceStream.of(CONFIG, "seq_rd_sat", 3);
    ReferenceHost.run(
        stream,
        sink ->
            new ToyChannel(
                ReferenceMapping.M1,
                1,
                (word, write, acceptedTicks, done) -> {
                  accepted.add(acceptedTicks);
                  sink.completed(word, write, acceptedTicks, done);
                }));
    // Closed bank 77, then two hits of 43, each accepted at the completion before.
    assertThat(accepted).containsExactly(0L, 77L, 120L);
  }

  @Test
  void aDeviceThatStops() {
    ReferenceStream stream = ReferenceStream.of(CONFIG, "seq_rd_sat", 3);
    assertThatThrownBy(
            () ->
                ReferenceHost.run(
                    stream,
                    sink -> new ToyChannel(ReferenceMapping.M1, 4, (word, write, a, d) -> {})))
        .isInstanceOf(AssertionError.class)
        .hasMessage("seq_rd_sat: nothing happened for 16777216 ticks after 0 of 3 completions");
  }
}
