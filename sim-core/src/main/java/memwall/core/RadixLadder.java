package memwall.core;

import java.util.Arrays;

/**
 * The future event list: entries of three longs (time, id, word), taken out in order of (time,
 * order of adding).
 *
 * <h2>Design</h2>
 *
 * <p>A hierarchical radix-64 wheel whose buckets hold entries <i>by value</i>, and a small sorted
 * <i>run</i> at the front. There is no comparison between entries of different buckets, no object
 * per entry and nothing to tune to the distribution of times. The structure combines the monotone
 * radix heap (Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for the shortest path problem",
 * JACM 1990) with the hierarchical timing wheel (Varghese, Lauck, "Hashed and hierarchical timing
 * wheels", SOSP 1987).
 *
 * <p><b>Levels.</b> 11 levels of 64 buckets; 11 digits of 6 bits cover a 63-bit time. A reference
 * time {@code base} is kept. An entry belongs to the level of the highest digit in which its time
 * differs from base (level 0 if it does not), and there to the bucket of its digit. So a bucket of
 * level 0 holds exactly one time, one of level k a window of 64^k ticks. Everything in a lower
 * level is earlier than everything in a higher one, and inside a level digits order the buckets:
 * the lowest bucket of the lowest occupied level holds the minimum, found by two counts of trailing
 * zeros.
 *
 * <p><b>Chunks.</b> A bucket is a chain of chunks cut from one growing array: 42 entries and, after
 * them, the offset of the next chunk. It is known by the offset of its first chunk and its next
 * write position. A bucket that was used once keeps its first chunk, so that filling and emptying
 * it takes no branch that depends on whether it was empty. Appending keeps FIFO order; reading and
 * writing are sequential, which is why a million pending entries cost little more than a hundred.
 *
 * <p><b>Run.</b> A sorted array from {@code head} to {@code tail}. Every entry up to and including
 * {@code runLast} is in the run (or, see below, in the chain), every later one in a bucket. An
 * entry added up to runLast is inserted from the back, past strictly later ones only, so equal
 * times stay FIFO. If that moves more than {@link #MOVES} entries, the run is <i>spilled</i>: its
 * first entries stay, the rest goes to the buckets, runLast moves down. That bounds the cost of an
 * insertion.
 *
 * <p><b>Refill.</b> When the run is empty, the lowest bucket is opened and base moves to the start
 * of its window: (a) if all its times are equal, the whole bucket becomes the <i>chain</i>, which
 * is copied to the run chunk by chunk, and to which entries of this very time are appended; (b) if
 * it holds few entries they are sorted into the run, without a branch that depends on a time; (c)
 * otherwise it cascades: every entry is appended again, relative to the new base, and lands at
 * least one level lower. Times that agree in further digits skip those levels, because base moves
 * to the first level at which they separate; the scan that finds it ends at the first entry that
 * differs in the next digit, so it is free in the usual case. Higher levels need not be touched:
 * the new base agrees with the old one in all digits above.
 *
 * <p><b>Added again.</b> Appending and inserting after equal times keep entries of one time in the
 * order of adding, so nothing compares the order of scheduling that an id carries; except that an
 * entry which was added later than it was scheduled ({@link #addAgain}) is out of place. All
 * entries of one time come into the run together, and no bucket is opened between; so it is put in
 * place there: when it comes into the run with a bucket (see {@link TieOrder}), or when it is
 * inserted. If that moves it past many, its whole group is filed again, and what follows is
 * appended to the bucket. In a bucket it may stand anywhere behind its place, and cascades and
 * spills keep it behind.
 *
 * <p><b>Looking ahead.</b> {@link #poll} never moves base past the end it was given: a bucket whose
 * window begins later is left alone, and a jump past the end is replaced by a step of one level. So
 * after a run up to some time everything may be scheduled from that time on. A caller may even add
 * an entry earlier than base (cancelled entries at the very end of a run can move base ahead of the
 * clock); it belongs to the run: base never exceeds runLast + 1, and a spill never files it.
 *
 * <p><b>Cost.</b> Adding is O(1), or at most {@link #MOVES} moves. An entry moves at most 11 times
 * in its life, usually once or twice. Nothing is allocated once the arrays have grown. The worst
 * single step is the cascade of a large bucket: this is a structure for throughput, not for real
 * time.
 *
 * <p>Longer than other files: run, chain and buckets change each other's fields in nearly every
 * operation, and a sixth of it is this text.
 */
