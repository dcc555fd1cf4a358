package memwall.workloads.serving;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import it.unimi.dsi.fastutil.longs.LongList;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.workloads.trace.RequestExtras;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that stay in the first memory when nobody uses them any more, for prompts that begin alike
 * and for sequences that come back after they were preempted. Whole blocks of prompts are those of
 * the trace; all other blocks are their sequence's own, which nobody else can ask for. The last
 * token in front of the next one is always processed, because its result is wanted. A block is
 * there for others from the moment at which its last token is scheduled: steps come one after the
 * other, and within a step entries are written before they are read. Of two sequences that compute
 * the same block, the first shares it, the other keeps its own. Idle blocks give way to whoever
 * needs room, the longest unused first, of a sequence the last one first.
 */
final class PrefixCache {
  private final PrefixIndex index = new PrefixIndex();
  private final int blockTokens;
  private final long blockBytes;
  private final Counter seenBlocks;
  private final Counter hitBlocks;
  private final Counter seenTokens;
  private final Counter hitTokens;
  private final Counter againTokens;
  private final Counter evictedBlocks;
  private long idleBlocks;

  /** Name of the next block that is a sequence's own; traces do not come near. */
  private long nextOwn = Long.MIN_VALUE;

  /**
   * An empty cache.
   *
   * @param blockTokens tokens per block, at least 1: those of the trace, if it has blocks
   * @param blockBytes of such a block on one rank
   */
  PrefixCache(Stats stats, int blockTokens, long blockBytes) {
    this.blockTokens = blockTokens;
    this.blockBytes = blockBytes;
    seenBlocks =
        stats.counter("seen_blocks", "blocks", "Blocks of prompts admitted, partial ones too");
    hitBlocks =
        stats.counter("hit_blocks", "blocks", "Of these, found when the request was admitted");
    seenTokens = stats.counter("seen_tokens", "tokens", "Tokens of prompts admitted");
    hitTokens = stats.counter("hit_tokens", "tokens", "Of these, not processed but found");
    againTokens =
        stats.counter("again_tokens", "tokens", "Found by requests that had been preempted");
    evictedBlocks = stats.counter("evicted_blocks", "blocks", "Idle blocks that made room");
  }

  int blockTokens() {
    return blockTokens;
  }

  private static LongList ids(Sequence sequence) {
    RequestExtras extras = sequence.request.extras();
    return extras == null ? LongImmutableList.of() : extras.hashIds();
  }

  /** Whole blocks of a prompt that the trace names. */
  private int namedBlocks(Sequence sequence) {
    return Math.min(ids(sequence).size(), sequence.request.promptTokens() / blockTokens);
  }

  /** A block of a sequence that was offered before; null if it is not there, or never was. */
  private PrefixIndex.@Nullable Block block(Sequence sequence, int i) {
    int named = namedBlocks(sequence);
    if (i < named) {
      return index.block(ids(sequence).getLong(i));
    }
    return i - named < sequence.ownBlocks.size()
        ? index.block(sequence.ownBlocks.getLong(i - named))
        : null;
  }

  /** How many blocks at the beginning of a waiting sequence are there. */
  int hits(Sequence sequence) {
    int most = (sequence.request.promptTokens() + sequence.produced - 1) / blockTokens;
    int hits = 0;
    while (hits < most) {
      PrefixIndex.Block block = block(sequence, hits);
      if (block == null) {
        break;
      }
      hits++;
    }
    return hits;
  }

  /** Bytes that could be evicted if the first blocks of a sequence were in use. */
  long evictableBytes(Sequence sequence, int hits) {
    long idle = idleBlocks;
    for (int i = 0; i < hits; i++) {
      PrefixIndex.Block block = block(sequence, i);
      idle -= block != null && block.readers == 0 ? 1 : 0;
    }
    return idle * blockBytes;
  }

  /** A sequence is admitted and uses its first blocks, which are there. */
  void use(Sequence sequence, int hits) {
    for (int i = 0; i < hits; i++) {
      PrefixIndex.Block block = block(sequence, i);
      if (block == null) {
        throw new IllegalStateException("a block is used that is not there");
      }
      share(sequence, block);
    }
    sequence.blocksOffered = hits;
    if (sequence.wasPreempted()) {
      againTokens.add(Math.max(0, hits * blockTokens - sequence.entries()));
    } else {
      seenBlocks.add(ids(sequence).size());
      hitBlocks.add(hits);
      seenTokens.add(sequence.request.promptTokens());
      hitTokens.add((long) hits * blockTokens);
    }
  }

  private void share(Sequence sequence, PrefixIndex.Block block) {
    idleBlocks -= block.readers == 0 ? 1 : 0;
    index.read(block);
    sequence.shared.add(block);
  }

  /**
   * Offers the blocks of a sequence that are complete, once so many entries are computed.
   *
   * @return how many of them others share from now on
   */
  int offer(Sequence sequence, int entries) {
    int end = entries / blockTokens;
    int named = namedBlocks(sequence);
    int taken = 0;
    for (int i = sequence.blocksOffered; i < end; i++) {
      if (block(sequence, i) == null) {
        if (i - named >= sequence.ownBlocks.size()) {
          sequence.ownBlocks.add(nextOwn++);
        }
        long id = i < named ? ids(sequence).getLong(i) : sequence.ownBlocks.getLong(i - named);
        PrefixIndex.Block block = index.write(id);
        index.stored(block);
        idleBlocks++;
        share(sequence, block);
        taken++;
      }
    }
    sequence.blocksOffered = Math.max(sequence.blocksOffered, end);
    return taken;
  }

  /** A sequence uses its blocks no longer. */
  void leave(Sequence sequence) {
    // The last block first: a prefix without its beginning is of no use to anybody.
    for (int i = sequence.shared.size() - 1; i >= 0; i--) {
      PrefixIndex.Block block = sequence.shared.get(i);
      index.leave(block);
      idleBlocks += block.readers == 0 ? 1 : 0;
    }
    sequence.shared.clear();
    sequence.blocksOffered = 0;
  }

  /** Forgets the idle block that has been unused for longest; false if there is none. */
  boolean evict() {
    if (!index.evict()) {
      return false;
    }
    idleBlocks--;
    evictedBlocks.increment();
    return true;
  }

  long blockBytes() {
    return blockBytes;
  }

  /** The account at the end of a run. */
  SchedulingOutcome.Prefixes outcome() {
    return new SchedulingOutcome.Prefixes(
        seenBlocks.value(),
        hitBlocks.value(),
        seenTokens.value(),
        hitTokens.value(),
        againTokens.value(),
        evictedBlocks.value(),
        index.size(),
        index.size() * blockBytes);
  }
}
