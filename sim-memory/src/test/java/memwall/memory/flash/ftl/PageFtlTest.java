package memwall.memory.flash.ftl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import memwall.core.Allocation;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import memwall.memory.flash.law.WriteAmplification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws of the translation layer, its limits and its messages. */
final class PageFtlTest {
  private static final int NO = FtlSpec.UNLIMITED;

  private static RandomStream stream(String purpose) {
    return new RandomStreams(7).stream("ftl", purpose);
  }

  private static PageFtl silent(FtlSpec spec) {
    return new PageFtl(spec, FlashOperations.SILENT, stream("victims"));
  }

  /**
   * MQSim: greedy or the best of ten, an open block each for host and cleaning, cleaning below ten
   * free blocks. Where little is spare its blocks under cleaning count, ten at once: see {@code
   * MqsimWritesTest}.
   */
  @Test
  void mqsim() {
    Map<String, Double> known = new HashMap<>();
    for (Row row : FlashTable.rows("mqsim_writes_gc", 10)) {
      // Recorded twice, with two builds of it.
      if (row.number("op_ratio") >= 0.2) {
        double ours = known.computeIfAbsent(row.text("run"), run -> likeMqsim(row));
        double theirs = row.number("wa_gcmoves_2nd_half");
        assertThat(ours).as(row.text("run")).isCloseTo(theirs, within(0.02 * theirs));
        double erases = (ours * row.number("host_pages_2nd_half")) / 64;
        assertThat(erases).isCloseTo(row.number("erases_2nd_half"), within(0.02 * erases));
      }
    }
    assertThat(known).hasSize(4);
  }

  private static double likeMqsim(Row row) {
    int blocks = 1024;
    int user = (int) Math.round((1 - row.number("op_ratio")) * blocks * 64);
    CleaningPolicy policy =
        row.text("gc_policy").equals("RGA") ? CleaningPolicy.CHOICES : CleaningPolicy.GREEDY;
    PageFtl ftl = silent(new FtlSpec(blocks, 64, user, policy, 10, 10, 1, true, 0, NO, NO));
    ftl.fill(ftl.spec().logicalPages());
    int half = row.whole("host_pages_2nd_half") / 2; // Of one of two planes.
    ftl.overwrite(half, stream("first half"));
    RandomStream random = stream("second half");
    for (int i = 0; i < half; i++) {
      ftl.write((int) random.nextLong(user));
    }
    assertThat(ftl.counts().programs(ProgramCause.HOST)).isEqualTo(half);
    return ftl.counts().writeAmplification();
  }

  /** The formulas, the blocks that are never full subtracted. */
  @ParameterizedTest
  @CsvSource({"0.6, 32", "0.8, 32", "0.8, 64", "0.88, 32"})
  void greedyFormula(double rho, int pagesPerBlock) {
    int blocks = 2048;
    int user = (int) (rho * blocks * pagesPerBlock);
    PageFtl ftl = silent(FtlSpec.of(blocks, pagesPerBlock, user, CleaningPolicy.GREEDY, 1, 2));
    ftl.fill(ftl.spec().logicalPages());
    ftl.overwrite(4L * user, stream("warm up"));
    RandomStream random = stream("measured");
    for (int i = 0; i < 2 * user; i++) {
      ftl.write((int) random.nextLong(user));
    }
    double expected = WriteAmplification.greedy(rho * blocks / (blocks - 2.5), pagesPerBlock);
    assertThat(ftl.counts().writeAmplification()).isCloseTo(expected, within(0.02 * expected));
  }

