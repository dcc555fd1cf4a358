package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Dispatch and combine of tokens: closed forms of time and bytes, slots, losses and failures. */
final class TokenTest {
  private static final long CHUNK = 1000;
  private static final int ROOMY = 1 << 20;
  private static final SwitchSpec JOINT =
      new SwitchSpec(200_000, 1L << 50, 50_000, ROOMY, 4096, 64, false);
  private static final TreeFormula FORMULA = new TreeFormula(JOINT, Rig.HOST, Rig.WIRE, Rig.WIRE);

  private final List<TokenResult> results = new ArrayList<>();

  private static GroupSpec group(int members, int quota) {
    return new GroupSpec(
        "g",
        Rig.hosts(members),
        Rig.BYTES,
        CHUNK,
        ROOMY,
        quota,
        Admission.QUEUE,
        false,
        DeadlineSpec.NONE,
        true,
        GroupSpec.Spares.NONE);
  }

  private static Rig rig(Graph graph) {
    return new Rig(graph, JOINT, Rig.HOST, Rig.REPAIR, 1);
  }

  private TokenResult run(
      Rig rig, GroupSpec group, boolean plain, boolean combine, TokenSets tokens, long bytes) {
    return run(rig, group, plain ? 0 : 1, combine, tokens, bytes);
  }

  private TokenResult run(
      Rig rig, GroupSpec group, int trees, boolean combine, TokenSets tokens, long bytes) {
    int number = rig.network.tokenGroup(group, trees);
    rig.network.exchange(number, combine, tokens, bytes, Rig::value, results::add);
    rig.simulation.run();
    assertThat(rig.network.checkLaws()).isEmpty();
    assertThat(rig.network.transport.underWayBytes()).isZero();
    return results.get(results.size() - 1);
  }

  private static TokenSets one(int members, int home, int... holders) {
    return new TokenSets(members, new int[] {home}, new int[][] {holders});
  }

  static TokenSets any(Random random, int members, int tokens, int most) {
    int[] home = new int[tokens];
    int[][] holders = new int[tokens][];
    for (int token = 0; token < tokens; token++) {
      home[token] = random.nextInt(members);
      holders[token] =
          random.ints(1 + random.nextInt(most), 0, members).distinct().sorted().toArray();
    }
    return new TokenSets(members, home, holders);
  }

  /** One token: the way of its farthest copy, and of its farthest part with its additions. */
  @Test
  void aloneATokenTakesTheClosedForm() {
    Graph graph = Graph.twoLevel(12, 4, 2, Rig.WIRE, Rig.WIRE);
    TokenSets near = one(12, 0, 1, 2, 3);
    TokenSets far = one(12, 0, 1, 5, 6, 9);
    TokenSets single = one(12, 0, 11);
    assertThat(run(rig(graph), group(12, 9), false, false, near, 700).latencyPs())
        .isEqualTo(FORMULA.copyPs(1, 700));
    assertThat(run(rig(graph), group(12, 9), false, false, far, 700).latencyPs())
        .isEqualTo(FORMULA.copyPs(2, 700));
    // Parts meet in the home's switch; those from afar in their own, in the spine, and there.
    assertThat(run(rig(graph), group(12, 9), false, true, near, 700).latencyPs())
        .isEqualTo(FORMULA.partPs(1, 1, 700));
    assertThat(run(rig(graph), group(12, 9), false, true, far, 700).latencyPs())
        .isEqualTo(FORMULA.partPs(2, 3, 700));
    assertThat(run(rig(graph), group(12, 9), false, true, single, 700).latencyPs())
        .isEqualTo(FORMULA.partPs(2, 0, 700));
    // By themselves, the copies leave the home one after the other: 14 ns each.
    assertThat(run(rig(graph), group(12, 9), true, false, near, 700).latencyPs())
        .isEqualTo(FORMULA.copyPs(1, 700) + 2 * 14_000);
    assertThat(run(rig(graph), group(12, 9), true, true, near, 700).latencyPs())
        .isEqualTo(FORMULA.copyPs(1, 700) + 2 * 14_000);
  }

