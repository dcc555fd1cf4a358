package memwall.core.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.StalledException;
import memwall.core.leap.StateSink;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import org.junit.jupiter.api.Test;

final class ServerTest {
  private final Simulation simulation = new Simulation(1);
  private final Stats stats = new Stats();
  private final Server server = new Server(simulation, stats.child("link"), 1_000_000_000_000L);
  private final List<String> log = new ArrayList<>();
  private final Completion note = word -> log.add(word + "@" + simulation.nowPs());

  @Test
  void oneJobTakesAmountOverRateAndNotAPicosecondLess() {
    Server slow = new Server(simulation, stats.child("slow"), 3);
    slow.serve(1, note, 5);
    simulation.runUntil(333_333_333_333L);
    assertThat(log).isEmpty();
    assertThat(slow.queued()).isEqualTo(1);
    simulation.runUntil(333_333_333_334L);
    assertThat(log).containsExactly("5@333333333334");
    assertThat(slow.queued()).isZero();
  }

  @Test
  void jobsAreServedInOrderOfArrivalOneAfterTheOther() {
    server.serve(100, note, 1);
    server.serve(50, note, 2);
    server.serveFor(0, note, 3);
    simulation.runUntil(120);
    server.serve(10, note, 4);
    simulation.run();
    assertThat(log).containsExactly("1@100", "2@150", "3@150", "4@160");
    assertThat(stats.snapshot(160).number("link.busy_ps")).isEqualTo(160);
    assertThat(stats.snapshot(160).number("link.jobs")).isEqualTo(4);
  }

  @Test
  void aCompletionMaySubmitTheNextJob() {
    Completion[] again = new Completion[1];
    again[0] =
        word -> {
          note.complete(word);
          if (word > 0) {
            server.serve(7, again[0], word - 1);
          }
        };
    server.serve(7, again[0], 2);
    simulation.run();
    assertThat(log).containsExactly("2@7", "1@14", "0@21");
  }

  @Test
  void halfSpeedTakesTwiceAsLongFromThenOnAndNotAPicosecondLess() {
    server.serve(100, note, 1);
    server.serve(51, note, 2);
    simulation.runUntil(60);
    server.setSpeed(0.5);
    assertThat(server.busyPs()).isEqualTo(60);
    server.serve(3, note, 3);
    simulation.runUntil(139);
    assertThat(log).isEmpty();
    simulation.runUntil(140);
    assertThat(log).containsExactly("1@140");
    simulation.runUntil(200);
    assertThat(server.busyPs()).isEqualTo(200);
    // 60 of 102 have passed; 42 at half speed are 21, and 3 for the last one.
    server.setSpeed(1);
    assertThat(server.busyPs()).isEqualTo(200);
    simulation.run();
    assertThat(log).containsExactly("1@140", "2@221", "3@224");
    assertThat(stats.snapshot(224).number("link.busy_ps")).isEqualTo(224);
  }

  /** Against the integral of the speed: a job ends when its full-speed time has been worked off. */
  @Test
  void speedsThatChangeAtAnyTimeWorkOffEveryJob() {
    Randomized.check(
        100,
        random -> {
          Simulation fresh = new Simulation(1);
          Stats counts = new Stats();
          Server unit = new Server(fresh, counts.child("unit"), 1);
          long workPs = 0;
          long[] lastPs = new long[1];
          for (int job = 0; job < 20; job++) {
            long durationPs = random.nextLong(1_000_000);
            workPs += durationPs;
            unit.serveFor(durationPs, word -> lastPs[0] = fresh.nowPs(), 0);
          }
          double worked = 0;
          int changes = 0;
          while (unit.queued() > 0 && changes < 30) {
            double speed = 1.0 / (1 + random.nextInt(4));
            unit.setSpeed(speed);
            long fromPs = fresh.nowPs();
            fresh.runUntil(fromPs + random.nextLong(1_000_000));
            long toPs = unit.queued() > 0 ? fresh.nowPs() : lastPs[0];
            worked += (toPs - fromPs) * speed;
            changes++;
          }
          long fromPs = fresh.nowPs();
          boolean served = unit.queued() == 0;
          fresh.run();
          worked += served ? 0 : (lastPs[0] - fromPs) * unit.speed();
          // Each job and each change rounds up to a picosecond at most.
          assertThat(worked).isBetween(workPs - 1e-3, workPs + 20.0 + changes);
          assertThat(unit.busyPs()).isEqualTo(lastPs[0]);
          assertThat(counts.snapshot(fresh.nowPs()).number("unit.busy_ps"))
              .isEqualTo((double) lastPs[0]);
        });
  }

