package memwall.memory.hbf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.unit.Units;
import memwall.memory.Usage;
import org.junit.jupiter.api.Test;

/** The stack's closed reservation against one that knows every plane and page. */
class HbfStackTest {
  /** Each plane is busy for tR per page; pages leave over the link in the order of sensing. */
  private static final class Naive {
    private final HbfSpec spec;
    private final PriorityQueue<Long> planeFreePs = new PriorityQueue<>();
    private long linkStartPs;
    private long pagesSinceLinkStart;
    private long linkFreePs;

    Naive(HbfSpec spec) {
      this.spec = spec;
      for (int plane = 0; plane < spec.pagesAtOnce(); plane++) {
        planeFreePs.add(0L);
      }
    }

    long readPages(long nowPs, long pages) {
      for (long page = 0; page < pages; page++) {
        long sensedPs = Math.max(nowPs, planeFreePs.remove()) + spec.readPs();
        planeFreePs.add(sensedPs);
        if (sensedPs > linkFreePs) {
          linkStartPs = sensedPs;
          pagesSinceLinkStart = 0;
        }
        // Rounded once per busy period of the link, not once per page.
        pagesSinceLinkStart++;
        linkFreePs =
            linkStartPs
                + Units.transferPs(pagesSinceLinkStart * spec.pageBytes(), spec.linkBytesPerSec());
      }
      return linkFreePs + spec.eccPs();
    }
  }

  private static HbfSpec spec(int planes, long readPs, long linkBytesPerSec, long stagingPages) {
    return new HbfSpec(
        1L << 40,
        1,
        planes,
        4096,
        readPs,
        100_000_000,
        linkBytesPerSec,
        stagingPages * 4096,
        0,
        0,
        100,
        1,
        1);
  }

  private static HbfSpec random(SplittableRandom random) {
    int planes = 1 + random.nextInt(64);
    long readPs = 100_000 + random.nextLong(5_000_000);
    double array = planes * 4096.0 / (readPs * 1e-12);
    // The link from a fifth of the array's rate to five times it.
    long link = (long) (array * Math.pow(5, 2 * random.nextDouble() - 1));
    long staging = random.nextBoolean() ? 2L * planes : 2 + random.nextInt(2 * planes);
    return spec(planes, readPs, link, staging);
  }

  @Test
  void randomStreamsAreWithinOneReadTimeOfPlanesSimulatedOneByOne() {
    int[] bound = new int[3];
    Randomized.check(
        2000,
        random -> {
          HbfSpec spec = random(random);
          bound[List.of("array", "staging buffer", "link").indexOf(spec.readBoundBy())]++;
          HbfStack stack = new HbfStack(spec);
          Naive naive = new Naive(spec);
          long nowPs = 0;
          for (int i = 0; i < 20; i++) {
            nowPs += random.nextInt(3) == 0 ? 0 : random.nextLong(4 * spec.readPs());
            long pages = 1 + random.nextLong(4 * spec.pagesAtOnce());
            long donePs = stack.readPages(nowPs, pages);
            assertThat(donePs)
                .as("transfer %s of %s pages at %s, %s", i, pages, nowPs, spec)
                .isCloseTo(naive.readPages(nowPs, pages), within(spec.readPs()));
          }
        });
    if (System.getProperty(Randomized.SEED_PROPERTY) == null) {
      assertThat(bound).doesNotContain(0);
    }
  }

  @Test
  void anIdleTransferOfWholeRoundsIsExactWhereTheLinkBinds() {
    Randomized.check(
        500,
        random -> {
          HbfSpec spec = random(random);
          long rounds = spec.readBoundBy().equals("link") ? 1 + random.nextInt(50) : 1;
          long pages = rounds * spec.pagesAtOnce();
          assertThat(new HbfStack(spec).readPages(7, pages))
              .as("%s rounds, %s", rounds, spec)
              .isEqualTo(new Naive(spec).readPages(7, pages));
        });
  }

