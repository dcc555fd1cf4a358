package memwall.memory.flash.ftl;

import java.util.ArrayList;
import java.util.List;

/**
 * A page-mapped pool of blocks: a whole device, or a plane of one whose planes are mapped apart.
 *
 * @param blocks physical blocks, at least 4
 * @param pagesPerBlock at least 1; all pages together at most 2^31 - 1
 * @param logicalPages that the host sees, at least 1; the rest is over-provisioning
 * @param policy which block is cleaned
 * @param choices blocks drawn by {@link CleaningPolicy#CHOICES}, 1 to 1000; ignored by the others
 * @param freeFloor blocks kept free: cleaning begins below, at least 2
 * @param cleanedAtOnce blocks that {@link TimedFtl} cleans side by side, at least 1; without time
 *     they are cleaned one after the other
 * @param ownCleaningBlock whether pages that are moved go to an open block of their own, apart from
 *     what the host writes
 * @param levellingThreshold difference of erase counts above which data of the least worn blocks is
 *     moved (then the counts differ by at most one more), or 0: no static wear levelling
 * @param cycleLimit erases after which a block is retired, at least 1; {@link #UNLIMITED} for none
 * @param readThreshold page reads after which a block is written anew, at least 1; {@link
 *     #UNLIMITED} for none
 */
public record FtlSpec(
    int blocks,
    int pagesPerBlock,
    int logicalPages,
    CleaningPolicy policy,
    int choices,
    int freeFloor,
    int cleanedAtOnce,
    boolean ownCleaningBlock,
    int levellingThreshold,
    int cycleLimit,
    int readThreshold) {
  /** No limit. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  private static final int BYTES_PER_BLOCK = 70;
  private static final int LEAST_BLOCKS = 4;
  private static final int LEAST_FREE = 2;
  private static final int MOST_CHOICES = 1000;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with everything that is out of range
   */
  public FtlSpec {
    List<String> faults = new ArrayList<>();
    atLeast(faults, "blocks", blocks, LEAST_BLOCKS);
    atLeast(faults, "pagesPerBlock", pagesPerBlock, 1);
    atLeast(faults, "logicalPages", logicalPages, 1);
    if (choices < 1 || choices > MOST_CHOICES) {
      faults.add("choices " + choices + " must be from 1 to " + MOST_CHOICES);
    }
    atLeast(faults, "freeFloor", freeFloor, LEAST_FREE);
    atLeast(faults, "cleanedAtOnce", cleanedAtOnce, 1);
    atLeast(faults, "levellingThreshold", levellingThreshold, 0);
    atLeast(faults, "cycleLimit", cycleLimit, 1);
    atLeast(faults, "readThreshold", readThreshold, 1);
    if ((long) blocks * pagesPerBlock > Integer.MAX_VALUE) {
      faults.add(
          "blocks x pagesPerBlock "
              + (long) blocks * pagesPerBlock
              + " must be at most "
              + Integer.MAX_VALUE);
    }
    long most = ((long) blocks - freeFloor - (ownCleaningBlock ? 2 : 1)) * pagesPerBlock;
    if (faults.isEmpty() && logicalPages > most) {
      faults.add(
          "logicalPages "
              + logicalPages
              + " must be at most "
              + most
              + ": the pages of all blocks but those kept free and open");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /**
   * A pool without levelling, limits of wear and refresh, with one open block.
   *
   * @param choices for {@link CleaningPolicy#CHOICES}, else 1
   */
  public static FtlSpec of(
      int blocks,
      int pagesPerBlock,
      int logicalPages,
      CleaningPolicy policy,
      int choices,
      int freeFloor) {
    return new FtlSpec(
        blocks,
        pagesPerBlock,
        logicalPages,
        policy,
        choices,
        freeFloor,
        1,
        false,
        0,
        UNLIMITED,
        UNLIMITED);
  }

  private static void atLeast(List<String> faults, String name, int value, int least) {
    if (value < least) {
      faults.add(name + " " + value + " must be at least " + least);
    }
  }

  /** Open blocks: one, or one each for the host and for cleaning. */
  int openBlocks() {
    return ownCleaningBlock ? 2 : 1;
  }

  /** About how many bytes of heap a translation layer takes. */
  public long stateBytes() {
    long pages = (long) blocks * pagesPerBlock + logicalPages;
    return Integer.BYTES * pages + (long) BYTES_PER_BLOCK * blocks;
  }

  /** Over-provisioning in MQSim's terms: the share of physical pages that the host does not see. */
  public double spareShare() {
    return 1 - logicalPages / ((double) blocks * pagesPerBlock);
  }
}