  /** A home sends one copy of each token, whatever its holders: n tokens take (n - 1) m more. */
  @Test
  void tokensOfOneHomeFollowEachOther() {
    Random random = new Random(Long.getLong("memwall.seed", 2026));
    for (int run = 0; run < 50; run++) {
      int tokens = 1 + random.nextInt(100);
      int[][] holders = new int[tokens][];
      for (int token = 0; token < tokens; token++) {
        holders[token] = random.ints(6, 4, 12).distinct().sorted().toArray();
      }
      TokenSets sets = new TokenSets(12, new int[tokens], holders);
      Rig rig = rig(Graph.twoLevel(12, 4, 2, Rig.WIRE, Rig.WIRE));
      TokenResult result = run(rig, group(12, 9), false, false, sets, CHUNK);
      assertThat(result.latencyPs()).isEqualTo(FORMULA.copyPs(2, CHUNK) + (tokens - 1) * 20_000L);
    }
  }

  /**
   * Bytes are those counted link by link: a home's link carries one copy of each token that leaves
   * it, where plain messages take one for each other holder. Nothing is faster than the busiest
   * link.
   */
  @Test
  void bytesAreThoseOfTheClosedForm() {
    Random random = new Random(Long.getLong("memwall.seed", 2026));
    for (int run = 0; run < 300; run++) {
      int members = 2 + random.nextInt(30);
      int fanIn = 1 + random.nextInt(members);
      Graph graph =
          fanIn == members
              ? Graph.star(members, Rig.WIRE)
              : Graph.twoLevel(members, fanIn, 2, Rig.WIRE, Rig.WIRE);
      TokenSets sets = any(random, members, 1 + random.nextInt(60), 8);
      long bytes = 1L + random.nextInt(5000);
      boolean combine = random.nextBoolean();
      int trees = random.nextInt(4);
      boolean plain = trees == 0;
      GroupSpec group = group(members, ROOMY);
      TokenTraffic traffic = TokenTraffic.of(graph, 64, group, combine, sets, bytes, trees);
      Rig rig = rig(graph);
      TokenResult result = run(rig, group, trees, combine, sets, bytes);
      AggregationStats stats = rig.network.stats;
      String what = "memwall.seed, run " + run + ": " + members + " hosts, " + fanIn + " at a leaf";
      assertThat(stats.hostLinkBytes.value()).as(what).isEqualTo(traffic.hostLinkBytes());
      assertThat(stats.sentBytes.value()).as(what).isEqualTo(traffic.bytes());
      assertThat(stats.duplicates.value()).as(what).isZero();
      assertThat(result.failed()).as(what).isFalse();
      assertThat(result.arrived()).isEqualTo(sets.copies() * ((bytes - 1) / CHUNK + 1));
      assertThat(result.latencyPs()).as(what).isGreaterThanOrEqualTo(traffic.busiestPs());
      long sources = 0;
      for (int token = 0; token < sets.tokens(); token++) {
        sources += sets.others(token) > 0 ? 1 : 0;
      }
      long oneWay = plain ? sets.copies() : sources;
      assertThat(traffic.hostLinkBytes()).as(what).isEqualTo((oneWay + sets.copies()) * bytes);
      if (combine) {
        long messages = (plain ? sets.copies() : sources) * ((bytes - 1) / CHUNK + 1);
        assertThat(stats.tokenMessages.value()).as(what).isEqualTo(messages);
      }
    }
  }

