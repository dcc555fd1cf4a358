package memwall.memory.flash.ftl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Flash that holds what is programmed and refuses what flash cannot do, beside a map of what the
 * host has written: shows whether a translation layer loses anything.
 */
final class FlashModel implements FlashOperations {
  private static final long ERASED = -1;

  /** Programmed, but failed. */
  private static final long GARBAGE = -2;

  private final int pagesPerBlock;
  private final long[] contents;
  private final int[] next;
  private final boolean[] broken;
  private final Map<Integer, Integer> versions = new HashMap<>();
  private final SplittableRandom random;
  private double failing;
  private int writing;
  private long readsDone;
  private long copies;
  private long failedPrograms;
  private long failedErases;
  private long erases;

  FlashModel(FtlSpec spec, SplittableRandom random) {
    this.pagesPerBlock = spec.pagesPerBlock();
    this.contents = new long[spec.blocks() * pagesPerBlock];
    this.next = new int[spec.blocks()];
    this.broken = new boolean[spec.blocks()];
    this.random = random;
    Arrays.fill(contents, ERASED);
  }

  /** From now on so many programs and erases fail. */
  void failing(double probability) {
    failing = probability;
  }

  private static long content(int logicalPage, int version) {
    return (long) logicalPage << 32 | version;
  }

  /** The host writes new data, or is told that it cannot. */
  void write(PageFtl ftl, int logicalPage) {
    writing++;
    ftl.write(logicalPage);
    versions.put(logicalPage, writing);
    checkPage(ftl, logicalPage);
  }

  void trim(PageFtl ftl, int logicalPage) {
    ftl.trim(logicalPage);
    versions.remove(logicalPage);
    checkPage(ftl, logicalPage);
  }

  void read(PageFtl ftl, int logicalPage) {
    long before = readsDone;
    int page = ftl.read(logicalPage);
    same(page, ftl.physicalPage(logicalPage), "page read");
    same(readsDone - before, page == PageFtl.NONE ? 0 : 1, "reads");
    checkPage(ftl, logicalPage);
  }

  private void checkPage(PageFtl ftl, int logicalPage) {
    int page = ftl.physicalPage(logicalPage);
    Integer version = versions.get(logicalPage);
    if (version == null) {
      same(page, PageFtl.NONE, "page without data");
    } else {
      same(contents[page], content(logicalPage, version), "what a page holds");
      same(ftl.logicalPage(page), logicalPage, "what is valid on a page");
    }
  }

  /** Everything that has to hold between two operations of the host. */
  void checkAll(PageFtl ftl) {
    FtlSpec spec = ftl.spec();
    for (int page = 0; page < spec.logicalPages(); page++) {
      checkPage(ftl, page);
    }
    int mapped = 0;
    int retired = 0;
    for (int block = 0; block < spec.blocks(); block++) {
      int valid = 0;
      for (int page = block * pagesPerBlock; page < (block + 1) * pagesPerBlock; page++) {
        int logicalPage = ftl.logicalPage(page);
        if (logicalPage != PageFtl.NONE) {
          valid++;
          same(ftl.physicalPage(logicalPage), page, "where a valid page lies");
        }
      }
      same(ftl.validPages(block), valid, "valid pages of a block");
      mapped += valid;
      if (ftl.isRetired(block)) {
        retired++;
        same(valid, 0, "valid pages of a retired block");
      }
    }
    same(mapped, versions.size(), "valid pages");
    same(ftl.mappedPages(), versions.size(), "pages with data");
    same(ftl.retiredBlocks(), retired, "retired blocks");
    FtlCounts counts = ftl.counts();
    same(counts.failedPrograms(), failedPrograms, "failedPrograms");
    same(counts.failedErases(), failedErases, "failedErases");
    same(counts.erases(), erases, "erases");
    same(counts.reads(), readsDone, "reads");
    same(counts.programs() - counts.programs(ProgramCause.HOST), copies, "copies");
  }

  @Override
  public void read(int page) {
    holds(contents[page] >= 0, "a read of data");
    readsDone++;
  }

  @Override
  public boolean program(int page, int logicalPage) {
    return put(page, content(logicalPage, writing));
  }

  @Override
  public boolean copy(int fromPage, int toPage, ProgramCause cause) {
    holds(contents[fromPage] >= 0, "a copy of data");
    holds(cause != ProgramCause.HOST, "a copy for a reason");
    boolean worked = put(toPage, contents[fromPage]);
    copies += worked ? 1 : 0;
    return worked;
  }

  private boolean put(int page, long content) {
    int block = page / pagesPerBlock;
    holds(!broken[block], "a program of a block that did not fail");
    same(page % pagesPerBlock, next[block]++, "page of a block in order");
    same(contents[page], ERASED, "an erased page");
    boolean fails = random.nextDouble() < failing;
    contents[page] = fails ? GARBAGE : content;
    broken[block] = fails;
    failedPrograms += fails ? 1 : 0;
    return !fails;
  }

  @Override
  public boolean erase(int block) {
    holds(!broken[block], "an erase of a block that did not fail");
    Arrays.fill(contents, block * pagesPerBlock, (block + 1) * pagesPerBlock, ERASED);
    next[block] = 0;
    erases++;
    boolean fails = random.nextDouble() < failing;
    broken[block] = fails;
    failedErases += fails ? 1 : 0;
    return !fails;
  }

  // Plain comparisons: they run millions of times.
  private static void same(long actual, long expected, String what) {
    if (actual != expected) {
      throw new AssertionError(what + ": " + actual + ", expected " + expected);
    }
  }

  private static void holds(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected " + what);
    }
  }
}
