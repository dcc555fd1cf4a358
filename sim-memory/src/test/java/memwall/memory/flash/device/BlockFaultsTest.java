package memwall.memory.flash.device;

import static memwall.memory.flash.device.FlashRig.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.flash.device.FlashRig.End;
import org.junit.jupiter.api.Test;

/** What the states of blocks allow, and that nothing is lost whatever goes wrong. */
class BlockFaultsTest {
  private static final int PAGES = FlashRig.GEOMETRY.pagesPerBlock();

  private static FlashRig rig(BlockStore blocks, FlashErrors errors) {
    FlashSpec spec =
        new FlashSpec(
            FlashRig.GEOMETRY,
            FlashRig.TIMINGS,
            FlashRig.PATHS,
            FlashRig.rules(2, ReadPriority.ARRIVAL));
    return new FlashRig(spec, blocks, errors);
  }

  private static List<FlashStatus> statuses(FlashRig rig) {
    return rig.finish().stream().map(End::status).toList();
  }

  @Test
  void pagesAreWrittenInOrderAndReadOnceWritten() {
    FlashRig rig = rig(new BlockStore(FlashRig.GEOMETRY, 10, 100), FlashErrors.NONE);
    rig.device.read(0, 0, PAGE, false, 0);
    rig.device.program(0, 1, 1);
    rig.device.program(0, 0, 2);
    rig.device.program(0, 2, 3);
    rig.device.program(0, 1, 4);
    rig.device.program(0, 1, 5);
    assertThat(statuses(rig))
        .containsExactly(
            FlashStatus.ERASED_PAGE,
            FlashStatus.WRITE_ORDER,
            FlashStatus.DONE,
            FlashStatus.WRITE_ORDER,
            FlashStatus.DONE,
            FlashStatus.WRITE_ORDER);
    rig.ends.clear();
    rig.device.read(0, 1, PAGE, false, 0);
    rig.device.read(0, 2, PAGE, false, 1);
    assertThat(statuses(rig)).containsExactly(FlashStatus.DONE, FlashStatus.ERASED_PAGE);
    assertThat(rig.device.counters().refusals()).isEqualTo(3);
  }

  @Test
  void aWornBlockIsRetired() {
    BlockStore blocks = new BlockStore(FlashRig.GEOMETRY, 2, 100);
    FlashRig rig = rig(blocks, FlashErrors.NONE);
    for (int i = 0; i < 4; i++) {
      rig.device.program(1, PAGES, i);
    }
    rig.finish();
    rig.device.read(1, PAGES, PAGE, false, 4);
    assertThat(statuses(rig))
        .containsExactly(
            FlashStatus.DONE,
            FlashStatus.DONE,
            FlashStatus.RETIRED,
            FlashStatus.RETIRED,
            FlashStatus.RETIRED);
    assertThat(blocks.retired()).isEqualTo(1);
    assertThat(blocks.erases(blocks.block(1, PAGES))).isEqualTo(2);
  }

  @Test
  void blocksReadTooOftenAskForRefresh() {
    BlockStore blocks = new BlockStore(FlashRig.GEOMETRY, 10, 2);
    FlashRig rig = rig(blocks, FlashErrors.NONE);
    rig.device.program(0, 0, 0);
    rig.device.program(0, 1, 1);
    rig.device.program(0, 2, 2);
    rig.finish();
    rig.ends.clear();
    for (int page = 0; page < 3; page++) {
      rig.device.read(0, page, PAGE, false, page);
    }
    rig.device.program(0, 0, 3);
    assertThat(statuses(rig))
        .containsExactly(
            FlashStatus.DONE, FlashStatus.DONE, FlashStatus.REFRESH_SOON, FlashStatus.DONE);
    assertThat(blocks.reads(0)).isZero();
  }

  /** Fails with given chances, seeded. */
  private static FlashErrors random(SplittableRandom random, double lost, double fails) {
    return new FlashErrors() {
      @Override
      public int retries(int erases, int reads, long agePs, long nowPs) {
        return random.nextDouble() < lost ? -3 : random.nextInt(4) == 0 ? 1 : 0;
      }

      @Override
      public long cleanSenses() {
        return 0;
      }

      @Override
      public void skip(long senses) {}

      @Override
      public boolean programFails(int erases) {
        return random.nextDouble() < fails;
      }
    };
  }

  /**
   * A host that replays blocks whose programs fail and gives up those that are retired, on devices
   * that fail at random: every request ends exactly once, and every page that it believes written
   * can be read.
   */
  @Test
  void randomFaultsLoseNothing() {
    int[] failures = {0};
    Randomized.check(10_000, random -> failures[0] += randomFaults(random));
    assertThat(failures[0]).isGreaterThan(10_000);
  }

  private static int randomFaults(SplittableRandom random) {
    FlashGeometry geometry = FlashRig.GEOMETRY;
    BlockStore blocks = new BlockStore(geometry, 3 + random.nextInt(5), 1000);
    double fails = random.nextDouble() * 0.1;
    FlashRules rules =
        new FlashRules(
            1 + random.nextInt(2),
            random.nextBoolean(),
            random.nextInt(3),
            random.nextInt(4),
            1 + random.nextInt(8),
            1 + random.nextInt(8),
            false,
            List.of(ReadPriority.values()).get(random.nextInt(3)),
            random.nextInt(3),
            0,
            random.nextInt(2) * (long) random.nextInt(5_000_000));
    FlashPaths paths = new FlashPaths(4_096_000_000L, random.nextBoolean(), 0, 0, 0, 0, 0);
    FlashSpec spec = new FlashSpec(geometry, FlashRig.TIMINGS, paths, rules);
    FlashRig rig = new FlashRig(spec, blocks, random(random.split(), 0, fails));
    // Pages of a block that the host believes written.
    Map<Integer, Integer> written = new HashMap<>();
    int failures = 0;
    long word = 0;
    int ended = 0;
    for (int round = 0; round < 6; round++) {
      int plane = random.nextInt(geometry.planes());
      int block = random.nextInt(geometry.blocksPerPlane());
      int first = block * PAGES;
      int length = 1 + random.nextInt(PAGES);
      List<Long> words = new ArrayList<>();
      for (int page = 0; page < length; page++) {
        words.add(word);
        rig.device.program(plane, first + page, word++);
      }
      // Others read meanwhile what is written elsewhere.
      for (int key : List.copyOf(written.keySet())) {
        if (key != plane * 100 + block) {
          rig.device.read(
              key / 100,
              key % 100 * PAGES + random.nextInt(written.get(key)),
              PAGE,
              random.nextBoolean(),
              word++);
        }
      }
      rig.finish();
      assertThat(rig.ends).hasSize((int) word);
      assertThat(rig.ends.stream().map(End::word).distinct()).hasSize((int) word);
      assertThat(rig.device.pending()).isZero();
      int good = 0;
      for (End end : rig.ends.subList(ended, rig.ends.size())) {
        if (!words.contains(end.word())) {
          assertThat(end.status().isGood()).isTrue();
        } else if (end.status().isGood()) {
          good++;
        } else {
          failures++;
        }
      }
      ended = rig.ends.size();
      // After a failure the rest of the block is refused, and the whole has to be written anew.
      if (good == length) {
        written.put(plane * 100 + block, length);
      } else {
        written.remove(plane * 100 + block);
      }
      assertThat(blocks.writtenPages(blocks.block(plane, first)))
          .isEqualTo(good == length ? length : 0);
    }
    FlashCounters counters = rig.device.counters();
    assertThat(counters.senses() + counters.bufferHits() + counters.forwarded())
        .isEqualTo(counters.reads());
    return failures;
  }
}
