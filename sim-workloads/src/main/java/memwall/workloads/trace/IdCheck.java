package memwall.workloads.trace;

import com.google.common.hash.Hashing;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;

/**
 * Finds ids that are used twice, in bounded memory: it remembers 64 bits of the first million ids
 * (16 MiB) and looks no further, so that a trace of any length can be read.
 */
final class IdCheck {
  static final int REMEMBERED = 1 << 20;

  private final LongOpenHashSet seen = new LongOpenHashSet();

  /** Whether the id is new, as far as remembered. */
  boolean isNew(String id) {
    long hash = Hashing.murmur3_128().hashUnencodedChars(id).asLong();
    return seen.size() < REMEMBERED ? seen.add(hash) : !seen.contains(hash);
  }
}
