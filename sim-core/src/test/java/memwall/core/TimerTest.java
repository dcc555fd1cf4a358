package memwall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TimerTest {
  private final Simulation simulation = new Simulation(1);
  private final List<String> log = new ArrayList<>();
  private final Timer timer = simulation.timer("timer", word -> log.add("t" + word + "@" + now()));
  private final Event event = simulation.event("event", word -> log.add("e" + word + "@" + now()));

  private long now() {
    return simulation.nowPs();
  }

  @Test
  void firesOnceWithTheLastWordAtTheLastTime() {
    timer.in(10, 1);
    timer.in(30, 2);
    timer.at(20, 3);
    assertThat(timer.isArmed()).isTrue();
    assertThat(timer.duePs()).isEqualTo(20);
    assertThat(simulation.eventsPending()).isEqualTo(1);
    simulation.runUntil(19);
    assertThat(log).isEmpty();
    simulation.runUntil(20);
    assertThat(log).containsExactly("t3@20");
    simulation.run();
    assertThat(log).hasSize(1);
    assertThat(timer.isArmed()).isFalse();
    assertThat(simulation.eventsFired()).isEqualTo(1);
  }

  @Test
  void cancelledTimersNeitherFireNorMoveTheClock() {
    timer.in(50, 1);
    timer.cancel();
    timer.cancel();
    event.in(5, 1);
    simulation.run();
    assertThat(log).containsExactly("e1@5");
    assertThat(now()).isEqualTo(5);
    // The dead entry at 50 has passed through the queue; earlier times are still in order.
    event.in(3, 2);
    timer.in(2, 3);
    event.in(1, 4);
    simulation.run();
    assertThat(log).containsExactly("e1@5", "e4@6", "t3@7", "e2@8");
  }

  @Test
  void rearmingAtTheSameTimeFiresAfterWhatWasScheduledMeanwhile() {
    timer.in(10, 1);
    event.in(10, 1);
    timer.in(10, 2);
    event.in(10, 2);
    simulation.run();
    assertThat(log).containsExactly("e1@10", "t2@10", "e2@10");
  }

  @Test
  void canBeArmedAgainInItsOwnHandler() {
    Timer[] self = new Timer[1];
    self[0] =
        simulation.timer(
            "self",
            word -> {
              log.add(word + " " + self[0].isArmed());
              if (word > 0) {
                self[0].in(0, word - 1);
              }
            });
    self[0].in(1, 2);
    simulation.run();
    assertThat(log).containsExactly("2 false", "1 false", "0 false");
  }

  @Test
  void dueTimeOfAnIdleTimerIsAnError() {
    assertThatThrownBy(timer::duePs)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("timer 'timer' is not armed");
  }

  @Test
  void aRefusedTimeLeavesTheTimerAsItWas() {
    timer.in(10, 1);
    assertThatThrownBy(() -> timer.in(-1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("negative delay for 'timer': -1 ps");
    assertThat(timer.duePs()).isEqualTo(10);
    simulation.run();
    assertThat(log).containsExactly("t1@10");
  }

  @Test
  void armedForLaterItFiresAmongEqualTimesByTheOrderOfArming() {
    event.in(20, 1);
    timer.in(5, 1);
    timer.cancel();
    timer.in(20, 2);
    event.in(20, 2);
    event.in(7, 3);
    // The entry of the first arming, at 5, has been added again by now.
    simulation.runUntil(7);
    event.at(20, 4);
    simulation.run();
    assertThat(log).containsExactly("e3@7", "e1@20", "t2@20", "e2@20", "e4@20");
  }

  @Test
  void armedForLaterInAHandlerOfTheSameRunItFiresByTheOrderOfArming() {
    // All within one run of the ladder: 20 entries at most are sorted at once.
    Event rearm = simulation.event("rearm", word -> timer.at(30, word));
    event.at(30, 1);
    timer.at(20, 1);
    event.at(30, 2);
    rearm.at(10, 2);
    event.at(30, 3);
    Event meanwhile = simulation.event("meanwhile", word -> event.at(30, word));
    meanwhile.at(9, 4);
    meanwhile.at(11, 5);
    simulation.run();
    assertThat(log).containsExactly("e1@30", "e2@30", "e3@30", "e4@30", "t2@30", "e5@30");
  }

  @Test
  void aTimerThatIsArmedForLaterAndLaterHasOneEntry() {
    for (int i = 0; i < 100_000; i++) {
      timer.in(1_000 + 2 * i, i);
      assertThat(simulation.entriesHeld()).isEqualTo(1);
      assertThat(simulation.eventsPending()).isEqualTo(1);
      if (i % 3 == 0) {
        timer.cancel();
        assertThat(simulation.eventsPending()).isZero();
        assertThat(timer.isArmed()).isFalse();
        timer.in(1_001 + 2 * i, i);
      }
    }
    simulation.run();
    assertThat(log).containsExactly("t99999@200999");
    assertThat(simulation.eventsFired()).isEqualTo(1);
    assertThat(simulation.entriesHeld()).isZero();
  }

  @Test
  void deadOccurrencesAreSweptOutBeforeTheyOutnumberTheLiving() {
    event.in(1_000_000_000, 7);
    for (int i = 0; i < 100_000; i++) {
      timer.in(200_000 - i, i);
      assertThat(simulation.entriesHeld()).isLessThan(600);
    }
    simulation.run();
    assertThat(log).containsExactly("t99999@100001", "e7@1000000000");
  }

  @Test
  void entriesOfCancelledTimersAreSweptOutToo() {
    Timer[] timers = new Timer[10_000];
    for (int i = 0; i < timers.length; i++) {
      timers[i] = simulation.timer("timer" + i, word -> log.add("x" + word));
      timers[i].in(1_000_000 + i, i);
    }
    for (int i = 0; i < timers.length; i++) {
      timers[i].cancel();
      assertThat(simulation.eventsPending()).isEqualTo(9_999 - i);
      assertThat(simulation.entriesHeld()).isLessThanOrEqualTo(2 * (9_999 - i) + 512);
    }
    timers[3].in(2_000_000, 3);
    simulation.run();
    assertThat(log).containsExactly("x3");
  }

  /** Timers and events at random, against an oracle that holds every occurrence in a heap. */
  @Test
  void armingMovingAndCancellingFireInTheOrderOfTheHeap() {
    Randomized.check(60, random -> new Storm(random, 1, EntryId.LAST_ORDER).run());
  }

  /** All times are multiples of a clock, so that most events tie with others. */
  @Test
  void tiesOfTimersThatWereMovedFireInTheOrderOfTheHeap() {
    Randomized.check(
        60,
        random ->
            new Storm(
                    random,
                    random.nextInt(2) == 0 ? 1_000 : 1 << random.nextInt(14),
                    EntryId.LAST_ORDER)
                .run());
  }

  @Test
  void renumberingKeepsTheOrder() {
    Randomized.check(
        20, random -> new Storm(random, 1 + random.nextInt(100), 6_000 * EntryId.NEXT_ORDER).run());
  }

  /** One random schedule, run by a simulation and by the oracle side by side. */
  private static final class Storm {
    private static final int TIMERS = 200;
    private static final int MOST_PENDING = 2_000;

    private final SplittableRandom random;
    private final Simulation simulation;
    private final HeapOracle oracle = new HeapOracle();
    private final Timer[] timers = new Timer[TIMERS];
    private final long[] armedWords = new long[TIMERS];
    private final Event event;
    private final long clockPs;
    private final long farTicks;
    private final int cancelInTen;
    private long words = 1;
    private long pending;
    private long firings;
    private long expectedHash;
    private long hash;

    Storm(SplittableRandom random, long clockPs, long lastOrder) {
      this.random = random;
      this.clockPs = clockPs;
      this.simulation = new Simulation(3, EntryId.MOST_HANDLERS, lastOrder);
      this.event = simulation.event("event", word -> fired(-1, word));
      this.farTicks = clockPs == 1 ? 1L << random.nextInt(1, 45) : 1L << random.nextInt(1, 9);
      this.cancelInTen = random.nextInt(10);
      for (int i = 0; i < TIMERS; i++) {
        int id = i;
        timers[i] = simulation.timer("timer" + i, word -> fired(id, word));
      }
    }

    void run() {
      for (int i = 0; i < 500; i++) {
        act();
      }
      long end = 0;
      while (firings < 10_000) {
        end += random.nextLong((farTicks + 1) * clockPs);
        simulation.runUntil(end);
        expectNothingBefore(end);
        act();
      }
      firings = Long.MAX_VALUE / 2;
      simulation.run();
      expectNothingBefore(Long.MAX_VALUE);
      assertThat(hash).isEqualTo(expectedHash);
      assertThat(simulation.eventsPending()).isZero();
    }

    /** Takes the next occurrence that was not taken back from the oracle; null if none is due. */
    private HeapOracle.Entry expected(long end) {
      while (true) {
        HeapOracle.Entry next = oracle.poll(end);
        if (next == null || next.id() < 0 || armedWords[(int) next.id()] == next.word()) {
          return next;
        }
      }
    }

    private void expectNothingBefore(long end) {
      assertThat(expected(end)).isNull();
    }

    private void fired(int id, long word) {
      HeapOracle.Entry next = expected(simulation.nowPs());
      if (next == null) {
        throw new AssertionError("word " + word + " fired at " + simulation.nowPs() + " ps");
      }
      expectedHash = expectedHash * 31 + next.time() * 7 + next.word();
      hash = hash * 31 + simulation.nowPs() * 7 + word;
      if (hash != expectedHash || (id >= 0 && timers[id].isArmed())) {
        throw new AssertionError(
            "word " + word + " fired at " + simulation.nowPs() + " ps, oracle: " + next);
      }
      if (id >= 0) {
        armedWords[id] = 0;
      }
      pending--;
      checkCounts();
      firings++;
      if (firings < Long.MAX_VALUE / 2) {
        act();
        if (random.nextInt(8) == 0 && pending < MOST_PENDING) {
          act();
        }
      }
    }

    private void checkCounts() {
      if (simulation.eventsPending() != pending || simulation.entriesHeld() > 2 * (pending + 256)) {
        throw new AssertionError(
            simulation.eventsPending()
                + " pending, "
                + simulation.entriesHeld()
                + " entries, expected pending: "
                + pending);
      }
    }

    /** The next tick of the clock, or one after it. */
    private long someTime() {
      long nextTick = (simulation.nowPs() + clockPs - 1) / clockPs;
      return (nextTick + (random.nextInt(4) == 0 ? 0 : random.nextLong(farTicks))) * clockPs;
    }

    private void act() {
      long time = someTime();
      int kind = random.nextInt(300);
      if (kind == 0 && clockPs > 1) {
        // Everybody at one time: the timers in any order, events between them.
        for (int i = 0; i < TIMERS; i++) {
          arm(random.nextInt(TIMERS), time);
          if (pending < MOST_PENDING && random.nextBoolean()) {
            schedule(time);
          }
        }
      } else if (kind < 100) {
        schedule(time);
      } else {
        int id = random.nextInt(TIMERS);
        if (random.nextInt(10) < cancelInTen) {
          cancel(id);
          id = random.nextInt(TIMERS);
        }
        arm(id, time);
      }
      checkCounts();
    }

    private void schedule(long time) {
      long word = words++;
      event.at(time, word);
      oracle.add(time, -1, word);
      pending++;
    }

    private void cancel(int id) {
      timers[id].cancel();
      pending -= armedWords[id] != 0 ? 1 : 0;
      armedWords[id] = 0;
    }

    private void arm(int id, long time) {
      long word = words++;
      boolean wasArmed = timers[id].isArmed();
      timers[id].at(time, word);
      if (wasArmed != (armedWords[id] != 0) || timers[id].duePs() != time) {
        throw new AssertionError("timer " + id + " was armed: " + wasArmed + ", at " + time);
      }
      pending += armedWords[id] == 0 ? 1 : 0;
      armedWords[id] = word;
      oracle.add(time, id, word);
    }
  }
}
