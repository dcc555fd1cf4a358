package memwall.memory.flash.device;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a device knows of its blocks: how often each was erased and read, how far it is written, and
 * since when. Pages have no state of their own: those before the block's write pointer hold data.
 *
 * <p>6.25 bytes a block as long as it has fewer than 65,536 erases, reads since the last one, and
 * seconds when it was written; a byte more for each of them above, for all of its chunk. Kept for
 * chunks of {@value #CHUNK} blocks once one of them was used. Blocks that are written in part cost
 * some ten bytes more.
 */
public final class BlockStore {
  private static final int CHUNK = 4096;

  /** Write pointer of a block that must be written from page 0 on. */
  private static final int BROKEN = Character.MAX_VALUE;

  /** Most pages of a block. */
  public static final int MOST_PAGES = BROKEN - 1;

  private static final class Chunk {
    final Column erases = new Column(CHUNK);
    final Column reads = new Column(CHUNK);
    final Column writtenS = new Column(CHUNK);

    // A bit each.
    final long[] full = new long[CHUNK / Long.SIZE];
    final long[] retired = new long[CHUNK / Long.SIZE];

    static boolean has(long[] bits, int at) {
      return (bits[at / Long.SIZE] >>> at & 1) != 0;
    }

    static void set(long[] bits, int at, boolean value) {
      if (value) {
        bits[at / Long.SIZE] |= 1L << at;
      } else {
        bits[at / Long.SIZE] &= ~(1L << at);
      }
    }
  }

  private static final long PS_PER_S = 1_000_000_000_000L;

  private final int pagesPerBlock;
  private final int blocksPerPlane;
  private final int mostErases;
  private final int mostReads;
  private final boolean keepsWritten;
  private final int blocks;
  private final @Nullable Chunk[] chunks;

  /** Write pointers of blocks that are neither empty nor full. */
  private final Int2IntOpenHashMap partial = new Int2IntOpenHashMap();

  private long retired;

  /**
   * Blocks as delivered: erased, never used.
   *
   * @param mostErases erases that a block stands (P/E cycles), 1 or more; the next retires it
   * @param mostReads reads of a block since its last erase after which it should be refreshed
   */
  public BlockStore(FlashGeometry geometry, int mostErases, int mostReads) {
    this(geometry, mostErases, mostReads, false);
  }

  /**
   * Blocks as delivered: erased, never used.
   *
   * @param keepsWritten whether pages written before a failed program can still be read, as in a
   *     drive; else the block has lost them, as in High-Bandwidth Flash. What follows the failed
   *     page is refused either way
   * @see #BlockStore(FlashGeometry, int, int)
   */
  public BlockStore(FlashGeometry geometry, int mostErases, int mostReads, boolean keepsWritten) {
    this.keepsWritten = keepsWritten;
    if (geometry.pagesPerBlock() > MOST_PAGES) {
      throw new IllegalArgumentException(
          geometry.pagesPerBlock() + " pages a block; must be at most " + MOST_PAGES);
    }
    if (mostErases < 1 || mostReads < 1) {
      throw new IllegalArgumentException("a block must stand an erase and a read at least");
    }
    pagesPerBlock = geometry.pagesPerBlock();
    blocksPerPlane = geometry.blocksPerPlane();
    this.mostErases = mostErases;
    this.mostReads = mostReads;
    long all = (long) geometry.planes() * blocksPerPlane;
    if (all > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(all + " blocks; must be fewer than 2^31");
    }
    blocks = (int) all;
    chunks = new Chunk[(int) ((all + CHUNK - 1) / CHUNK)];
  }

  /** Number of the block of a page. */
  public int block(int plane, int page) {
    return plane * blocksPerPlane + page / pagesPerBlock;
  }

  private Chunk chunk(int block) {
    Chunk chunk = chunks[block / CHUNK];
    if (chunk == null) {
      chunk = new Chunk();
      chunks[block / CHUNK] = chunk;
    }
    return chunk;
  }

  /** Pages programmed since the last erase, or {@link #BROKEN}. */
  private int written(Chunk chunk, int block) {
    return Chunk.has(chunk.full, block % CHUNK) ? pagesPerBlock : partial.get(block);
  }

  private void setWritten(Chunk chunk, int block, int pages) {
    boolean isFull = pages == pagesPerBlock;
    if (isFull || pages == 0) {
      partial.remove(block);
    } else {
      partial.put(block, pages);
    }
    Chunk.set(chunk.full, block % CHUNK, isFull);
  }

  /** Erases of a block so far. */
  public int erases(int block) {
    Chunk chunk = chunks[block / CHUNK];
    return chunk == null ? 0 : chunk.erases.get(block % CHUNK);
  }

  /**
   * Adds to each bin the blocks whose erases it counts: none in bin 0, 2^(i - 1) or more and less
   * than 2^i in bin i.
   *
   * @param bins one more than the binary digits of the erases that a block stands
   * @return erases of the block that was erased most
   */
  public int countErases(long[] bins) {
    int most = 0;
    for (int i = 0; i < chunks.length; i++) {
      int count = Math.min(CHUNK, blocks - i * CHUNK);
      Chunk chunk = chunks[i];
      if (chunk == null) {
        bins[0] += count;
        continue;
      }
      for (int j = 0; j < count; j++) {
        int erases = chunk.erases.get(j);
        bins[Integer.SIZE - Integer.numberOfLeadingZeros(erases)]++;
        most = Math.max(most, erases);
      }
    }
    return most;
  }

  /** Senses of a block's pages since it was erased. */
  public int reads(int block) {
    Chunk chunk = chunks[block / CHUNK];
    return chunk == null ? 0 : chunk.reads.get(block % CHUNK);
  }

  /** Pages of a block that hold data; all those before this one. */
  public int writtenPages(int block) {
    Chunk chunk = chunks[block / CHUNK];
    int written = chunk == null ? 0 : written(chunk, block);
    return written == BROKEN ? 0 : written;
  }

  /** Whether a block is out of use for good. */
  public boolean isRetired(int block) {
    Chunk chunk = chunks[block / CHUNK];
    return chunk != null && Chunk.has(chunk.retired, block % CHUNK);
  }

  /** Blocks out of use. */
  public long retired() {
    return retired;
  }

  /** Takes a block out of use; its data are gone. */
  public void retire(int block) {
    Chunk chunk = chunk(block);
    if (!Chunk.has(chunk.retired, block % CHUNK)) {
      Chunk.set(chunk.retired, block % CHUNK, true);
      setWritten(chunk, block, 0);
      retired++;
    }
  }

  /** A spare, as delivered, takes the place and the number of a block that is out of use. */
  public void replace(int block) {
    Chunk chunk = chunk(block);
    int at = block % CHUNK;
    Chunk.set(chunk.retired, at, false);
    chunk.erases.set(at, 0);
    chunk.reads.set(at, 0);
    chunk.writtenS.set(at, 0);
    setWritten(chunk, block, 0);
  }

  /** Two blocks of a plane exchange their numbers: who asks for one finds the other. */
  public void exchange(int one, int other) {
    Chunk a = chunk(one);
    Chunk b = chunk(other);
    int i = one % CHUNK;
    int j = other % CHUNK;
    exchange(a.erases, i, b.erases, j);
    exchange(a.reads, i, b.reads, j);
    exchange(a.writtenS, i, b.writtenS, j);
    int written = written(a, one);
    setWritten(a, one, written(b, other));
    setWritten(b, other, written);
    boolean isRetired = Chunk.has(a.retired, i);
    Chunk.set(a.retired, i, Chunk.has(b.retired, j));
    Chunk.set(b.retired, j, isRetired);
  }

  private static void exchange(Column a, int i, Column b, int j) {
    int value = a.get(i);
    a.set(i, b.get(j));
    b.set(j, value);
  }

  /**
   * Puts data into a block as delivered, as if written before time 0. No erase is counted: what was
   * before is stated as wear and age at the start, where errors depend on them.
   *
   * @param pages from the first on, 0 to all
   * @throws IllegalArgumentException if there are fewer or more
   */
  public void fill(int block, int pages) {
    if (pages < 0 || pages > pagesPerBlock) {
      throw new IllegalArgumentException(pages + " pages in a block of " + pagesPerBlock);
    }
    if (pages > 0) {
      setWritten(chunk(block), block, pages);
    }
  }

  /**
   * Puts a block into the state that it got before time 0.
   *
   * @param pages that hold data, from the first on, 0 to all
   * @param erases so far, 0 or more
   * @throws IllegalArgumentException if there are fewer or more
   */
  public void restore(int block, int pages, int erases) {
    fill(block, pages);
    if (erases < 0 || erases > mostErases) {
      throw new IllegalArgumentException(erases + " erases of a block that stands " + mostErases);
    }
    if (erases != erases(block)) {
      chunk(block).erases.set(block % CHUNK, erases);
    }
  }

  /** Time since the first page of a block was programmed, to the second. */
  long agePs(int block, long nowPs) {
    Chunk chunk = chunks[block / CHUNK];
    long writtenPs = chunk == null ? 0 : chunk.writtenS.get(block % CHUNK) * PS_PER_S;
    return Math.max(0, nowPs - writtenPs);
  }

  /** A page is sensed; whether it holds data and in what state its block is. */
  FlashStatus read(int block, int page) {
    Chunk chunk = chunk(block);
    int at = block % CHUNK;
    if (Chunk.has(chunk.retired, at)) {
      return FlashStatus.RETIRED;
    }
    int written = written(chunk, block);
    if (written == BROKEN || page % pagesPerBlock >= written) {
      return FlashStatus.ERASED_PAGE;
    }
    int reads = chunk.reads.get(at);
    if (reads < Integer.MAX_VALUE) {
      reads++;
      chunk.reads.set(at, reads);
    }
    return reads > mostReads ? FlashStatus.REFRESH_SOON : FlashStatus.DONE;
  }

  /** How many of so many pages of a block, from one on, can be sensed with nothing to report. */
  int cleanPages(int block, int page, int pages) {
    if (isRetired(block)) {
      return 0;
    }
    int written = writtenPages(block) - page % pagesPerBlock;
    int unread = mostReads - reads(block);
    return Math.max(0, Math.min(pages, Math.min(written, unread)));
  }

  /** Pages of a block are sensed; they are among {@link #cleanPages}. */
  void addReads(int block, int reads) {
    Column column = chunk(block).reads;
    column.set(block % CHUNK, column.get(block % CHUNK) + reads);
  }

  /** All pages of a block hold data that was written before the device is looked at, at time 0. */
  public void preload(int block) {
    setWritten(chunk(block), block, pagesPerBlock);
  }

  /** Whether a page may be programmed next; page 0 erases its block. */
  FlashStatus beginProgram(int block, int page, long nowPs) {
    Chunk chunk = chunk(block);
    if (Chunk.has(chunk.retired, block % CHUNK)) {
      return FlashStatus.RETIRED;
    }
    int inBlock = page % pagesPerBlock;
    if (inBlock == 0) {
      FlashStatus status = erase(block);
      if (status == FlashStatus.DONE) {
        chunk.writtenS.set(block % CHUNK, (int) (nowPs / PS_PER_S));
      }
      return status;
    }
    return inBlock == written(chunk, block) ? FlashStatus.DONE : FlashStatus.WRITE_ORDER;
  }

  /** A block is erased; one that has stood all it can is retired instead. */
  FlashStatus erase(int block) {
    Chunk chunk = chunk(block);
    int at = block % CHUNK;
    if (Chunk.has(chunk.retired, at)) {
      return FlashStatus.RETIRED;
    }
    int erases = chunk.erases.get(at);
    if (erases == mostErases) {
      retire(block);
      return FlashStatus.RETIRED;
    }
    chunk.erases.set(at, erases + 1);
    chunk.reads.set(at, 0);
    setWritten(chunk, block, 0);
    return FlashStatus.DONE;
  }

  /** A program is over. */
  void endProgram(int block, boolean failed) {
    Chunk chunk = chunk(block);
    if (!failed) {
      setWritten(chunk, block, written(chunk, block) + 1);
    } else if (!keepsWritten) {
      setWritten(chunk, block, BROKEN);
    }
  }

  /** Bytes of heap that its state takes. */
  public long stateBytes() {
    // A key and a value, at three quarters of the table at most and three eighths at least.
    long bytes = 4L * chunks.length + 16L * partial.size();
    for (Chunk chunk : chunks) {
      if (chunk != null) {
        bytes += chunk.erases.stateBytes() + chunk.reads.stateBytes();
        bytes += chunk.writtenS.stateBytes() + 2L * CHUNK / Byte.SIZE;
      }
    }
    return bytes;
  }
}
