package memwall.network.loggp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import memwall.core.Allocation;
import memwall.core.Randomized;
import memwall.core.StalledException;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rules one by one, in cases that can be computed by hand. L = 500, o = 200, g = 5 ns. */
class LogGopsRunTest {
  /** G = 20 ps/B. */
  private static final LogGopsSpec SPEC = LogGopsSpec.of(500_000, 200_000, 5_000, 50_000_000_000L);

  private static LogGopsResult run(ScheduleBuilder builder) {
    return LogGopsRun.run(builder.build(), SPEC);
  }

  /** 8 to 1, 64 KiB each: o + L + 8 (o + (m-1) G) = 12.7856 us. */
  @Test
  void incastIsTakenInOneAfterTheOther() {
    ScheduleBuilder builder = new ScheduleBuilder(9);
    for (int rank = 1; rank < 9; rank++) {
      builder.send(rank, 0, 65_536, 7);
      builder.receive(0, rank, 65_536, 7);
    }
    LogGopsResult result = run(builder);
    assertThat(result.totalPs())
        .isEqualTo(700_000 + 8 * (200_000 + 65_535 * 20))
        .isEqualTo(12_785_600);
    assertThat(result.finishPs(1)).isEqualTo(200_000);
    assertThat(result.busyPs(0)).isEqualTo(8 * (200_000 + 65_535 * 20));
    assertThat(result.receivedBytes(0)).isEqualTo(8 * 65_536);
    assertThat(result.sentBytes(3)).isEqualTo(65_536);
    assertThat(result.messages()).isEqualTo(8);
    assertThat(result.unexpected()).isZero();
  }

  /** The way out is busy for g + (m-1) G, the processor of the sender for o only. */
  @Test
  void sendsWaitForTheWayOut() {
    ScheduleBuilder builder = new ScheduleBuilder(3);
    builder.send(0, 1, 100_001, 0);
    builder.send(0, 2, 1, 0);
    builder.receive(1, 0, 100_001, 0);
    builder.receive(2, 0, 1, 0);
    int compute = builder.compute(0, 1_000);
    LogGopsResult result = run(builder);
    // The computation goes before the second send, which waits for 2,005 ns.
    assertThat(result.finishPs(2)).isEqualTo(2_005_000 + 900_000);
    assertThat(result.finishPs(0)).isEqualTo(2_005_000 + 200_000);
    assertThat(result.busyPs(0)).isEqualTo(401_000);
    assertThat(compute).isEqualTo(4);
  }

  @Test
  void processorsHandleBytesAtTheirOwnRate() {
    LogGopsSpec slow =
        new LogGopsSpec(
            500_000, 200_000, 5_000, 50_000_000_000L, 25_000_000_000L, LogGopsSpec.ALL_EAGER, 0);
    ScheduleBuilder builder = new ScheduleBuilder(2);
    int send = builder.send(0, 1, 1_001, 0);
    builder.receive(1, 0, 1_001, 0);
    builder.after(builder.compute(0, 10), send);
    LogGopsResult result = LogGopsRun.run(builder.build(), slow);
    assertThat(result.finishPs(0)).isEqualTo(200_000 + 40_000 + 10);
    assertThat(result.finishPs(1)).isEqualTo(900_000 + 40_000).isEqualTo(slow.messagePs(1_001));
  }

  /** A message that is larger than S keeps its sender until it meets its receive. */
  @Test
  void largeMessagesWaitForTheirReceive() {
    LogGopsSpec spec = new LogGopsSpec(500_000, 200_000, 5_000, 50_000_000_000L, 0, 1_000, 0);
    for (long bytes : new long[] {1_000, 1_001}) {
      ScheduleBuilder builder = new ScheduleBuilder(2);
      int send = builder.send(0, 1, bytes, 0);
      builder.after(builder.compute(0, 7), send);
      builder.after(builder.receive(1, 0, bytes, 0), builder.compute(1, 3_000_000));
      LogGopsResult result = LogGopsRun.run(builder.build(), spec);
      // The message comes while rank 1 computes, and is taken in at 3 us.
      long takenInPs = 3_000_000;
      assertThat(result.finishPs(1)).isEqualTo(takenInPs + 200_000 + (bytes - 1) * 20);
      assertThat(result.finishPs(0)).isEqualTo(bytes == 1_000 ? 200_007 : takenInPs + 7);
    }
  }