  @Test
  void refusesASpeedThatIsNoShare() {
    assertThatThrownBy(() -> server.setSpeed(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("link: speed 0.0 is not in (0, 1]");
    assertThatThrownBy(() -> server.setSpeed(1.01)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tellsWhenServiceBeginsAndEnds() {
    server.onActivity(
        new Server.Activity() {
          @Override
          public void begins() {
            log.add("begins@" + simulation.nowPs() + " " + server.busyPs());
          }

          @Override
          public void ends() {
            log.add("ends@" + simulation.nowPs() + " " + server.busyPs());
          }
        });
    server.serve(10, note, 1);
    server.serve(10, word -> server.serve(5, note, 3), 2);
    simulation.runUntil(100);
    server.serve(1, note, 4);
    simulation.run();
    // The job that came when the second one ended found the server idle for a moment.
    assertThat(log)
        .containsExactly(
            "begins@0 0",
            "1@10",
            "begins@20 20",
            "3@25",
            "ends@25 25",
            "begins@100 25",
            "4@101",
            "ends@101 26");
    assertThatThrownBy(() -> server.onActivity(null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("link: somebody is told already, or too late");
  }

  /** Against the recurrence of a FIFO server: end = max(arrival, end before) + service. */
  @Test
  void randomJobsEndWhenTheRecurrenceSays() {
    Randomized.check(
        100,
        random -> {
          Simulation fresh = new Simulation(1);
          long rate = 1 + random.nextLong(1L << random.nextInt(1, 50));
          Server unit = new Server(fresh, new Stats().child("unit"), rate);
          int jobs = 200;
          long[] ends = new long[jobs];
          long[] seen = new long[jobs];
          long now = 0;
          long free = 0;
          for (int job = 0; job < jobs; job++) {
            now += random.nextInt(3) == 0 ? 0 : random.nextLong(2_000_000);
            fresh.runUntil(now);
            long amount = random.nextLong(1 + rate / 1_000_000);
            free = Math.max(now, free) + Units.transferPs(amount, rate);
            ends[job] = free;
            unit.serve(amount, word -> seen[(int) word] = fresh.nowPs(), job);
          }
          fresh.run();
          assertThat(seen).isEqualTo(ends);
          assertThat(unit.queued()).isZero();
        });
  }

  @Test
  void equalSituationsAtDifferentTimesDescribeTheSameState() {
    List<Long> first = stateAfter(40, 10);
    assertThat(stateAfter(1_000_040, 10)).isEqualTo(first);
    assertThat(stateAfter(40, 11)).isNotEqualTo(first);
  }

  /** Three jobs given at a time, and the state some time later. */
  private static List<Long> stateAfter(long start, long later) {
    Simulation fresh = new Simulation(1);
    Server unit = new Server(fresh, new Stats().child("unit"), 1_000_000_000_000L);
    fresh.runUntil(start);
    unit.serve(100, word -> {}, 0);
    unit.serve(200, word -> {}, 0);
    unit.serve(300, word -> {}, 0);
    fresh.runUntil(start + later);
    List<Long> state = new ArrayList<>();
    StateSink sink = state::add;
    unit.describe(sink);
    return state;
  }

  @Test
  void shiftMovesTheJobInServiceAndThoseBehindIt() {
    server.shift(77);
    server.serve(100, note, 1);
    server.serve(50, note, 2);
    server.shift(1_000);
    simulation.run();
    assertThat(log).containsExactly("1@1100", "2@1150");
  }

  @Test
  void rateBelowOneIsAnError() {
    assertThatThrownBy(() -> new Server(simulation, stats.child("x"), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x: rate must be at least 1 per second");
  }

  @Test
  void negativeServiceTimeIsAnError() {
    assertThatThrownBy(() -> server.serveFor(-1, note, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("link: negative service time -1 ps");
  }

  @Test
  void busyTimeIsThatUpToNow() {
    server.serveFor(10, note, 1);
    server.serveFor(20, note, 2);
    server.serveFor(5, note, 3);
    long[] expected = {0, 4, 10, 11, 30, 34, 35, 35};
    long[] atPs = {0, 4, 10, 11, 30, 34, 35, 90};
    for (int i = 0; i < atPs.length; i++) {
      simulation.runUntil(atPs[i]);
      assertThat(server.busyPs()).isEqualTo(expected[i]);
    }
  }

  @Test
  void theWatchdogSeesNoJobsOnceAllAreDone() {
    server.serve(10, note, 1);
    assertThat(server.waitingCount()).isEqualTo(1);
    assertThat(server.describeWaiting()).isEqualTo("link: 1 jobs");
    simulation.run();
    assertThat(server.waitingCount()).isZero();
  }

  @Test
  void aStalledSlotIsNamedNextToTheServer() {
    Slots slots = new Slots(simulation, stats.child("buffer"), 4, "entries");
    slots.acquire(3, note, 1);
    slots.acquire(2, note, 2);
    server.serve(10, note, 3);
    assertThatThrownBy(simulation::run)
        .isInstanceOf(StalledException.class)
        .hasMessage(
            "no event is due, but work is waiting:\n"
                + "  buffer: 1 requests for room, the first for 2, 3 of 4 in use");
  }
}
