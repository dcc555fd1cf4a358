package memwall.network.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import org.junit.jupiter.api.Test;

/** Weights and KV that come to spares over the network. */
class RestoresTest {
  private static final long NS = 1_000;
  private static final long US = 1_000_000;

  /**
   * A piece of 4,000 B alone between two nodes at a switch: 15 packets of 17 flits and one of 11,
   * and 6 cycles on the way.
   */
  private static final long WAY = (15 * 17 + 11 + 6) * NS;

  private static FabricRunSpec spec(String text) {
    Faults wrong = new Faults();
    Config config = ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), wrong);
    FabricRunSpec spec = FabricRunSpec.read(config);
    config.finishAll();
    wrong.throwIfAny();
    return spec;
  }

  private static long count(FabricRunResult result, String name) {
    return (long) result.statistics().number("restore." + name);
  }

  /** Rank 0 of three computes for 100 us, then sends to rank 1; rank 2 has nothing to do. */
  private static Schedule quiet() {
    ScheduleBuilder builder = new ScheduleBuilder(3);
    builder.after(builder.send(0, 1, 240, 0), builder.compute(0, 100 * US));
    builder.receive(1, 0, 240, 0);
    return builder.build();
  }

  private static String failing(String deaths, String more) {
    return "fabric: switch-8\nfaults: {timeout: 2 us, retries: 2}\nnode_failures: {heartbeat: 10"
        + " us, misses: 2, spares: [5], given: ["
        + deaths
        + "], "
        + more
        + "}\n";
  }

  private static long readyPs(String more) {
    FabricRunResult result = FabricRun.run(quiet(), spec(failing("{at: 12 us, node: 0}", more)));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.unfinishedRanks()).isZero();
    return result.nodeFailures().get(0).readyPs();
  }

  @Test
  void aPieceAlone() {
    ScheduleBuilder builder = new ScheduleBuilder(6);
    builder.send(1, 5, 4_000, 0);
    builder.receive(5, 1, 4_000, 0);
    assertThat(FabricRun.run(builder.build(), spec("fabric: switch-8\nfaults: {}\n")).totalPs())
        .isEqualTo(WAY);
  }

  /**
   * Ten pieces, each read in 400 ns and on the way for 272 ns: over the network all is there 272 ns
   * after it would be over a path of its own.
   */
  @Test
  void theReaderIsSlower() {
    String weights = "weights: {from: peer, bytes: 40 kB, rate: 10 GB/s, latency: 1 us}";
    long noticedPs = 30 * US;
    assertThat(readyPs(weights)).isEqualTo(noticedPs + US + 4 * US);
    for (int window = 1; window <= 8; window *= 2) {
      assertThat(
              readyPs(weights + ", restore: {over: network, piece: 4 kB, window: " + window + "}"))
          .isEqualTo(noticedPs + US + 4 * US + WAY);
    }
    // The last piece is smaller, two packets of 17 and (44 + 16) / 16 flits, read in 30 ns: the
    // channel still sends the one before.
    assertThat(
            readyPs(
                "weights: {from: peer, bytes: 40300 B, rate: 10 GB/s, latency: 1 us}, restore:"
                    + " {over: network, piece: 4 kB}"))
        .isEqualTo(noticedPs + US + 4 * US + WAY + (17 + 4) * NS);
  }

  /** Nothing to send: its latency is left. */
  @Test
  void nothingToSend() {
    assertThat(
            readyPs(
                "weights: {from: peer, bytes: 0 B, rate: 1 GB/s, latency: 3 us}, restore: {over:"
                    + " network}"))
        .isEqualTo(33 * US);
  }

  /** Read in 40 ns, and one at a time on the way: the network is what counts. */
  @Test
  void theNetworkIsSlower() {
    String text =
        "weights: {from: peer, bytes: 40 kB, rate: 100 GB/s, latency: 1 us}, restore: {over:"
            + " network, piece: 4 kB, window: %d}";
    assertThat(readyPs(text.formatted(1))).isEqualTo(31 * US + 40 * NS + 10 * WAY);
    // All at a time: the source's channel is always busy, one flit a cycle.
    assertThat(readyPs(text.formatted(10)))
        .isEqualTo(31 * US + 40 * NS + 10 * (WAY - 6 * NS) + 6 * NS);
  }

  /** KV by copy shares the channel; KV is computed when the weights are there; flash needs none. */
  @Test
  void severalParts() {
    String over = ", restore: {over: network, piece: 4 kB, window: 1}";
    String weights = "weights: {from: peer, bytes: 40 kB, rate: 10 GB/s}";
    long weightsPs = 30 * US + 4 * US + WAY;
    assertThat(readyPs(weights + ", kv: {by: recompute, bytes: 7 kB, rate: 1 GB/s}" + over))
        .isEqualTo(weightsPs + 7 * US);
    assertThat(readyPs(weights + ", kv: {by: copy, bytes: 4 kB, rate: 1 GB/s}" + over))
        .isEqualTo(30 * US + 4 * US + WAY + (WAY - 6 * NS)); // Both come last at the same time.
    assertThat(
            readyPs(
                "weights: {from: flash, bytes: 40 kB, rate: 1 GB/s}, kv: {by: copy, bytes: 4 kB,"
                    + " rate: 1 GB/s}"
                    + over))
        .isEqualTo(70 * US);
  }

  /** The node of rank 1 reads; it dies too, and the pieces that had not come come from rank 2. */
  @Test
  void anotherSource() {
    String more =
        "weights: {from: peer, bytes: 40 kB, rate: 10 GB/s}, restore: {over: network, piece: 4 kB,"
            + " window: 2}";
    String first = "{at: 12 us, node: 0}, ";
    FabricRunResult result =
        FabricRun.run(quiet(), spec(failing(first + "{at: 32100 ns, node: 1}", more)));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.nodeFailures().get(0).readyPs()).isBetween(34 * US + WAY, 45 * US);
    assertThat(count(result, "bytes")).isEqualTo(40_000);
    assertThat(count(result, "given_up")).isEqualTo(1); // The fifth, from 32.0 to 32.3 us.
    assertThat(result.unfinishedRanks()).isEqualTo(1); // Rank 1 itself has no spare.
    String all = first + "{at: 32100 ns, node: 1}, {at: 32100 ns, node: 2}";
    FabricRunResult none = FabricRun.run(quiet(), spec(failing(all, more)));
    assertThat(none.brokenLaws()).isEmpty();
    assertThat(none.nodeFailures().get(0).spare()).isEqualTo(5);
    assertThat(none.nodeFailures().get(0).readyPs()).isEqualTo(-1);
  }

  /**
   * Ranks 0 to 3 exchange 25 kB each while rank 4, which has nothing to do, is restored from the
   * node of rank 0. Over a path of its own that changes nothing; over the network operations are
   * slower as long as pieces come, and as ever then.
   */
  @Test
  void collectivesAreSlower() {
    ScheduleBuilder builder = new ScheduleBuilder(5);
    for (int from = 0; from < 4; from++) {
      for (int i = 1; i < 4; i++) {
        builder.send(from, (from + i) % 4, 25_000, 0);
        builder.receive(from, (from + i) % 4, 25_000, 0);
      }
    }
    Schedule schedule = builder.build();
    String text =
        "fabric: switch-8\nfaults: {timeout: 50 us, retries: 1}\nrepeat: {count: 100}\n"
            + "deadline: {wait: 1 ms, substitute: zero}\n"
            + "node_failures: {heartbeat: 1 us, misses: 1, spares: [6], given: [{at: 0 ps, node:"
            + " 4}], weights: {from: peer, bytes: 1200 kB, rate: 12 GB/s}%s}\n";
    FabricRunResult path = FabricRun.run(schedule, spec(text.formatted("")));
    FabricRunResult network =
        FabricRun.run(schedule, spec(text.formatted(", restore: {over: network, piece: 4 kB}")));
    assertThat(path.brokenLaws()).isEmpty();
    assertThat(network.brokenLaws()).isEmpty();
    long usualPs = path.totalPs();
    assertThat(path.roundPs()).allMatch(timePs -> timePs == usualPs);
    assertThat(count(network, "bytes")).isEqualTo(1_200_000);
    long readyPs = network.nodeFailures().get(0).readyPs();
    assertThat(readyPs).isGreaterThan(path.nodeFailures().get(0).readyPs());
    long startPs = 0;
    int slower = 0;
    for (long timePs : network.roundPs()) {
      if (startPs > US && startPs + usualPs < readyPs) {
        assertThat(timePs).isGreaterThan(usualPs + usualPs / 5);
        slower++;
      } else if (startPs > readyPs) {
        assertThat(timePs).isEqualTo(usualPs);
      }
      startPs += timePs;
    }
    assertThat(startPs).isGreaterThan(readyPs);
    assertThat(slower).isGreaterThan(10);
  }

  @Test
  void wrongInput() {
    assertThatThrownBy(
            () ->
                spec(
                    failing(
                        "",
                        "weights: {from: flash, bytes: 1 GB, rate: 1 GB/s}, restore: {over: network,"
                            + " piece: 0 B, window: 0}")))
        .hasMessageContaining("node_failures.restore.piece: must be at least 1 B")
        .hasMessageContaining("'0' is out of range: a whole number from 1 to 1024")
        .hasMessageContaining("node_failures.restore: nothing goes over the network");
    assertThatThrownBy(
            () ->
                spec(
                    failing(
                        "",
                        "weights: {from: peer, bytes: 1 TB, rate: 1 GB/s}, restore: {over: network,"
                            + " piece: 1 kB}")))
        .hasMessageContaining("'restore.piece' must be larger");
    assertThatThrownBy(() -> spec(failing("", "restore: {over: path, piece: 1 kB}")))
        .hasMessageContaining("unknown key 'node_failures.restore.piece'");
  }
}