  @Test
  void unexpectedMessagesWaitForTheirReceive() {
    ScheduleBuilder builder = new ScheduleBuilder(2);
    builder.send(0, 1, 1, 0);
    int first = builder.compute(1, 100);
    int second = builder.compute(1, 2_000_000);
    int receive = builder.receive(1, 0, 1, 0);
    int last = builder.compute(1, 50);
    builder.after(second, first);
    builder.after(receive, second);
    builder.after(last, receive);
    LogGopsResult result = run(builder);
    // Taken in behind the long computation; the receive finds it at once.
    assertThat(result.finishPs(1)).isEqualTo(2_000_100 + 200_000 + 50);
  }

  @Test
  void receivesWithoutCostFindWhatCameBefore() {
    ScheduleBuilder builder = new ScheduleBuilder(2);
    builder.send(0, 1, 1, 0);
    int early = builder.compute(1, 100);
    int send = builder.send(1, 0, 1, 1);
    int answer = builder.receive(0, 1, 1, 1);
    int again = builder.send(0, 1, 1, 2);
    int wait = builder.receive(1, 0, 1, 2);
    int receive = builder.receive(1, 0, 1, 0);
    int last = builder.compute(1, 50);
    builder.after(send, early);
    builder.after(again, answer);
    builder.after(receive, wait);
    builder.after(last, receive);
    LogGopsResult result = run(builder);
    assertThat(result.unexpected()).isEqualTo(1);
    // 100 ps, two messages of 900 ns; rank 0 sends its second one after 900,100 ps.
    assertThat(result.finishPs(1)).isEqualTo(100 + 900_000 + 900_000 + 50);
  }

  @Test
  void startsAreWaitedFor() {
    ScheduleBuilder builder = new ScheduleBuilder(1);
    int longOne = builder.compute(0, 1_000);
    int blocked = builder.compute(0, 500);
    int third = builder.compute(0, 1);
    builder.afterStart(blocked, longOne);
    builder.after(third, longOne);
    assertThat(builder.build().hasStartEdges()).isTrue();
    LogGopsResult result = run(builder);
    assertThat(result.totalPs()).isEqualTo(1_501);
  }

  @Test
  void addingTakesTheProcessorAfterTheMessage() {
    LogGopsSpec spec =
        new LogGopsSpec(
            500_000, 200_000, 5_000, 50_000_000_000L, 0, LogGopsSpec.ALL_EAGER, 100_000_000_000L);
    CollectiveShape shape = CollectiveShape.of(2, 1_001);
    LogGopsResult result =
        LogGopsRun.run(Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING.schedule(shape), spec);
    assertThat(result.totalPs()).isEqualTo(900_000 + 20_000 + 10_010);
    assertThat(result.busyPs(0)).isEqualTo(400_000 + 20_000 + 10_010);
  }

  @Test
  void messagesOfOneTagComeInTheOrderInWhichTheyWereSent() {
    ScheduleBuilder builder = new ScheduleBuilder(2);
    int first = builder.send(0, 1, 100_000, 0);
    int second = builder.send(0, 1, 1, 0);
    builder.after(second, first);
    int one = builder.receive(1, 0, 100_000, 0);
    builder.receive(1, 0, 1, 0);
    builder.after(builder.compute(1, 0), one);
    Schedule schedule = builder.build();
    assertThat(schedule.channels()).isEqualTo(1);
    assertThat(LogGopsRun.run(schedule, SPEC).totalPs())
        .isEqualTo(700_000 + 200_000 + 99_999 * 20 + 200_000);
  }

  @Test
  void whoWaitsForEverIsNamed() {
    ScheduleBuilder builder = new ScheduleBuilder(3);
    builder.receive(2, 1, 64, 5);
    assertThatThrownBy(() -> run(builder))
        .isInstanceOf(StalledException.class)
        .hasMessageContaining("rank 2 receives 64 B from rank 1 with tag 5");
    ScheduleBuilder circle = new ScheduleBuilder(1);
    int one = circle.compute(0, 1);
    int other = circle.compute(0, 1);
    circle.after(one, other);
    circle.after(other, one);
    assertThatThrownBy(() -> run(circle))
        .isInstanceOf(StalledException.class)
        .hasMessageContaining("rank 0 computes for 1 ps, waiting for others");
  }

