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
import memwall.network.aggregation.Substitute;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import org.junit.jupiter.api.Test;

class MessageDeadlineTest {
  private static final long US = 1_000_000;

  private static FabricRunSpec spec(String text) {
    Faults wrong = new Faults();
    Config config = ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), wrong);
    FabricRunSpec spec = FabricRunSpec.read(config);
    config.finishAll();
    wrong.throwIfAny();
    return spec;
  }

  private static FabricRunSpec spec(String deadline, int count, String more) {
    return spec(
        "fabric: switch-8\ndeadline: "
            + deadline
            + "\nrepeat: { count: "
            + count
            + " }\n"
            + more
            + "\n");
  }

  private static long count(FabricRunResult result, String name) {
    return (long) result.statistics().number("deadline." + name);
  }

  /** A chain: rank 0 waits, then each rank receives, sends on and computes for 1 us. */
  private static Schedule chain(int ranks, long latePs) {
    ScheduleBuilder builder = new ScheduleBuilder(ranks);
    int before = builder.pause(0, latePs);
    for (int rank = 0; rank < ranks; rank++) {
      if (rank > 0) {
        before = builder.receive(rank, rank - 1, 500, 0);
      }
      if (rank + 1 < ranks) {
        builder.after(builder.send(rank, rank + 1, 500, 0), before);
      }
      builder.after(builder.compute(rank, US), before);
    }
    return builder.build();
  }

  /** One picosecond after the message would come it is awaited, one before it is not. */
  @Test
  void fromBothSides() {
    Schedule pair = chain(2, 20 * US);
    FabricRunResult waits = FabricRun.run(pair, spec("{wait: 1 us, substitute: wait}", 1, ""));
    long comesPs = waits.totalPs() - US;
    assertThat(comesPs).isGreaterThan(20 * US);
    assertThat(count(waits, "beyond")).isEqualTo(1);
    assertThat(count(waits, "in_time")).isEqualTo(1);
    FabricRunResult inTime =
        FabricRun.run(pair, spec("{wait: " + (comesPs + 1) + " ps, substitute: zero}", 1, ""));
    assertThat(inTime.finishPs()).isEqualTo(waits.finishPs());
    assertThat(count(inTime, "substituted") + count(inTime, "beyond")).isZero();
    FabricRunResult late =
        FabricRun.run(pair, spec("{wait: " + (comesPs - 1) + " ps, substitute: zero}", 1, ""));
    assertThat(late.finishPs().get(1)).isEqualTo(comesPs - 1 + US);
    assertThat(count(late, "substituted")).isEqualTo(1);
    assertThat(count(late, "late")).isEqualTo(1);
    assertThat(count(late, "in_time")).isZero();
    assertThat(late.brokenLaws()).isEmpty();
  }

  /** Counted from the send, a message that is sent late but travels fast is in time. */
  @Test
  void fromTheSend() {
    Schedule pair = chain(2, 20 * US);
    String text = "{wait: %s, substitute: zero, from: send}";
    FabricRunResult fast = FabricRun.run(pair, spec(text.formatted("1 us"), 3, ""));
    assertThat(count(fast, "in_time")).isEqualTo(3);
    FabricRunResult slow = FabricRun.run(pair, spec(text.formatted("10 ns"), 3, ""));
    assertThat(count(slow, "late")).isEqualTo(3);
    assertThat(slow.finishPs().get(1)).isEqualTo(20 * US + 10_000 + US);
    assertThat(slow.brokenLaws()).isEmpty();
  }

  /** Rank 1 goes on without; what it sends, and what is made of that, contains the substitute. */
  @Test
  void whatContainsSubstitutes() {
    FabricRunResult result =
        FabricRun.run(chain(5, 50 * US), spec("{wait: 10 us, substitute: partial-sum}", 1, ""));
    assertThat(count(result, "substituted")).isEqualTo(4); // All wait from the beginning.
    result =
        FabricRun.run(
            chain(5, 50 * US), spec("{wait: 49 us, substitute: partial-sum, from: send}", 1, ""));
    assertThat(count(result, "substituted")).isZero();
    assertThat(count(result, "marked_results")).isZero();
    assertThat(count(result, "results")).isEqualTo(5);
    ScheduleBuilder builder = new ScheduleBuilder(4);
    int late = builder.pause(0, 50 * US);
    builder.after(builder.send(0, 1, 700, 0), late);
    int first = builder.receive(1, 0, 700, 0);
    builder.after(builder.send(1, 2, 300, 0), first);
    int ready = builder.pause(2, 15 * US);
    int second = builder.receive(2, 1, 300, 0);
    builder.after(second, ready);
    builder.after(builder.send(2, 3, 200, 0), second);
    int last = builder.pause(3, 20 * US);
    builder.after(builder.receive(3, 2, 200, 0), last);
    builder.send(3, 0, 100, 1);
    builder.receive(0, 3, 100, 1);
    result = FabricRun.run(builder.build(), spec("{wait: 10 us, substitute: partial-mean}", 1, ""));
    assertThat(count(result, "substituted")).isEqualTo(1);
    assertThat(count(result, "substituted_bytes")).isEqualTo(700);
    assertThat(count(result, "marked_bytes")).isEqualTo(300 + 200);
    assertThat(count(result, "received_bytes")).isEqualTo(300 + 200 + 100);
    assertThat(count(result, "marked_results")).isEqualTo(3);
    assertThat(count(result, "late")).isEqualTo(1);
    assertThat(result.brokenLaws()).isEmpty();
  }

  /**
   * A message that is always late: without a value the receiver waits, then it takes the old one as
   * long as that is young enough.
   */
  @Test
  void staleData() {
    Schedule pair = chain(2, 20 * US);
    int[][] expected = {{1, 5}, {2, 6}, {3, 7}, {20, 9}};
    for (int[] one : expected) {
      FabricRunResult result =
          FabricRun.run(
              pair, spec("{wait: 5 us, substitute: stale, most_age: " + one[0] + "}", 10, ""));
      assertThat(count(result, "substituted")).as("age %s", one[0]).isEqualTo(one[1]);
      assertThat(count(result, "beyond")).isEqualTo(10 - one[1]);
      assertThat(count(result, "in_time")).isEqualTo(10 - one[1]);
      assertThat(count(result, "late")).isEqualTo(one[1]);
      assertThat(result.brokenLaws()).isEmpty();
    }
    FabricRunResult refreshed =
        FabricRun.run(pair, spec("{wait: 5 us, substitute: stale, refresh: true}", 10, ""));
    assertThat(count(refreshed, "substituted")).isEqualTo(9);
  }

  /** Late messages come while the next operation is under way, and are no part of it. */
  @Test
  void lateMessagesOverlap() {
    ScheduleBuilder builder = new ScheduleBuilder(3);
    // 2 MB from rank 0, more than the deadline allows; ranks 1 and 2 exchange something short.
    builder.send(0, 1, 200_000, 0);
    builder.receive(1, 0, 200_000, 0);
    builder.send(1, 2, 100, 0);
    builder.receive(2, 1, 100, 0);
    FabricRunResult result =
        FabricRun.run(builder.build(), spec("{wait: 2 us, substitute: zero}", 20, ""));
    assertThat(count(result, "late")).isEqualTo(20);
    assertThat(count(result, "in_time")).isEqualTo(20);
    assertThat(result.roundPs()).allMatch(timePs -> timePs == 2 * US).hasSize(20);
    assertThat(result.brokenLaws()).isEmpty();
  }

  /** Every algorithm with late ranks: a deadline that nobody reaches changes nothing. */
  @Test
  void aDeadlineBeyondTheLongestWait() {
    String late = "stragglers: {share: 0.2, late: 10 us}\nendpoint: {send: 100 ns, receive: 90 ns}";
    for (CollectiveKind kind : CollectiveKind.values()) {
      for (Algorithm algorithm : Algorithm.of(kind)) {
        Schedule schedule = algorithm.schedule(CollectiveShape.of(7, 9_000));
        FabricRunResult without =
            FabricRun.run(schedule, spec("fabric: switch-8\nrepeat: {count: 8}\n" + late));
        for (Substitute substitute : Substitute.values()) {
          String name = substitute.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
          FabricRunResult with =
              FabricRun.run(schedule, spec("{wait: 1 s, substitute: " + name + "}", 8, late));
          assertThat(with.roundPs()).as(algorithm + " " + name).isEqualTo(without.roundPs());
          assertThat(with.finishPs()).isEqualTo(without.finishPs());
          assertThat(with.messages()).isEqualTo(without.messages());
          assertThat(count(with, "in_time")).isEqualTo(8L * schedule.sends());
          assertThat(count(with, "substituted") + count(with, "marked_results")).isZero();
          assertThat(with.brokenLaws()).isEmpty();
        }
      }
    }
  }

  /** One operation without a deadline is what it was without the section. */
  @Test
  void oneOfAStream() {
    Schedule schedule = Algorithm.ALL_REDUCE_RING.schedule(CollectiveShape.of(8, 9_000));
    FabricRunResult alone = FabricRun.run(schedule, spec("fabric: switch-8\n"));
    FabricRunResult stream =
        FabricRun.run(schedule, spec("fabric: switch-8\nrepeat: {count: 3, gap: 7 ns}\n"));
    assertThat(stream.roundPs())
        .isEqualTo(List.of(alone.totalPs(), alone.totalPs(), alone.totalPs()));
  }

  /** A node that is cut off: without a deadline ranks wait for ever, with one all end. */
  @Test
  void messagesThatAreLost() {
    String faults =
        "faults: {timeout: 5 us, retries: 2, heartbeat: 1 us,"
            + " given: [{at: 0 ps, what: node-down, node: 3}]}";
    Schedule schedule = Algorithm.ALL_TO_ALL_DIRECT.schedule(CollectiveShape.of(6, 6_000));
    FabricRunResult waits =
        FabricRun.run(schedule, spec("{wait: 9 us, substitute: wait}", 3, faults));
    assertThat(waits.unfinishedRanks()).isPositive();
    assertThat(waits.roundPs()).hasSize(1);
    assertThat(waits.brokenLaws()).isEmpty();
    FabricRunResult goesOn =
        FabricRun.run(schedule, spec("{wait: 9 us, substitute: zero}", 3, faults));
    assertThat(goesOn.unfinishedRanks()).isZero();
    assertThat(goesOn.roundPs()).hasSize(3);
    // What rank 3 sends, and what is sent to it.
    assertThat(goesOn.undeliverable()).hasSize(3 * 10);
    assertThat(count(goesOn, "undeliverable")).isEqualTo(30);
    assertThat(count(goesOn, "substituted")).isEqualTo(30);
    assertThat(count(goesOn, "late")).isZero();
    assertThat(goesOn.brokenLaws()).isEmpty();
  }

  /** Random collectives, deadlines, late ranks, and faults or none: laws hold, nothing hangs. */
  @Test
  void randomRuns() {
    Random random = new Random(20_261);
    long[] seen = new long[5];
    List<Algorithm> algorithms = new ArrayList<>();
    for (CollectiveKind kind : CollectiveKind.values()) {
      algorithms.addAll(Algorithm.of(kind));
    }
    List<String> substitutes = List.of("wait", "zero", "stale", "partial-sum", "partial-mean");
    for (int run = 0; run < 1_500; run++) {
      Algorithm algorithm = algorithms.get(random.nextInt(algorithms.size()));
      int ranks = 2 + random.nextInt(7);
      int count = 1 + random.nextInt(4);
      Schedule schedule =
          algorithm.schedule(CollectiveShape.of(ranks, 1L + random.nextInt(20_000)));
      String substitute = substitutes.get(random.nextInt(5));
      boolean faults = random.nextInt(3) == 0;
      String text =
          "fabric: switch-8\nseed: "
              + run
              + "\ndeadline: {substitute: "
              + substitute
              + ", wait: "
              + (50 + random.nextInt(6_000))
              + " ns, from: "
              + (random.nextBoolean() ? "send" : "receive")
              + (substitute.equals("stale") && random.nextBoolean() ? ", refresh: true" : "")
              + "}\nrepeat: {count: "
              + count
              + ", gap: "
              + random.nextInt(500)
              + " ns}\nstragglers: {share: 0.2, late: 5 us}\nendpoint: {send: 20 ns, receive: 30"
              + " ns, sram_threshold: 1 KiB, sram_slots: "
              + random.nextInt(4)
              + ", add_rate: 10 GB/s}\n"
              + (faults
                  ? "faults: {timeout: 3 us, retries: 1, heartbeat: 500 ns, given: [{at: "
                      + random.nextInt(10_000)
                      + " ns, what: node-down, node: "
                      + random.nextInt(ranks)
                      + "}, {at: "
                      + (10_000 + random.nextInt(20_000))
                      + " ns, what: node-up, node: "
                      + random.nextInt(ranks)
                      + "}]}\n"
                  : "");
      FabricRunResult result = FabricRun.run(schedule, spec(text));
      assertThat(result.brokenLaws()).as(algorithm + "\n" + text).isEmpty();
      if (result.unfinishedRanks() == 0) {
        assertThat(result.roundPs()).hasSize(count);
        assertThat(count(result, "in_time") + count(result, "substituted"))
            .as(algorithm + "\n" + text)
            .isEqualTo((long) count * schedule.sends());
        assertThat(count(result, "results")).isEqualTo((long) count * ranks);
      } else {
        assertThat(faults && (substitute.equals("wait") || substitute.equals("stale")))
            .as(text)
            .isTrue();
        seen[4]++;
      }
      seen[0] += count(result, "late");
      seen[1] += count(result, "undeliverable");
      seen[2] += count(result, "beyond");
      seen[3] += count(result, "marked_bytes");
    }
    for (long one : seen) {
      assertThat(one).isGreaterThan(10);
    }
  }

  @Test
  void wrongInput() {
    assertThatThrownBy(() -> spec("{wait: 0 ns, substitute: zeros}", 0, ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("run.yaml:2:18: deadline.wait: must be more than 0")
        .hasMessageContaining("'zeros' is not one of")
        .hasMessageContaining("repeat.count: '0' is out of range");
    assertThatThrownBy(() -> spec("{substitute: zero, most_age: 2}", 1, ""))
        .hasMessageContaining("deadline.wait")
        .hasMessageContaining("unknown key 'deadline.most_age'");
    assertThatThrownBy(
            () -> spec("{wait: 1 us, substitute: stale, most_age: 0, form: send}", 1, ""))
        .hasMessageContaining("deadline.most_age: '0' is out of range")
        .hasMessageContaining("unknown key 'deadline.form'; did you mean 'from'?");
  }
}