final class RadixLadder {
  /** Longs of an entry: time, id, word. */
  static final int STRIDE = 3;

  /**
   * Position of the next entry's id after one that was polled: of an entry taken before, or 0, if
   * the run ends there.
   */
  static final int NEXT_ID = STRIDE + 1;

  private static final int LEVELS = 11;
  private static final int CHUNK = Chunks.LENGTH;
  private static final int LINK = Chunks.LINK;

  /** A bucket of at most this many longs, in one chunk, is sorted directly into the run. */
  private static final int SORTED = 20 * STRIDE;

  /** An insertion that moves more entries than this spills the run. */
  private static final int MOVES = 32;

  /** Longs that a spill leaves in the run. */
  private static final int KEPT = 20 * STRIDE;

  /** Write position of a bucket without chunk: "full" in chunk 0, which is never handed out. */
  private static final int EMPTY = LINK;

  private final SmallSort sort = new SmallSort(SORTED / STRIDE);
  private final TieOrder ties = new TieOrder();
  private long[] run = new long[4 * CHUNK];
  private int head;
  private int tail;
  private long runLast = -1;

  private long base;
  private final int[] first = new int[LEVELS * 64];
  private final int[] write = new int[LEVELS * 64];
  private final long[] occupied = new long[LEVELS];
  private int occupiedLevels;
  // The chain: what is left of a bucket of equal times that is being copied to the run.
  private int chain;
  private int chainWrite;

  /** Large enough for the first chunk of every bucket. */
  private long[] pool = new long[1024 * CHUNK];

  private int freeChunk;
  private int freshChunk = CHUNK;
  private int size;

  /** The latest time at which an entry was added again: later ones are in order as they are. */
  private long latestAgain = -1;

  RadixLadder() {
    Arrays.fill(write, EMPTY);
  }

  /** Entries held, cancelled ones included. */
  int size() {
    return size;
  }

  /** Chunks handed out so far, those given back included. */
  int chunksMade() {
    return freshChunk / CHUNK - 1;
  }

  /** The array that the position returned by {@link #poll} refers to, until the next change. */
  long[] front() {
    return run;
  }

  /**
   * Adds an entry.
   *
   * @param time 0 or more
   */
  void add(long time, long id, long word) {
    size++;
    if (time > runLast) {
      append(time, id, word);
    } else {
      insert(time, id, word);
    }
  }

  /**
   * Adds an entry that was scheduled earlier than now: it comes before those of the same time that
   * have a larger order. Its word is 0.
   *
   * @param time later than everything polled so far, so that it is not the time of the chain
   * @param id with the bit {@link EntryId#AGAIN}
   */
  void addAgain(long time, long id) {
    size++;
    latestAgain = Math.max(latestAgain, time);
    if (time > runLast) {
      append(time, id, 0);
      return;
    }
    int at = insert(time, id, 0);
    if (at < tail) {
      settle(at);
    }
  }

  /**
   * Takes the earliest entry out if its time is not after {@code end}.
   *
   * @return its position in {@link #front} (time, id, word), or -1 if there is none
   */
  int poll(long end) {
    int at = head;
    if (at == tail) {
      if (!refill(end)) {
        return -1;
      }
      at = head;
    }
    if (run[at] > end) {
      return -1;
    }
    head = at + STRIDE;
    size--;
    return at;
  }

