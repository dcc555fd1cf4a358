package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import memwall.core.Randomized;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@link FlashDevice} against {@link PlainFlash} on random small devices and schedules: the end and
 * status of every request, every counter and the state of every block are equal to the picosecond.
 */
class FlashOracleTest {
  private static final long US = 1_000_000;

  /** What random schedules made happen, so that they do not pass because nothing did. */
  private static final class Seen {
    private final Map<String, Long> counters = new TreeMap<>();
    private final Map<FlashStatus, Long> statuses = new EnumMap<>(FlashStatus.class);

    void add(FlashCounters its, List<FlashStatus> ends) throws ReflectiveOperationException {
      for (RecordComponent counter : FlashCounters.class.getRecordComponents()) {
        long count = (long) counter.getAccessor().invoke(its);
        counters.merge(counter.getName(), count, Long::sum);
      }
      counters.merge("together", its.senses() - its.senseCommands(), Long::sum);
      ends.forEach(status -> statuses.merge(status, 1L, Long::sum));
    }

    void expectAll(long atLeast) {
      assertThat(counters).allSatisfy((name, count) -> assertThat(count).isGreaterThan(atLeast));
      assertThat(statuses).containsOnlyKeys(FlashStatus.values());
      assertThat(statuses).allSatisfy((name, count) -> assertThat(count).isGreaterThan(atLeast));
    }
  }

  private static boolean oneIn(SplittableRandom random, int n) {
    return random.nextInt(n) == 0;
  }

  /** A time up to some bound, odd enough that few things meet by chance; sometimes round. */
  private static long time(SplittableRandom random, long most) {
    return oneIn(random, 4) ? most / 1000 * (1 + random.nextInt(4)) * 250 : random.nextLong(most);
  }

  private static FlashSpec device(SplittableRandom random) {
    FlashGeometry geometry =
        new FlashGeometry(
            1 + random.nextInt(2),
            1 + random.nextInt(3),
            1 + random.nextInt(4),
            1 + random.nextInt(3),
            1 + random.nextInt(5),
            16 << random.nextInt(8));
    FlashTimings timings =
        new FlashTimings(
            oneIn(random, 2) ? 0 : time(random, 500_000),
            1 + time(random, 5 * US),
            oneIn(random, 2) ? 0 : time(random, 100_000),
            time(random, 4 * US),
            1 + time(random, 30 * US),
            oneIn(random, 4) ? 0 : time(random, 60 * US),
            oneIn(random, 3) ? 0 : time(random, 2 * US),
            oneIn(random, 3) ? 0 : time(random, US));
    long page = geometry.pageBytes();
    FlashPaths paths =
        new FlashPaths(
            rate(random, page),
            oneIn(random, 3),
            oneIn(random, 2) ? 0 : rate(random, page),
            oneIn(random, 2) ? 0 : time(random, 2 * US),
            oneIn(random, 2) ? 0 : time(random, 3 * US),
            oneIn(random, 2) ? 0 : time(random, 300_000),
            oneIn(random, 2) ? 0 : rate(random, page));
    FlashRules rules =
        new FlashRules(
            1 + random.nextInt(4),
            random.nextBoolean(),
            oneIn(random, 2) ? 0 : 1 + random.nextInt(4),
            oneIn(random, 2) ? 0 : 1 + random.nextInt(4),
            oneIn(random, 2) ? 100 : 1 + random.nextInt(6),
            oneIn(random, 2) ? 100 : 1 + random.nextInt(6),
            random.nextBoolean(),
            List.of(ReadPriority.values()).get(random.nextInt(3)),
            random.nextInt(4),
            oneIn(random, 2) ? 0 : time(random, 10 * US),
            oneIn(random, 3) ? time(random, 5 * US) : 0);
    int planes = geometry.planesPerDie();
    int group = oneIn(random, 2) ? 1 : planes == 4 && random.nextBoolean() ? 2 : planes;
    MultiPlane multiPlane =
        new MultiPlane(group, oneIn(random, 3) ? 0 : time(random, 4 * US), random.nextBoolean());
    return new FlashSpec(geometry, timings, paths, rules, multiPlane);
  }

