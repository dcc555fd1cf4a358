package memwall.network.reduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.network.aggregation.TreeFormula;
import org.junit.jupiter.api.Test;

/** Streams of operations against closed forms, counts by hand, and each other. */
final class ReduceTest {
  private static final long NS = 1_000;
  private static final long US = 1_000_000;

  /** Four hosts at one switch; a contribution of 1000 B is on a link for 20 ns. */
  private static final String STAR =
      """
      aggregation:
        name: star
        source: a test
        graph: { kind: star, hosts: 4, link: { rate: 50 GB/s, latency: 150 ns } }
        switch:
          latency: 200 ns
          add_rate: 1000 TB/s
          add_latency: 50 ns
          slots: 8
          slot_size: 1000 B
          fan_in: 4
        host: { overhead: 200 ns, add_rate: 1000 TB/s }
        group: { wire_number: 1 B, sum_number: 1 B, chunk: 1000 B, window: 4, quota: 4 }
        repair:
          timeout: 20 us
          retries: 3
          heartbeat: 10 us
          misses: 3
          rebuild: 50 us
          remap: 5 us
          most_rebuilds: 4
      reduce:
        sizes: [1000 B]
      """;

  static ReduceSpec spec(String text, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("run.yaml", text, List.of(sets), Presets.builtIn(), faults);
    ReduceSpec spec = ReduceSpec.read(config);
    faults.throwIfAny();
    return spec;
  }

