package memwall.memory.flash.ftl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random schedules beside flash that remembers, and beside the plain translation layer. */
final class PageFtlOracleTest {
  private static final int SCHEDULES = 12_000;

  private int schedules;
  private int outOfSpare;
  private int failed;
  private int refreshed;
  private int levelled;
  private int worn;

  private static RandomStream stream(long seed) {
    return new RandomStreams(seed).stream("ftl", "victims");
  }

  /**
   * Writes, trims, reads, refreshes, with failing programs and erases, worn-out blocks and
   * levelling: no page is ever lost, nor written where flash could not be.
   */
  @Test
  @Timeout(120)
  void losesNothing() {
    Randomized.check(SCHEDULES, this::schedule);
    if (schedules < SCHEDULES) {
      return; // One seed alone, to look at it.
    }
    // Each of the hard cases did occur.
    assertThat(outOfSpare).isGreaterThan(SCHEDULES / 100);
    assertThat(failed).isGreaterThan(SCHEDULES / 10);
    assertThat(refreshed).isGreaterThan(SCHEDULES / 10);
    assertThat(levelled).isGreaterThan(SCHEDULES / 10);
    assertThat(worn).isGreaterThan(SCHEDULES / 10);
  }

  private void schedule(SplittableRandom random) {
    FtlSpec spec = spec(random);
    FlashModel flash = new FlashModel(spec, random.split());
    flash.failing(random.nextInt(3) == 0 ? random.nextDouble(0.03) : 0);
    PageFtl ftl = new PageFtl(spec, flash, stream(random.nextLong()));
    int operations = 60 + random.nextInt(300);
    int hot = 1 + random.nextInt(1 + spec.logicalPages() / (1 + random.nextInt(8)));
    boolean filled = random.nextBoolean();
    boolean full = false;
    for (int i = 0; i < operations; i++) {
      int page =
          filled && i < spec.logicalPages()
              ? i
              : random.nextInt(
                  i % 32 == 0 ? spec.logicalPages() : Math.min(hot, spec.logicalPages()));
      try {
        switch (random.nextInt(16)) {
          case 0 -> flash.trim(ftl, page);
          case 1, 2 -> flash.read(ftl, page);
          case 3 -> ftl.refresh(random.nextInt(spec.blocks()));
          case 4 -> ftl.maintain();
          default -> flash.write(ftl, page);
        }
      } catch (NoSpareBlockException e) {
        assertThat(e).hasMessageStartingWith("no spare block left: ");
        full = true;
      }
      if (spec.levellingThreshold() > 0 && !full && i % 4 == 0) {
        EraseStatistics wear = ftl.eraseStatistics();
        if (wear.most() - wear.least() > spec.levellingThreshold() + 1) {
          throw new AssertionError(wear + " with " + spec);
        }
      }
      if (i % 64 == 0) {
        flash.checkAll(ftl);
      }
    }
    flash.checkAll(ftl);
    FtlCounts counts = ftl.counts();
    schedules++;
    outOfSpare += full ? 1 : 0;
    failed += counts.failedPrograms() > 0 ? 1 : 0;
    refreshed += counts.programs(ProgramCause.REFRESH) > 0 ? 1 : 0;
    levelled += counts.programs(ProgramCause.LEVELLING) > 0 ? 1 : 0;
    worn += ftl.retiredBlocks() > counts.failedPrograms() + counts.failedErases() ? 1 : 0;
    if (!full) {
      assertThat(ftl.freeBlocks()).isGreaterThanOrEqualTo(spec.freeFloor() - 2);
    }
  }

  private static FtlSpec spec(SplittableRandom random) {
    int blocks = 6 + random.nextInt(20);
    int pagesPerBlock = 1 + random.nextInt(8);
    int floor = 2 + random.nextInt(2);
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
        1,
        own,
        random.nextInt(3),
        random.nextInt(3) == 0 ? 1 + random.nextInt(10) : FtlSpec.UNLIMITED,
        random.nextInt(3) == 0 ? 1 + random.nextInt(20) : FtlSpec.UNLIMITED);
  }

  @ParameterizedTest
  @EnumSource(
      value = CleaningPolicy.class,
      names = {"GREEDY", "FIFO", "COST_BENEFIT"})
  void equalsThePlainOne(CleaningPolicy policy) {
    Randomized.check(
        150,
        random -> {
          int blocks = 6 + random.nextInt(20);
          int pagesPerBlock = 1 + random.nextInt(10);
          boolean own = random.nextBoolean();
          int most = (blocks - 2 - (own ? 2 : 1)) * pagesPerBlock;
          FtlSpec spec =
              new FtlSpec(
                  blocks,
                  pagesPerBlock,
                  1 + random.nextInt(most),
                  policy,
                  1,
                  2,
                  1,
                  own,
                  0,
                  FtlSpec.UNLIMITED,
                  FtlSpec.UNLIMITED);
          PlainFtl plain = new PlainFtl(spec);
          List<String> operations = new ArrayList<>();
          PageFtl ftl = new PageFtl(spec, new Recorder(operations), stream(1));
          for (int i = 0; i < 400; i++) {
            int page = random.nextInt(spec.logicalPages());
            if (random.nextInt(10) == 0) {
              plain.trim(page);
              ftl.trim(page);
            } else {
              plain.write(page);
              ftl.write(page);
            }
          }
          assertThat(operations.equals(plain.operations()))
              .as("%s is equal; first difference: %s", spec, difference(operations, plain))
              .isTrue();
        });
  }

  private static String difference(List<String> operations, PlainFtl plain) {
    for (int i = 0; i < Math.min(operations.size(), plain.operations().size()); i++) {
      if (!operations.get(i).equals(plain.operations().get(i))) {
        return i + ": " + operations.get(i) + ", expected " + plain.operations().get(i);
      }
    }
    return "length";
  }

  /** Operations as text, without those of reading. */
  record Recorder(List<String> operations) implements FlashOperations {
    @Override
    public void read(int page) {}

    @Override
    public boolean program(int page, int logicalPage) {
      operations.add("program " + page + " " + logicalPage);
      return true;
    }

    @Override
    public boolean copy(int fromPage, int toPage, ProgramCause cause) {
      operations.add("copy " + fromPage + " " + toPage);
      return true;
    }

    @Override
    public boolean erase(int block) {
      operations.add("erase " + block);
      return true;
    }
  }
}
