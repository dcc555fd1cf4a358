package memwall.network.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.router.FabricSpec;
import memwall.network.router.MessageSpec;
import org.junit.jupiter.api.Test;

class FabricRunTest {
  private static final MessageSpec MESSAGES = new MessageSpec(256, 16);

  /** Times are whole cycles (1 ns), so that no message waits for one to begin. */
  private static final EndpointSpec ENDS =
      new EndpointSpec(200_000, 150_000, 30_000, 512, 2, 40_000, 130_000, 64_000_000_000L);

  private static Schedule schedule(Algorithm algorithm, int ranks, long bytes) {
    return algorithm.schedule(CollectiveShape.of(ranks, bytes));
  }

  /**
   * Recursive doubling over one switch: pairs are not in each other's way, so three equal steps of
   * post, packet, place, notice, take and add. 240 B and a header are 16 flits: 6 + 16 cycles.
   */
  @Test
  void stepsOfRecursiveDoubling() {
    FabricRunResult result =
        FabricRun.run(
            schedule(Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING, 8, 240),
            FabricSpec.builtIn("switch-8"),
            MESSAGES,
            ENDS,
            false,
            1,
            1);
    long addPs = 240 * 1_000_000L / 64_000;
    long stepPs = 200_000 + (6 + 16) * 1_000 + 40_000 + 30_000 + 150_000 + addPs;
    // Steps after the first begin between cycles by the time of adding.
    long waitPs = (1_000 - addPs % 1_000) % 1_000 + (1_000 - 2 * addPs % 1_000) % 1_000;
    assertThat(result.roundPs()).hasSize(1);
    assertThat(result.roundPs().get(0)).isBetween(3 * stepPs, 3 * stepPs + waitPs);
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.statistics().number("endpoint.to_sram")).isEqualTo(24);
  }

  /** Every algorithm: fast gives the times and counts of exact, and knows later rounds. */
  @Test
  void fastIsExact() {
    for (String fabric : List.of("switch-8", "mesh-4x4", "fat-tree-64")) {
      FabricSpec spec = FabricSpec.builtIn(fabric);
      int ranks = Math.min(13, spec.nodes());
      for (CollectiveKind kind : CollectiveKind.values()) {
        for (Algorithm algorithm : Algorithm.of(kind)) {
          Schedule schedule = schedule(algorithm, ranks, 3_000);
          FabricRunResult exact = FabricRun.run(schedule, spec, MESSAGES, ENDS, false, 3, 2);
          FabricRunResult fast = FabricRun.run(schedule, spec, MESSAGES, ENDS, true, 3, 2);
          String name = fabric + " " + algorithm;
          assertThat(fast.roundPs()).as(name).isEqualTo(exact.roundPs());
          assertThat(fast.brokenLaws()).as(name).isEmpty();
          assertThat(exact.brokenLaws()).as(name).isEmpty();
          for (String count :
              List.of("network.channel_flits", "network.messages_arrived", "endpoint.overflows")) {
            assertThat(fast.statistics().number(count))
                .as(name + " " + count)
                .isEqualTo(exact.statistics().number(count));
          }
        }
      }
    }
  }

  /** Seven small messages come to rank 0 at once; two find a place, and those go one by one. */
  @Test
  void placesRunOut() {
    FabricRunResult result =
        FabricRun.run(
            schedule(Algorithm.ALL_TO_ALL_DIRECT, 8, 8 * 64),
            FabricSpec.builtIn("switch-8"),
            MESSAGES,
            new EndpointSpec(0, 1_000_000, 0, 64, 2, 10_000, 10_000, Long.MAX_VALUE),
            false,
            1,
            1);
    assertThat(result.statistics().number("endpoint.to_sram"))
        .isEqualTo(56 - result.statistics().number("endpoint.overflows"));
    assertThat(result.statistics().number("endpoint.overflows")).isEqualTo(8 * 5);
    assertThat(result.brokenLaws()).isEmpty();
  }

  @Test
  void moreRanksThanNodes() {
    assertThatThrownBy(
            () ->
                FabricRun.run(
                    schedule(Algorithm.ALL_REDUCE_RING, 9, 64),
                    FabricSpec.builtIn("switch-8"),
                    MESSAGES,
                    EndpointSpec.FREE,
                    true,
                    1,
                    1))
        .hasMessage("9 ranks do not fit a network of 8 nodes");
  }

  private static FabricRunSpec withFaults(String faults) {
    Faults wrong = new Faults();
    String text = "fabric: mesh-4x4\nfaults: " + faults + "\n";
    Config config = ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), wrong);
    FabricRunSpec spec = FabricRunSpec.read(config);
    config.finishAll();
    wrong.throwIfAny();
    return spec;
  }

  /** A link that fails early costs time and no message; without failures nothing is lost. */
  @Test
  void failedLinksAreGoneAround() {
    Schedule schedule = schedule(Algorithm.ALL_REDUCE_RING, 16, 16_000);
    String repair = "{timeout: 5 us, heartbeat: 1 us, misses: 2, rebuild: 1 us, given: ";
    FabricRunResult healthy = FabricRun.run(schedule, withFaults(repair + "[]}"));
    FabricRunResult broken =
        FabricRun.run(
            schedule, withFaults(repair + "[{at: 100 ns, what: link-down, router: 0, to: 1}]}"));
    for (FabricRunResult result : List.of(healthy, broken)) {
      assertThat(result.brokenLaws()).isEmpty();
      assertThat(result.messages()).isEqualTo(schedule.sends());
      assertThat(result.undeliverable()).isEmpty();
      assertThat(result.unfinishedRanks()).isZero();
    }
    assertThat(healthy.statistics().number("network.retransmissions")).isZero();
    assertThat(broken.statistics().number("network.reroutes")).isEqualTo(1);
    assertThat(broken.totalPs()).isBetween(healthy.totalPs() + 2_000_000, 40_000_000L);
  }

  /** All ranks late by the same: all take so much longer. Some late: as long as the latest. */
  @Test
  void ranksThatAreLate() {
    Schedule schedule = schedule(Algorithm.ALL_REDUCE_RING, 16, 16_000);
    FabricRunResult onTime = FabricRun.run(schedule, withFaults("{}"));
    FabricRunResult late =
        FabricRun.run(schedule, withFaults("{}\nstragglers: {share: 1, law: fixed, late: 7 us}"));
    assertThat(late.totalPs()).isEqualTo(onTime.totalPs() + 7_000_000);
    assertThat(late.statistics().number("endpoint.late_ranks")).isEqualTo(16);
    FabricRunResult some =
        FabricRun.run(schedule, withFaults("{}\nstragglers: {share: 0.2, law: fixed, late: 7 us}"));
    assertThat(some.statistics().number("endpoint.late_ranks")).isBetween(1.0, 10.0);
    assertThat(some.totalPs()).isBetween(7_000_000L, late.totalPs());
    assertThat(some.brokenLaws()).isEmpty();
  }

  /** A rank that is cut off: its messages are listed, all others that need none of it arrive. */
  @Test
  void whatCannotBeDeliveredIsAResult() {
    Schedule schedule = schedule(Algorithm.ALL_TO_ALL_DIRECT, 16, 1_600);
    FabricRunResult result =
        FabricRun.run(
            schedule,
            withFaults(
                "{timeout: 5 us, retries: 2, given: [{at: 0 ps, what: node-down, node: 5}]}"));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.undeliverable())
        .isNotEmpty()
        .allMatch(one -> one.fromRank() == 5 || one.toRank() == 5);
    assertThat(result.unfinishedRanks()).isEqualTo(16);
    assertThat(result.messages()).isPositive();
  }

  @Test
  void partsThatAreNotThereAreFaults() {
    assertThatThrownBy(
            () ->
                withFaults(
                    "{timeout: 0 ps, given: [{at: 0 ps, what: link-down, router: 0, to: 2},"
                        + " {at: 0 ps, what: node-up, node: 16},"
                        + " {at: 0 ps, what: link-rate, router: 0, to: 1, factor: 0}],"
                        + " random: {links: 0 s, nodes: 1 s}}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("run.yaml:2:19: faults.timeout: must be more than 0")
        .hasMessageContaining("there is no channel between routers 0 and 2")
        .hasMessageContaining("there is no node 16, nodes are 0 to 15")
        .hasMessageContaining("factor: '0' is out of range: a number from 0.001 to 1")
        .hasMessageContaining("links: must be more than 0")
        .hasMessageContaining("unknown key 'faults.random.nodes'");
  }
}
