package memwall.memory.flash.ftl;

import java.util.Arrays;
import java.util.Objects;
import memwall.core.random.RandomStream;

/**
 * A page-mapped translation layer: every logical page lies on any physical page. Pages that the
 * host writes go to an open block, one after the other; the page that held the data before becomes
 * invalid. When fewer blocks are free than the floor, a victim is cleaned: its valid pages are
 * copied to the open block (or to one of their own), and it is erased.
 *
 * <ul>
 *   <li>A program that fails replaces its block: what is valid there is written anew, first of all,
 *       then the block is retired. So is a block whose erase fails or whose cycles are used up.
 *       Over-provisioning shrinks, cleaning gets dearer, and where nothing is left {@link
 *       NoSpareBlockException} says so; no data is lost.
 *   <li>Static wear levelling moves the data of the least worn blocks as long as the counts differ
 *       by more than the threshold, many blocks in a row where many are behind; free blocks are
 *       then used least worn first.
 *   <li>A block that was read too often is queued to be written anew: at the next write, or by
 *       {@link #maintain}.
 * </ul>
 *
 * <p>It is a state machine without time and allocates nothing per operation. It costs 4 bytes per
 * logical and 4 per physical page and some 60 per block ({@link FtlSpec#stateBytes}): 2.1 GB for 4
 * TB in pages of 16 KiB, 0.5 GB in units of 64 KiB. Write amplification depends on ratios only, so
 * a large device may as well be studied with some thousands of its blocks.
 *
 * <p>More than 500 lines, because all steps change the same maps of pages and states of blocks.
 */
public final class PageFtl {
  /** No page: a logical page without data, or a physical one without valid data. */
  public static final int NONE = -1;

  private static final byte FREE = 0;
  private static final byte OPEN = 1;
  private static final byte FULL = 2;

  /** Failed to program: its valid pages have to be saved, then it is retired. */
  private static final byte FAILED = 3;

  private static final byte RETIRED = 4;

  /** Its valid pages are being moved, step by step: see {@link TimedFtl}. */
  private static final byte CLEANING = 5;

  private static final int HOST = 0;

  private final FtlSpec spec;
  private final int pagesPerBlock;

  /** Where host and cleaning write: places in {@link #open}, the same unless kept apart. */
  private final int cleaning;

  private final int[] open = {NONE, NONE};
  private final int[] physical;
  private final int[] logical;
  private final int[] valid;
  private final int[] written;
  private final int[] reads;
  private final long[] filledAt;
  private final byte[] states;
  private final Victims victims;
  private final FreeBlocks free;
  private final WearLevels wear;
  private final UrgentBlocks urgent;
  private final boolean[] refreshWanted;

  /** Blocks that {@link TimedFtl} has taken to empty them. */
  private final boolean[] isLeaving;

  private final FtlCounts counts = new FtlCounts();
  private FlashOperations operations;
  private int mapped;

  /** Blocks neither failed nor retired. */
  private int good;

  private int retired;

  /** Whether a block was erased or filled since levelling last found nothing to do. */
  private boolean levelDue;

  /**
   * All blocks erased, no logical page written.
   *
   * @param operations who carries out what has to be done
   * @param random for policies that draw
   */
  public PageFtl(FtlSpec spec, FlashOperations operations, RandomStream random) {
    this.spec = spec;
    this.operations = operations;
    int blocks = spec.blocks();
    pagesPerBlock = spec.pagesPerBlock();
    cleaning = spec.ownCleaningBlock() ? 1 : HOST;
    physical = new int[spec.logicalPages()];
    logical = new int[blocks * pagesPerBlock];
    Arrays.fill(physical, NONE);
    Arrays.fill(logical, NONE);
    valid = new int[blocks];
    written = new int[blocks];
    reads = new int[blocks];
    filledAt = new long[blocks];
    states = new byte[blocks];
    refreshWanted = new boolean[blocks];
    isLeaving = new boolean[blocks];
    victims = Victims.of(spec, valid, filledAt, counts::hostPagesEver, random);
    free = new FreeBlocks(blocks, spec.levellingThreshold() > 0);
    wear = new WearLevels(blocks);
    urgent = new UrgentBlocks(blocks);
    good = blocks;
    for (int block = 0; block < blocks; block++) {
      free.add(block, 0);
    }
  }

