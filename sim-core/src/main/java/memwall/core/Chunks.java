package memwall.core;

/**
 * Reads and compacts the entries of a chain of chunks in the pool of a {@link RadixLadder}. A chain
 * is given by the offset of its first chunk and the position at which it would be written next.
 */
final class Chunks {
  private static final int BITS = 7;

  /** Longs of a chunk. */
  static final int LENGTH = 1 << BITS;

  /** Offset of the link inside a chunk, and end of its entries: 42 entries of three longs. */
  static final int LINK = LENGTH - 2;

  /** Decides about entries that are swept, by their id. */
  interface Keeper {
    /** What {@link #keep} returns for an entry to be taken out. */
    long TAKE_OUT = -1;

    /** Returns the id with which the entry stays, or {@link #TAKE_OUT}. */
    long keep(long id);
  }

  private Chunks() {}

  /** End of the entries of the chunk at this offset, in a chain written up to {@code until}. */
  static int end(int chunk, int until) {
    return until > chunk && until - chunk <= LINK ? until : chunk + LINK;
  }

  /** Offset of the chunk whose entries end at this position. */
  private static int chunkBefore(int position) {
    return (position - RadixLadder.STRIDE) & -LENGTH;
  }

  /**
   * The bits in which the times of a chain differ from its first one. Stops when a bit at or above
   * {@code enough} is among them: then the entries separate at the next level and no level can be
   * skipped.
   */
  static long differing(long[] pool, int chunk, int until, long time, int enough) {
    long bits = 0;
    int at = chunk;
    while (at != until) {
      if ((at & LINK) == LINK) {
        if ((bits >>> enough) != 0) {
          break;
        }
        at = (int) pool[at];
      }
      bits |= pool[at] ^ time;
      at += RadixLadder.STRIDE;
    }
    return bits;
  }

  /** Whether an entry of the chain was added again. */
  static boolean anyAgain(long[] pool, int chunk, int until) {
    long bits = 0;
    int at = chunk;
    while (at != until) {
      if ((at & LINK) == LINK) {
        at = (int) pool[at];
      }
      bits |= pool[at + 1];
      at += RadixLadder.STRIDE;
    }
    return (bits & EntryId.AGAIN) != 0;
  }

  /**
   * Compacts a chain inside its own chunks.
   *
   * @return its new write position; its first chunk if nothing is left
   */
  static int sweep(long[] pool, int firstChunk, int until, Keeper keeper) {
    int to = firstChunk;
    int chunk = firstChunk;
    while (true) {
      int stop = end(chunk, until);
      for (int at = chunk; at != stop; at += RadixLadder.STRIDE) {
        long id = keeper.keep(pool[at + 1]);
        if (id != Keeper.TAKE_OUT) {
          if ((to & LINK) == LINK) {
            to = (int) pool[to];
          }
          pool[to] = pool[at];
          pool[to + 1] = id;
          pool[to + 2] = pool[at + 2];
          to += RadixLadder.STRIDE;
        }
      }
      if (stop == until) {
        return to;
      }
      chunk = (int) pool[stop];
    }
  }

  /** Compacts consecutive entries; returns the position after the last one kept. */
  static int sweepRun(long[] run, int from, int until, Keeper keeper) {
    int to = from;
    for (int at = from; at != until; at += RadixLadder.STRIDE) {
      long id = keeper.keep(run[at + 1]);
      if (id != Keeper.TAKE_OUT) {
        run[to] = run[at];
        run[to + 1] = id;
        run[to + 2] = run[at + 2];
        to += RadixLadder.STRIDE;
      }
    }
    return to;
  }

  /** Offset of the last chunk of a chain that has this first chunk and write position. */
  static int last(int firstChunk, int until) {
    return until == firstChunk ? firstChunk : chunkBefore(until);
  }
}