  /**
   * Where the array binds, planes that start together deliver in bursts, and the last burst waits
   * for the link; the reservation has them staggered, so that only the last page does.
   */
  @Test
  void anIdleTransferOfWholeRoundsIsEarlyByLessThanABurstWhereTheArrayBinds() {
    Randomized.check(
        500,
        random -> {
          HbfSpec spec = random(random);
          if (spec.readBoundBy().equals("link")) {
            return;
          }
          long pages = (2 + random.nextInt(50)) * spec.pagesAtOnce();
          long burstPs =
              Units.transferPs((spec.pagesAtOnce() - 1) * 4096, spec.linkBytesPerSec()) + 1;
          long naivePs = new Naive(spec).readPages(7, pages);
          assertThat(burstPs).isLessThanOrEqualTo(spec.readPs() + 1);
          assertThat(new HbfStack(spec).readPages(7, pages)).isBetween(naivePs - burstPs, naivePs);
        });
  }

  @Test
  void announcingNeverDelays() {
    long[] gainPs = new long[1];
    Randomized.check(
        2000,
        random -> {
          HbfSpec spec = random(random);
          HbfStack told = new HbfStack(spec);
          HbfStack untold = new HbfStack(spec);
          long nowPs = 0;
          long next = 1 + random.nextLong(4 * spec.pagesAtOnce());
          told.announce(nowPs, next, Long.MAX_VALUE);
          for (int i = 0; i < 20; i++) {
            nowPs += random.nextInt(3) == 0 ? 0 : random.nextLong(4 * spec.readPs());
            long toldPs = told.readPages(nowPs, next);
            long untoldPs = untold.readPages(nowPs, next);
            assertThat(toldPs)
                .as("transfer %s of %s pages, %s", i, next, spec)
                // Work in pieces is rounded up to a picosecond piece by piece.
                .isLessThanOrEqualTo(untoldPs + 3L * (i + 1));
            gainPs[0] += untoldPs - toldPs;
            next = 1 + random.nextLong(4 * spec.pagesAtOnce());
            told.announce(nowPs, next, Long.MAX_VALUE);
          }
        });
    assertThat(gainPs[0]).isPositive();
  }

  @Test
  void anAnnouncedReadWaitsOnlyForTheLinkOnceItIsSensed() {
    HbfSpec spec = spec(16, 1_000_000, 1_000_000_000_000L, 64);
    long linkPs = 16 * 4096;
    HbfStack stack = new HbfStack(spec);
    assertThat(stack.announce(0, 16, Long.MAX_VALUE)).isEqualTo(16);
    assertThat(stack.readPages(1_000_000, 16)).isEqualTo(1_000_000 + linkPs * 1_000 / 1_000);
    // One picosecond before it is sensed the read waits for that picosecond.
    stack = new HbfStack(spec);
    stack.announce(0, 16, Long.MAX_VALUE);
    assertThat(stack.readPages(999_999, 16)).isEqualTo(1_000_000 + linkPs);
    // Not announced, it waits the whole time.
    assertThat(new HbfStack(spec).readPages(1_000_000, 16)).isEqualTo(2_000_000 + linkPs);
  }

  @Test
  void noMoreIsSensedThanTheStagingBufferHolds() {
    HbfStack stack = new HbfStack(spec(16, 1_000_000, 1_000_000_000_000L, 64));
    assertThat(stack.announce(0, 60, Long.MAX_VALUE)).isEqualTo(60);
    assertThat(stack.canAnnounce()).isTrue();
    assertThat(stack.announce(0, 60, Long.MAX_VALUE)).isEqualTo(4);
    assertThat(stack.canAnnounce()).isFalse();
    stack.readPages(100_000_000, 60);
    assertThat(stack.canAnnounce()).isTrue();
    assertThat(stack.topUp(100_000_000, Long.MAX_VALUE)).isEqualTo(56);
    assertThat(stack.topUp(100_000_000, Long.MAX_VALUE)).isZero();
  }