  /** All send to all, bound by the busiest link: within the way of one token above its time. */
  @Test
  void evenLoadIsBoundByTheBusiestLink() {
    int members = 8;
    int rounds = 200;
    int[] home = new int[members * rounds];
    int[][] holders = new int[home.length][];
    for (int token = 0; token < home.length; token++) {
      home[token] = token % members;
      int first = (home[token] + 1 + token / members % (members - 1)) % members;
      holders[token] = new int[] {first};
    }
    TokenSets sets = new TokenSets(members, home, holders);
    Graph graph = Graph.star(members, Rig.WIRE);
    long busiestPs =
        TokenTraffic.of(graph, 64, group(members, ROOMY), false, sets, CHUNK, 1).busiestPs();
    assertThat(busiestPs).isEqualTo(rounds * 20_000L);
    long latencyPs = run(rig(graph), group(members, ROOMY), false, false, sets, CHUNK).latencyPs();
    assertThat(latencyPs).isEqualTo(busiestPs + FORMULA.copyPs(1, 0));
  }

  /** Plain messages are spread over the spines by their destination; a tree has one each. */
  @Test
  void plainMessagesAndTreesUseAllSpines() {
    int[] home = new int[64];
    int[][] holders = new int[64][];
    for (int token = 0; token < 64; token++) {
      home[token] = token % 4;
      holders[token] = new int[] {4 + token / 4 % 4};
    }
    TokenSets sets = new TokenSets(8, home, holders);
    Graph graph = Graph.twoLevel(8, 4, 2, Rig.WIRE, Rig.WIRE);
    GroupSpec group = group(8, ROOMY);
    assertThat(TokenTraffic.of(graph, 64, group, false, sets, CHUNK, 1).busiestPs())
        .isEqualTo(64 * 20_000);
    assertThat(TokenTraffic.of(graph, 64, group, false, sets, CHUNK, 0).busiestPs())
        .isEqualTo(32 * 20_000);
    assertThat(TokenTraffic.of(graph, 64, group, false, sets, CHUNK, 5).busiestPs())
        .isEqualTo(32 * 20_000);
    assertThat(run(rig(graph), group, 2, false, sets, CHUNK).latencyPs())
        .isBetween(FORMULA.copyPs(2, 32 * CHUNK), FORMULA.copyPs(2, 34 * CHUNK));
    assertThat(run(rig(graph), group, 1, false, sets, CHUNK).latencyPs())
        .isEqualTo(FORMULA.copyPs(2, 64 * CHUNK));
  }

  /** Too few slots: parts pass as they are, nothing waits, and the home adds what is left. */
  @Test
  void partsPassWhereSlotsAreMissing() {
    Random random = new Random(Long.getLong("memwall.seed", 2026));
    Graph graph = Graph.twoLevel(16, 4, 1, Rig.WIRE, Rig.WIRE);
    TokenSets sets = any(random, 16, 400, 8);
    long before = 0;
    for (int quota : new int[] {1, 4, 64, ROOMY}) {
      Rig rig = rig(graph);
      TokenResult result = run(rig, group(16, quota), false, true, sets, CHUNK);
      AggregationStats stats = rig.network.stats;
      assertThat(result.failed()).isFalse();
      assertThat(rig.network.slots.mostInSwitch()).isLessThanOrEqualTo(quota);
      if (quota < ROOMY) {
        assertThat(stats.tokenPartsPassed.value()).isPositive();
        assertThat(stats.tokenMessages.value()).isGreaterThan(400);
      } else {
        assertThat(stats.tokenPartsPassed.value()).isZero();
      }
      if (before > 0) {
        assertThat(stats.sentBytes.value()).as("quota " + quota).isLessThanOrEqualTo(before);
      }
      before = stats.sentBytes.value();
    }
  }

  /** Messages and acknowledgements are lost; each copy and each part counts once. */
  @Test
  void lossesAreRepeated() {
    for (boolean combine : new boolean[] {false, true}) {
      Graph graph = Graph.twoLevel(12, 4, 2, Rig.WIRE, Rig.WIRE);
      RepairSpec patient = new RepairSpec(20_000_000, 60, 1, 1, 0, 0, 4);
      Rig rig = new Rig(graph, JOINT, Rig.HOST, patient, 3);
      for (int link = 0; link < graph.links(); link++) {
        rig.network.loss(link, 0.2);
      }
      TokenSets sets = any(new Random(5), 12, 100, 6);
      TokenResult result = run(rig, group(12, 3), false, combine, sets, 2 * CHUNK);
      assertThat(result.failed()).isFalse();
      assertThat(result.rebuilds()).isZero();
      assertThat(rig.network.stats.messagesLost.value()).isGreaterThan(100);
      assertThat(rig.network.stats.duplicates.value()).isGreaterThan(50);
      assertThat(result.arrived()).isEqualTo(2 * sets.copies());
    }
  }

