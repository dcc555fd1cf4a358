package memwall.memory.flash.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.MultiPlane;
import memwall.memory.flash.device.ReadPriority;
import org.junit.jupiter.api.Test;

/**
 * Law F1: a port that leaps gives the answers of one that does not, at whatever times it is asked.
 */
class PagePortTest {
  private static final int PAGE = 4096;
  private static final int MANY = 10_000;

  /** A random device of one channel. */
  private static FlashSpec device(SplittableRandom random) {
    int buffers = 1 + random.nextInt(2);
    boolean isShared = random.nextInt(4) == 0;
    boolean hits = random.nextBoolean();
    FlashGeometry geometry =
        new FlashGeometry(
            1, 1 + random.nextInt(4), 1 + random.nextInt(6), 4 + random.nextInt(8), 16, PAGE);
    long readPs = 500_000L * (1 + random.nextInt(8)) + random.nextInt(3);
    FlashTimings timings =
        new FlashTimings(
            random.nextInt(3) == 0 ? random.nextInt(100_000) : 0,
            readPs,
            random.nextInt(2) * 20_000L,
            readPs,
            20_000_000 + random.nextInt(1_000_000),
            100_000_000,
            random.nextInt(2_000_000),
            random.nextInt(500_000));
    FlashPaths paths =
        new FlashPaths(
            (1L + random.nextInt(100)) * 1_000_000_000L,
            isShared,
            random.nextBoolean() ? 0 : (1L + random.nextInt(40)) * 1_000_000_000L,
            random.nextInt(2) * (long) random.nextInt(50_000),
            random.nextInt(2) * (long) random.nextInt(500_000),
            random.nextInt(300_000),
            0);
    FlashRules rules =
        new FlashRules(
            buffers,
            hits,
            random.nextInt(4) == 0 ? 1 + random.nextInt(20) : 0,
            random.nextInt(4) == 0 ? 1 + random.nextInt(8) : 0,
            1 + random.nextInt(80),
            1 + random.nextInt(16),
            random.nextBoolean(),
            List.of(ReadPriority.values()).get(random.nextInt(3)),
            random.nextInt(4),
            0,
            0);
    int planesPerGroup = random.nextInt(3) == 0 ? geometry.planesPerDie() : 1;
    if (planesPerGroup == 6) {
      planesPerGroup = 1 + random.nextInt(3);
    }
    long windowPs = random.nextInt(3) == 0 ? 0 : random.nextLong(2_000_000);
    return new FlashSpec(
        geometry,
        timings,
        paths,
        rules,
        new MultiPlane(planesPerGroup, windowPs, random.nextBoolean()));
  }

  /** What was asked and answered. */
  private record Run(FlashSpec spec, List<String> answers, String counters, long leapt) {}

  /** Pages that were not simulated, by what planes do together. */
  private static final class Leapt {
    private long alone;
    private long inGroups;
    private long samePages;

    void add(Run fast) {
      if (!fast.spec.hasGroups()) {
        alone += fast.leapt;
      } else if (fast.spec.multiPlane().samePage()) {
        samePages += fast.leapt;
      } else {
        inGroups += fast.leapt;
      }
    }

    void expect(long atLeast) {
      assertThat(alone).isGreaterThan(atLeast);
      assertThat(inGroups).isGreaterThan(atLeast / 10);
      assertThat(samePages).isGreaterThan(atLeast / 200);
    }
  }

