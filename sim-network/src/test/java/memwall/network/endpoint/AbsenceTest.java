package memwall.network.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import memwall.network.endpoint.FabricRunResult.NodeFailure;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deadlines of receives together with nodes that die. */
class AbsenceTest {
  private static final long US = 1_000_000;

  /** A message of 240 B between nodes at the switch: 22 cycles of 1 ns. */
  private static final long WAY = 22_000;

  private static FabricRunSpec spec(String text) {
    Faults wrong = new Faults();
    Config config = ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), wrong);
    FabricRunSpec spec = FabricRunSpec.read(config);
    config.finishAll();
    wrong.throwIfAny();
    return spec;
  }

  private static long count(FabricRunResult result, String name) {
    return (long) result.statistics().number(name);
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

  private static String failing(long atPs, int node, String deadline, String more) {
    return "fabric: switch-8\nfaults: {timeout: 1 us, retries: 2}\nnode_failures:"
        + " {heartbeat: 10 us, misses: 2, spares: [5, 6], given: [{at: "
        + atPs
        + " ps, node: "
        + node
        + "}]"
        + more
        + "}\ndeadline: "
        + deadline
        + "\n";
  }

  /**
   * Rank 0 dies at 12 us, that is noticed at 30 us, and its spare is ready at 80 us. Operation 1:
   * ranks 1 and 2 go on at 40 us, rank 1 is done at 45 us, and with it the operation. Operation 2:
   * the others go on at 85 us; rank 0 joins at 80 us and is done at 110 us, too late. Operation 3
   * is as ever.
   */
  @Test
  void aRelayWhoseFirstRankDies() {
    String restore = ", weights: {from: flash, bytes: 50 kB, rate: 1 GB/s}";
    String three = "repeat: {count: 3}\n";
    FabricRunResult result =
        FabricRun.run(
            relay(), spec(failing(12 * US, 0, "{wait: 40 us, substitute: zero}", restore) + three));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.nodeFailures())
        .containsExactly(new NodeFailure(12 * US, 0, 0, 30 * US, 5, 80 * US));
    assertThat(result.roundPs()).containsExactly(45 * US, 65 * US, 35 * US + 2 * WAY);
    assertThat(count(result, "deadline.substituted")).isEqualTo(4);
    assertThat(count(result, "deadline.in_time")).isEqualTo(2);
    assertThat(count(result, "deadline.late")).isEqualTo(3); // 1 to 2 twice, 0 to 1 once.
    assertThat(count(result, "deadline.results")).isEqualTo(8);
    assertThat(count(result, "absence.parts")).isEqualTo(1);
    assertThat(count(result, "absence.receives")).isZero();
    assertThat(count(result, "absence.joined")).isEqualTo(1);
    assertThat(count(result, "absence.substituted")).isEqualTo(1);
    assertThat(count(result, "absence.substituted_bytes")).isEqualTo(240);
    FabricRunResult waits =
        FabricRun.run(
            relay(), spec(failing(12 * US, 0, "{wait: 40 us, substitute: wait}", restore) + three));
    long usual = 35 * US + 2 * WAY;
    assertThat(waits.roundPs()).containsExactly(80 * US + usual, usual, usual);
    assertThat(waits.brokenLaws()).isEmpty();
  }

  /**
   * Rank 1 dies at 32 us with what it had got; rank 2 goes on at 40 us. The spare joins operation 2
   * at 50 us, and all is in time.
   */
  @Test
  void aRelayWhoseSecondRankDies() {
    FabricRunResult result =
        FabricRun.run(
            relay(),
            spec(
                failing(32 * US, 1, "{wait: 40 us, substitute: partial-sum}", "")
                    + "repeat: {count: 2}\n"));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.roundPs()).containsExactly(40 * US, 35 * US + 2 * WAY);
    assertThat(count(result, "deadline.in_time")).isEqualTo(3);
    assertThat(count(result, "deadline.substituted")).isEqualTo(1);
    assertThat(count(result, "deadline.late")).isZero();
    assertThat(count(result, "absence.parts")).isEqualTo(1);
    // The receive of rank 1 has ended at 30 us, if for nobody's good.
    assertThat(count(result, "absence.receives")).isZero();
    assertThat(count(result, "lives.copies")).isEqualTo(3);
  }

  /** One picosecond more, and the spare's message is in time; what it got is sent to it again. */
  @Test
  void fromBothSides() {
    // Rank 1 is ready at 50 us, gets its message again at once, sends at 55 us + WAY.
    long comesPs = 55 * US + 2 * WAY;
    for (int more = -1; more <= 1; more += 2) {
      String deadline = "{wait: " + (comesPs + more) + " ps, substitute: zero}";
      FabricRunResult result = FabricRun.run(relay(), spec(failing(32 * US, 1, deadline, "")));
      assertThat(result.brokenLaws()).isEmpty();
      assertThat(result.totalPs()).isEqualTo(comesPs + Math.min(0, more));
      assertThat(count(result, "deadline.late")).isEqualTo(more < 0 ? 1 : 0);
      assertThat(count(result, "deadline.substituted")).isEqualTo(more < 0 ? 1 : 0);
      assertThat(count(result, "deadline.in_time")).isEqualTo(more < 0 ? 2 : 3);
      assertThat(count(result, "absence.redone")).isEqualTo(1);
      assertThat(count(result, "absence.parts")).isZero();
    }
  }

  /** Time from the send: of a dead rank it counts from when its death is noticed, 30 us. */
  @Test
  void fromTheSend() {
    String restore = ", weights: {from: flash, bytes: 50 kB, rate: 1 GB/s}";
    FabricRunResult result =
        FabricRun.run(
            relay(),
            spec(failing(12 * US, 0, "{wait: 40 us, substitute: zero, from: send}", restore)));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.totalPs()).isEqualTo(75 * US + WAY);
    assertThat(count(result, "absence.substituted")).isEqualTo(1);
    assertThat(count(result, "deadline.in_time")).isEqualTo(1);
  }

  /** Without a spare operations go on without the rank; without anybody they do not. */
  @Test
  void nobodyTakesThePlace() {
    Schedule schedule = Algorithm.ALL_REDUCE_TWO_SHOT.schedule(CollectiveShape.of(4, 4_000));
    String text =
        """
        fabric: switch-8
        faults: {timeout: 1 us, retries: 1}
        repeat: {count: 6}
        deadline: {wait: 10 us, substitute: zero}
        node_failures: {heartbeat: 1 us, spares: [], given: [{at: 0 ps, node: 2}%s]}
        """;
    FabricRunResult result = FabricRun.run(schedule, spec(text.formatted("")));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.unfinishedRanks()).isZero();
    // Both phases wait for rank 2; those who wait begin the second at the same time.
    assertThat(result.roundPs()).hasSize(6).allMatch(timePs -> timePs == 20 * US);
    assertThat(count(result, "absence.parts")).isEqualTo(6);
    assertThat(count(result, "absence.receives")).isEqualTo(6 * 6);
    assertThat(count(result, "deadline.substituted")).isEqualTo(6 * 6);
    assertThat(count(result, "deadline.substituted"))
        .isEqualTo(count(result, "absence.substituted"));
    assertThat(count(result, "deadline.in_time")).isEqualTo(6L * (schedule.sends() - 12));
    String all = ", {at: 50 us, node: 0}, {at: 50 us, node: 1}, {at: 50 us, node: 3}";
    FabricRunResult none = FabricRun.run(schedule, spec(text.formatted(all)));
    assertThat(none.brokenLaws()).isEmpty();
    assertThat(none.roundPs()).hasSize(3);
    assertThat(none.unfinishedRanks()).isEqualTo(4);
  }

  /**
   * Rank 0 gets a message 20 us after each beginning, and takes stale data after 5 us. Its spare
   * has none and waits, as rank 0 did the first time.
   */
  @Test
  void nothingStaleFromADeadLife() {
    ScheduleBuilder builder = new ScheduleBuilder(2);
    builder.after(builder.send(1, 0, 240, 0), builder.pause(1, 20 * US));
    builder.receive(0, 1, 240, 0);
    FabricRunResult result =
        FabricRun.run(
            builder.build(),
            spec(
                "fabric: switch-8\nfaults: {timeout: 1 us, retries: 1}\nrepeat: {count: 4}\n"
                    + "deadline: {wait: 5 us, substitute: stale, most_age: 20}\n"
                    + "node_failures: {heartbeat: 10 us, misses: 1, spares: [4], given: [{at: 30"
                    + " us, node: 0}], weights: {from: peer, bytes: 5 kB, rate: 1 GB/s}}\n"));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.nodeFailures())
        .containsExactly(new NodeFailure(30 * US, 0, 0, 40 * US, 4, 45 * US));
    assertThat(count(result, "deadline.substituted")).isEqualTo(2);
    assertThat(count(result, "deadline.beyond")).isEqualTo(2);
    assertThat(count(result, "deadline.in_time")).isEqualTo(2);
    assertThat(count(result, "absence.joined")).isEqualTo(1);
    assertThat(result.roundPs()).containsExactly(20 * US + WAY, 20 * US, 20 * US + WAY, 20 * US);
  }

  /** What receivers have of a dead rank's becomes older: two operations go on, the third waits. */
  @Test
  void staleDataOfADeadRankAges() {
    Schedule schedule = Algorithm.ALL_TO_ALL_DIRECT.schedule(CollectiveShape.of(4, 4_000));
    FabricRunResult result =
        FabricRun.run(
            schedule,
            spec(
                "fabric: switch-8\nfaults: {timeout: 1 us, retries: 1}\n"
                    + "repeat: {count: 5, gap: 10 us}\n"
                    + "deadline: {wait: 5 us, substitute: stale, most_age: 2}\n"
                    + "node_failures: {heartbeat: 1 ms, misses: 1, spares: [4], given: [{at: 5 us,"
                    + " node: 3}]}\n"));
    assertThat(result.brokenLaws()).isEmpty();
    assertThat(result.roundPs().subList(1, 3)).containsExactly(5 * US, 5 * US);
    assertThat(result.roundPs().get(3)).isBetween(950 * US, 1_000 * US);
    assertThat(result.roundPs().get(4)).isEqualTo(result.roundPs().get(0));
    assertThat(count(result, "deadline.beyond")).isEqualTo(3);
    assertThat(count(result, "absence.parts")).isEqualTo(2);
  }

  private static final List<String> SUBSTITUTES =
      List.of("wait", "zero", "stale", "partial-sum", "partial-mean");

  private static final List<String> KINDS =
      List.of(
          "deadline.late",
          "deadline.beyond",
          "absence.parts",
          "absence.receives",
          "absence.redone",
          "absence.joined",
          "absence.substituted",
          "lives.duplicates",
          "lives.void",
          "lives.given_up",
          "lives.forgotten",
          "lives.repeated");

  /**
   * Random collectives, deadlines and deaths: all end unless a rank waits for one without a spare,
   * all laws hold, receivers that wait see what they see without deadlines, and runs without deaths
   * are those of deadlines alone.
   */
  @Test
  void randomRuns() {
    allSeen(runs(0, 1_000), 1);
  }

  @Test
  @Tag("slow")
  void manyRandomRuns() {
    allSeen(runs(1_000_000, 10_000), 10);
  }

  private static void allSeen(long[] seen, long least) {
    for (int i = 0; i < seen.length; i++) {
      assertThat(seen[i]).as("kind of event %s", i).isGreaterThan(least);
    }
  }

  private static long[] runs(int firstSeed, int runs) {
    List<Algorithm> algorithms = new ArrayList<>();
    for (CollectiveKind kind : CollectiveKind.values()) {
      algorithms.addAll(Algorithm.of(kind));
    }
    long[] seen = new long[KINDS.size() + 3];
    for (int seed = firstSeed; seed < firstSeed + runs; seed++) {
      Random random = new Random(seed);
      Algorithm algorithm = algorithms.get(random.nextInt(algorithms.size()));
      int ranks = 2 + random.nextInt(6);
      int count = 1 + random.nextInt(5);
      Schedule schedule =
          algorithm.schedule(CollectiveShape.of(ranks, 1L + random.nextInt(12_000)));
      String substitute = SUBSTITUTES.get(random.nextInt(SUBSTITUTES.size()));
      String basis = basis(random, seed, count);
      String deadline = deadline(random, substitute);
      boolean dies = random.nextInt(8) > 0;
      String failures = failures(random, ranks, dies);
      String text = basis + deadline + failures;
      String name = algorithm + ", " + ranks + " ranks\n" + text;
      FabricRunResult result = FabricRun.run(schedule, spec(text));
      assertThat(result.brokenLaws()).as(name).isEmpty();
      boolean anyLost = false;
      for (NodeFailure failure : result.nodeFailures()) {
        anyLost |= failure.spare() < 0 && failure.noticedPs() >= 0;
        // Over the network it may be that nobody was left who has the state.
        anyLost |= text.contains("over: network") && failure.spare() >= 0 && failure.readyPs() < 0;
      }
      if (result.unfinishedRanks() == 0) {
        long receives = (long) count * schedule.sends();
        assertThat(result.roundPs()).as(name).hasSize(count);
        assertThat(
                count(result, "deadline.in_time")
                    + count(result, "deadline.substituted")
                    - count(result, "absence.redone")
                    + count(result, "absence.receives"))
            .as(name)
            .isEqualTo(receives);
        assertThat(count(result, "deadline.results") + count(result, "absence.parts"))
            .as(name)
            .isEqualTo((long) count * ranks);
        seen[KINDS.size()]++;
      } else {
        assertThat(anyLost).as(name).isTrue();
        boolean waits = substitute.equals("wait") || substitute.equals("stale");
        assertThat(waits || result.unfinishedRanks() == ranks || nobody(result, ranks))
            .as(name)
            .isTrue();
        seen[KINDS.size() + 1]++;
      }
      if (substitute.equals("wait")) {
        same(result, FabricRun.run(schedule, spec(basis + failures)), "lives.", name);
        seen[KINDS.size() + 2]++;
      }
      if (!dies) {
        same(result, FabricRun.run(schedule, spec(basis + deadline)), "deadline.", name);
      }
      for (int i = 0; i < KINDS.size(); i++) {
        seen[i] += count(result, KINDS.get(i));
      }
    }
    return seen;
  }

  /** Whether at the end no rank had a node. */
  private static boolean nobody(FabricRunResult result, int ranks) {
    boolean[] dead = new boolean[ranks];
    for (NodeFailure failure : result.nodeFailures()) {
      dead[failure.rank()] = failure.readyPs() < 0;
    }
    int alive = 0;
    for (boolean one : dead) {
      alive += one ? 0 : 1;
    }
    return alive == 0;
  }

  private static String basis(Random random, int seed, int count) {
    return String.format(
        Locale.ROOT,
        "fabric: %s\nseed: %d\nrepeat: {count: %d, gap: %d ns}\nstragglers: {share: 0.1, late: 1"
            + " us}\nendpoint: {send: %d ns, receive: 30 ns, sram_threshold: 1 KiB, sram_slots: %d,"
            + " add_rate: 10 GB/s, memory_latency: 200 ns}\nfaults: {timeout: %d us, retries: %d,"
            + " heartbeat: %d us}\n",
        random.nextInt(3) == 0 ? "mesh-4x4" : "torus-8x8",
        seed,
        count,
        random.nextInt(900),
        2 + random.nextInt(20),
        random.nextInt(4),
        1 + random.nextInt(4),
        random.nextInt(3),
        random.nextInt(2));
  }

  private static String deadline(Random random, String substitute) {
    return String.format(
        Locale.ROOT,
        "deadline: {substitute: %s, wait: %d ns, from: %s%s}\n",
        substitute,
        30 + random.nextInt(random.nextBoolean() ? 400 : 4_000),
        random.nextBoolean() ? "send" : "receive",
        substitute.equals("stale")
            ? ", refresh: " + random.nextBoolean() + ", most_age: " + (1 + random.nextInt(3))
            : "");
  }

  private static String failures(Random random, int ranks, boolean dies) {
    int number = random.nextInt(4);
    List<String> spares = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      spares.add(Integer.toString(ranks + i));
    }
    List<String> given = new ArrayList<>();
    int deaths = dies ? random.nextInt(4) : 0;
    for (int i = 0; i < deaths; i++) {
      given.add(
          "{at: "
              + random.nextInt(9_000_000)
              + " ps, node: "
              + random.nextInt(ranks + number)
              + "}");
    }
    boolean atOnce = random.nextBoolean(); // While messages of the dead node are under way.
    return String.format(
        Locale.ROOT,
        "node_failures: {heartbeat: %d ns, misses: %d, spares: %s, given: %s%s, weights: {from:"
            + " peer, bytes: %d B, rate: 1 GB/s}%s}\n",
        atOnce ? 1 + random.nextInt(15) : 200 + random.nextInt(2_000),
        1 + random.nextInt(2),
        spares,
        given,
        dies && random.nextInt(3) == 0 ? ", mean_time: 30 us" : "",
        atOnce ? 0 : random.nextInt(3_000),
        random.nextInt(3) == 0 ? ", restore: {over: network, piece: 400 B, window: 2}" : "");
  }

  /** The same times and counts; the statistics of a group and of the ends too. */
  private static void same(FabricRunResult one, FabricRunResult other, String group, String name) {
    assertThat(one.roundPs()).as(name).isEqualTo(other.roundPs());
    assertThat(one.finishPs()).as(name).isEqualTo(other.finishPs());
    assertThat(one.messages()).as(name).isEqualTo(other.messages());
    assertThat(one.unfinishedRanks()).as(name).isEqualTo(other.unfinishedRanks());
    // What was never sent again is known at the end of the run, which may be a deadline.
    assertThat(one.undeliverable())
        .as(name)
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("knownPs")
        .isEqualTo(other.undeliverable());
    for (Snapshot.Value value : other.statistics().values()) {
      boolean isSame =
          value.path().startsWith(group)
              || value.path().startsWith("network.")
              || value.path().startsWith("endpoint.");
      if (isSame && value.exact() != null) {
        assertThat(count(one, value.path()))
            .as(value.path() + ": " + name)
            .isEqualTo(value.exact());
      }
    }
  }
}