  /** Zones that are trimmed before they are written again, in any order: nothing is ever moved. */
  @ParameterizedTest
  @EnumSource(
      value = CleaningPolicy.class,
      names = {"GREEDY", "COST_BENEFIT"})
  void appendOnly(CleaningPolicy policy) {
    int zonePages = 4 * 16;
    int zones = 30;
    PageFtl ftl = silent(FtlSpec.of(zones * 4 + 3, 16, zones * zonePages, policy, 1, 2));
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 2000; i++) {
      int first = random.nextInt(zones) * zonePages;
      for (int page = 0; page < zonePages; page++) {
        ftl.trim(first + page);
      }
      for (int page = 0; page < zonePages; page++) {
        ftl.write(first + page);
      }
    }
    assertThat(ftl.counts().writeAmplification()).isEqualTo(1);
    assertThat(ftl.counts().programs()).isEqualTo(2000L * zonePages);
    assertThat(ftl.counts().erases()).isGreaterThan(7000);
  }

  @Test
  void appendOnlyInTurn() {
    PageFtl ftl = silent(FtlSpec.of(16, 8, 12 * 8, CleaningPolicy.FIFO, 1, 2));
    for (int i = 0; i < 10_000; i++) {
      ftl.write(i % (12 * 8));
    }
    assertThat(ftl.counts().writeAmplification()).isEqualTo(1);
    EraseStatistics wear = ftl.eraseStatistics();
    assertThat(wear.most() - wear.least()).isLessThanOrEqualTo(1);
  }

  /** A tenth of the pages is written, the rest never again. */
  @ParameterizedTest
  @CsvSource({"1, GREEDY", "3, GREEDY", "10, GREEDY", "3, FIFO", "2, CHOICES"})
  void levelling(int threshold, CleaningPolicy policy) {
    int user = 100 * 16;
    FtlSpec level = new FtlSpec(128, 16, user, policy, 2, 2, 1, true, threshold, NO, NO);
    PageFtl ftl = silent(level);
    ftl.fill(ftl.spec().logicalPages());
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 100_000; i++) {
      ftl.write(random.nextInt(user / 10));
      if (i % 8 == 0) {
        EraseStatistics wear = ftl.eraseStatistics();
        assertThat(wear.most() - wear.least()).isLessThanOrEqualTo(threshold + 1);
      }
    }
    assertThat(ftl.eraseStatistics().most()).isGreaterThan(40);
    // It costs something, though hardly where blocks are cleaned in turn.
    double moved = (double) ftl.counts().programs(ProgramCause.LEVELLING);
    assertThat(moved).isGreaterThan(0);
    assertThat(moved / ftl.counts().programs() > 0.01).isEqualTo(policy != CleaningPolicy.FIFO);
    PageFtl without = silent(new FtlSpec(128, 16, user, policy, 2, 2, 1, true, 0, NO, NO));
    without.fill(without.spec().logicalPages());
    for (int i = 0; i < 100_000; i++) {
      without.write(random.nextInt(user / 10));
    }
    EraseStatistics wear = without.eraseStatistics();
    if (policy == CleaningPolicy.GREEDY) {
      assertThat(wear.most() - wear.least()).isGreaterThan(100);
    }
  }

  /** Every block gives all its cycles; then nothing is left, and nothing is lost. */
  @Test
  void wornOut() {
    int limit = 50;
    FtlSpec spec = new FtlSpec(64, 8, 40 * 8, CleaningPolicy.GREEDY, 1, 2, 1, false, 2, limit, NO);
    FlashModel flash = new FlashModel(spec, new SplittableRandom(1));
    PageFtl ftl = new PageFtl(spec, flash, stream("victims"));
    SplittableRandom random = new SplittableRandom(2);
    assertThat(ftl.usablePages()).isEqualTo(40 * 8);
    long before = Long.MAX_VALUE;
    int written = 0;
    String message = "";
    while (message.isEmpty()) {
      try {
        flash.write(ftl, random.nextInt(40 * 8));
        written++;
      } catch (NoSpareBlockException e) {
        message = e.getMessage();
      }
      assertThat(ftl.usablePages()).isLessThanOrEqualTo(before);
      before = ftl.usablePages();
    }
    assertThat(message)
        .isEqualTo(
            "no spare block left: "
                + ftl.retiredBlocks()
                + " of 64 blocks are worn out or failed, none is free to move pages to");
    flash.checkAll(ftl);
    for (int block = 0; block < 64; block++) {
      assertThat(ftl.eraseCount(block)).isLessThanOrEqualTo(limit);
      assertThat(ftl.isRetired(block)).isEqualTo(ftl.eraseCount(block) == limit);
    }
    // Levelled wear uses nearly all of it.
    assertThat(ftl.counts().programs()).isGreaterThan((long) (0.9 * 64 * 8 * limit));
    assertThat(written).isGreaterThan(8000);
    // Data that is no longer needed makes room again.
    for (int page = 0; page < 300; page++) {
      flash.trim(ftl, page);
    }
    flash.write(ftl, 310);
    flash.checkAll(ftl);
  }

  /** One failure too many: said with the numbers. */
  @Test
  void tooManyFailed() {
    FtlSpec spec = FtlSpec.of(8, 4, 20, CleaningPolicy.GREEDY, 1, 2);
    FlashModel flash = new FlashModel(spec, new SplittableRandom(1));
    PageFtl ftl = new PageFtl(spec, flash, stream("victims"));
    for (int page = 0; page < 20; page++) {
      flash.write(ftl, page);
    }
    flash.failing(1);
    assertThatThrownBy(() -> flash.write(ftl, 3))
        .isInstanceOf(NoSpareBlockException.class)
        .hasMessage(
            "no spare block left: 1 of 8 blocks are worn out or failed, 16 pages can be kept, 20"
                + " are needed");
    flash.failing(0);
    flash.checkAll(ftl);
    for (int page = 0; page < 4; page++) {
      flash.trim(ftl, page);
    }
    flash.write(ftl, 7);
    flash.checkAll(ftl);
  }

  /** A block whose program fails is replayed before anything else and never used again. */
  @Test
  void failedProgram() {
    List<String> operations = new ArrayList<>();
    FlashOperations device =
        new FlashOperations() {
          @Override
          public void read(int page) {}

          @Override
          public boolean program(int page, int logicalPage) {
            operations.add("program " + page + " " + logicalPage);
            return page != 2;
          }

          @Override
          public boolean copy(int fromPage, int toPage, ProgramCause cause) {
            operations.add("copy " + fromPage + " " + toPage + " " + cause);
            return toPage != 5;
          }

          @Override
          public boolean erase(int block) {
            operations.add("erase " + block);
            return true;
          }
        };
    FtlSpec spec = FtlSpec.of(8, 4, 16, CleaningPolicy.GREEDY, 1, 2);
    PageFtl ftl = new PageFtl(spec, device, stream("victims"));
    ftl.write(10);
    ftl.write(11);
    ftl.write(12);
    assertThat(operations)
        .containsExactly(
            "program 0 10",
            "program 1 11",
            "program 2 12",
            "copy 0 4 REPLAY",
            "copy 1 5 REPLAY",
            "copy 1 8 REPLAY",
            "copy 4 9 REPLAY",
            "program 10 12");
    assertThat(ftl.isRetired(0)).isTrue();
    assertThat(ftl.isRetired(1)).isTrue();
    assertThat(ftl.physicalPage(10)).isEqualTo(9);
    assertThat(ftl.counts().failedPrograms()).isEqualTo(2);
    assertThat(ftl.counts().programs(ProgramCause.REPLAY)).isEqualTo(3);
    assertThat(ftl.counts().writeAmplification()).isEqualTo(2);
    assertThat(ftl.usablePages()).isEqualTo((8 - 2 - 2 - 1) * 4);
  }

  @Test
  void readDisturb() {
    FtlSpec spec = new FtlSpec(8, 4, 16, CleaningPolicy.GREEDY, 1, 2, 1, false, 0, NO, 100);
    FlashModel flash = new FlashModel(spec, new SplittableRandom(1));
    PageFtl ftl = new PageFtl(spec, flash, stream("victims"));
    for (int page = 0; page < 6; page++) {
      flash.write(ftl, page);
    }
    for (int i = 0; i < 99; i++) {
      flash.read(ftl, i % 4);
    }
    assertThat(ftl.readCount(0)).isEqualTo(99);
    assertThat(ftl.maintenanceDue()).isFalse();
    flash.read(ftl, 0);
    assertThat(ftl.maintenanceDue()).isTrue();
    flash.read(ftl, 0);
    ftl.maintain();
    assertThat(ftl.maintenanceDue()).isFalse();
    assertThat(ftl.counts().programs(ProgramCause.REFRESH)).isEqualTo(4);
    assertThat(ftl.eraseCount(0)).isEqualTo(1);
    assertThat(ftl.readCount(0)).isZero();
    // Read as often while open: due once it is full.
    for (int i = 0; i < 150; i++) {
      flash.read(ftl, 2);
    }
    assertThat(ftl.physicalPage(2) / 4).isEqualTo(2);
    assertThat(ftl.maintenanceDue()).isFalse();
    for (int page = 6; page < 12; page++) {
      flash.write(ftl, page);
    }
    ftl.maintain();
    assertThat(ftl.counts().programs(ProgramCause.REFRESH)).isEqualTo(8);
    flash.checkAll(ftl);
    assertThat(ftl.read(15)).isEqualTo(PageFtl.NONE);
  }

  @Test
  void refreshOnDemand() {
    PageFtl ftl = silent(FtlSpec.of(8, 4, 16, CleaningPolicy.GREEDY, 1, 2));
    for (int page = 0; page < 6; page++) {
      ftl.write(page);
    }
    assertThat(ftl.refresh(1)).isFalse(); // Open.
    assertThat(ftl.refresh(5)).isFalse(); // Free.
    assertThat(ftl.refresh(0)).isTrue();
    assertThat(ftl.refresh(0)).isTrue();
    ftl.maintain();
    assertThat(ftl.counts().programs(ProgramCause.REFRESH)).isEqualTo(4);
    assertThat(ftl.counts().erases()).isEqualTo(1);
  }

  /** Every block is refreshed as often as it falls due, by reads and on demand. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refreshedAgain(boolean demanded) {
    PageFtl ftl = silent(new FtlSpec(5, 4, 8, CleaningPolicy.GREEDY, 1, 2, 1, false, 0, NO, 10));
    ftl.fill(ftl.spec().logicalPages());
    for (int round = 1; round <= 50; round++) {
      if (demanded) {
        assertThat(ftl.refresh(ftl.physicalPage(0) / 4)).isTrue();
      } else {
        for (int i = 0; i < 10; i++) {
          ftl.read(0);
        }
      }
      ftl.maintain();
      assertThat(ftl.counts().programs(ProgramCause.REFRESH)).isEqualTo(4L * round);
    }
  }

  /** Filling at once leaves the same state as writing in order. */
  @ParameterizedTest
  @CsvSource({"96", "95", "7", "1"})
  void fill(int pages) {
    FtlSpec spec = FtlSpec.of(16, 8, pages, CleaningPolicy.GREEDY, 1, 3);
    List<String> filled = new ArrayList<>();
    List<String> written = new ArrayList<>();
    PageFtl a = new PageFtl(spec, new PageFtlOracleTest.Recorder(filled), stream("a"));
    PageFtl b = new PageFtl(spec, new PageFtlOracleTest.Recorder(written), stream("a"));
    a.fill(a.spec().logicalPages());
    assertThat(filled).isEmpty();
    for (int page = 0; page < pages; page++) {
      b.write(page);
    }
    assertThat(a.mappedPages()).isEqualTo(b.mappedPages());
    written.clear();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 500; i++) {
      int page = random.nextInt(pages);
      a.write(page);
      b.write(page);
    }
    assertThat(filled).isEqualTo(written);
    assertThat(a.eraseStatistics()).isEqualTo(b.eraseStatistics());
    assertThatThrownBy(() -> a.fill(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("only a device that was never written can be filled");
  }

  /** As full as it may be, every policy still gets along. */
  @ParameterizedTest
  @EnumSource(CleaningPolicy.class)
  void leastSpare(CleaningPolicy policy) {
    FtlSpec spec = new FtlSpec(32, 4, 28 * 4, policy, 1, 2, 1, true, 0, NO, NO);
    FlashModel flash = new FlashModel(spec, new SplittableRandom(1));
    PageFtl ftl = new PageFtl(spec, flash, stream("victims"));
    for (int page = 0; page < 28 * 4; page++) {
      flash.write(ftl, page);
    }
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 2000; i++) {
      flash.write(ftl, random.nextInt(28 * 4));
    }
    flash.checkAll(ftl);
    assertThat(ftl.counts().writeAmplification()).isGreaterThan(2);
  }

  @ParameterizedTest
  @EnumSource(CleaningPolicy.class)
  void allocatesNothing(CleaningPolicy policy) {
    FtlSpec spec = new FtlSpec(64, 16, 50 * 16, policy, 3, 2, 1, true, 4, NO, 1000);
    PageFtl ftl = silent(spec);
    ftl.fill(ftl.spec().logicalPages());
    RandomStream random = stream("writes");
    Runnable work =
        () -> {
          for (int i = 0; i < 5000; i++) {
            int page = (int) random.nextLong(50 * 16);
            ftl.write(page);
            ftl.read(page);
          }
        };
    assertThat(Allocation.leastBytes(5, work)).isLessThanOrEqualTo(Allocation.TOLERATED_BYTES);
  }

  /** The budget that the documentation states is what is taken. */
  @Test
  void stateBytes() {
    FtlSpec spec = FtlSpec.of(4000, 128, 400_000, CleaningPolicy.GREEDY, 1, 2);
    long stated = spec.stateBytes();
    assertThat(stated).isEqualTo(4L * (4000 * 128 + 400_000) + 70 * 4000);
    long taken = Allocation.leastBytes(3, () -> new TimedFtl(silent(spec)));
    assertThat((double) taken).isCloseTo((double) stated, within(0.02 * stated));
  }

  @Test
  void specMessages() {
    assertThatThrownBy(() -> new FtlSpec(3, 0, 0, CleaningPolicy.FIFO, 0, 1, 0, false, -1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "blocks 3 must be at least 4; pagesPerBlock 0 must be at least 1; logicalPages 0 must"
                + " be at least 1; choices 0 must be from 1 to 1000; freeFloor 1 must be at least"
                + " 2; cleanedAtOnce 0 must be at least 1; levellingThreshold -1 must be at least 0; cycleLimit 0 must be at least 1;"
                + " readThreshold 0 must be at least 1");
    assertThatThrownBy(() -> FtlSpec.of(10, 4, 29, CleaningPolicy.FIFO, 1, 2))
        .hasMessage(
            "logicalPages 29 must be at most 28: the pages of all blocks but those kept free and"
                + " open");
    assertThat(FtlSpec.of(10, 4, 28, CleaningPolicy.FIFO, 1, 2).spareShare())
        .isCloseTo(0.3, within(1e-12));
    assertThatThrownBy(() -> FtlSpec.of(1 << 20, 1 << 11, 29, CleaningPolicy.FIFO, 1, 2))
        .hasMessage("blocks x pagesPerBlock 2147483648 must be at most 2147483647");
  }

  @Test
  void pageNumbers() {
    PageFtl ftl = silent(FtlSpec.of(10, 4, 28, CleaningPolicy.FIFO, 1, 2));
    assertThatThrownBy(() -> ftl.write(28)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ftl.read(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ftl.trim(28)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ftl.refresh(10)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
