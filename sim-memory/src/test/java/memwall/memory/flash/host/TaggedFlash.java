package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import memwall.memory.flash.device.FlashGeometry;
import org.jspecify.annotations.Nullable;

/**
 * Flash that holds what was programmed: a tag of each page. It is programmed in order, page 0
 * erases a block, and programs fail at random.
 */
final class TaggedFlash implements HostOperations {
  private static final long EMPTY = -1;

  private final FlashGeometry geometry;
  private final SplittableRandom random;
  private final double failing;
  private final long[] tags;
  private final int[] next;
  private final int[] erases;
  private final boolean[] isBroken;
  private @Nullable ExtentStore store;

  /** Generation of each extent, so that numbers used again have other tags. */
  private final int[] generations = new int[1000];

  long programs;
  long failures;
  long readPages;

  TaggedFlash(FlashGeometry geometry, SplittableRandom random, double failing) {
    this.geometry = geometry;
    this.random = random;
    this.failing = failing;
    int blocks = geometry.planes() * geometry.blocksPerPlane();
    tags = new long[blocks * geometry.pagesPerBlock()];
    next = new int[blocks];
    erases = new int[blocks];
    isBroken = new boolean[blocks];
    Arrays.fill(tags, EMPTY);
  }

  void serve(ExtentStore of) {
    store = of;
  }

  private ExtentStore store() {
    return Objects.requireNonNull(store);
  }

  void freed(int extent) {
    generations[extent]++;
  }

  private long tag(int extent, int set, long data) {
    return (((long) generations[extent] * 1000 + extent) * 100 + set) * 1_000_000 + data;
  }

  private int at(int zone, int page) {
    return store().plane(zone, page) * geometry.pagesPerPlane() + store().pageOfPlane(zone, page);
  }

  @Override
  public void read(int zone, int page, int pages, WriteCause cause) {
    readPages += pages;
  }

  @Override
  public int program(
      int zone, int page, int pages, int step, int extent, long data, WriteCause cause) {
    int set = store().map().dieSet(zone);
    for (int i = 0; i < pages; i++) {
      int at = at(zone, page + i * step);
      int block = at / geometry.pagesPerBlock();
      int inBlock = at % geometry.pagesPerBlock();
      if (inBlock == 0) {
        erases[block]++;
        next[block] = 0;
        isBroken[block] = false;
        Arrays.fill(tags, at, at + geometry.pagesPerBlock(), EMPTY);
      }
      assertThat(isBroken[block]).as("a broken block is written from page 0").isFalse();
      assertThat(inBlock).as("order in block").isEqualTo(next[block]);
      if (random.nextDouble() < failing) {
        failures++;
        isBroken[block] = true;
        // A failed program leaves nothing of the block behind.
        int first = block * geometry.pagesPerBlock();
        Arrays.fill(tags, first, first + geometry.pagesPerBlock(), EMPTY);
        return i;
      }
      programs++;
      next[block]++;
      tags[at] = tag(extent, set, data + (long) i * step);
    }
    return pages;
  }

  int erases(int plane, int number) {
    return erases[plane * geometry.blocksPerPlane() + number];
  }

  long erases() {
    return Arrays.stream(erases).asLongStream().sum();
  }

  /** All pages of an extent can be read and are what was appended; how many flash has lost. */
  long check(int extent, int firstSet, int sets, long pages) {
    long[] seen = {0};
    long[] expected = new long[sets];
    ExtentStore of = store();
    long lostBefore = of.counts().lostReads();
    for (long page = 0; page < pages; page++) {
      int set = firstSet + (int) (page % sets);
      long data = page / sets;
      of.read(
          extent,
          page,
          1,
          (zone, inZone, some) -> {
            assertThat(some).isEqualTo(1);
            assertThat(of.map().dieSet(zone)).isEqualTo(set);
            assertThat(tags[at(zone, inZone)]).isEqualTo(tag(extent, set, data));
            seen[0]++;
          });
      expected[set - firstSet]++;
    }
    long lost = of.counts().lostReads() - lostBefore;
    assertThat(seen[0] + lost).isEqualTo(pages);
    return lost;
  }
}