  /**
   * A time before which no entry comes, cancelled ones included: the first one's, unless finding
   * that takes looking through a bucket of several chunks; {@link Long#MAX_VALUE} if none is held.
   */
  long earliest() {
    if (head != tail) {
      return run[head];
    }
    if (chain != 0) {
      return base;
    }
    if (occupiedLevels == 0) {
      return Long.MAX_VALUE;
    }
    int level = Integer.numberOfTrailingZeros(occupiedLevels);
    int bucket = (level << 6) | Long.numberOfTrailingZeros(occupied[level]);
    int chunk = first[bucket];
    int until = write[bucket];
    long least = pool[chunk];
    if (until < chunk || until - chunk > LINK) {
      int shift = 6 * level;
      return (least >>> shift) << shift;
    }
    for (int at = chunk + STRIDE; at < until; at += STRIDE) {
      least = Math.min(least, pool[at]);
    }
    return least;
  }

  /**
   * Moves the reference time back to the clock. Only while nothing is held: a run that ended with
   * cancelled entries may have moved it ahead.
   */
  void restart(long time) {
    if (size != 0) {
      throw new IllegalStateException(size + " entries are pending");
    }
    base = time;
    runLast = time - 1;
    latestAgain = -1;
  }

  /** The ids of entries of this time that are next in line, at most so many; -1 fills the rest. */
  long[] idsDueAt(long time, int most) {
    long[] ids = new long[most];
    for (int i = 0; i < most; i++) {
      int at = head + i * STRIDE;
      ids[i] = at < tail && run[at] == time ? run[at + 1] : -1;
    }
    return ids;
  }

  private void append(long time, long id, long word) {
    int level = level(time ^ base);
    int bucket = (level << 6) | ((int) (time >>> (6 * level)) & 63);
    long occupiedBefore = occupied[level];
    occupied[level] = occupiedBefore | (1L << bucket);
    if (occupiedBefore == 0) {
      occupiedLevels |= 1 << level;
    }
    int[] writes = write;
    int at = writes[bucket];
    if ((at & LINK) == LINK) {
      at = extend(bucket, at);
    }
    writes[bucket] = at + STRIDE;
    put(pool, at, time, id, word);
  }

  /** Level of the highest digit in these differing bits; the division by 6 is exact for 0..62. */
  private static int level(long differing) {
    return ((63 - Long.numberOfLeadingZeros(differing | 1)) * 43) >>> 8;
  }

  /** Gives a bucket that has no chunk or whose last chunk is full a new chunk. */
  private int extend(int bucket, int at) {
    int chunk = allocate();
    if (at == EMPTY) {
      first[bucket] = chunk;
    } else {
      pool[at] = chunk;
    }
    return chunk;
  }

  private int allocate() {
    int chunk = freeChunk;
    if (chunk != 0) {
      freeChunk = (int) pool[chunk + LINK];
      return chunk;
    }
    chunk = freshChunk;
    if (chunk == pool.length) {
      if (chunk > Integer.MAX_VALUE / 2) {
        throw new IllegalStateException("too many pending events: " + size);
      }
      pool = Arrays.copyOf(pool, 2 * chunk);
    }
    freshChunk = chunk + CHUNK;
    return chunk;
  }

  private void free(int chunk) {
    pool[chunk + LINK] = freeChunk;
    freeChunk = chunk;
  }

  /** Empties a bucket, which then writes from this position on. */
  private void unlink(int level, int bucket, int at) {
    write[bucket] = at;
    long left = occupied[level] & (occupied[level] - 1);
    occupied[level] = left;
    if (left == 0) {
      occupiedLevels &= occupiedLevels - 1;
    }
  }

  // ---- refill