  /** A rate at which a page takes up to some microseconds. */
  private static long rate(SplittableRandom random, long page) {
    return Math.max(1, page * 1_000_000_000_000L / (1 + time(random, 4 * US)));
  }

  /** Fails as a hash of what it is told says, so that the order of questions does not matter. */
  private static FlashErrors errors(long seed, int retried, int lost, int failed, int expired) {
    return new FlashErrors() {
      private long hash(long a, long b, long c, long d) {
        return new SplittableRandom(seed + a + 31 * b + 1_000_003 * c + 7_000_000_009L * d)
            .nextLong(1000);
      }

      @Override
      public int retries(int erases, int reads, long agePs, long nowPs) {
        long drawn = hash(erases, reads, agePs, nowPs);
        if (drawn < lost) {
          return -1 - (int) (drawn % 4);
        }
        return drawn < lost + retried ? 1 + (int) (drawn % 3) : 0;
      }

      @Override
      public long cleanSenses() {
        return 0;
      }

      @Override
      public void skip(long senses) {}

      @Override
      public boolean isExpired(int erases, long agePs, long nowPs) {
        return hash(erases, 5, agePs, nowPs) < expired;
      }

      @Override
      public boolean programFails(int erases) {
        return hash(erases, 6, 7, 8) < failed;
      }
    };
  }

  private static FlashErrors errors(SplittableRandom random) {
    return oneIn(random, 2)
        ? FlashErrors.NONE
        : errors(
            random.nextLong(),
            random.nextInt(500),
            random.nextInt(200),
            random.nextInt(300),
            random.nextInt(200));
  }

  /** How requests ended, by their words. */
  private static final class Ends implements FlashDevice.Sink {
    final List<String> ends = new ArrayList<>();
    final List<FlashStatus> statuses = new ArrayList<>();

    @Override
    public void done(long word, long donePs, FlashStatus status) {
      while (ends.size() <= word) {
        ends.add("");
      }
      // Longer if a request ended twice.
      ends.set((int) word, ends.get((int) word) + word + ": " + donePs + " " + status + ";");
      statuses.add(status);
    }
  }

