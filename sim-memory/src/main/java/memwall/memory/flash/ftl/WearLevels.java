package memwall.memory.flash.ftl;

/** Erase counts of the blocks in use, their least and most, and who has the least. */
final class WearLevels {
  private static final int GONE = -1;

  private final int[] erases;

  /** Counts of blocks in use, {@link #GONE} of others. */
  private final int[] inUse;

  private int least;
  private int most;
  private int atLeast;

  /** Where the last block with the least was found. */
  private int cursor;

  WearLevels(int blocks) {
    erases = new int[blocks];
    inUse = new int[blocks];
    atLeast = blocks;
  }

  int erases(int block) {
    return erases[block];
  }

  /** Difference of the highest and the lowest count of the blocks in use. */
  int span() {
    return most - least;
  }

  boolean hasLeast(int block) {
    return inUse[block] == least;
  }

  void erased(int block) {
    int before = erases[block]++;
    inUse[block] = before + 1;
    most = Math.max(most, before + 1);
    if (before == least && --atLeast == 0) {
      scan();
    }
  }

  /** The block is not used any more; it may already be so. */
  void leave(int block) {
    if (inUse[block] != GONE) {
      inUse[block] = GONE;
      scan();
    }
  }

  // Rare: once per cycle of all blocks, and per retired block.
  private void scan() {
    least = Integer.MAX_VALUE;
    most = 0;
    atLeast = 0;
    for (int count : inUse) {
      if (count == GONE) {
        continue;
      }
      most = Math.max(most, count);
      if (count < least) {
        least = count;
        atLeast = 0;
      }
      atLeast += count == least ? 1 : 0;
    }
    least = Math.min(least, most);
  }

  /** A block in a state with the lowest count, the next one after the last, or NONE. */
  int leastWorn(byte[] states, byte state) {
    int block = cursor;
    for (int i = 0; i < inUse.length; i++) {
      if (inUse[block] == least && states[block] == state) {
        cursor = block;
        return block;
      }
      block = block + 1 == inUse.length ? 0 : block + 1;
    }
    return BlockLists.NONE;
  }

  /** Whether a block in a state has the lowest count. */
  boolean hasLeastIn(byte[] states, byte state) {
    int before = cursor;
    int block = leastWorn(states, state);
    cursor = before;
    return block != BlockLists.NONE;
  }

  EraseStatistics statistics() {
    return EraseStatistics.of(inUse);
  }
}