  /** Facts: 16 x 25 x 4096 B / 1 us = 1638.4 GB/s; CONV 349.5 GB/s; 16.4 and 10.5 GB/s written. */
  @Test
  void planeLaw() {
    HbfSpec gen1 = law(25, 1_000_000);
    assertThat(gen1.arrayBytesPerSec() / 1e9).isCloseTo(1638.4, within(1e-6));
    assertThat(gen1.writeBytesPerSec(Usage.WEIGHTS) / 1e9).isCloseTo(16.384, within(1e-6));
    HbfSpec conv = law(16, 3_000_000);
    assertThat(conv.arrayBytesPerSec() / 1e9).isCloseTo(349.5, within(0.05));
    assertThat(conv.writeBytesPerSec(Usage.KV) / 1e9).isCloseTo(10.486, within(1e-3));
    assertThat(law(4, 3_000_000).arrayBytesPerSec() / 1e9).isCloseTo(87.4, within(0.05));
    assertThat(law(16, 4_000_000).arrayBytesPerSec() / 1e9).isCloseTo(262.1, within(0.05));
  }

  private static HbfSpec law(int planesPerDie, long readPs) {
    return new HbfSpec(
        512L << 30,
        16,
        planesPerDie,
        4096,
        readPs,
        100_000_000,
        10_000_000_000_000L,
        64L << 20,
        0,
        0,
        100_000,
        6.1,
        100);
  }

  @Test
  void programsTakePlaneTimeFromReads() {
    HbfSpec spec = spec(16, 1_000_000, 1_000_000_000_000L, 64);
    HbfStack stack = new HbfStack(spec);
    // 8 pages programmed on 16 planes: half of tPROG of the whole array.
    long programmedPs = stack.program(0, 8 * 4096);
    assertThat(programmedPs).isEqualTo(8 * 4096 + 100_000_000);
    assertThat(stack.lastArrayPs()).isEqualTo(50_000_000);
    // 16 pages read behind them: one tR of the whole array.
    assertThat(stack.readPages(0, 16)).isEqualTo(51_000_000 + 4096);
    // Without the programs, one tR and the link.
    assertThat(new HbfStack(spec).readPages(0, 16)).isEqualTo(1_000_000 + 16 * 4096);
    // And more programs in a row are done when the planes have done them all.
    HbfStack busy = new HbfStack(spec);
    long lastPs = 0;
    for (int i = 0; i < 100; i++) {
      lastPs = busy.program(0, 16 * 4096);
    }
    assertThat(lastPs).isEqualTo(100 * 100_000_000L);
  }

  @Test
  void terabytesAndWeeksDoNotOverflow() {
    HbfSpec gen1 = law(25, 1_000_000);
    HbfStack stack = new HbfStack(gen1);
    long startPs = 60L * 86_400 * Units.PS_PER_SECOND;
    long pages = (1L << 50) / 4096;
    BigInteger workPs =
        BigInteger.valueOf(pages)
            .multiply(BigInteger.valueOf(1_000_000))
            .add(BigInteger.valueOf(399))
            .divide(BigInteger.valueOf(400));
    long pagePs = Units.transferPs(4096, gen1.linkBytesPerSec());
    assertThat(stack.readPages(startPs, pages))
        .isEqualTo(startPs + workPs.longValueExact() + pagePs);
    List<Throwable> thrown = new ArrayList<>();
    for (int i = 0; i < 20_000 && thrown.isEmpty(); i++) {
      try {
        assertThat(stack.readPages(startPs, pages)).isGreaterThan(startPs);
      } catch (ArithmeticException overflow) {
        thrown.add(overflow);
      }
    }
    // The clock ends after 106 days: refused, not wrapped around.
    assertThat(thrown).hasSize(1);
  }

  /**
   * 4 planes of which 2 sense at once, pages in 8 ns and over the link in 5, staging of 5 pages.
   */
  private static final HbfSpec SMALL =
      new HbfSpec(
          1 << 20, 1, 4, 64, 8_000, 16_000, 12_800_000_000L, 320, 20_000, 1 << 10, 10, 1, 1);

