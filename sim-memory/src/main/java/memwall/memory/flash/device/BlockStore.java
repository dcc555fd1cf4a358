package memwall.memory.flash.device;

/**
 * What a device knows of its blocks: how often each was erased and read, how far it is written, and
 * since when. Pages have no state of their own: those before the block's write pointer hold data.
 *
 * <p>15 bytes a block, kept for chunks of {@value #CHUNK} blocks once one of them was used: 2 MB
 * for 512 GiB in blocks of 4 MiB.
 */
public final class BlockStore {
  private static final int CHUNK = 4096;

  /** Write pointer of a block that must be written from page 0 on. */
  private static final char BROKEN = Character.MAX_VALUE;

  /** Most pages of a block. */
  public static final int MOST_PAGES = BROKEN - 1;

  private static final class Chunk {
    final int[] erases = new int[CHUNK];
    final int[] reads = new int[CHUNK];
    final int[] writtenS = new int[CHUNK];
    final char[] written = new char[CHUNK];
    final boolean[] isRetired = new boolean[CHUNK];
  }

  private static final long PS_PER_S = 1_000_000_000_000L;

  private final int pagesPerBlock;
  private final int blocksPerPlane;
  private final int mostErases;
  private final int mostReads;
  private final boolean keepsWritten;
  private final int blocks;
  private final Chunk[] chunks;
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

  /** Erases of a block so far. */
  public int erases(int block) {
    return chunk(block).erases[block % CHUNK];
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
        int erases = chunk.erases[j];
        bins[Integer.SIZE - Integer.numberOfLeadingZeros(erases)]++;
        most = Math.max(most, erases);
      }
    }
    return most;
  }

  /** Senses of a block's pages since it was erased. */
  public int reads(int block) {
    return chunk(block).reads[block % CHUNK];
  }

  /** Pages of a block that hold data; all those before this one. */
  public int writtenPages(int block) {
    char written = chunk(block).written[block % CHUNK];
    return written == BROKEN ? 0 : written;
  }

  /** Whether a block is out of use for good. */
  public boolean isRetired(int block) {
    return chunk(block).isRetired[block % CHUNK];
  }

  /** Blocks out of use. */
  public long retired() {
    return retired;
  }

  /** Takes a block out of use; its data are gone. */
  public void retire(int block) {
    Chunk chunk = chunk(block);
    if (!chunk.isRetired[block % CHUNK]) {
      chunk.isRetired[block % CHUNK] = true;
      chunk.written[block % CHUNK] = 0;
      retired++;
    }
  }

  /**
   * Puts data into a block as delivered, as if written at time 0 after its first erase.
   *
   * @param pages from the first on, 0 to all
   * @throws IllegalArgumentException if there are fewer or more
   */
  public void fill(int block, int pages) {
    if (pages < 0 || pages > pagesPerBlock) {
      throw new IllegalArgumentException(pages + " pages in a block of " + pagesPerBlock);
    }
    if (pages > 0) {
      chunk(block).written[block % CHUNK] = (char) pages;
      chunk(block).erases[block % CHUNK] = 1;
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
    chunk(block).erases[block % CHUNK] = erases;
  }

  /** Time since the first page of a block was programmed, to the second. */
  long agePs(int block, long nowPs) {
    return Math.max(0, nowPs - chunk(block).writtenS[block % CHUNK] * PS_PER_S);
  }

  /** A page is sensed; whether it holds data and in what state its block is. */
  FlashStatus read(int block, int page) {
    Chunk chunk = chunk(block);
    int at = block % CHUNK;
    if (chunk.isRetired[at]) {
      return FlashStatus.RETIRED;
    }
    char written = chunk.written[at];
    if (written == BROKEN || page % pagesPerBlock >= written) {
      return FlashStatus.ERASED_PAGE;
    }
    if (chunk.reads[at] < Integer.MAX_VALUE) {
      chunk.reads[at]++;
    }
    return chunk.reads[at] > mostReads ? FlashStatus.REFRESH_SOON : FlashStatus.DONE;
  }

  /** How many of so many pages of a block, from one on, can be sensed with nothing to report. */
  int cleanPages(int block, int page, int pages) {
    Chunk chunk = chunk(block);
    int at = block % CHUNK;
    if (chunk.isRetired[at]) {
      return 0;
    }
    int written = writtenPages(block) - page % pagesPerBlock;
    int unread = mostReads - chunk.reads[at];
    return Math.max(0, Math.min(pages, Math.min(written, unread)));
  }

  /** Pages of a block are sensed; they are among {@link #cleanPages}. */
  void addReads(int block, int reads) {
    chunk(block).reads[block % CHUNK] += reads;
  }

  /** All pages of a block hold data that was written before the device is looked at, at time 0. */
  public void preload(int block) {
    chunk(block).written[block % CHUNK] = (char) pagesPerBlock;
  }

  /** Whether a page may be programmed next; page 0 erases its block. */
  FlashStatus beginProgram(int block, int page, long nowPs) {
    Chunk chunk = chunk(block);
    int at = block % CHUNK;
    if (chunk.isRetired[at]) {
      return FlashStatus.RETIRED;
    }
    int inBlock = page % pagesPerBlock;
    if (inBlock == 0) {
      FlashStatus status = erase(block);
      if (status == FlashStatus.DONE) {
        chunk.writtenS[at] = (int) (nowPs / PS_PER_S);
      }
      return status;
    }
    return inBlock == chunk.written[at] ? FlashStatus.DONE : FlashStatus.WRITE_ORDER;
  }

  /** A block is erased; one that has stood all it can is retired instead. */
  FlashStatus erase(int block) {
    Chunk chunk = chunk(block);
    int at = block % CHUNK;
    if (chunk.isRetired[at]) {
      return FlashStatus.RETIRED;
    }
    if (chunk.erases[at] == mostErases) {
      retire(block);
      return FlashStatus.RETIRED;
    }
    chunk.erases[at]++;
    chunk.reads[at] = 0;
    chunk.written[at] = 0;
    return FlashStatus.DONE;
  }

  /** A program is over. */
  void endProgram(int block, boolean failed) {
    Chunk chunk = chunk(block);
    int at = block % CHUNK;
    if (!failed) {
      chunk.written[at]++;
    } else if (!keepsWritten) {
      chunk.written[at] = BROKEN;
    }
  }
}
