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
  void deadOccurrencesAreSweptOutBeforeTheyOutnumberTheLiving() {
    event.in(1_000_000_000, 7);
    for (int i = 0; i < 100_000; i++) {
      timer.in(1_000 + i, i);
      assertThat(simulation.entriesHeld()).isLessThan(600);
    }
    simulation.run();
    assertThat(log).containsExactly("t99999@100999", "e7@1000000000");
  }

  /** Timers and events at random, against an oracle that holds every occurrence in a heap. */
  @Test
  void armingMovingAndCancellingFireInTheOrderOfTheHeap() {
    Randomized.check(60, random -> new Storm(random).run());
  }

  /** One random schedule, run by a simulation and by the oracle side by side. */
  private static final class Storm {
    private static final int TIMERS = 200;

    private final SplittableRandom random;
    private final Simulation simulation = new Simulation(3);
    private final HeapOracle oracle = new HeapOracle();
    private final Timer[] timers = new Timer[TIMERS];
    private final long[] armedWords = new long[TIMERS];
    private final Event event = simulation.event("event", word -> fired(-1, word));
    private final long farPs;
    private final int cancelInTen;
    private long words = 1;
    private long firings;
    private long expectedHash;
    private long hash;

    Storm(SplittableRandom random) {
      this.random = random;
      this.farPs = 1L << random.nextInt(1, 45);
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
      while (firings < 20_000) {
        end += random.nextLong(farPs + 1);
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
      assertThat(next).isNotNull();
      expectedHash = expectedHash * 31 + next.time() * 7 + next.word();
      hash = hash * 31 + simulation.nowPs() * 7 + word;
      assertThat(hash).isEqualTo(expectedHash);
      if (id >= 0) {
        armedWords[id] = 0;
        assertThat(timers[id].isArmed()).isFalse();
      }
      firings++;
      if (firings < Long.MAX_VALUE / 2) {
        act();
        if (random.nextInt(8) == 0 && simulation.eventsPending() < 2_000) {
          act();
        }
      }
    }

    private void act() {
      int id = random.nextInt(TIMERS);
      long time = simulation.nowPs() + (random.nextInt(4) == 0 ? 0 : random.nextLong(farPs));
      long word = words++;
      if (random.nextInt(3) == 0) {
        event.at(time, word);
        oracle.add(time, -1, word);
        return;
      }
      if (random.nextInt(10) < cancelInTen) {
        timers[id].cancel();
        armedWords[id] = 0;
        id = random.nextInt(TIMERS);
      }
      assertThat(timers[id].isArmed()).isEqualTo(armedWords[id] != 0);
      timers[id].at(time, word);
      armedWords[id] = word;
      oracle.add(time, id, word);
      assertThat(timers[id].duePs()).isEqualTo(time);
    }
  }
}
