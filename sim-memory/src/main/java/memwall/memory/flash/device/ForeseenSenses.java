package memwall.memory.flash.device;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts senses of a channel ahead of time, where it is certain that there is nothing to report of
 * them: no retry, no page without data, no block read too often. For who knows what the device will
 * do, and need not look.
 *
 * <p>Pages are numbered through the channel: first over its planes, then over the pages of a plane.
 * Runs of them are added to their blocks when it has to be ({@link #settle}), for most go on where
 * another ended. How often a row of blocks may be read without a look at each of them is known for
 * some rows; that holds as long as nobody else senses ({@link #forget}).
 */
public final class ForeseenSenses {
  private static final int OWED = 8;
  private static final int ROWS = 16;
  private static final long[] AHEAD_PS = {1_000_000_000_000L, 1_000_000_000L};

  private final int planes;
  private final int pagesPerBlock;
  private final FlashErrors errors;
  private final boolean isSound;
  private final SensedPages pages;
  private final @Nullable BlockStore blocks;

  // Runs that are not counted in their blocks yet.
  private final long[] owedFirst = new long[OWED];
  private final long[] owedPages = new long[OWED];
  private int owed;

  // Rows of blocks: which, how often each of their blocks may yet be read, until when.
  private final int[] row = new int[ROWS];
  private final int[] left = new int[ROWS];
  private final long[] untilPs = new long[ROWS];

  private long coveredPs = Long.MAX_VALUE;

  ForeseenSenses(
      FlashGeometry geometry, FlashErrors errors, SensedPages pages, @Nullable BlockStore blocks) {
    planes = geometry.planes();
    pagesPerBlock = geometry.pagesPerBlock();
    this.errors = errors;
    isSound = errors == FlashErrors.NONE;
    this.pages = pages;
    this.blocks = blocks;
    Arrays.fill(row, -1);
  }

  /**
   * Pages that will be sensed, from now on and while {@link #holdsAt}, once each.
   *
   * @param first of a run
   * @param count of its pages, 1 or more
   * @return whether they were counted; else there may be something to report, and nothing was
   */
  public boolean add(long first, long count, long nowPs) {
    if (errors.cleanSenses() < count || !areClean(first, count, nowPs)) {
      return false;
    }
    errors.skip(count);
    if (blocks != null) {
      owe(first, count);
    }
    return true;
  }

  /** Whether what was added may still be sensed at a time. */
  public boolean holdsAt(long ps) {
    return ps <= coveredPs;
  }

  /** Pages that were added are not sensed yet; whoever senses them will count them. */
  public void takeBack(long first, long count) {
    settle();
    errors.skip(-count);
    if (blocks != null) {
      count(first, count, -1);
    }
  }

  /** All blocks have their senses. */
  public void settle() {
    for (int i = 0; i < owed; i++) {
      count(owedFirst[i], owedPages[i], 1);
    }
    owed = 0;
  }

  /** Others may have sensed, programmed or erased: nothing is known of the blocks any more. */
  public void forget() {
    Arrays.fill(row, -1);
    coveredPs = Long.MAX_VALUE;
  }

  private void owe(long first, long count) {
    for (int i = 0; i < owed; i++) {
      if (owedFirst[i] + owedPages[i] == first) {
        owedPages[i] += count;
        return;
      }
    }
    if (owed == OWED) {
      settle();
    }
    owedFirst[owed] = first;
    owedPages[owed++] = count;
  }

  private void count(long first, long count, int times) {
    int begin = (int) (first / planes);
    int beginPlane = (int) (first % planes);
    for (int i = 0; i < Math.min(planes, count); i++) {
      int plane = beginPlane + i;
      boolean isNext = plane >= planes;
      int rows = (int) ((count - i + planes - 1) / planes);
      pages.countReads(isNext ? plane - planes : plane, begin + (isNext ? 1 : 0), rows, times);
    }
  }

  private boolean areClean(long first, long count, long nowPs) {
    if (blocks == null) {
      return isSound || coverUntil(0, 0, 0, 0, nowPs);
    }
    int begin = (int) (first / planes);
    int end = (int) ((first + count - 1) / planes) + 1;
    for (int at = begin; at < end; ) {
      int block = at / pagesPerBlock;
      int some = Math.min(end, (block + 1) * pagesPerBlock) - at;
      if (!isRowClean(block, some, nowPs)) {
        return areCleanOneByOne(first, count, nowPs);
      }
      at += some;
    }
    return true;
  }

  /** Whether each block of a row may be read so often. */
  private boolean isRowClean(int block, int reads, long nowPs) {
    int at = block & (ROWS - 1);
    if (row[at] != block || left[at] < reads || untilPs[at] <= nowPs) {
      row[at] = -1;
      settle();
      for (int plane = 0; plane < planes; plane++) {
        if (pages.cleanRows(plane, block * pagesPerBlock, pagesPerBlock) < pagesPerBlock) {
          return false;
        }
      }
      long until = coverage(0, planes, block * pagesPerBlock, pagesPerBlock, nowPs);
      if (until == nowPs) {
        return false;
      }
      row[at] = block;
      left[at] = pagesPerBlock;
      untilPs[at] = until;
    }
    left[at] -= reads;
    coveredPs = Math.min(coveredPs, untilPs[at]);
    return true;
  }

  private boolean areCleanOneByOne(long first, long count, long nowPs) {
    settle();
    int begin = (int) (first / planes);
    int beginPlane = (int) (first % planes);
    for (int i = 0; i < Math.min(planes, count); i++) {
      int plane = beginPlane + i < planes ? beginPlane + i : beginPlane + i - planes;
      int from = beginPlane + i < planes ? begin : begin + 1;
      int rows = (int) ((count - i + planes - 1) / planes);
      if (pages.cleanRows(plane, from, rows) < rows || !coverUntil(plane, 1, from, rows, nowPs)) {
        return false;
      }
    }
    // The rows' own accounts do not know of these.
    long end = (first + count - 1) / planes;
    for (int block = begin / pagesPerBlock; block <= end / pagesPerBlock; block++) {
      row[block & (ROWS - 1)] = -1;
    }
    return true;
  }

  private boolean coverUntil(int plane, int some, int from, int rows, long nowPs) {
    long until = coverage(plane, some, from, rows, nowPs);
    coveredPs = Math.min(coveredPs, until);
    return until > nowPs;
  }

  /**
   * Until when the errors of rows of planes are foreseen; the present if they are not.
   *
   * @param some planes, 0 where blocks do not count
   */
  private long coverage(int plane, int some, int from, int rows, long nowPs) {
    if (isSound) {
      return Long.MAX_VALUE;
    }
    for (long aheadPs : AHEAD_PS) {
      boolean isCovered = some > 0 || pages.areCovered(0, 0, 0, nowPs + aheadPs);
      for (int i = plane; i < plane + some && isCovered; i++) {
        isCovered = pages.areCovered(i, from, rows, nowPs + aheadPs);
      }
      if (isCovered) {
        return nowPs + aheadPs;
      }
    }
    return nowPs;
  }
}