  /** A spine dies: the rest goes over the other one. Both die: leaves are apart, members named. */
  @Test
  void deadSwitches() {
    for (boolean combine : new boolean[] {false, true}) {
      Graph graph = Graph.twoLevel(8, 4, 2, Rig.WIRE, Rig.WIRE);
      TokenSets sets = any(new Random(6), 8, 200, 6);
      Rig rig = rig(graph);
      rig.network.fault(new Fault.NodeDown(graph.node("s0")), 1_500_000);
      TokenResult result = run(rig, group(8, 1000), false, combine, sets, CHUNK);
      assertThat(result.failed()).isFalse();
      assertThat(result.rebuilds()).isEqualTo(1);
      assertThat(result.byHosts()).isFalse();
      Rig apart = rig(graph);
      apart.network.fault(new Fault.NodeDown(graph.node("s0")), 1_500_000);
      apart.network.fault(new Fault.NodeDown(graph.node("s1")), 1_500_000);
      TokenResult failed = run(apart, group(8, 1000), false, combine, sets, CHUNK);
      assertThat(failed.failure()).isEqualTo("members are not reached");
      assertThat(failed.failedMembers()).containsExactly("h4", "h5", "h6", "h7");
      assertThat(failed.arrived()).isBetween(1L, failed.parts() - 1);
    }
  }

  /** No tree is left, but a way over a switch that only passes on: plain messages. */
  @Test
  void hostsFallBackToPlainMessages() {
    Graph.Builder builder = new Graph.Builder();
    for (int host = 0; host < 4; host++) {
      builder.host("h" + host);
    }
    builder.join("s0", 4, true);
    builder.join("s1", 4, false);
    for (int host = 0; host < 4; host++) {
      builder.link("h" + host, "s0", Rig.WIRE);
      builder.link("h" + host, "s1", Rig.WIRE);
    }
    Graph graph = builder.build();
    Rig rig = rig(graph);
    rig.network.fault(new Fault.NodeDown(graph.node("s0")), 1_200_000);
    TokenSets sets = any(new Random(7), 4, 300, 4);
    TokenResult result = run(rig, group(4, 1000), false, true, sets, CHUNK);
    assertThat(result.failed()).isFalse();
    assertThat(result.byHosts()).isTrue();
    assertThat(rig.network.stats.fallBacks.value()).isEqualTo(1);
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> one(4, 4, 1)).hasMessage("token 0: home 4: members are 0 to 3");
    assertThatThrownBy(() -> one(4, 0, 2, 2)).hasMessageContaining("[2, 2]: must rise");
    assertThatThrownBy(() -> one(4, 0, 4)).hasMessageContaining("be 0 to 3");
    assertThatThrownBy(() -> new TokenSets(2, new int[1], new int[2][]))
        .hasMessageContaining("holders of each token");
    Rig rig = rig(Graph.star(4, Rig.WIRE));
    GroupSpec late = Rig.with(group(4, 1), new DeadlineSpec(1, false, Substitute.ZERO, 1, false));
    assertThatThrownBy(() -> rig.network.tokenGroup(late, 1))
        .hasMessage("group 'g': exchanges of tokens have no deadline and no spares");
    int number = rig.network.tokenGroup(group(4, 1), 1);
    assertThatThrownBy(
            () -> rig.network.exchange(number, false, one(5, 0, 1), 1, Rig::value, results::add))
        .hasMessageContaining("for 5 members: needs at least 1 B and the group's 4 members");
    assertThat(Arrays.asList(one(4, 0, 0, 3).others(0), (int) one(4, 0, 0, 3).copies()))
        .containsExactly(1, 1);
  }
}
