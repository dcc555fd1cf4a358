package memwall.memory.flash.ftl;

import java.util.Arrays;

/**
 * A {@link PageFtl} whose cleaning takes time, step by step, while the host goes on. Whoever drives
 * it reads and programs the pages; in a plane programs have to be carried out in the order in which
 * their pages were given out.
 *
 * <ul>
 *   <li>The host writes as long as the floor of free blocks is there ({@link #hasRoom}).
 *   <li>Below the floor, one block is taken to be cleaned whenever a free block was opened and
 *       whenever one was gained, up to {@link FtlSpec#cleanedAtOnce} side by side. So are failed
 *       and much read blocks and those whose data rest, at the floor or above.
 *   <li>Each valid page of such a block is to be read, then moved ({@link #move}). What the host
 *       overwrites meanwhile is not moved.
 *   <li>A block is erased when its pages are programmed elsewhere and nobody reads it any more
 *       ({@link #hold}, {@link #release}).
 *   <li>A block is taken only if there is room for all its pages. If programs fail, room may be
 *       missing all the same: pages wait for it ({@link #canMove}), or their blocks stay as they
 *       are ({@link #giveUp}).
 * </ul>
 *
 * <p>More blocks side by side are chosen earlier, with more valid pages, and keep more blocks from
 * use: write amplification grows (with 7 % spare, a floor of 10 and 10 at once by 7 %).
 */
public final class TimedFtl {
  /** No block, no page. */
  public static final int NONE = PageFtl.NONE;

  private final PageFtl layer;
  private final int pagesPerBlock;
  private final int floor;
  private final int most;

  /**
   * Of each block: pages to be moved, reads under way and others that keep it from being erased.
   */
  private final int[] holds;

  private final ProgramCause[] causes;

  private int underWay;

  /** Pages of blocks that were taken which have no new place yet. */
  private long owed;

  /** Occasions to take a block. */
  private int occasions = 1;

  /**
   * Goes on with a layer, which nobody else changes from now on but by {@link PageFtl#trim}, {@link
   * PageFtl#refresh} and {@link PageFtl#programFailed}.
   */
  public TimedFtl(PageFtl layer) {
    this.layer = layer;
    pagesPerBlock = layer.spec().pagesPerBlock();
    floor = layer.spec().freeFloor();
    most = layer.spec().cleanedAtOnce();
    holds = new int[layer.spec().blocks()];
    causes = new ProgramCause[holds.length];
    Arrays.fill(causes, ProgramCause.CLEANING);
  }

  /** Its maps, blocks and counts. */
  public PageFtl layer() {
    return layer;
  }

  /** Whether the host may write a page now; else it waits until blocks are gained. */
  public boolean hasRoom() {
    if (layer.freeBlocks() < floor) {
      return false;
    }
    boolean uses = layer.sharesBlock() || layer.hostNeedsBlock();
    long left = layer.room(false);
    if (!uses) {
      return true;
    }
    return left - (layer.sharesBlock() ? 1 : pagesPerBlock) >= owed;
  }

  /** Whether a page of the host is one more than the blocks left can keep, whatever is cleaned. */
  public boolean isFullFor(int logicalPage) {
    return layer.isFullFor(logicalPage);
  }

  /**
   * Gives a page that the host writes its place; only if {@link #hasRoom}.
   *
   * @return physical page, to be programmed behind those given out before
   */
  public int place(int logicalPage) {
    int free = layer.freeBlocks();
    int page = layer.placeHost(logicalPage);
    occasions += free - layer.freeBlocks();
    return page;
  }

  /**
   * The host reads a page.
   *
   * @return physical page, or {@link #NONE}: no data
   * @see PageFtl#read
   */
  public int read(int logicalPage) {
    boolean wasUrgent = layer.hasUrgent();
    int page = layer.read(logicalPage);
    occasions += !wasUrgent && layer.hasUrgent() ? 1 : 0;
    return page;
  }

  /** Whether {@link #begin} should be asked. */
  public boolean hasOccasion() {
    return occasions > 0;
  }

  /** There may be something urgent to do: a block has failed or was read too often. */
  public void consider() {
    occasions++;
  }

  /**
   * Takes a block to be emptied if there is an occasion, a reason and room. It is held once; the
   * caller begins to move all its valid pages, each of which holds it too, and then releases it.
   *
   * @return the block, or {@link #NONE}; ask again until there is none
   */
  public int begin() {
    while (occasions > 0) {
      if (underWay >= most) {
        occasions = 0;
        return NONE;
      }
      occasions--;
      int block = take();
      if (block != NONE) {
        underWay++;
        owed += layer.validPages(block);
        holds[block] += layer.validPages(block) + 1;
        return block;
      }
    }
    return NONE;
  }

  private int take() {
    long room = layer.room(false) - owed;
    if (layer.freeBlocks() < floor) {
      return takeVictim(room);
    }
    int urgent = layer.firstUrgent();
    if (urgent != NONE) {
      return layer.validPages(urgent) > room ? NONE : cause(urgent, layer.takeUrgent());
    }
    return room < pagesPerBlock
        ? NONE
        : cause(layer.takeCold(underWay == 0), ProgramCause.LEVELLING);
  }

  /**
   * Takes a block to gain room. One without an invalid page gains nothing: it is taken only if
   * nothing else is under way, by policies that have to get past it.
   */
  private int takeVictim(long room) {
    int victim = layer.nextVictim();
    if (victim == NONE || layer.isOverfull() || layer.validPages(victim) > room) {
      return NONE;
    }
    if (layer.validPages(victim) == pagesPerBlock && underWay > 0) {
      return NONE;
    }
    layer.take(victim);
    return cause(victim, ProgramCause.CLEANING);
  }

  private int cause(int block, ProgramCause cause) {
    if (block != NONE) {
      causes[block] = cause;
    }
    return block;
  }

  /** Blocks that are being emptied. */
  public int underWay() {
    return underWay;
  }

  /**
   * Whether a page of a block that is being emptied can be moved now, or need not be; else it waits
   * for the next block that is gained.
   */
  public boolean canMove(int from) {
    return layer.room(false) > 0 || layer.logicalPage(from) == NONE;
  }

  /**
   * Gives a page of a block that is being emptied a new place; only if {@link #canMove}. Its block
   * is to be released when it is programmed there, or at once if there is nothing to move.
   *
   * @return physical page, to be programmed behind those given out before, or {@link #NONE}: the
   *     host has overwritten or trimmed it
   */
  public int move(int from) {
    owed--;
    if (layer.logicalPage(from) == NONE) {
      return NONE;
    }
    int free = layer.freeBlocks();
    int page = layer.placeMoved(from, causes[from / pagesPerBlock]);
    occasions += free - layer.freeBlocks();
    return page;
  }

  /** A page that waits to be moved stays where it is; its block is to be released. */
  public void giveUp() {
    owed--;
  }

  /** Keeps a block from being erased: one of its pages is being read. */
  public void hold(int block) {
    holds[block]++;
  }

  /** Whether the release of a block will have it erased or retired. */
  public boolean isLast(int block) {
    return holds[block] == 1 && layer.isLeaving(block);
  }

  /**
   * What has kept a block from being erased is over. If it was the last, the block is erased,
   * retired, or stays if there are still pages in it.
   *
   * @return whether that was so
   */
  public boolean release(int block) {
    holds[block]--;
    if (holds[block] > 0 || !layer.isLeaving(block)) {
      return false;
    }
    underWay--;
    if (layer.validPages(block) > 0) {
      layer.stay(block);
    } else {
      layer.leave(block);
      occasions++;
    }
    return true;
  }
}