  private static Run run(long seed, boolean leaps, long looks) {
    SplittableRandom random = new SplittableRandom(seed);
    FlashSpec spec = device(random);
    FlashGeometry geometry = spec.geometry();
    BlockStore blocks =
        random.nextBoolean() ? new BlockStore(geometry, 1000, 20 + random.nextInt(2000)) : null;
    List<String> answers = new ArrayList<>();
    PagePort port =
        new PagePort(
            spec,
            blocks,
            FlashErrors.NONE,
            leaps,
            (word, donePs, worst) -> answers.add(word + " " + donePs + " " + worst));
    SplittableRandom other = new SplittableRandom(looks);
    long pages = geometry.pages();
    long nowPs = 0;
    int transfers = 1 + random.nextInt(12);
    boolean hasWrites = random.nextBoolean();
    if (blocks != null && random.nextInt(4) > 0) {
      // Data in the first blocks of all planes, more or less.
      long written = geometry.planes() * (long) (16 + random.nextInt(48));
      port.write(BurstPattern.run(0, pages), 0, Math.min(pages, written), -1, 0);
      nowPs = random.nextInt(3) == 0 ? 0 : 40_000_000_000L;
    }
    long gapPs = 1L << (10 + random.nextInt(22));
    for (int i = 0; i < transfers; i++) {
      long until = nowPs + random.nextLong(gapPs);
      while (other.nextInt(3) == 0 && nowPs < until) {
        nowPs = Math.min(until, nowPs + 1 + other.nextLong(gapPs));
        port.advanceTo(nowPs);
      }
      nowPs = until;
      if (other.nextInt(5) == 0) {
        port.device(nowPs);
      }
      BurstPattern pattern =
          random.nextInt(3) > 0
              ? BurstPattern.run(0, pages)
              : BurstPattern.scattered(0, pages / 8 * 8, 1 + random.nextInt(2) * 7, 5);
      if (!spec.paths().sharedBus() && random.nextInt(3) == 0) {
        answers.add("out " + port.carryOut(1 + random.nextLong(5L * PAGE), nowPs));
      }
      boolean isWrite = hasWrites && random.nextInt(4) == 0;
      long length = 1 + random.nextLong(random.nextBoolean() ? 8 : pages);
      if (isWrite) {
        port.write(
            BurstPattern.run(0, pages), 0, Math.min(length, 3L * geometry.planes()), i, nowPs);
      } else {
        port.read(pattern, random.nextLong(pages), length, i, nowPs);
      }
    }
    while (port.wakePs() != PagePort.NEVER) {
      port.advanceTo(port.wakePs());
    }
    String counters = port.device(1L << 60).counters().toString();
    if (blocks != null) {
      StringBuilder text = new StringBuilder();
      for (int block = 0; block < geometry.planes() * geometry.blocksPerPlane(); block++) {
        text.append(blocks.reads(block)).append(',').append(blocks.erases(block)).append(' ');
      }
      counters += text;
    }
    assertThat(port.device(1L << 60).pending()).isZero();
    Collections.sort(answers);
    return new Run(spec, answers, counters, port.leaptPages());
  }

  /** Layers of transfers that come again and again, as a model is read, with what disturbs them. */
  private static Run layers(long seed, boolean leaps, long looks) {
    return layers(seed, leaps, MANY, looks);
  }

  private static Run layers(long seed, boolean leaps, int mostStates, long looks) {
    SplittableRandom random = new SplittableRandom(seed);
    FlashSpec spec = device(random);
    FlashGeometry geometry = spec.geometry();
    int planes = geometry.planes();
    BlockStore blocks =
        random.nextBoolean() ? new BlockStore(geometry, 1000, 100 + random.nextInt(3000)) : null;
    if (blocks != null) {
      for (int block = 0; block < planes * geometry.blocksPerPlane(); block++) {
        blocks.preload(block);
      }
    }
    List<String> answers = new ArrayList<>();
    int ops = 1 + random.nextInt(5);
    int layers = 3 + random.nextInt(20);
    long[] endPs = new long[layers * ops];
    PagePort port =
        new PagePort(
            spec,
            blocks,
            FlashErrors.NONE,
            leaps,
            mostStates,
            (word, donePs, worst) -> {
              answers.add(word + " " + donePs + " " + worst);
              if (word >= 0) {
                endPs[(int) word] = donePs;
              }
            });
    SplittableRandom other = new SplittableRandom(looks);
    long region = geometry.pages() / 2;
    PageOrder run = new PageOrder(BurstPattern.run(0, region), region, random.nextLong(region));
    BurstPattern scattered = BurstPattern.scattered(region, region, 1, 7);
    long[] pages = new long[ops];
    long[] gapPs = new long[ops];
    int[] kind = new int[ops];
    for (int op = 0; op < ops; op++) {
      pages[op] = 1 + random.nextLong(random.nextInt(3) == 0 ? 12L * planes : 3L * planes);
      gapPs[op] = random.nextBoolean() ? 0 : random.nextLong(1L << (8 + random.nextInt(18)));
      kind[op] = random.nextInt(8);
    }
    boolean announces = random.nextInt(4) > 0;
    int disturbs = random.nextInt(60);
    long position = 0;
    long scatter = 0;
    long nowPs = 0;
    boolean isAnnounced = false;
    for (int i = 0; i < layers * ops; i++) {
      int op = i % ops;
      boolean isScattered = kind[op] == 0;
      if (isAnnounced) {
        port.claim(i, nowPs);
      } else if (isScattered) {
        port.read(scattered, scatter, pages[op], i, nowPs);
        scatter += pages[op];
      } else {
        port.read(run, position, pages[op], i, nowPs);
        position += pages[op];
      }
      if (kind[op] == 1 && !spec.paths().sharedBus()) {
        answers.add("out " + port.carryOut(1000, nowPs) + " in " + port.carryIn(2000, nowPs));
      }
      int next = (i + 1) % ops;
      isAnnounced = announces && kind[next] != 0 && i + 1 < layers * ops;
      if (isAnnounced) {
        port.announce(run, position, pages[next], nowPs);
        position += pages[next];
      }
      if (disturbs > 0 && random.nextInt(disturbs) == 0) {
        long block = random.nextLong(region / planes / 16 * planes) / planes;
        port.write(
            BurstPattern.run(0, region),
            block * 16 * planes,
            1 + random.nextInt(planes),
            -1,
            nowPs);
      }
      while (endPs[i] == 0) {
        long wakePs = port.wakePs();
        if (other.nextInt(8) == 0 && wakePs > port.nowPs()) {
          port.device(port.nowPs() + other.nextLong(wakePs - port.nowPs()));
        }
        port.advanceTo(port.wakePs());
      }
      nowPs = endPs[i] + gapPs[op];
    }
    assertThat(port.knownStates()).isLessThanOrEqualTo(mostStates);
    while (port.wakePs() != PagePort.NEVER) {
      port.advanceTo(port.wakePs());
    }
    StringBuilder counters = new StringBuilder(port.device(1L << 60).counters().toString());
    for (int block = 0; blocks != null && block < planes * geometry.blocksPerPlane(); block++) {
      counters.append(' ').append(blocks.reads(block)).append(',').append(blocks.erases(block));
    }
    assertThat(port.device(1L << 60).pending()).isZero();
    return new Run(spec, answers, counters.toString(), port.leaptPages());
  }