  /** What was done to a stack, and what its owner knows of it. */
  private static final class History {
    final HbfStack stack = new HbfStack(SMALL);
    long nowPs;
    long lastReadPs;

    /** Random calls on a grid of 1 ns; at the end one read of 4 pages is announced. */
    History(SplittableRandom random) {
      for (int i = random.nextInt(4); i > 0; i--) {
        nowPs += 1_000L * random.nextInt(9);
        switch (random.nextInt(4)) {
          case 0 -> lastReadPs = stack.readPages(nowPs, 2L * (1 + random.nextInt(2)));
          case 1 -> lastReadPs = stack.readScratch(nowPs, 1);
          case 2 -> stack.program(nowPs, 64L * (1 + random.nextInt(4)));
          default -> stack.writeScratch(nowPs, 1);
        }
      }
      nowPs += 1_000L * random.nextInt(9);
      stack.announce(nowPs, 4, 1 + random.nextInt(4));
      for (int i = random.nextInt(3); i > 0; i--) {
        nowPs += 1_000L * random.nextInt(9);
        switch (random.nextInt(4)) {
          case 0 -> lastReadPs = stack.readScratch(nowPs, 1);
          case 1 -> stack.program(nowPs, 64);
          case 2 -> stack.topUp(nowPs, 1);
          default -> stack.writeScratch(nowPs, 1);
        }
      }
      nowPs += 1_000L * random.nextInt(20);
    }

    /** The state, with what the owner's queue tells in front. */
    List<Long> state() {
      List<Long> state = new ArrayList<>();
      state.add(Math.max(0, lastReadPs - nowPs));
      stack.describe(state::add, nowPs);
      return state;
    }

    /** Five ways to go on; times from now. */
    List<Long> future(int way) {
      List<Long> times = new ArrayList<>();
      switch (way) {
        case 0 -> {
          times.add(stack.readPages(nowPs, 4));
          times.add(stack.readPages(nowPs, 3));
        }
        case 1 -> {
          times.add(stack.program(nowPs, 128));
          times.add(stack.writeScratch(nowPs, 1));
        }
        case 2 -> {
          times.add(nowPs + stack.topUp(nowPs, Long.MAX_VALUE));
          times.add(stack.readPages(nowPs + 50_000, 4));
        }
        case 3 -> {
          times.add(stack.readScratch(nowPs, 1));
          times.add(stack.writeScratch(nowPs, 1));
        }
        default -> times.add(stack.readPages(nowPs + 3_000, 4));
      }
      times.replaceAll(timePs -> timePs - nowPs);
      return times;
    }
  }

  /** Law F6: the state is complete, and each of its fields matters. */
  @Test
  void equalStatesHaveEqualFuturesAndNoFieldCanBeLeftOut() {
    Map<List<Long>, List<List<Long>>> futures = new HashMap<>();
    for (int seed = 0; seed < 100_000; seed++) {
      List<List<Long>> all = new ArrayList<>();
      for (int way = 0; way < 5; way++) {
        all.add(new History(new SplittableRandom(seed)).future(way));
      }
      List<Long> state = new History(new SplittableRandom(seed)).state();
      List<List<Long>> known = futures.putIfAbsent(state, all);
      assertThat(known == null ? all : known).as("state %s", state).isEqualTo(all);
    }
    assertThat(futures.size()).isBetween(100, 50_000);
    List<Integer> matter = new ArrayList<>();
    for (int index = 0; index < 7; index++) {
      Map<List<Long>, List<List<Long>>> seen = new HashMap<>();
      for (Map.Entry<List<Long>, List<List<Long>>> entry : futures.entrySet()) {
        List<Long> rest = new ArrayList<>(entry.getKey());
        rest.remove(index);
        List<List<Long>> other = seen.putIfAbsent(rest, entry.getValue());
        if (other != null && !other.equals(entry.getValue())) {
          matter.add(index);
          break;
        }
      }
    }
    // Last read; array, first and last sensed, staged, link in, link out.
    assertThat(matter).containsExactly(0, 1, 2, 3, 4, 5, 6);
  }
}