  /** Fills the empty run with the earliest entries; false if none can be due by the end. */
  private boolean refill(long end) {
    if (chain != 0) {
      copyChain();
      return true;
    }
    while (occupiedLevels != 0) {
      int level = Integer.numberOfTrailingZeros(occupiedLevels);
      int bucket = (level << 6) | Long.numberOfTrailingZeros(occupied[level]);
      int chunk = first[bucket];
      int until = write[bucket];
      long time = pool[chunk];
      int shift = 6 * level;
      long start = (time >>> shift) << shift;
      if (start > end) {
        return false;
      }
      if (until - chunk <= SORTED && until > chunk) {
        unlink(level, bucket, chunk);
        base = start;
        runLast = start + ((1L << shift) - 1);
        head = 0;
        tail = sort.sort(pool, chunk, until, run);
        if (sort.anyAgain()) {
          TieOrder.settle(run, tail);
        }
        return true;
      }
      long differing = level == 0 ? 0 : Chunks.differing(pool, chunk, until, time, shift - 6);
      if (differing == 0 && time <= end) {
        unlink(level, bucket, EMPTY);
        base = time;
        runLast = time;
        chain = chunk;
        chainWrite = until;
        startChain();
        return true;
      }
      // To the level at which the times separate, unless that moved base past the end.
      int separation = 6 * level(differing) + 6;
      long skipped = (time >>> separation) << separation;
      unlink(level, bucket, chunk);
      base = skipped <= end ? skipped : start;
      runLast = base - 1;
      cascade(chunk, until);
    }
    return false;
  }

  /**
   * Appends the entries of an unlinked bucket again, relative to the new base. It keeps a chunk.
   */
  private void cascade(int firstChunk, int until) {
    int chunk = firstChunk;
    while (true) {
      int stop = Chunks.end(chunk, until);
      for (int at = chunk; at != stop; at += STRIDE) {
        long[] from = pool;
        append(from[at], from[at + 1], from[at + 2]);
      }
      int next = stop == until ? 0 : (int) pool[stop];
      if (chunk != firstChunk) {
        free(chunk);
      }
      if (next == 0) {
        return;
      }
      chunk = next;
    }
  }

  /** Fills the empty run from a new chain: with all of it if its order has to be looked after. */
  private void startChain() {
    if (base <= latestAgain && Chunks.anyAgain(pool, chain, chainWrite)) {
      head = 0;
      tail = 0;
      gatherChain();
      ties.settleEqual(run, tail);
    } else {
      copyChain();
    }
  }

  /** Copies the first chunk of the chain to the empty run. */
  private void copyChain() {
    head = 0;
    tail = 0;
    takeChunk();
  }

  /** Moves what is left of the chain to the end of the run. */
  private void gatherChain() {
    while (chain != 0) {
      while (run.length - tail < CHUNK) {
        makeRoom();
      }
      takeChunk();
    }
  }

  /** Moves the first chunk of the chain to the end of the run, which has room for it. */
  private void takeChunk() {
    int chunk = chain;
    int stop = Chunks.end(chunk, chainWrite);
    System.arraycopy(pool, chunk, run, tail, stop - chunk);
    tail += stop - chunk;
    chain = stop == chainWrite ? 0 : (int) pool[stop];
    free(chunk);
  }

  private void appendToChain(long time, long id, long word) {
    int at = chainWrite;
    if ((at & LINK) == LINK) {
      int chunk = allocate();
      pool[at] = chunk;
      at = chunk;
    }
    put(pool, at, time, id, word);
    chainWrite = at + STRIDE;
  }

  // ---- run

  private static void put(long[] entries, int at, long time, long id, long word) {
    entries[at] = time;
    entries[at + 1] = id;
    entries[at + 2] = word;
  }

