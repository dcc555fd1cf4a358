package memwall.workloads.serving;

import org.jspecify.annotations.Nullable;

/**
 * Gives sequences room in the first memory: for their final length when they are admitted, or block
 * by block as their tokens are scheduled. Shared blocks at the beginning of prompts belong to the
 * prefix cache; a sequence's own room is what lies behind them.
 */
final class KvAllotment {
  private final KvCache cache;
  private final boolean takesAsItGoes;
  private final @Nullable PrefixCache prefixes;

  /**
   * Nobody has room yet.
   *
   * @param takesAsItGoes whether room is taken as tokens are scheduled
   * @param prefixes shared blocks; null if there are none
   */
  KvAllotment(KvCache cache, boolean takesAsItGoes, @Nullable PrefixCache prefixes) {
    this.cache = cache;
    this.takesAsItGoes = takesAsItGoes;
    this.prefixes = prefixes;
  }

  /** Blocks at the beginning of a waiting sequence's prompt that are there already. */
  int hits(Sequence sequence) {
    return prefixes == null ? 0 : prefixes.hits(sequence);
  }

  /** The tokens of so many shared blocks. */
  int tokens(int blocks) {
    return prefixes == null ? 0 : blocks * prefixes.blockTokens();
  }

  /** Bytes of a sequence's own room for so many entries, if so many blocks are shared. */
  long ownBytes(long entries, int sharedBlocks) {
    int shared = tokens(sharedBlocks);
    return cache.bytes(entries, shared, shared);
  }

  /**
   * Admits a sequence if there is room: for its final length; or, where room is taken as it goes,
   * for all that must be processed before its next token, of which only this step's part is taken.
   *
   * @param hits blocks at its beginning that are there and will be used
   * @param entries that it will have after the step
   */
  boolean admit(Sequence sequence, int hits, int entries) {
    long whole =
        ownBytes(
            takesAsItGoes
                ? Math.max(entries, sequence.prefillTokens)
                : sequence.request.maxContextTokens(),
            hits);
    long evictable = prefixes == null ? 0 : prefixes.evictableBytes(sequence, hits);
    if (whole > cache.freeBytes() + evictable) {
      return false;
    }
    if (prefixes != null) {
      prefixes.use(sequence, hits);
    }
    sequence.kvBytes = takesAsItGoes ? ownBytes(entries, hits) : whole;
    if (!reserve(sequence.kvBytes)) {
      throw new IllegalStateException("room that was there is gone");
    }
    return true;
  }

  /** Room for a running sequence to have so many entries after the step; false if there is none. */
  boolean grow(Sequence sequence, int entries) {
    if (!takesAsItGoes) {
      return true;
    }
    long more = ownBytes(entries, sequence.shared.size()) - sequence.kvBytes;
    if (more <= 0) {
      return true;
    }
    if (!reserve(more)) {
      return false;
    }
    sequence.kvBytes += more;
    return true;
  }

  private boolean reserve(long bytes) {
    while (!cache.reserve(bytes)) {
      if (prefixes == null || !prefixes.evict()) {
        return false;
      }
      cache.release(prefixes.blockBytes());
    }
    return true;
  }

  /** The entries of a sequence after the step are settled: whole blocks are there for others. */
  void scheduled(Sequence sequence, int entries) {
    if (prefixes != null) {
      // Room changes hands: it is the cache's from now on.
      sequence.kvBytes -= prefixes.offer(sequence, entries) * prefixes.blockBytes();
    }
  }

  /** A sequence gives up all its room. */
  void free(Sequence sequence) {
    cache.release(sequence.kvBytes);
    sequence.kvBytes = 0;
    if (prefixes != null) {
      prefixes.leave(sequence);
    }
  }

  /** The account of shared blocks; null if there are none. */
  SchedulingOutcome.@Nullable Prefixes prefixes() {
    return prefixes == null ? null : prefixes.outcome();
  }
}