  private static void compare(SplittableRandom random, Seen seen)
      throws ReflectiveOperationException {
    FlashSpec spec = device(random);
    FlashGeometry geometry = spec.geometry();
    FlashErrors errors = errors(random);
    boolean knowsBlocks = random.nextBoolean();
    int mostErases = knowsBlocks ? 1 + random.nextInt(6) : 0;
    int mostReads = knowsBlocks ? 1 + random.nextInt(10) : 0;
    BlockStore blocks = knowsBlocks ? new BlockStore(geometry, mostErases, mostReads) : null;
    Ends ends = new Ends();
    Ends plainEnds = new Ends();
    FlashDevice device = new FlashDevice(spec, blocks, errors, ends);
    PlainFlash plain = new PlainFlash(spec, mostErases, mostReads, errors, plainEnds);
    int[] writtenTo = new int[geometry.planes() * geometry.blocksPerPlane()];
    if (blocks != null && random.nextBoolean()) {
      for (int block = 0; block < writtenTo.length; block++) {
        int pages = random.nextInt(geometry.pagesPerBlock() + 1);
        blocks.fill(block, pages);
        plain.fill(block / geometry.blocksPerPlane(), block % geometry.blocksPerPlane(), pages);
        writtenTo[block] = pages % geometry.pagesPerBlock();
      }
    }
    boolean limits = oneIn(random, 4);
    boolean stops = oneIn(random, 8);
    boolean announces = oneIn(random, 3);
    long announced = 0;
    long claimed = 0;
    int writes = oneIn(random, 5) ? 0 : random.nextInt(6);
    long word = 0;
    int asks = 3 + random.nextInt(25);
    long gapPs = 1 + random.nextLong(15 * US);
    for (int i = 0; i < asks; i++) {
      for (int j = random.nextInt(4); j > 0; j--) {
        int plane = random.nextInt(geometry.planes());
        int page = random.nextInt(geometry.pagesPerPlane());
        if (random.nextInt(10) >= writes) {
          if (announces && random.nextBoolean()) {
            announced += random.nextInt(2) + (announced == 0 ? 1 : 0);
            device.announce(plane, page, announced, word);
            plain.announce(plane, page, announced, word++);
            continue;
          }
          int bytes =
              random.nextBoolean()
                  ? geometry.pageBytes()
                  : 1 + random.nextInt(geometry.pageBytes());
          boolean isBatch = oneIn(random, 8);
          device.read(plane, page, bytes, isBatch, word);
          plain.read(plane, page, bytes, isBatch, word++);
        } else if (oneIn(random, 6)) {
          device.erase(plane, page, word);
          plain.erase(plane, page, word++);
        } else {
          int block = page / geometry.pagesPerBlock();
          int its = plane * geometry.blocksPerPlane() + block;
          if (!oneIn(random, 5)) {
            page = block * geometry.pagesPerBlock() + writtenTo[its];
            writtenTo[its] = (writtenTo[its] + 1) % geometry.pagesPerBlock();
          }
          device.program(plane, page, word);
          plain.program(plane, page, word++);
        }
      }
      if (claimed < announced && random.nextBoolean()) {
        claimed += random.nextLong(announced - claimed + 1);
        device.claim(claimed);
        plain.claim(claimed);
      }
      if (limits && oneIn(random, 3)) {
        int most = random.nextInt(4);
        device.limitActivePlanes(most);
        plain.limitActivePlanes(most);
      }
      if (stops && oneIn(random, 20)) {
        device.shutDown();
        plain.shutDown();
        stops = false;
      }
      // Ages count in seconds.
      long untilPs =
          device.nowPs() + random.nextLong(gapPs) + (oneIn(random, 30) ? 1_700_000 * US : 0);
      device.advanceTo(untilPs);
      plain.advanceTo(untilPs);
      assertThat(device.counters()).as("%s", spec).isEqualTo(plain.counters());
    }
    device.claim(announced);
    plain.claim(announced);
    device.limitActivePlanes(Integer.MAX_VALUE);
    plain.limitActivePlanes(Integer.MAX_VALUE);
    while (device.nextPs() < Long.MAX_VALUE) {
      device.advanceTo(device.nextPs());
    }
    plain.finish();
    assertThat(ends.ends).as("%s", spec).isEqualTo(plainEnds.ends);
    assertThat(ends.ends).hasSize((int) word).doesNotContain("");
    assertThat(ends.statuses).hasSize((int) word);
    assertThat(device.pending()).isZero();
    assertThat(device.counters()).as("%s", spec).isEqualTo(plain.counters());
    if (blocks != null) {
      for (int block = 0; block < writtenTo.length; block++) {
        int plane = block / geometry.blocksPerPlane();
        assertThat(
                List.of(
                    blocks.erases(block),
                    blocks.reads(block),
                    blocks.writtenPages(block),
                    blocks.isRetired(block)))
            .isEqualTo(plain.block(plane, block % geometry.blocksPerPlane()));
      }
    }
    seen.add(device.counters(), ends.statuses);
  }

  @Test
  void tenThousandSchedules() {
    Seen seen = new Seen();
    Randomized.check(10_000, random -> compare(random, seen));
    seen.expectAll(300);
  }

  @Tag("slow")
  @Test
  void aMillionSchedules() {
    Seen seen = new Seen();
    // Other schedules than those of the default build.
    Randomized.check(1_000_000, random -> compare(random.split(), seen));
    seen.expectAll(30_000);
  }
}