  /** What was met before is not simulated again, and nobody can tell. */
  @Test
  void whatIsRememberedIsExact() {
    Leapt leapt = new Leapt();
    Randomized.check(
        2000,
        random -> {
          long seed = random.nextLong();
          Run exact = layers(seed, false, 1);
          Run fast = layers(seed, true, random.nextLong());
          assertThat(fast.answers()).isEqualTo(exact.answers());
          assertThat(fast.counters()).isEqualTo(exact.counters());
          assertThat(exact.leapt()).isZero();
          leapt.add(fast);
        });
    leapt.expect(100_000);
  }

  /** What was forgotten for want of room is simulated, and learned again. */
  @Test
  void whatIsForgottenIsExact() {
    Leapt leapt = new Leapt();
    Randomized.check(
        500,
        random -> {
          long seed = random.nextLong();
          Run exact = layers(seed, false, 1);
          Run fast = layers(seed, true, 1 + random.nextInt(12), random.nextLong());
          assertThat(fast.answers()).isEqualTo(exact.answers());
          assertThat(fast.counters()).isEqualTo(exact.counters());
          leapt.add(fast);
        });
    leapt.expect(10_000);
  }

  @Test
  void leapingIsExact() {
    Leapt leapt = new Leapt();
    Randomized.check(
        2000,
        random -> {
          long seed = random.nextLong();
          Run exact = run(seed, false, 1);
          Run fast = run(seed, true, random.nextLong());
          assertThat(fast.answers()).isEqualTo(exact.answers());
          assertThat(fast.counters()).isEqualTo(exact.counters());
          assertThat(exact.leapt()).isZero();
          leapt.add(fast);
        });
    leapt.expect(100_000);
  }

  /** Pages of a few rows, announced again and again: some are still in buffers, or on their way. */
  private static Run again(long seed, boolean leaps) {
    SplittableRandom random = new SplittableRandom(seed);
    FlashSpec spec = device(random);
    List<String> answers = new ArrayList<>();
    boolean[] isDone = {false};
    PagePort port =
        new PagePort(
            spec,
            null,
            FlashErrors.NONE,
            leaps,
            (word, donePs, worst) -> {
              answers.add(word + " " + donePs + " " + worst);
              isDone[0] = true;
            });
    long region = 1 + random.nextLong(3L * spec.geometry().planes());
    PageOrder order = PageOrder.of(BurstPattern.run(0, region));
    long nowPs = 0;
    int ahead = 1 + random.nextInt(3);
    int announced = 0;
    for (int i = 0; i < 30; i++) {
      for (; announced < i + ahead; announced++) {
        port.announce(order, random.nextLong(region), 1 + random.nextLong(2 * region), nowPs);
      }
      isDone[0] = false;
      port.claim(i, nowPs);
      while (!isDone[0]) {
        long wakePs = port.wakePs();
        assertThat(wakePs).as("%s waits for ever: %s", i, spec).isNotEqualTo(PagePort.NEVER);
        port.advanceTo(wakePs);
      }
      nowPs = port.nowPs() + random.nextLong(1L << 20);
    }
    return new Run(spec, answers, port.device(1L << 60).counters().toString(), port.leaptPages());
  }

  @Test
  void readsOfPagesAnnouncedTwiceEnd() {
    Randomized.check(
        3000,
        random -> {
          long seed = random.nextLong();
          Run exact = again(seed, false);
          Run fast = again(seed, true);
          assertThat(exact.answers()).hasSize(30).isEqualTo(fast.answers());
          assertThat(exact.counters()).isEqualTo(fast.counters());
        });
  }
}