  private static ReduceResult one(String text, String... sets) {
    List<ReduceResult> runs = run(text, sets).runs();
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  private static Reduce run(String text, String... sets) {
    Reduce reduce = Reduce.run(spec(text, sets));
    assertThat(reduce.brokenLaws()).isEmpty();
    return reduce;
  }

  private static long alonePs(String text, int members, long bytes) {
    ReduceSpec spec = spec(text);
    long chunkBytes = spec.network().group().chunkBytes();
    int window = spec.network().group().window();
    return spec.network().formula().streamPs(1, members, bytes, chunkBytes, 0, window);
  }

  /** A root's vectors, and sums for one host, one after the other and all complete. */
  @Test
  void broadcastsAndReductionsToOne() {
    String group = "reduce.groups=[{name: g, root: h2, operation: %s}]";
    TreeFormula formula = spec(STAR).network().formula();
    ReduceResult sent = one(STAR, group.formatted("broadcast"), "reduce.sizes=[5500 B]");
    TenantResult all = sent.tenants().get(0);
    assertThat(all.operations()).hasSize(20);
    for (OperationRow row : all.operations()) {
      assertThat(row.latencyPs()).isEqualTo(formula.broadcastPs(1, 5500, 1000, 0));
      assertThat(row.complete()).isTrue();
      assertThat(row.contributions()).isEqualTo(6);
    }
    assertThat(sent.count("sent_bytes")).isEqualTo(20 * 4 * 5500);
    ReduceResult summed = one(STAR, group.formatted("reduce"), "reduce.sizes=[5500 B]");
    for (OperationRow row : summed.tenants().get(0).operations()) {
      assertThat(row.latencyPs()).isEqualTo(alonePs(STAR, 4, 5500));
      assertThat(row.contributions()).isEqualTo(24);
    }
    assertThat(summed.count("sent_bytes")).isEqualTo(20 * (4 + 1) * 5500);
  }

  private static final String MOE =
      "reduce.groups=[{name: g, operation: %s, experts: {count: 8, top_k: 3, tokens: 40, skew: %s}}]";

  /** The same tokens in the network and plain: counted bytes are those of the closed form. */
  @Test
  void tokensInTheNetworkBesidePlainOnes() {
    for (String operation : List.of("moe-dispatch", "moe-combine")) {
      Reduce reduce =
          run(
              STAR,
              MOE.formatted(operation, "1"),
              "aggregation.switch.slots=100000",
              "aggregation.group.quota=100000",
              "aggregation.group.window=100000",
              "reduce.operations=4",
              "reduce.sizes=[1500 B]");
      ReduceResult network = reduce.runs().get(0);
      ReduceResult plain = reduce.runs().get(1);
      assertThat(plain.plain()).isTrue();
      assertThat(reduce.plain(network)).isSameAs(plain);
      for (ReduceResult run : reduce.runs()) {
        TenantResult group = run.tenants().get(0);
        assertThat(run.count("host_link_bytes")).isEqualTo(group.traffic().hostLinkBytes());
        assertThat(run.switchLinkBytes()).isZero();
        assertThat(group.sumPs()).isGreaterThan(group.traffic().busiestPs());
        assertThat(group.operations()).allMatch(OperationRow::complete);
      }
      TenantTraffic with = network.tenants().get(0).traffic();
      TenantTraffic without = plain.tenants().get(0).traffic();
      assertThat(with.parts()).isEqualTo(without.parts());
      assertThat(with.plainBytes()).isEqualTo(without.hostLinkBytes());
      assertThat(without.savedShare()).isZero();
      assertThat(with.savedShare()).isBetween(0.1, 0.4);
      assertThat(network.adderUtilisation(1) > 0).isEqualTo(operation.equals("moe-combine"));
      assertThat(plain.adderUtilisation(1)).isZero();
    }
  }

  /** A lossy network whose spine fails: all exchanges end complete, over the other spine. */
  @Test
  void tokensWhileThingsFail() {
    for (String operation : List.of("moe-dispatch", "moe-combine")) {
      ReduceResult run =
          run(
                  "aggregation: sharp-sat\nreduce: {}\n",
                  "aggregation.graph={hosts: 16, fan_in: 4}",
                  "aggregation.repair={timeout: 100 us, heartbeat: 10 us, rebuild: 20 us}",
                  "reduce.loss=0.001",
                  "reduce.operations=10",
                  "reduce.sizes=[3 KiB]",
                  "reduce.faults=[{at: 150 us, what: node-down, node: s0}]",
                  "reduce.groups=[{name: g, operation: "
                      + operation
                      + ", experts: {count: 32, top_k: 4, tokens: 20, trees: 2}}]")
              .runs()
              .get(0);
      assertThat(run.tenants().get(0).operations()).allMatch(OperationRow::complete);
      assertThat(run.count("rebuilds")).isPositive();
      assertThat(run.count("retransmissions")).isPositive();
      assertThat(run.count("token_parts")).isEqualTo(run.count("token_parts_arrived"));
    }
  }

  /** Experts on one host count once; Zipf's law makes some hosts' links carry more. */
  @Test
  void tokensAreDrawn() {
    ReduceResult even = run(STAR, MOE.formatted("moe-dispatch", "0")).runs().get(0);
    ReduceResult skewed = run(STAR, MOE.formatted("moe-dispatch", "3")).runs().get(0);
    // 3 of 8 experts, two at each host: a host holds none of them with 6 x 5 x 4 of 8 x 7 x 6.
    double expected = 20 * 160 * 3 * (1 - 120.0 / 336);
    assertThat((double) even.tenants().get(0).traffic().parts())
        .isCloseTo(expected, within(0.02 * expected));
    assertThat(skewed.tenants().get(0).traffic().parts())
        .isLessThan(even.tenants().get(0).traffic().parts());
    assertThat(skewed.tenants().get(0).traffic().busiestPs())
        .isGreaterThan(even.tenants().get(0).traffic().busiestPs());
  }

  @Test
  void operationsFollowEachOtherAtTheClosedForm() {
    ReduceResult run = one(STAR, "reduce.operations=7", "reduce.gap=3 us", "reduce.sizes=[5500 B]");
    long alonePs = alonePs(STAR, 4, 5500);
    TenantResult all = run.tenants().get(0);
    assertThat(all.operations()).hasSize(7);
    for (int i = 0; i < 7; i++) {
      OperationRow row = all.operations().get(i);
      assertThat(row.latencyPs()).isEqualTo(alonePs);
      assertThat(row.complete()).isTrue();
      if (i > 0) {
        OperationRow before = all.operations().get(i - 1);
        // The last acknowledgement ends it: another way over the link behind the result.
        assertThat(row.callPs() - before.callPs()).isBetween(alonePs + 3 * US, alonePs + 4 * US);
      }
    }
    assertThat(all.quantilePs(0.99)).isEqualTo(alonePs);
    assertThat(all.chunksComplete()).isEqualTo(7 * 6);
    assertThat(run.count("retransmissions")).isZero();
    assertThat(run.count("most_slots")).isBetween(2L, 4L);
    assertThat(run.count("most_quota")).isEqualTo(4);
  }

  @Test
  void oneRunForEachSize() {
    Reduce reduce =
        run(STAR.replace("sizes: [1000 B]", "size_range: { from: 500 B, to: 9 kB, factor: 4 }"));
    assertThat(reduce.runs())
        .extracting(ReduceResult::sizeBytes)
        .containsExactly(500L, 2000L, 8000L);
  }

  /** All are late by the same: the latency is theirs and the closed form's. */
  @Test
  void lateHostsAreWaitedFor() {
    ReduceResult run =
        one(STAR, "reduce.operations=5", "reduce.stragglers={share: 1, law: fixed, late: 9 us}");
    assertThat(run.lateHosts()).isEqualTo(20);
    assertThat(run.tenants().get(0).sortedPs().asList())
        .containsOnly(9 * US + alonePs(STAR, 4, 1000));
  }

  /** One of four is late once in ten operations: a fortieth of the data, and the tail is gone. */
  @Test
  void deadlinesBesideNone() {
    Reduce reduce =
        run(
            STAR,
            "reduce.operations=10",
            "reduce.gap=100 us",
            "aggregation.deadline={wait: 3 us, substitute: partial-sum}",
            "reduce.faults=[{at: 0 ps, what: straggler, node: h1, late: 50 us}]");
    assertThat(reduce.runs()).extracting(ReduceResult::deadlines).containsExactly(false, true);
    ReduceResult without = reduce.runs().get(0);
    ReduceResult with = reduce.runs().get(1);
    assertThat(reduce.baseline(with)).isSameAs(without);
    long alonePs = alonePs(STAR, 4, 1000);
    TenantResult waited = without.tenants().get(0);
    assertThat(waited.quantilePs(1)).isEqualTo(50 * US + alonePs);
    assertThat(waited.substitutedShare()).isZero();
    TenantResult cut = with.tenants().get(0);
    // From the first arrival on; what was kept is sent from its first byte on.
    assertThat(cut.quantilePs(1)).isEqualTo(3 * US + alonePs + 20 * NS);
    assertThat(cut.quantilePs(0.5)).isEqualTo(alonePs);
    assertThat(cut.substitutedShare()).isEqualTo(1.0 / 40);
    assertThat(cut.missingBytes()).isEqualTo(1000);
    assertThat(cut.incomplete()).isEqualTo(1);
    assertThat(with.count("expired")).isEqualTo(1);
    assertThat(
            run(STAR, "aggregation.deadline={wait: 3 us, substitute: zero}", "reduce.compare=false")
                .runs())
        .extracting(ReduceResult::deadlines)
        .containsExactly(true);
  }

  /** Runs with deadlines and without meet the same late hosts. */
  @Test
  void latenessDependsOnTheOperationAlone() {
    for (String law : List.of("exponential", "log-normal, sigma: 1")) {
      Reduce reduce =
          run(
              STAR,
              "reduce.operations=500",
              "reduce.gap=5 us",
              "aggregation.deadline={wait: 3 us, substitute: stale, refresh: true}",
              "reduce.stragglers={share: 0.05, late: 20 us, law: " + law + "}");
      ReduceResult without = reduce.runs().get(0);
      ReduceResult with = reduce.runs().get(1);
      assertThat(with.lateHosts()).isEqualTo(without.lateHosts()).isBetween(70L, 130L);
      TenantResult waited = without.tenants().get(0);
      TenantResult cut = with.tenants().get(0);
      assertThat(cut.quantilePs(0.99)).isLessThan(waited.quantilePs(0.99) / 5);
      assertThat(cut.stale()).isPositive();
      assertThat(cut.substitutedShare()).isBetween(0.01, 0.3);
    }
  }

  private static final String TWO =
      "reduce.groups=[{name: a, members: [h0, h1], quota: 5, admission: %s},"
          + " {name: b, members: [h2..h3], quota: 5, admission: %s, size: 9 kB, start: 100 ns}]";

  private static ReduceResult two(String admission) {
    return one(STAR, TWO.replace("%s", admission), "reduce.operations=4", "reduce.sizes=[2 kB]");
  }

  /** Two groups of five slots on a switch of eight. */
  @Test
  void tenantsThatDoNotFit() {
    ReduceResult queue = two("queue");
    assertThat(queue.count("operations_queued")).isPositive();
    assertThat(queue.count("most_quota")).isEqualTo(5);
    assertThat(queue.tenants()).allMatch(tenant -> tenant.failed() == 0);
    assertThat(queue.tenants().get(1).sizeBytes()).isEqualTo(9_000);

    ReduceResult refuse = two("refuse");
    assertThat(refuse.count("operations_refused"))
        .isPositive()
        .isEqualTo(refuse.tenants().stream().mapToInt(TenantResult::failed).sum());
    assertThat(refuse.tenants().get(1).failures())
        .isEqualTo(Map.of("a switch has too few free slots", refuse.tenants().get(1).failed()));

    ReduceResult alone = two("fall-back");
    assertThat(alone.count("fall_backs")).isPositive();
    assertThat(alone.tenants().get(1).operations()).anyMatch(OperationRow::byHosts);
  }

  @Test
  void orderOfTheAdditions() {
    String[] sets = {
      "reduce.operations=100", "reduce.stragglers={share: 0.3, late: 1 us}", "reduce.gap=9 us"
    };
    assertThat(one(STAR, sets).tenants().get(0).chunksReordered()).isPositive();
    String ordered = STAR.replace("  fan_in: 4\n", "  fan_in: 4\n    ordered: true\n");
    ReduceResult run = one(ordered, sets);
    assertThat(run.tenants().get(0).chunksReordered()).isZero();
    assertThat(run.tenants().get(0).chunksComplete()).isEqualTo(100);
  }

  @Test
  void lossesAreMadeGood() {
    ReduceResult run = one(STAR, "reduce.operations=300", "reduce.loss=0.01");
    assertThat(run.count("retransmissions")).isBetween(20L, 200L);
    assertThat(run.tenants().get(0).failed()).isZero();
    assertThat(run.tenants().get(0).quantilePs(0.999)).isGreaterThan(20 * US);
    assertThat(run.tenants().get(0).quantilePs(0.5)).isEqualTo(alonePs(STAR, 4, 1000));
  }

  @Test
  void spareTakesOver() {
    ReduceResult run =
        one(
            STAR,
            "reduce.groups=[{name: a, members: [h0..h2],"
                + " spares: {hosts: [h3], state: 5 kB, from: h0}}]",
            "reduce.operations=20",
            "reduce.gap=5 us",
            "reduce.faults=[{at: 40 us, what: node-down, node: h1},"
                + " {at: 10 s, what: node-down, node: h0}]");
    assertThat(run.count("spares_used")).isEqualTo(1);
    assertThat(run.count("remaps")).isEqualTo(1);
    assertThat(run.faultsGiven()).isEqualTo(1);
    assertThat(run.tenants().get(0).failed()).isZero();
    assertThat(run.tenants().get(0).quantilePs(1)).isGreaterThan(5 * US);
  }

  /** Each of four links fails as often as a Poisson process does while it works. */
  @Test
  void randomFailures() {
    ReduceResult run =
        one(
            STAR,
            "reduce.operations=4000",
            "reduce.gap=20 us",
            "reduce.random_faults={links: 0.001 s, repair: 0.00005 s}");
    double expected = 4 * (run.endPs() / 1e12) / (0.001 + 0.00005);
    assertThat((double) run.linkFailures())
        .isCloseTo(expected, within(4 * StrictMath.sqrt(expected)));
    assertThat(run.count("rebuilds")).isPositive();
    assertThat(run.nodeFailures()).isZero();

    ReduceResult dying =
        one(
            STAR,
            "reduce.operations=500",
            "reduce.gap=20 us",
            "reduce.random_faults={hosts: 0.01 s}");
    assertThat(dying.nodeFailures()).isBetween(1L, 4L);
    assertThat(dying.tenants().get(0).failed()).isPositive();
    ReduceResult without =
        one(
            STAR,
            "reduce.operations=500",
            "reduce.gap=20 us",
            "reduce.random_faults={switches: 0.005 s}");
    assertThat(without.nodeFailures()).isEqualTo(1);
    assertThat(without.tenants().get(0).failures().keySet()).isNotEmpty();
  }

  @Test
  void equalSeedsGiveEqualRuns() {
    String[] sets = {
      "reduce.operations=50",
      "reduce.loss=0.02",
      "reduce.stragglers={share: 0.1, late: 5 us}",
      "reduce.random_faults={links: 0.001 s, repair: 0.0001 s}"
    };
    ReduceResult first = one(STAR, sets);
    assertThat(one(STAR, sets).fingerprint()).isEqualTo(first.fingerprint());
    sets[1] = "reduce.loss=0.2";
    assertThat(one(STAR, sets).fingerprint()).isNotEqualTo(first.fingerprint());
  }
}
