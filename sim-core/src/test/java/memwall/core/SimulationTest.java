package memwall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimulationTest {
  private final Simulation simulation = new Simulation(1);
  private final List<String> log = new ArrayList<>();
  private final Event note = simulation.event("note", this::note);

  private void note(long word) {
    log.add(word + "@" + simulation.nowPs());
  }

  @Test
  void eventsFireByTimeThenByOrderOfScheduling() {
    note.in(20, 1);
    note.in(10, 2);
    note.at(20, 3);
    note.in(0, 4);
    simulation.run();
    assertThat(log).containsExactly("4@0", "2@10", "1@20", "3@20");
    assertThat(simulation.eventsFired()).isEqualTo(4);
    assertThat(simulation.eventsPending()).isZero();
  }

  @Test
  void zeroDelayFiresAfterEverythingAlreadyScheduledForThisInstant() {
    Event again = simulation.event("again", word -> note.in(0, word));
    again.in(5, 1);
    note.in(5, 2);
    note.in(5, 3);
    simulation.run();
    assertThat(log).containsExactly("2@5", "3@5", "1@5");
  }

  @Test
  void runUntilIncludesItsEndAndSetsTheClockToIt() {
    note.at(100, 1);
    note.at(101, 2);
    simulation.runUntil(99);
    assertThat(log).isEmpty();
    assertThat(simulation.nowPs()).isEqualTo(99);
    simulation.runUntil(100);
    assertThat(log).containsExactly("1@100");
    simulation.runUntil(100);
    assertThat(simulation.eventsPending()).isEqualTo(1);
    simulation.runUntil(150);
    assertThat(log).containsExactly("1@100", "2@101");
    assertThat(simulation.nowPs()).isEqualTo(150);
  }

  @Test
  void itIsQuietUntilTheNextEventOrTheEndOfTheRun() {
    Event ask = simulation.event("ask", word -> log.add("until " + simulation.quietUntilPs()));
    assertThat(simulation.quietUntilPs()).isZero();
    ask.at(10, 0);
    ask.at(10, 0);
    note.at(5000, 1);
    ask.at(6000, 0);
    simulation.runUntil(100_000);
    assertThat(log).containsExactly("until 10", "until 5000", "1@5000", "until 100000");
    assertThat(simulation.quietUntilPs()).isEqualTo(100_000);
  }

  @Test
  void itIsNotQuietWhereTheRunMayEndOrBeLookedAt() {
    Event ask = simulation.event("ask", word -> log.add("until " + simulation.quietUntilPs()));
    Event stop =
        simulation.event(
            "stop",
            word -> {
              simulation.stop();
              log.add("until " + simulation.quietUntilPs());
            });
    ask.at(10, 0);
    ask.at(20, 0);
    stop.at(30, 0);
    note.at(5000, 1);
    simulation.stopAfter(2);
    simulation.run();
    assertThat(log).containsExactly("until 20", "until 20");
    simulation.run();
    assertThat(log).containsExactly("until 20", "until 20", "until 30");
  }

  @Test
  void itIsNotQuietWhereProgressIsReported() {
    long[] quiet = {0};
    Event[] tick = new Event[1];
    tick[0] =
        simulation.event(
            "tick",
            word -> {
              quiet[0] = simulation.quietUntilPs();
              if (simulation.nowPs() < 70_000_000) {
                tick[0].in(1000, 0);
              }
            });
    simulation.onProgress(() -> log.add(simulation.nowPs() + " " + quiet[0]));
    note.at(90_000_000, 1);
    tick[0].at(1000, 0);
    simulation.run();
    assertThat(log).containsExactly("65536000 65536000", "1@90000000");
    assertThat(quiet[0]).isEqualTo(90_000_000);
  }

  @Test
  void runLeavesTheClockAtTheLastEvent() {
    note.at(77, 1);
    simulation.run();
    assertThat(simulation.nowPs()).isEqualTo(77);
  }

  @Test
  void schedulingBetweenTheClockAndAFarEventAfterAPartialRunIsRight() {
    // 2^40 and its neighbours share a bucket that a run up to just before them opens.
    long far = (1L << 40) + 12_345;
    for (int i = 0; i < 100; i++) {
      note.at(far + i / 2, i);
    }
    simulation.runUntil(far - 1);
    note.at(far - 1, 1000);
    note.in(0, 1001);
    note.at(far, 1002);
    simulation.runUntil(far);
    assertThat(log)
        .containsExactly(
            "1000@" + (far - 1), "1001@" + (far - 1), "0@" + far, "1@" + far, "1002@" + far);
  }

  @Test
  void stopEndsTheRunAfterTheCurrentEventAndTheNextRunGoesOn() {
    Event stop = simulation.event("stop", word -> simulation.stop());
    note.in(1, 1);
    stop.in(2, 0);
    note.in(2, 2);
    simulation.runUntil(50);
    assertThat(log).containsExactly("1@1");
    assertThat(simulation.nowPs()).isEqualTo(2);
    note.in(0, 3);
    simulation.runUntil(50);
    assertThat(log).containsExactly("1@1", "2@2", "3@2");
    assertThat(simulation.nowPs()).isEqualTo(50);
  }

  @Test
  void stopAfterEndsTheRunAtTheExactEvent() {
    for (int i = 0; i < 200_000; i++) {
      note.in(i / 3, i);
    }
    simulation.stopAfter(3);
    simulation.run();
    assertThat(log).containsExactly("0@0", "1@0", "2@0");
    simulation.stopAfter(70_000);
    simulation.run();
    assertThat(simulation.eventsFired()).isEqualTo(70_003);
    simulation.run();
    assertThat(simulation.eventsFired()).isEqualTo(200_000);
    assertThatThrownBy(() -> simulation.stopAfter(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count 0 must be at least 1");
  }

  @Test
  void stopAfterCanBeSetByAHandler() {
    Event limit = simulation.event("limit", simulation::stopAfter);
    limit.in(0, 2);
    for (int i = 1; i < 5; i++) {
      note.in(i, i);
    }
    simulation.run();
    assertThat(log).containsExactly("1@1", "2@2");
  }

  @Test
  void progressIsCalledEvery65536Events() {
    List<Long> calls = new ArrayList<>();
    simulation.onProgress(() -> calls.add(simulation.eventsFired()));
    Event tick = simulation.event("tick", word -> {});
    for (int i = 0; i < 200_000; i++) {
      tick.in(i, 0);
    }
    simulation.runUntil(100_000);
    simulation.run();
    assertThat(calls).containsExactly(65_536L, 131_072L, 196_608L);
  }

  @Test
  void progressMayStop() {
    simulation.onProgress(simulation::stop);
    Event tick = simulation.event("tick", word -> {});
    for (int i = 0; i < 200_000; i++) {
      tick.in(i, 0);
    }
    simulation.run();
    assertThat(simulation.eventsFired()).isEqualTo(65_536);
  }

  @Test
  void fingerprintDependsOnTimesHandlersAndTheirOrder() {
    long base = fingerprintOf(0, 10, 1, 20);
    assertThat(fingerprintOf(0, 10, 1, 20)).isEqualTo(base);
    assertThat(fingerprintOf(0, 10, 1, 21)).isNotEqualTo(base);
    assertThat(fingerprintOf(1, 10, 0, 20)).isNotEqualTo(base);
    assertThat(fingerprintOf(0, 10, 0, 20)).isNotEqualTo(base);
    assertThat(fingerprintOf(0, 5, 1, 5)).isNotEqualTo(fingerprintOf(1, 5, 0, 5));
    assertThat(base).isNotEqualTo(new Simulation(1).fingerprint());
  }

  /** Two events of two handlers at two times, in this order. */
  private static long fingerprintOf(int handlerA, long timeA, int handlerB, long timeB) {
    Simulation fresh = new Simulation(1);
    Event[] events = {fresh.event("a", word -> {}), fresh.event("b", word -> {})};
    events[handlerA].at(timeA, 0);
    events[handlerB].at(timeB, 0);
    fresh.run();
    return fresh.fingerprint();
  }

  @Test
  void goldenFingerprint() {
    Event chain = simulation.event("chain", this::hop);
    chain.in(0, 1_000);
    simulation.run();
    assertThat(simulation.eventsFired()).isEqualTo(1_001 + 334);
    assertThat(simulation.fingerprint()).isEqualTo(-7992048867963629529L);
  }

  private Event hopper;

  private void hop(long word) {
    if (hopper == null) {
      hopper = simulation.event("hop", this::hop);
    }
    if (word % 3 == 1) {
      note.in(word * 7, word);
    }
    if (word > 0) {
      hopper.in(word % 50, word - 1);
    }
  }

  @Test
  void twoSimulationsDoNotTouch() {
    Simulation other = new Simulation(1);
    Event theirs = other.event("theirs", word -> note.in(1, word));
    theirs.in(500, 9);
    other.run();
    assertThat(simulation.nowPs()).isZero();
    simulation.run();
    assertThat(log).containsExactly("9@1");
  }

  @Test
  void pastTimesAreRefused() {
    note.in(10, 0);
    simulation.run();
    assertThatThrownBy(() -> note.at(9, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("time of 'note', 9 ps, is before now, 10 ps");
    assertThatThrownBy(() -> simulation.runUntil(9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("end 9 ps is before now, 10 ps");
    assertThatCode(() -> note.at(10, 0)).doesNotThrowAnyException();
  }

  @Test
  void negativeDelaysAreRefused() {
    assertThatThrownBy(() -> note.in(-1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("negative delay for 'note': -1 ps");
  }

  @Test
  void timesBeyondTheEndAreRefused() {
    note.in(10, 0);
    simulation.run();
    assertThatThrownBy(() -> note.in(Long.MAX_VALUE - 9, 0))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("time of 'note' overflows: 10 + 9223372036854775798 ps");
    note.in(Long.MAX_VALUE - 10, 1);
    simulation.run();
    assertThat(log).last().isEqualTo("1@9223372036854775807");
  }

  @Test
  void runInsideARunIsRefused() {
    Event nested = simulation.event("nested", word -> simulation.run());
    nested.in(0, 0);
    assertThatThrownBy(simulation::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the simulation is running already");
  }

  @Test
  void whatAHandlerThrowsArrivesAsItIsWithItsPlaceAttached() {
    IllegalArgumentException thrown = new IllegalArgumentException("no such page");
    Event faulty =
        simulation.event(
            "flash.read",
            word -> {
              throw thrown;
            });
    note.in(3, 1);
    faulty.in(7, 0);
    note.in(9, 2);
    assertThatThrownBy(simulation::run).isSameAs(thrown).hasMessage("no such page");
    assertThat(thrown.getSuppressed()).hasSize(1);
    assertThat(thrown.getSuppressed()[0]).hasMessage("at 7 ps in handler 'flash.read', event 2");
    simulation.run();
    assertThat(log).containsExactly("1@3", "2@9");
  }

  @Test
  void waitingWorkWithoutEventsIsAnErrorThatNamesWhoWaits() {
    long[] waiting = {0, 0};
    for (int i = 0; i < 2; i++) {
      int who = i;
      simulation.watch(
          new Waiting() {
            @Override
            public long waitingCount() {
              return waiting[who];
            }

            @Override
            public String describeWaiting() {
              return "hbm.channel" + who + ": " + waiting[who] + " transfers";
            }
          });
    }
    note.in(5, 1);
    assertThatCode(simulation::run).doesNotThrowAnyException();
    waiting[1] = 3;
    note.in(5, 2);
    assertThatThrownBy(simulation::run)
        .isInstanceOf(StalledException.class)
        .hasMessage("no event is due, but work is waiting:\n  hbm.channel1: 3 transfers");
    // A cancelled timer is no event that is due.
    Timer timer = simulation.timer("timer", word -> {});
    timer.in(1_000_000, 0);
    timer.cancel();
    assertThatThrownBy(() -> simulation.runUntil(20)).isInstanceOf(StalledException.class);
    timer.in(1_000, 0);
    assertThatCode(() -> simulation.runUntil(30)).doesNotThrowAnyException();
  }

  @Test
  void endlessEventsAtOneInstantAreAnErrorThatNamesThem() {
    Event[] pair = new Event[2];
    pair[0] = simulation.event("ping", word -> pair[1].in(0, 0));
    pair[1] = simulation.event("pong", word -> pair[0].in(0, 0));
    pair[0].in(42, 0);
    simulation.limitEventsPerInstant(300_000);
    assertThatThrownBy(simulation::run)
        .isInstanceOf(StalledException.class)
        .hasMessage(
            "time stands still at 42 ps for more than 327680 events;"
                + " last fired: 'pong'; due next: 'ping'");
    assertThatThrownBy(() -> simulation.limitEventsPerInstant(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit 0 must be at least 1");
  }

  @Test
  void whatIsDueNextInAnEndlessLoopLeavesOutCancelledTimers() {
    Timer cancelled = simulation.timer("cancelled", word -> {});
    Timer moved = simulation.timer("moved", word -> {});
    Timer armed = simulation.timer("armed", word -> {});
    Event[] ping = new Event[1];
    ping[0] =
        simulation.event(
            "ping",
            word -> {
              for (Timer timer : List.of(cancelled, moved, armed)) {
                timer.in(0, 0);
              }
              cancelled.cancel();
              moved.in(1, 0);
              ping[0].in(0, 0);
            });
    // One event before, so that every second event, and with it the last one, is a ping.
    note.in(1, 0);
    ping[0].in(42, 0);
    simulation.limitEventsPerInstant(60_000);
    assertThatThrownBy(simulation::run)
        .isInstanceOf(StalledException.class)
        .hasMessage(
            "time stands still at 42 ps for more than 65536 events;"
                + " last fired: 'ping'; due next: 'armed', 'ping'");
  }

  @Test
  void tooManyHandlersAreRefused() {
    Simulation small = new Simulation(1, 2, EntryId.LAST_ORDER);
    small.event("first", word -> {});
    small.timer("second", word -> {});
    assertThatThrownBy(() -> small.event("third", word -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("handler 'third' is one too many: a simulation can have 2");
    assertThatThrownBy(() -> small.timer("fourth", word -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("handler 'fourth' is one too many: a simulation can have 2");
  }

  @Test
  void manyEventsAtOneInstantAreNotALivelock() {
    simulation.limitEventsPerInstant(300_000);
    Event tick = simulation.event("tick", word -> {});
    for (int i = 0; i < 900_000; i++) {
      tick.at(i / 300_000, 0);
    }
    assertThatCode(simulation::run).doesNotThrowAnyException();
  }
}