  /**
   * The host writes a page.
   *
   * @throws IndexOutOfBoundsException if there is no such logical page
   * @throws NoSpareBlockException if there is no room left; the page keeps what it had
   */
  public void write(int logicalPage) {
    Objects.checkIndex(logicalPage, physical.length);
    int needed = mapped + (physical[logicalPage] == NONE ? 1 : 0);
    while (true) {
      makeRoom(needed);
      int to = nextPage(HOST);
      if (operations.program(to, logicalPage)) {
        counts.programmed(ProgramCause.HOST);
        place(logicalPage, to);
        mapped = needed;
        closeIfFull(HOST);
        return;
      }
      fail(HOST);
    }
  }

  /**
   * The host reads a page. Never moves anything: see {@link #maintain}.
   *
   * @return the physical page, or {@link #NONE} if the logical one has no data: nothing is read
   * @throws IndexOutOfBoundsException if there is no such logical page
   */
  public int read(int logicalPage) {
    Objects.checkIndex(logicalPage, physical.length);
    int page = physical[logicalPage];
    if (page != NONE) {
      operations.read(page);
      counts.read();
      int block = page / pagesPerBlock;
      reads[block]++;
      refreshIfReadOften(block);
    }
    return page;
  }

  /**
   * The host does not need a page any more.
   *
   * @throws IndexOutOfBoundsException if there is no such logical page
   */
  public void trim(int logicalPage) {
    Objects.checkIndex(logicalPage, physical.length);
    int page = physical[logicalPage];
    if (page != NONE) {
      invalidate(page);
      physical[logicalPage] = NONE;
      mapped--;
      counts.trimmed();
    }
  }

  /**
   * Asks for a block to be written anew, for example because its data is old; done at the next
   * write or by {@link #maintain}. A block that is not full is left alone.
   *
   * @return whether it will be
   * @throws IndexOutOfBoundsException if there is no such block
   */
  public boolean refresh(int block) {
    Objects.checkIndex(block, states.length);
    if (states[block] != FULL) {
      return false;
    }
    refreshWanted[block] = true;
    urgent.add(block);
    return true;
  }

  /**
   * Does what is due: refresh, saving of failed blocks, levelling. Writes do so as well; those who
   * only read call it from time to time.
   *
   * @throws NoSpareBlockException if there is no room left to do it
   */
  public void maintain() {
    makeRoom(mapped);
  }

  /**
   * A program that was begun earlier has failed after all: the block is replaced, what is valid in
   * it, that page included, is written anew by the next write or {@link #maintain}, then it is
   * retired. Does nothing if that is under way or the block has been erased since; a block that is
   * being cleaned is retired when that is done.
   *
   * @param page physical page
   * @param erases of its block when the program was begun
   * @throws IndexOutOfBoundsException if there is no such page
   */
  public void programFailed(int page, int erases) {
    Objects.checkIndex(page, logical.length);
    int block = page / pagesPerBlock;
    if (wear.erases(block) != erases) {
      return;
    }
    if (states[block] == OPEN) {
      fail(block == open[HOST] ? HOST : cleaning);
    } else if (states[block] == FULL) {
      victims.remove(block);
      failed(block);
    } else if (states[block] == CLEANING) {
      failed(block);
    }
  }

  /** Whether {@link #maintain} has something to do. */
  public boolean maintenanceDue() {
    return !urgent.isEmpty() || levelDue;
  }