  @Test
  void nothingToDoTakesNoTime() {
    assertThat(run(new ScheduleBuilder(4)).totalPs()).isZero();
    assertThat(
            LogGopsRun.run(Algorithm.ALL_REDUCE_RING.schedule(CollectiveShape.of(1, 5)), SPEC)
                .messages())
        .isZero();
  }

  /** Random operations, dependencies and parameters, against the plain way. */
  @Test
  void randomSchedulesTakeWhatTheyTakeThePlainWay() {
    int[] ended = {0};
    Randomized.check(
        3_000,
        random -> {
          ScheduleBuilder builder = new ScheduleBuilder(2 + random.nextInt(5));
          Schedule schedule = draw(builder, random);
          LogGopsSpec spec =
              new LogGopsSpec(
                  1 + random.nextLong(1_000_000),
                  1 + random.nextLong(300_000),
                  random.nextLong(500_000),
                  1_000_000_000L + random.nextLong(99_000_000_000L),
                  random.nextBoolean() ? 0 : 1_000_000_000L + random.nextLong(99_000_000_000L),
                  random.nextBoolean() ? LogGopsSpec.ALL_EAGER : random.nextLong(50_000),
                  random.nextBoolean() ? 0 : 1_000_000_000L + random.nextLong(99_000_000_000L));
          long[] expected = new PlainLogGops(schedule, spec).run();
          if (expected == null) {
            assertThatThrownBy(() -> LogGopsRun.run(schedule, spec))
                .isInstanceOf(StalledException.class);
          } else {
            ended[0]++;
            LogGopsResult result = LogGopsRun.run(schedule, spec);
            for (int rank = 0; rank < schedule.ranks(); rank++) {
              assertThat(result.finishPs(rank)).as("rank %d", rank).isEqualTo(expected[rank]);
            }
          }
        });
    assertThat(ended[0]).isGreaterThan(2_000);
  }

  private static Schedule draw(ScheduleBuilder builder, SplittableRandom random) {
    int ranks = builder.ranks();
    int[][] mine = new int[ranks][0];
    for (int rank = 0; rank < ranks; rank++) {
      // Ranks begin at different times, so that there are no ties.
      mine[rank] = new int[] {builder.compute(rank, 1 + random.nextLong(1_000_000))};
    }
    int messages = random.nextInt(30);
    for (int i = 0; i < messages; i++) {
      int from = random.nextInt(ranks);
      int to = (from + 1 + random.nextInt(ranks - 1)) % ranks;
      long bytes = 1 + random.nextLong(100_000);
      int tag = random.nextInt(3);
      wait(builder, random, mine, from, builder.send(from, to, bytes, tag));
      wait(builder, random, mine, to, builder.receive(to, from, bytes, tag));
      if (random.nextInt(3) == 0) {
        int rank = random.nextInt(ranks);
        int pause =
            random.nextBoolean()
                ? builder.compute(rank, random.nextInt(3) * random.nextLong(400_000))
                : builder.pause(rank, 1 + random.nextLong(400_000));
        wait(builder, random, mine, rank, pause);
      }
    }
    return builder.build();
  }

  /** Makes an operation wait for some that its rank has already, at least for the first. */
  private static void wait(
      ScheduleBuilder builder, SplittableRandom random, int[][] mine, int rank, int operation) {
    int[] before = mine[rank];
    builder.after(operation, before[0]);
    for (int i = random.nextInt(3); i > 0; i--) {
      int earlier = before[random.nextInt(before.length)];
      if (random.nextInt(4) == 0) {
        builder.afterStart(operation, earlier);
      } else {
        builder.after(operation, earlier);
      }
    }
    mine[rank] = Arrays.copyOf(before, before.length + 1);
    mine[rank][before.length] = operation;
  }

