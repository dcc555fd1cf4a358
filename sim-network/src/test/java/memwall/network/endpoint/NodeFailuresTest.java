package memwall.network.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import memwall.network.endpoint.FabricRunResult.NodeFailure;
import org.junit.jupiter.api.Test;

class NodeFailuresTest {
  private static final long US = 1_000_000;

  private static FabricRunSpec spec(String text) {
    Faults wrong = new Faults();
    Config config = ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), wrong);
    FabricRunSpec spec = FabricRunSpec.read(config);
    config.finishAll();
    wrong.throwIfAny();
    return spec;
  }

  private static long count(FabricRunResult result, String name) {
    return (long) result.statistics().number("lives." + name);
  }

  /** Rank 0 computes for 30 us and sends to rank 1, which computes for 5 us and sends to rank 2. */
  private static Schedule relay() {
    ScheduleBuilder builder = new ScheduleBuilder(3);
    builder.after(builder.send(0, 1, 240, 0), builder.compute(0, 30 * US));
    int received = builder.receive(1, 0, 240, 0);
    int computed = builder.compute(1, 5 * US);
    builder.after(computed, received);
    builder.after(builder.send(1, 2, 240, 0), computed);
    builder.receive(2, 1, 240, 0);
    return builder.build();
  }

  private static String failing(long atPs, int node, String more) {
    return "fabric: switch-8\nfaults: {timeout: 1 us, retries: 2}\nnode_failures:"
        + " {heartbeat: 10 us, misses: 2, spares: [5, 6], given: [{at: "
        + atPs
        + " ps, node: "
        + node
        + "}]"
        + more
        + "}\n";
  }

  /**
   * Noticed as the second sign of life fails to come: at (floor(t / 10 us) + 2) x 10 us. Weights
   * and copied KV come side by side, KV is computed when weights are there.
   */
  @Test
  void timesOfARelay() {
    long aliveUs = 30 + 5; // And two messages of 22 cycles of 1 ns.
    FabricRunResult alive = FabricRun.run(relay(), spec("fabric: switch-8\nfaults: {}\n"));
    assertThat(alive.totalPs()).isEqualTo(aliveUs * US + 2 * 22_000);
    String weights = ", weights: {from: flash, bytes: 70 kB, rate: 10 GB/s, latency: 3 us}";
    String copied = ", kv: {by: copy, bytes: 40 kB, rate: 1 GB/s}";
    String computed = ", kv: {by: recompute, bytes: 40 kB, rate: 1 GB/s}";
    long[] restoreUs = {0, 10, 40, 50};
    String[] more = {"", weights, weights + copied, weights + computed};
    for (int i = 0; i < more.length; i++) {
      // Rank 0 dies at 12 us; it begins again.
      FabricRunResult first = FabricRun.run(relay(), spec(failing(12 * US, 0, more[i])));
      long readyPs = (30 + restoreUs[i]) * US;
      assertThat(first.nodeFailures())
          .containsExactly(new NodeFailure(12 * US, 0, 0, 30 * US, 5, readyPs));
      assertThat(first.totalPs()).as(more[i]).isEqualTo(alive.totalPs() + readyPs);
      assertThat(count(first, "repeated")).isZero();
      assertThat(first.unfinishedRanks()).isZero();
      assertThat(first.brokenLaws()).isEmpty();
      // Rank 1 dies while it computes: its message is sent again.
      FabricRunResult second = FabricRun.run(relay(), spec(failing(32 * US, 1, more[i])));
      readyPs = (50 + restoreUs[i]) * US;
      assertThat(second.nodeFailures())
          .containsExactly(new NodeFailure(32 * US, 1, 1, 50 * US, 5, readyPs));
      assertThat(second.totalPs()).isEqualTo(readyPs + 5 * US + 2 * 22_000);
      assertThat(count(second, "repeated")).isEqualTo(1);
      assertThat(count(second, "copies")).isEqualTo(3);
      assertThat(count(second, "delivered")).isEqualTo(3);
      assertThat(second.brokenLaws()).isEmpty();
      // It dies when it has done its part and all is there: nobody notices.
      FabricRunResult third = FabricRun.run(relay(), spec(failing(36 * US, 1, more[i])));
      assertThat(third.totalPs()).isEqualTo(alive.totalPs());
      assertThat(third.unfinishedRanks()).isZero();
    }
  }

  /** A message on its way as its sender dies: it is lost, and the spare sends it again. */
  @Test
  void doneButNotDelivered() {
    FabricRunResult result = FabricRun.run(relay(), spec(failing(30 * US + 5_000, 0, "")));
    assertThat(result.unfinishedRanks()).isZero();
    assertThat(count(result, "copies")).isEqualTo(3);
    assertThat(count(result, "given_up") + count(result, "duplicates")).isEqualTo(1);
    assertThat(result.totalPs()).isBetween(50 * US, 50 * US + 6 * US);
    assertThat(result.brokenLaws()).isEmpty();
  }

  /**
   * A message of 16 flits has left its node as that dies, and comes over seven routers; the spare
   * sends it again from farther away.
   */
  @Test
  void twoCopies() {
    ScheduleBuilder builder = new ScheduleBuilder(28);
    builder.send(0, 27, 240, 0);
    builder.receive(27, 0, 240, 0);
    String text = "fabric: torus-8x8\nfaults: {}\n";
    FabricRunResult alive = FabricRun.run(builder.build(), spec(text));
    builder = new ScheduleBuilder(28);
    builder.send(0, 27, 240, 0);
    builder.receive(27, 0, 240, 0);
    FabricRunResult result =
        FabricRun.run(
            builder.build(),
            spec(
                text
                    + "node_failures: {heartbeat: 1 ns, misses: 1, spares: [63], given: [{at: 20"
                    + " ns, node: 0}]}\n"));
    assertThat(count(result, "copies")).isEqualTo(2);
    assertThat(count(result, "delivered")).isEqualTo(1);
    assertThat(count(result, "duplicates")).isEqualTo(1);
    assertThat(result.messages()).isEqualTo(1);
    assertThat(result.totalPs()).isEqualTo(alive.totalPs());
    assertThat(result.brokenLaws()).isEmpty();
  }

  /**
   * One at the same router is preferred; the second failure takes the other, then there is none.
   */
  @Test
  void whichSpare() {
    Schedule schedule = Algorithm.ALL_REDUCE_RING.schedule(CollectiveShape.of(16, 64_000));
    String text =
        "fabric: fat-tree-64\nfaults: {timeout: 1 us, retries: 1}\nrepeat: {count: 3}\n"
            + "node_failures: {heartbeat: 1 us, misses: 1, spares: [40, 17, %s], given: ["
            + "{at: 1 us, node: 15}, {at: 1500 ns, node: 4}, {at: 7 us, node: 40},"
            + " {at: 8 us, node: 0}]}\n";
    FabricRunResult far = FabricRun.run(schedule, spec(text.formatted("16")));
    assertThat(far.nodeFailures().get(0).spare()).isEqualTo(40);
    assertThat(far.nodeFailures().get(1).spare()).isEqualTo(17);
    assertThat(far.nodeFailures()).hasSize(4);
    assertThat(far.nodeFailures().get(2).node()).isEqualTo(40);
    assertThat(far.nodeFailures().get(2).spare()).isEqualTo(16);
    assertThat(far.nodeFailures().get(3).spare()).isEqualTo(-1);
    assertThat(far.unfinishedRanks()).isPositive();
    assertThat(far.brokenLaws()).isEmpty();
    Schedule small = Algorithm.ALL_REDUCE_RING.schedule(CollectiveShape.of(2, 64_000));
    FabricRunResult near =
        FabricRun.run(
            small,
            spec(
                "fabric: fat-tree-64\nnode_failures: {heartbeat: 1 us, misses: 1, spares: [40, 2],"
                    + " given: [{at: 1 us, node: 1}]}\n"));
    assertThat(near.nodeFailures().get(0).spare()).isEqualTo(2);
    assertThat(near.unfinishedRanks()).isZero();
  }

  /** Deaths that nobody meets change nothing. */
  @Test
  void deathsAfterTheEnd() {
    Schedule schedule = Algorithm.ALL_REDUCE_RABENSEIFNER.schedule(CollectiveShape.of(7, 9_000));
    FabricRunResult alive =
        FabricRun.run(schedule, spec("fabric: switch-8\nfaults: {}\nrepeat: {count: 4}\n"));
    FabricRunResult result =
        FabricRun.run(
            schedule,
            spec(
                "fabric: switch-8\nrepeat: {count: 4}\nnode_failures: {spares: [7], mean_time:"
                    + " 1000 d}\n"));
    assertThat(result.roundPs()).isEqualTo(alive.roundPs());
    assertThat(result.nodeFailures()).isEmpty();
    assertThat(count(result, "copies")).isEqualTo(4L * schedule.sends());
  }

  /**
   * 2,000 random schedules of deaths: all end, no message is delivered twice (that would throw),
   * every rank is done or has waited for one that no spare was left for.
   */
  @Test
  void randomDeaths() {
    Random random = new Random(73_201);
    List<Algorithm> algorithms = new ArrayList<>();
    for (CollectiveKind kind : CollectiveKind.values()) {
      algorithms.addAll(Algorithm.of(kind));
    }
    List<String> names =
        List.of("copies", "duplicates", "void", "given_up", "forgotten", "repeated");
    long[] seen = new long[names.size() + 4];
    for (int run = 0; run < 2_000; run++) {
      Algorithm algorithm = algorithms.get(random.nextInt(algorithms.size()));
      int ranks = 2 + random.nextInt(6);
      int count = 1 + random.nextInt(3);
      Schedule schedule =
          algorithm.schedule(CollectiveShape.of(ranks, 1L + random.nextInt(12_000)));
      StringBuilder spares = new StringBuilder();
      int number = random.nextInt(4);
      for (int i = 0; i < number; i++) {
        spares.append(i == 0 ? "" : ", ").append(ranks + i);
      }
      StringBuilder given = new StringBuilder();
      int deaths = random.nextInt(4);
      for (int i = 0; i < deaths; i++) {
        given
            .append(i == 0 ? "" : ", ")
            .append("{at: ")
            .append(random.nextInt(9_000_000))
            .append(" ps, node: ")
            .append(random.nextInt(ranks + number))
            .append('}');
      }
      boolean atOnce = random.nextBoolean(); // While messages of the dead node are under way.
      String text =
          "fabric: "
              + (random.nextInt(3) == 0 ? "mesh-4x4" : "torus-8x8")
              + "\nseed: "
              + run
              + "\nrepeat: {count: "
              + count
              + ", gap: "
              + random.nextInt(900)
              + " ns}\nstragglers: {share: 0.1, late: 1 us}\nendpoint: {send: "
              + (atOnce ? 2 : 20)
              + " ns, receive: 30"
              + " ns, sram_threshold: 1 KiB, sram_slots: "
              + random.nextInt(4)
              + ", add_rate: 10 GB/s, memory_latency: 200 ns}\nfaults: {timeout: "
              + (1 + random.nextInt(4))
              + " us, retries: "
              + random.nextInt(3)
              + ", heartbeat: "
              + random.nextInt(2)
              + " us}\nnode_failures: {heartbeat: "
              + (atOnce ? 1 + random.nextInt(15) : 200 + random.nextInt(2_000))
              + " ns, misses: "
              + (1 + random.nextInt(2))
              + ", spares: ["
              + spares
              + "], given: ["
              + given
              + "]"
              + (random.nextInt(3) == 0 ? ", mean_time: 30 us" : "")
              + ", weights: {from: peer, bytes: "
              + (atOnce ? 0 : random.nextInt(3_000))
              + " B, rate: 1 GB/s}}\n";
      FabricRunResult result = FabricRun.run(schedule, spec(text));
      String name = algorithm + ", " + ranks + " ranks\n" + text;
      assertThat(result.brokenLaws()).as(name).isEmpty();
      boolean anyLost = false;
      for (NodeFailure failure : result.nodeFailures()) {
        anyLost |= failure.spare() < 0 && failure.noticedPs() >= 0;
        seen[seen.length - 1] += failure.readyPs() >= 0 ? 1 : 0;
        seen[seen.length - 2] += failure.node() >= ranks ? 1 : 0;
      }
      if (result.unfinishedRanks() == 0) {
        assertThat(result.roundPs()).as(name).hasSize(count);
        assertThat(result.statistics().number("lives.delivered"))
            .as(name)
            .isGreaterThanOrEqualTo((double) count * schedule.sends());
        seen[seen.length - 3]++;
      } else {
        assertThat(anyLost).as(name).isTrue();
        seen[seen.length - 4]++;
      }
      for (int i = 0; i < names.size(); i++) {
        seen[i] += count(result, names.get(i));
      }
    }
    for (int i = 0; i < seen.length; i++) {
      // Copies that come twice are rare: another test has one.
      assertThat(seen[i]).as("kind of event %s", i).isGreaterThan(i == 1 ? 1 : 10);
    }
  }

  @Test
  void wrongInput() {
    assertThatThrownBy(
            () ->
                spec(
                    "fabric: switch-8\nnode_failures: {heartbeat: 0 s, misses: 0, spares: [8, 3, 3],"
                        + " given: [{at: 1 us, node: 9}], mean_time: 0 s, weights: {from: tape,"
                        + " bytes: 1 GB, rate: 1 GB/s}, kv: {by: copy, rate: 1 GB/s}}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("node_failures.heartbeat: must be more than 0")
        .hasMessageContaining("'0' is out of range: a whole number from 1 to")
        .hasMessageContaining("'8' is out of range: a whole number from 0 to 7")
        .hasMessageContaining("node_failures.given[0].node: '9' is out of range")
        .hasMessageContaining("node_failures.mean_time: must be more than 0")
        .hasMessageContaining("'tape' is not one of [flash, peer, storage]")
        .hasMessageContaining("node_failures.kv.bytes");
    assertThatThrownBy(() -> spec("fabric: switch-8\nnode_failures: {spares: [3, 3], spare: 4}\n"))
        .hasMessageContaining("node 3 is named twice")
        .hasMessageContaining("unknown key 'node_failures.spare'; did you mean 'spares'?");
    assertThatThrownBy(
            () -> FabricRun.run(relay(), spec("fabric: switch-8\nnode_failures: {spares: [2]}\n")))
        .hasMessage("node 2 has a rank, it cannot be a spare");
  }
}