  /**
   * Fills the first logical pages of a device that was never written, in order and without any
   * operation.
   *
   * @param pages 0 to all
   * @throws IllegalStateException if something was written or refused before
   */
  public void fill(int pages) {
    Objects.checkIndex(pages, physical.length + 1);
    if (free.size() < spec.blocks()) {
      throw new IllegalStateException("only a device that was never written can be filled");
    }
    for (int page = 0; page < pages; page++) {
      physical[page] = page;
      logical[page] = page;
    }
    mapped = pages;
    for (int left = pages; left > 0; left -= pagesPerBlock) {
      int block = free.take(); // In order, as nothing was erased yet.
      int here = Math.min(left, pagesPerBlock);
      valid[block] = here;
      written[block] = here;
      states[block] = OPEN;
      open[HOST] = block;
      closeIfFull(HOST);
    }
  }

  /**
   * Overwrites uniformly drawn logical pages, without operations, and resets the counts: the way to
   * the steady state. Some four times the logical pages are enough; wear remains.
   *
   * @throws NoSpareBlockException if there is no room left
   */
  public void overwrite(long pages, RandomStream random) {
    FlashOperations outside = operations;
    operations = FlashOperations.SILENT;
    try {
      for (long i = 0; i < pages; i++) {
        write((int) random.nextLong(physical.length));
      }
    } finally {
      operations = outside;
    }
    counts.reset();
  }

  /** What was done. */
  public FtlCounts counts() {
    return counts;
  }

  /** What it was made from. */
  public FtlSpec spec() {
    return spec;
  }

  /** Where a logical page lies, or {@link #NONE}. */
  public int physicalPage(int logicalPage) {
    return physical[logicalPage];
  }

  /** Which logical page is valid on a physical one, or {@link #NONE}. */
  public int logicalPage(int physicalPage) {
    return logical[physicalPage];
  }

  /** Pages of a block that were programmed since it was erased. */
  public int writtenPages(int block) {
    return written[block];
  }

  /** Valid pages of a block. */
  public int validPages(int block) {
    return valid[block];
  }

  /** How often a block was erased. */
  public int eraseCount(int block) {
    return wear.erases(block);
  }

  /** Pages of a block that the host read since it was erased. */
  public int readCount(int block) {
    return reads[block];
  }

  /** Whether a block is retired. */
  public boolean isRetired(int block) {
    return states[block] == RETIRED;
  }

  /** Blocks that are retired. */
  public int retiredBlocks() {
    return retired;
  }

  /** Blocks that are erased and not open. */
  public int freeBlocks() {
    return free.size();
  }

  /** Logical pages that have data. */
  public int mappedPages() {
    return mapped;
  }

  /** The most logical pages that can have data with the blocks that are left. */
  public long usablePages() {
    long most = ((long) good - spec.freeFloor() - spec.openBlocks()) * pagesPerBlock;
    return Math.max(0, Math.min(physical.length, most));
  }

  /** Erase counts of the blocks that are not retired; looks at every block. */
  public EraseStatistics eraseStatistics() {
    return wear.statistics();
  }

  // For {@link TimedFtl}: the same steps, one by one -------------------------------------------

  /** Whether a page of the host would be one more than can be kept. */
  boolean isFullFor(int logicalPage) {
    return mapped + (physical[logicalPage] == NONE ? 1 : 0) > usablePages();
  }

  /** Pages that can be moved, or written by the host, until no block is free. */
  long room(boolean forHost) {
    int block = open[forHost ? HOST : cleaning];
    long left = block == NONE ? 0 : pagesPerBlock - written[block];
    return (long) free.size() * pagesPerBlock + left;
  }

  /** Whether host and cleaning write to the same block. */
  boolean sharesBlock() {
    return cleaning == HOST;
  }

  /** Whether the next page of the host begins a block. */
  boolean hostNeedsBlock() {
    return open[HOST] == NONE;
  }

  /** Writes a page for the host; there is room. */
  int placeHost(int logicalPage) {
    Objects.checkIndex(logicalPage, physical.length);
    int to = nextPage(HOST);
    counts.programmed(ProgramCause.HOST);
    mapped += physical[logicalPage] == NONE ? 1 : 0;
    place(logicalPage, to);
    closeIfFull(HOST);
    return to;
  }

  /** Moves a valid page; there is room. */
  int placeMoved(int from, ProgramCause cause) {
    int to = nextPage(cleaning);
    counts.programmed(cause);
    place(logical[from], to);
    closeIfFull(cleaning);
    return to;
  }