  @Test
  void equalRunsAreEqual() {
    Schedule schedule = Algorithm.ALL_TO_ALL_DIRECT.schedule(CollectiveShape.of(24, 99_991));
    LogGopsResult one = LogGopsRun.run(schedule, SPEC);
    LogGopsResult other = LogGopsRun.run(schedule, SPEC);
    assertThat(one.fingerprint()).isEqualTo(other.fingerprint());
    assertThat(one.events()).isEqualTo(other.events());
  }

  /** Whatever is sent is received, by every algorithm. */
  @Test
  void bytesAreConserved() {
    for (Algorithm algorithm : Algorithm.values()) {
      for (int ranks : new int[] {3, 8, 13}) {
        Schedule schedule = algorithm.schedule(CollectiveShape.of(ranks, 10_007));
        LogGopsResult result = LogGopsRun.run(schedule, SPEC);
        long balanceBytes = 0;
        for (int rank = 0; rank < ranks; rank++) {
          balanceBytes += result.sentBytes(rank) - result.receivedBytes(rank);
        }
        assertThat(balanceBytes).as("%s of %d", algorithm, ranks).isZero();
        assertThat(result.messages()).isEqualTo(schedule.channels());
      }
    }
  }

  /** Two million messages, as LogGOPSim was timed with, and a million to busy ranks. */
  @Test
  @Tag("slow")
  void largeCollectives() {
    CollectiveShape shape = CollectiveShape.of(1024, 1 << 20);
    LogGopsResult ring = LogGopsRun.run(Algorithm.ALL_REDUCE_RING.schedule(shape), SPEC);
    assertThat(ring.messages()).isEqualTo(2 * 1023 * 1024);
    assertThat(ring.totalPs()).isEqualTo(2 * 1023 * SPEC.messagePs(1024));
    LogGopsResult exchange = LogGopsRun.run(Algorithm.ALL_TO_ALL_DIRECT.schedule(shape), SPEC);
    assertThat(exchange.messages()).isEqualTo(1023 * 1024);
    // A processor sends and takes in all that it has to, and is never idle but for the first L.
    long busyPs = 1023 * (2 * 200_000 + 1023 * 20);
    assertThat(exchange.busyPs(0)).isEqualTo(busyPs);
    assertThat(exchange.totalPs()).isBetween(busyPs, busyPs + 700_000);
  }

  /** What more messages take more are the arrays by operation and the latency of each message. */
  @Test
  void nothingElseIsAllocatedForAMessage() {
    Schedule few = Algorithm.ALL_REDUCE_RING.schedule(CollectiveShape.of(64, 1 << 20));
    Schedule many = Algorithm.ALL_REDUCE_RING.schedule(CollectiveShape.of(192, 1 << 20));
    LogGopsRun.run(few, SPEC);
    long fewBytes = Allocation.bytes(() -> LogGopsRun.run(few, SPEC));
    long manyBytes = Allocation.bytes(() -> LogGopsRun.run(many, SPEC));
    double each = (double) (manyBytes - fewBytes) / (many.channels() - few.channels());
    // Two operations of three ints and a long, a channel of two ints, a latency, which is copied
    // when they are sorted.
    assertThat(each).isBetween(2 * 20 + 8 + 8.0, 2 * 20 + 8 + 2 * 8 + 2.0);
  }

  @Test
  void latenciesAreThoseOfTheMessages() {
    ScheduleBuilder builder = new ScheduleBuilder(3);
    builder.after(builder.send(0, 1, 1, 0), builder.pause(0, 1_000_000));
    builder.receive(1, 0, 1, 0);
    builder.send(2, 1, 101, 0);
    builder.receive(1, 2, 101, 0);
    LogGopsResult result = run(builder);
    assertThat(result.finishPs(0)).isEqualTo(1_200_000);
    assertThat(result.latencyPs(0)).isEqualTo(900_000);
    assertThat(result.latencyPs(0.5)).isEqualTo(900_000);
    assertThat(result.latencyPs(1)).isEqualTo(902_000);
    assertThat(result.latencySumPs()).isEqualTo(1_802_000);
    assertThatThrownBy(() -> result.latencyPs(1.5)).hasMessageContaining("not in [0, 1]");
    assertThat(run(new ScheduleBuilder(1)).latencyPs(0.5)).isZero();
  }
}
