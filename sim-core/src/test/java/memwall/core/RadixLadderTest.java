package memwall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RadixLadderTest {
  /** How far ahead an event is scheduled. */
  enum Mix {
    EXPONENTIAL {
      @Override
      long delay(SplittableRandom random) {
        return (long) (-1e7 * StrictMath.log(1 - random.nextDouble()));
      }
    },
    UNIFORM {
      @Override
      long delay(SplittableRandom random) {
        return random.nextLong(20_000_000);
      }
    },
    BIMODAL {
      @Override
      long delay(SplittableRandom random) {
        return random.nextInt(10) > 0
            ? random.nextLong(2_000_000)
            : 90_000_000 + random.nextLong(20_000_000);
      }
    },
    CLOCKED {
      @Override
      long delay(SplittableRandom random) {
        return 1_000 * (1 + random.nextLong(100));
      }
    },
    TIES {
      @Override
      long delay(SplittableRandom random) {
        return 10_000_000;
      }
    },
    FEW_TIMES {
      @Override
      long delay(SplittableRandom random) {
        return random.nextLong(3);
      }
    },
    /** Every magnitude from zero to days. */
    WILD {
      @Override
      long delay(SplittableRandom random) {
        return random.nextLong() >>> (4 + random.nextInt(60));
      }
    };

    abstract long delay(SplittableRandom random);
  }

  private final RadixLadder ladder = new RadixLadder();
  private final HeapOracle oracle = new HeapOracle();
  private long words;

  /** Adds to both, at the end of time if the time overflowed. */
  private void add(long givenTime) {
    long time = saturated(givenTime);
    long id = words % 7;
    ladder.add(time, id, words);
    oracle.add(time, id, words);
    words++;
  }

  private static long saturated(long time) {
    return time < 0 ? Long.MAX_VALUE : time;
  }

  /** Polls both; returns the time polled or -1. */
  private long poll(long end) {
    checkEarliest();
    HeapOracle.Entry expected = oracle.poll(end);
    int at = ladder.poll(end);
    if (expected == null) {
      assertThat(at).isEqualTo(-1);
      return -1;
    }
    assertThat(at).isNotNegative();
    long[] front = ladder.front();
    if (front[at] != expected.time()
        || front[at + 1] != expected.id()
        || front[at + 2] != expected.word()) {
      throw new AssertionError(
          "ladder gave time " + front[at] + " word " + front[at + 2] + ", oracle " + expected);
    }
    return expected.time();
  }

  /** No entry comes before the earliest time; with few entries it is the first one's. */
  private void checkEarliest() {
    long first = oracle.nextTime();
    long earliest = ladder.earliest();
    if (earliest > first || (earliest < first && ladder.size() <= 42)) {
      throw new AssertionError("earliest " + earliest + ", but the first is " + first);
    }
  }

  private void drain() {
    while (oracle.size() > 0) {
      poll(Long.MAX_VALUE);
    }
    assertThat(ladder.poll(Long.MAX_VALUE)).isEqualTo(-1);
    assertThat(ladder.size()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void holdsFireInTheOrderOfTheHeap(Mix mix) {
    int[] sizes = {1, 2, 10, 100, 1_000, 10_000, 100_000};
    for (int size : sizes) {
      SplittableRandom random = new SplittableRandom(size);
      long start = 0;
      for (int i = 0; i < size; i++) {
        add(start + mix.delay(random));
      }
      for (int i = 0; i < 15_000 + size; i++) {
        long now = poll(Long.MAX_VALUE);
        add(now + mix.delay(random));
      }
      assertThat(ladder.size()).isEqualTo(size);
      drain();
      ladder.restart(0);
    }
  }

  @Test
  void burstsHorizonsAndZeroDelaysFireInTheOrderOfTheHeap() {
    Randomized.check(
        120,
        random -> {
          RadixLadderTest fresh = new RadixLadderTest();
          fresh.jumpAbout(random);
        });
  }

  /** Runs up to random horizons and schedules from there, bursts and groups of equal times. */
  private void jumpAbout(SplittableRandom random) {
    Mix[] mixes = Mix.values();
    Mix mix = mixes[random.nextInt(mixes.length)];
    int most = 1 << random.nextInt(11);
    long now = random.nextBoolean() ? 0 : random.nextLong() >>> (2 + random.nextInt(50));
    for (int step = 0; step < 400; step++) {
      int burst = random.nextInt(most) + 1;
      long common = now + mix.delay(random);
      boolean equal = random.nextInt(4) == 0;
      for (int i = 0; i < burst; i++) {
        add(equal ? common : now + mix.delay(random));
      }
      long end = saturated(now + mix.delay(random) / (1 + random.nextInt(4)));
      for (long time = poll(end); time >= 0; time = poll(end)) {
        now = time;
        if (oracle.size() > 4 * most) {
          continue;
        }
        switch (random.nextInt(6)) {
          case 0 -> add(now);
          case 1 -> add(now + mix.delay(random));
          case 2 -> add(now + random.nextLong(100));
          default -> {}
        }
      }
      // Either as after a run (clock = end), or as after a run that was broken off (clock = now).
      now = random.nextInt(3) > 0 ? end : now;
      if (random.nextInt(40) == 0) {
        drainFrom(now);
      }
    }
    drain();
  }

  private void drainFrom(long now) {
    for (long time = poll(Long.MAX_VALUE); time >= 0; ) {
      time = poll(Long.MAX_VALUE);
    }
    ladder.restart(now);
  }

  /** Entries that were scheduled, but are added only later, as re-armed timers are. */
  @Test
  void entriesAddedAgainComeInTheOrderOfScheduling() {
    Randomized.check(
        100,
        random -> {
          RadixLadderTest fresh = new RadixLadderTest();
          fresh.addAgain(random);
        });
  }

  private void addAgain(SplittableRandom random) {
    Mix[] mixes = {Mix.CLOCKED, Mix.TIES, Mix.FEW_TIMES, Mix.FEW_TIMES, Mix.BIMODAL, Mix.WILD};
    Mix mix = mixes[random.nextInt(mixes.length)];
    int most = 1 << random.nextInt(10);
    // What was scheduled and not added yet.
    List<HeapOracle.Entry> heldBack = new ArrayList<>();
    long now = 0;
    for (int step = 0; step < 100; step++) {
      int burst = random.nextInt(most) + 1;
      long common = saturated(now + 1 + mix.delay(random));
      boolean equal = random.nextInt(3) > 0;
      for (int i = 0; i < burst; i++) {
        words++;
        long time = equal ? common : saturated(now + mix.delay(random));
        if (time > now && heldBack.size() < 400 && random.nextBoolean()) {
          heldBack.add(new HeapOracle.Entry(time, words, EntryId.AGAIN, 0));
        } else {
          addScheduled(time, words, 0, words);
        }
      }
      int polls = random.nextInt(2 * most);
      long end = random.nextBoolean() ? Long.MAX_VALUE : saturated(now + mix.delay(random));
      for (int i = 0; i < polls; i++) {
        addHeldBack(heldBack, random, 4 * most);
        long time = poll(end);
        if (time < 0) {
          break;
        }
        now = time;
      }
    }
    addHeldBack(heldBack, random, 1);
    drain();
  }

  /** Adds what will be due next, and others at random, in any order. */
  private void addHeldBack(
      List<HeapOracle.Entry> heldBack, SplittableRandom random, int oneInSoMany) {
    long nextTime = oracle.nextTime();
    for (HeapOracle.Entry entry : heldBack) {
      nextTime = Math.min(nextTime, entry.time());
    }
    for (int i = 0; i < heldBack.size(); ) {
      HeapOracle.Entry entry = heldBack.get(i);
      if (entry.time() <= nextTime || random.nextInt(oneInSoMany) == 0) {
        addScheduled(entry.time(), entry.sequence(), entry.id(), entry.word());
        // The order in which they are added becomes another one than that of scheduling.
        heldBack.set(i, heldBack.get(heldBack.size() - 1));
        heldBack.remove(heldBack.size() - 1);
      } else {
        i++;
      }
    }
  }

  private void addScheduled(long time, long order, long flag, long word) {
    long id = flag | (order * EntryId.NEXT_ORDER) | 3;
    if (flag == 0) {
      ladder.add(time, id, word);
    } else {
      ladder.addAgain(time, id);
    }
    oracle.add(time, order, id, word);
  }

  @Test
  void entriesEarlierThanTheReferenceTimeComeFirst() {
    // The bucket of time 2^40 is opened by a poll that takes nothing but its first entry.
    long far = 1L << 40;
    for (int i = 0; i < 100; i++) {
      add(far + 1_000L * i);
    }
    assertThat(poll(Long.MAX_VALUE)).isEqualTo(far);
    // Earlier than the reference time, in falling order: each moves all others, so the run spills.
    for (int i = 0; i < 200; i++) {
      add(far - 1_000_000_000L - i);
    }
    for (int i = 0; i < 200; i++) {
      add(i % 2 == 0 ? far - 5 : far + 50 + i % 3);
    }
    drain();
  }

  @Test
  void entriesEarlierThanAChainOfEqualTimesComeFirst() {
    long far = 1L << 40;
    for (int i = 0; i < 100; i++) {
      add(far);
    }
    assertThat(poll(Long.MAX_VALUE)).isEqualTo(far);
    for (int i = 0; i < 90; i++) {
      add(far - 1 - i);
      add(far);
      add(far + i);
    }
    drain();
  }

  @Test
  void manyAddedAgainToALargeGroupInTheRunAreInOrder() {
    // A run of one entry with a wide window; then a group inside the window, one by one.
    addScheduled(1L << 30, 1, 0, 1);
    assertThat(poll(Long.MAX_VALUE)).isEqualTo(1L << 30);
    long group = (1L << 30) + 5;
    addScheduled(group - 1, 2, 0, 2);
    for (int order = 1_000; order < 2_000; order++) {
      addScheduled(group, order, 0, order);
    }
    for (int order = 999; order >= 500; order--) {
      addScheduled(group, order, EntryId.AGAIN, 0);
    }
    addScheduled(group - 1, 2_001, 0, 2_001);
    addScheduled(group, 2_002, 0, 2_002);
    drain();
  }

  @Test
  void manyEarlierThanALargeGroupInTheRunAreInOrder() {
    add(1L << 30);
    assertThat(poll(Long.MAX_VALUE)).isEqualTo(1L << 30);
    for (int i = 0; i < 1_000; i++) {
      add((1L << 30) + 500);
      add((1L << 30) + 300);
      add((1L << 30) + 400);
    }
    drain();
  }

  @Test
  void timesSaturateAtTheEndOfTime() {
    for (int i = 0; i < 60; i++) {
      add(Long.MAX_VALUE);
      add(Long.MAX_VALUE - 1);
      add(Long.MAX_VALUE - i);
    }
    for (int i = 0; i < 100; i++) {
      poll(Long.MAX_VALUE);
      add(Long.MAX_VALUE - i % 2);
    }
    drain();
  }

  @Test
  void nothingIsDueBeforeTheFirstTime() {
    add(1_000_000);
    for (long end = 0; end < 1_000_000; end += 999) {
      assertThat(poll(end)).isEqualTo(-1);
    }
    assertThat(poll(999_999)).isEqualTo(-1);
    assertThat(poll(1_000_000)).isEqualTo(1_000_000);
  }

  @Test
  void restartIsRefusedWhileEntriesArePending() {
    add(5);
    assertThatThrownBy(() -> ladder.restart(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("1 entries are pending");
  }

  @ParameterizedTest
  @CsvSource({"10, 2", "100, 2", "5000, 2", "5000, 1", "50000, 3"})
  void sweepKeepsTheOrderOfTheLiving(int size, int livingInTen) {
    Randomized.check(
        5,
        random -> {
          for (int round = 0; round < 3; round++) {
            RadixLadderTest test = new RadixLadderTest();
            Mix mix = Mix.values()[random.nextInt(Mix.values().length)];
            long now = 0;
            for (int i = 0; i < size; i++) {
              long time = now + mix.delay(random);
              if (random.nextInt(10) < livingInTen) {
                test.add(time);
              } else {
                test.ladder.add(saturated(time), EntryId.TIMER | 7, 0);
              }
              if (i % 50 == 49 && test.oracle.size() > 0 && test.pollLiving() >= 0) {
                now = test.lastTime;
              }
            }
            test.ladder.sweep(
                id -> id < 0 ? Chunks.Keeper.TAKE_OUT : id,
                test.ladder.size() - test.oracle.size());
            assertThat(test.ladder.size()).isEqualTo(test.oracle.size());
            for (int i = 0; i < size / 4; i++) {
              test.add(now + mix.delay(random));
            }
            test.drain();
          }
        });
  }

  @Test
  void sweepGivesChunksBack() {
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 10_000; i++) {
        long dead = i % 10 < 9 ? EntryId.TIMER : 0;
        ladder.add((1L << 40) + i % 1_000, dead | 5, 0);
      }
      ladder.sweep(id -> id < 0 ? Chunks.Keeper.TAKE_OUT : id, 9_000);
      assertThat(ladder.size()).isEqualTo(1_000);
      while (ladder.size() > 0) {
        ladder.poll(Long.MAX_VALUE);
      }
      ladder.restart(0);
      // The entries, one part-filled chunk for each of some buckets, and what buckets keep.
      assertThat(ladder.chunksMade()).isLessThan(10_000 / 42 + 200);
    }
  }

  private long lastTime;

  /** Takes the earliest living entry from both. */
  private long pollLiving() {
    HeapOracle.Entry expected = oracle.poll(Long.MAX_VALUE);
    int at = ladder.poll(Long.MAX_VALUE);
    while (ladder.front()[at + 1] < 0) {
      at = ladder.poll(Long.MAX_VALUE);
    }
    assertThat(ladder.front()[at + 2]).isEqualTo(expected.word());
    lastTime = expected.time();
    return lastTime;
  }
}
