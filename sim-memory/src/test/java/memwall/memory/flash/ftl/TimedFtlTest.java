package memwall.memory.flash.ftl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.random.RandomStreams;
import org.junit.jupiter.api.Test;

/** Cleaning step by step, on flash that is as slow as chance wants it. */
final class TimedFtlTest {
  private static PageFtl layer(FtlSpec spec) {
    return new PageFtl(spec, FlashOperations.SILENT, new RandomStreams(7).stream("ftl", "victims"));
  }

  private static FtlSpec spec(SplittableRandom random) {
    int blocks = 8 + random.nextInt(30);
    int pagesPerBlock = 1 + random.nextInt(8);
    int floor = 2 + random.nextInt(4);
    boolean own = random.nextBoolean();
    int most = (blocks - floor - (own ? 2 : 1)) * pagesPerBlock;
    CleaningPolicy[] policies = CleaningPolicy.values();
    return new FtlSpec(
        blocks,
        pagesPerBlock,
        Math.max(1, most - random.nextInt(most)),
        policies[random.nextInt(policies.length)],
        1 + random.nextInt(4),
        floor,
        1 + random.nextInt(8),
        own,
        random.nextInt(3),
        random.nextInt(3) == 0 ? 2 + random.nextInt(10) : FtlSpec.UNLIMITED,
        random.nextInt(3) == 0 ? 1 + random.nextInt(20) : FtlSpec.UNLIMITED);
  }

  /**
   * Whatever fails, wears out, is read, overwritten or trimmed while it is moved, in whatever order
   * reads end: no version of a page is lost, every read gets what was there when it began, programs
   * come in order, and it never waits for nothing.
   */
  @Test
  void losesNothing() {
    Randomized.check(
        400,
        random -> {
          FtlSpec spec = spec(random);
          SlowFlash flash = new SlowFlash(layer(spec), random, random.nextInt(3) * 0.01);
          for (int i = 0; i < 600; i++) {
            flash.step();
          }
          flash.drain();
          flash.checkAll();
        });
  }

  /** At most so many blocks side by side, and as many if there is enough to do. */
  @Test
  void boundsBlocksSideBySide() {
    for (int most : new int[] {1, 2, 5}) {
      FtlSpec spec =
          new FtlSpec(
              64,
              16,
              52 * 16,
              CleaningPolicy.GREEDY,
              1,
              6,
              most,
              true,
              0,
              FtlSpec.UNLIMITED,
              FtlSpec.UNLIMITED);
      PageFtl layer = layer(spec);
      layer.fill(52 * 16);
      SlowFlash flash = new SlowFlash(layer, new SplittableRandom(1), 0);
      for (int i = 0; i < 20_000; i++) {
        flash.step();
      }
      flash.drain();
      flash.checkAll();
      assertThat(flash.mostUnderWay()).isEqualTo(most);
    }
  }

  /**
   * Blocks that are chosen earlier have more valid pages: ten at once cost more than one, and one
   * costs what it does without time.
   */
  @Test
  void moreSideBySideCostMore() {
    double[] amplifications = new double[2];
    for (int i = 0; i < 2; i++) {
      FtlSpec spec =
          new FtlSpec(
              256,
              32,
              226 * 32,
              CleaningPolicy.GREEDY,
              1,
              10,
              i == 0 ? 1 : 10,
              true,
              0,
              FtlSpec.UNLIMITED,
              FtlSpec.UNLIMITED);
      amplifications[i] = steady(spec);
    }
    FtlSpec untimed = FtlSpec.of(256, 32, 226 * 32, CleaningPolicy.GREEDY, 1, 11);
    PageFtl layer = layer(untimed);
    layer.fill(226 * 32);
    layer.overwrite(60_000, new RandomStreams(2).stream("a", "b"));
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 60_000; i++) {
      layer.write(random.nextInt(226 * 32));
    }
    double without = layer.counts().writeAmplification();
    assertThat(amplifications[0]).isCloseTo(without, within(0.03 * without));
    assertThat(amplifications[1] / amplifications[0]).isBetween(1.08, 1.2);
  }

  private static double steady(FtlSpec spec) {
    PageFtl layer = layer(spec);
    layer.fill(spec.logicalPages());
    layer.overwrite(60_000, new RandomStreams(2).stream("a", "b"));
    SlowFlash flash = new SlowFlash(layer, new SplittableRandom(1), 0);
    flash.onlyWrites();
    flash.run(30_000);
    layer.counts().reset();
    flash.run(60_000);
    return layer.counts().writeAmplification();
  }

  /** What is being read is not erased, though all its pages are elsewhere. */
  @Test
  void readsKeepTheirBlock() {
    PageFtl layer = layer(FtlSpec.of(8, 4, 16, CleaningPolicy.GREEDY, 1, 2));
    layer.fill(16);
    TimedFtl ftl = new TimedFtl(layer);
    ftl.hold(0);
    for (int round = 0; round < 3; round++) {
      for (int page = 0; page < 16 && ftl.hasRoom(); page++) {
        ftl.place(page);
        for (int block = ftl.begin(); block != TimedFtl.NONE; block = ftl.begin()) {
          assertThat(layer.validPages(block)).isZero();
          ftl.release(block);
        }
      }
    }
    // Block 0 was the first to be without data; the host waits for it alone.
    assertThat(layer.validPages(0)).isZero();
    assertThat(layer.eraseCount(0)).isZero();
    assertThat(ftl.hasRoom()).isFalse();
    assertThat(ftl.underWay()).isEqualTo(1);
    assertThat(ftl.isLast(0)).isTrue();
    assertThat(ftl.release(0)).isTrue();
    assertThat(layer.eraseCount(0)).isEqualTo(1);
    assertThat(ftl.hasRoom()).isTrue();
  }

  @Test
  void roomIsSaid() {
    PageFtl layer = layer(FtlSpec.of(6, 4, 12, CleaningPolicy.GREEDY, 1, 2));
    TimedFtl ftl = new TimedFtl(layer);
    assertThat(ftl.read(3)).isEqualTo(TimedFtl.NONE);
    ArrayList<Integer> pages = new ArrayList<>();
    for (int page = 0; page < 12; page++) {
      assertThat(ftl.isFullFor(page)).isFalse();
      assertThat(ftl.hasRoom()).isTrue();
      pages.add(ftl.place(page));
    }
    assertThat(pages).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(ftl.read(3)).isEqualTo(3);
    assertThat(ftl.layer().counts().reads()).isEqualTo(1);
  }
}