  /** Whether more pages have data than the blocks left can keep. */
  boolean isOverfull() {
    return mapped > usablePages();
  }

  /** The block that would be cleaned next, or {@link #NONE}. */
  int nextVictim() {
    return victims.choose();
  }

  /** Whether a block has failed or was read too often, and waits to be written anew. */
  boolean hasUrgent() {
    return !urgent.isEmpty();
  }

  /** The failed or much read block that is next to be written anew; or {@link #NONE}. */
  int firstUrgent() {
    while (!urgent.isEmpty()) {
      int block = urgent.first();
      boolean isDue =
          (states[block] == FAILED && !isLeaving[block])
              || (states[block] == FULL && refreshWanted[block]);
      if (isDue) {
        return block;
      }
      urgent.removeFirst();
    }
    return NONE;
  }

  /** Takes {@link #firstUrgent}; why it is written anew. */
  ProgramCause takeUrgent() {
    int block = urgent.first();
    urgent.removeFirst();
    if (states[block] == FAILED) {
      isLeaving[block] = true;
      return ProgramCause.REPLAY;
    }
    take(block);
    return ProgramCause.REFRESH;
  }

  /**
   * Takes a block whose data rest while others wear; or {@link #NONE}.
   *
   * @param isIdle whether no pages are being moved: then open blocks may be closed early for it
   */
  int takeCold(boolean isIdle) {
    while (spec.levellingThreshold() > 0 && levelDue) {
      int block = levelStep(isIdle);
      if (block != NONE) {
        take(block);
        return block;
      }
      if (!isIdle) {
        return NONE;
      }
    }
    return NONE;
  }

  /** Takes a full block out of those that can be cleaned. */
  void take(int block) {
    victims.remove(block);
    states[block] = CLEANING;
    isLeaving[block] = true;
  }

  /** Whether a block was taken and is not done. */
  boolean isLeaving(int block) {
    return isLeaving[block];
  }

  /** A block that was taken has no valid pages any more: it is erased or retired. */
  void leave(int block) {
    isLeaving[block] = false;
    if (states[block] == FAILED) {
      retire(block);
    } else {
      erase(block);
    }
  }

  /** A block that was taken stays: its pages cannot be moved. */
  void stay(int block) {
    isLeaving[block] = false;
    if (states[block] == FAILED) {
      urgent.add(block);
    } else {
      states[block] = FULL;
      victims.add(block);
    }
  }

  /**
   * Restores all that has to hold before the next page is written. Each step uses at most one free
   * block before it gains one, so the floor of two is never used up unless programs fail; and with
   * no more pages than usable, some full block has an invalid one, so it comes to an end.
   */
  private void makeRoom(int needed) {
    while (true) {
      if (needed > usablePages()) {
        throw noSpare(usablePages() + " pages can be kept, " + needed + " are needed");
      }
      if (free.size() < spec.freeFloor()) {
        int victim = victims.choose();
        if (victim == NONE) {
          throw noSpare("none is full that could be cleaned");
        }
        rewrite(victim, ProgramCause.CLEANING);
      } else if (!urgent.isEmpty()) {
        handle(urgent.first());
      } else if (!level()) {
        return;
      }
    }
  }

  private NoSpareBlockException noSpare(String why) {
    return new NoSpareBlockException(
        "no spare block left: "
            + (states.length - good)
            + " of "
            + states.length
            + " blocks are worn out or failed, "
            + why);
  }

  private void handle(int block) {
    if (states[block] == FAILED) {
      copyAll(block, ProgramCause.REPLAY);
      retire(block);
    } else if (states[block] == FULL && refreshWanted[block]) {
      rewrite(block, ProgramCause.REFRESH);
    }
    urgent.removeFirst();
  }

  /** Moves data of a block that is worn least; false if there is nothing to do. */
  private boolean level() {
    if (spec.levellingThreshold() == 0 || !levelDue) {
      return false;
    }
    int block = levelStep(true);
    if (block != NONE) {
      rewrite(block, ProgramCause.LEVELLING);
    }
    return block != NONE || levelDue;
  }

