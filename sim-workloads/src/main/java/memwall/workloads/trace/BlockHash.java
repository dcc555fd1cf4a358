package memwall.workloads.trace;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongImmutableList;

/**
 * Ids of the blocks of a prompt from its tokens: an id stands for all tokens up to the end of its
 * block, so that two prompts that begin with the same ids begin with the same tokens. The ids are
 * 63 bits of a hash; a collision among a million blocks has a probability of 5e-8.
 */
final class BlockHash {
  private final int blockTokens;
  private final LongArrayList ids = new LongArrayList();
  private long hash;
  private int inBlock;

  BlockHash(int blockTokens) {
    this.blockTokens = blockTokens;
  }

  /** Begins a prompt. */
  void begin() {
    ids.clear();
    hash = 0;
    inBlock = 0;
  }

  /** The next token of the prompt. */
  void add(long token) {
    // The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), over hash and token.
    long z = (hash ^ token) + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    hash = z ^ (z >>> 31);
    if (++inBlock == blockTokens) {
      ids.add(hash >>> 1);
      inBlock = 0;
    }
  }

  /** The ids of the prompt's blocks; the last one may be partial. */
  LongImmutableList ids() {
    if (inBlock > 0) {
      ids.add(hash >>> 1);
      inBlock = 0;
    }
    return new LongImmutableList(ids);
  }
}