  /**
   * Inserts an entry after all of the same time.
   *
   * @return where it is if that is before the end of the run; else it is in a bucket or the chain
   */
  private int insert(long time, long id, long word) {
    if (chain != 0 && time >= base) {
      appendToChain(time, id, word);
      return tail;
    }
    int from = head;
    int hole = tail;
    if (from < hole && from >= STRIDE && run[from] > time) {
      // Earlier than everything, such as an event without delay: where the last one was taken.
      head = from - STRIDE;
      put(run, head, time, id, word);
      return head;
    }
    if (from == hole) {
      from = 0;
      hole = 0;
      head = 0;
    } else if (hole > run.length - 2 * STRIDE) {
      makeRoom();
      from = head;
      hole = tail;
    }
    long[] to = run;
    int end = hole;
    tail = end + STRIDE;
    while (hole > from && to[hole - STRIDE] > time) {
      to[hole] = to[hole - STRIDE];
      to[hole + 1] = to[hole - 2];
      to[hole + 2] = to[hole - 1];
      hole -= STRIDE;
    }
    put(to, hole, time, id, word);
    if (end - hole > MOVES * STRIDE && chain == 0) {
      spill();
    }
    return hole;
  }

  /** Moves an entry that was added again to its place among those of the same time. */
  private void settle(int inserted) {
    int at = TieOrder.moveForward(run, head, inserted);
    long time = run[at];
    if (inserted - at > MOVES * STRIDE && time >= base) {
      // So many of one time: they wait in a bucket, the next ones go to its end.
      while (at > head && run[at - STRIDE] == time) {
        at -= STRIDE;
      }
      file(at, time - 1);
    }
  }

  private void makeRoom() {
    int length = tail - head;
    long[] from = run;
    if (length > from.length / 2) {
      run = new long[2 * from.length];
    }
    System.arraycopy(from, head, run, 0, length);
    head = 0;
    tail = length;
  }

  /** Keeps the first entries of the run, whole groups of equal times, and files the rest. */
  private void spill() {
    int kept = head + KEPT;
    while (kept < tail && (run[kept] == run[kept - STRIDE] || run[kept] < base)) {
      kept += STRIDE;
    }
    if (kept >= tail) {
      // A large group at the end: it is filed as a whole; what was inserted is before it.
      kept = tail - STRIDE;
      while (run[kept] == run[kept - STRIDE]) {
        kept -= STRIDE;
      }
      if (run[kept] < base) {
        return;
      }
    }
    file(kept, Math.max(run[kept - STRIDE], base - 1));
  }

  /** Appends the entries from this position on to buckets; the run now ends at this time. */
  private void file(int from, long last) {
    int until = tail;
    tail = from;
    runLast = last;
    for (int at = from; at < until; at += STRIDE) {
      append(run[at], run[at + 1], run[at + 2]);
    }
  }

  // ---- all entries

  /**
   * Shows every entry to the keeper, which may take it out or change its id; the order of those
   * kept stays.
   *
   * @param takenOut how many the keeper will take out
   */
  void sweep(Chunks.Keeper keeper, int takenOut) {
    size -= takenOut;
    tail = Chunks.sweepRun(run, head, tail, keeper);
    if (chain != 0) {
      chainWrite = sweepBucket(chain, chainWrite, keeper);
      if (chainWrite == chain) {
        free(chain);
        chain = 0;
      }
    }
    for (int level = 0; level < LEVELS; level++) {
      for (long left = occupied[level]; left != 0; left &= left - 1) {
        int bucket = (level << 6) | Long.numberOfTrailingZeros(left);
        int until = sweepBucket(first[bucket], write[bucket], keeper);
        write[bucket] = until;
        if (until == first[bucket]) {
          occupied[level] &= ~(1L << bucket);
        }
      }
      if (occupied[level] == 0) {
        occupiedLevels &= ~(1 << level);
      }
    }
  }

  /** Compacts a bucket inside its own chunks, keeping the first; returns its write position. */
  private int sweepBucket(int firstChunk, int until, Chunks.Keeper keeper) {
    int to = Chunks.sweep(pool, firstChunk, until, keeper);
    int last = Chunks.last(firstChunk, until);
    int lastKept = Chunks.last(firstChunk, to);
    int surplus = lastKept == last ? 0 : (int) pool[lastKept + LINK];
    while (surplus != 0) {
      int next = surplus == last ? 0 : (int) pool[surplus + LINK];
      free(surplus);
      surplus = next;
    }
    return to;
  }
}