  /**
   * The block whose data are to be moved, or {@link #NONE}: then something else was done, or there
   * is nothing to do and levelling is no longer due.
   */
  private int levelStep(boolean mayClose) {
    int threshold = spec.levellingThreshold();
    int span = wear.span();
    int block = span > threshold ? wear.leastWorn(states, FULL) : NONE;
    if (block != NONE) {
      return block;
    }
    if (span > threshold + 1 && !wear.hasLeastIn(states, CLEANING)) {
      // Only open or free blocks are so far behind.
      if (!mayClose) {
        return NONE;
      }
      for (int i = 0; i <= cleaning; i++) {
        if (open[i] != NONE && wear.hasLeast(open[i])) {
          close(i);
          return NONE;
        }
      }
      if (free.size() > 0) {
        erase(free.take());
        return NONE;
      }
    }
    levelDue = false;
    return NONE;
  }

  /** Copies what is valid of a full block and erases it. */
  private void rewrite(int block, ProgramCause cause) {
    copyAll(block, cause);
    victims.remove(block);
    erase(block);
  }

  private void copyAll(int block, ProgramCause cause) {
    int end = (block + 1) * pagesPerBlock;
    for (int page = block * pagesPerBlock; valid[block] > 0 && page < end; page++) {
      if (logical[page] != NONE) {
        copy(page, cause);
      }
    }
  }

  private void copy(int from, ProgramCause cause) {
    while (true) {
      int to = nextPage(cleaning);
      if (operations.copy(from, to, cause)) {
        counts.programmed(cause);
        place(logical[from], to);
        closeIfFull(cleaning);
        return;
      }
      fail(cleaning);
    }
  }

  private int nextPage(int which) {
    if (open[which] == NONE) {
      if (free.size() == 0) {
        throw noSpare("none is free to move pages to");
      }
      int block = free.take();
      states[block] = OPEN;
      open[which] = block;
    }
    int block = open[which];
    return block * pagesPerBlock + written[block]++;
  }

  private void place(int logicalPage, int to) {
    int before = physical[logicalPage];
    if (before != NONE) {
      invalidate(before);
    }
    physical[logicalPage] = to;
    logical[to] = logicalPage;
    valid[to / pagesPerBlock]++;
  }

  private void invalidate(int page) {
    int block = page / pagesPerBlock;
    logical[page] = NONE;
    valid[block]--;
    if (states[block] == FULL) {
      victims.lessValid(block);
    }
  }

  private void closeIfFull(int which) {
    if (written[open[which]] == pagesPerBlock) {
      close(which);
    }
  }

  private void close(int which) {
    int block = open[which];
    open[which] = NONE;
    states[block] = FULL;
    filledAt[block] = counts.hostPagesEver();
    victims.add(block);
    levelDue = spec.levellingThreshold() > 0;
    refreshIfReadOften(block);
  }

  private void refreshIfReadOften(int block) {
    if (reads[block] >= spec.readThreshold() && states[block] == FULL && !refreshWanted[block]) {
      refreshWanted[block] = true;
      urgent.add(block);
    }
  }

  private void erase(int block) {
    written[block] = 0;
    reads[block] = 0;
    refreshWanted[block] = false;
    wear.erased(block);
    levelDue = spec.levellingThreshold() > 0;
    boolean worked = operations.erase(block);
    counts.erased(worked);
    if (worked && wear.erases(block) < spec.cycleLimit()) {
      states[block] = FREE;
      free.add(block, wear.erases(block));
    } else {
      good--;
      retire(block);
    }
  }

  private void fail(int which) {
    int block = open[which];
    open[which] = NONE;
    failed(block);
  }

  private void failed(int block) {
    states[block] = FAILED;
    counts.programFailed();
    good--;
    wear.leave(block);
    urgent.add(block);
  }

  private void retire(int block) {
    states[block] = RETIRED;
    retired++;
    wear.leave(block);
  }
}
