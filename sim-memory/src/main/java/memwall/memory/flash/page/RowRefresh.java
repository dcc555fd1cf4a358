package memwall.memory.flash.page;

import java.util.ArrayList;
import java.util.List;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.port.PageOrder;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows of blocks anew that were read too often (read disturb; OCP HBF 0.7, 11.5.1.5: the
 * device says so, the host decides when).
 *
 * <p>When a read ends that met such a block, the row that was read most is copied, a few pages of
 * each plane at a time, into a spare row; then the two exchange their numbers, so that nothing else
 * changes its place. Until then reads find the old blocks. A region that needs the row for its own
 * writes meanwhile has it: then the copy is dropped. One row at a time, and the next one when
 * another read says so: what is left to do keeps no run from ending.
 */
final class RowRefresh {
  /** Pages of each plane that are copied together, half of what the host keeps for that. */
  private static final int CHUNK = 8;

  /** Reads on the host's own account, in the order of those of the memory's users. */
  @FunctionalInterface
  interface Reader {
    /** Pages of each channel are read; the parts carry the word. */
    void read(PageOrder order, long position, long pages, long word);
  }

  private final PageLane[] lanes;
  private final BlockStore[] stores;
  private final PageHost host;
  private final Reader reader;
  private final int planes;
  private final int pagesPerBlock;
  private final int spareRow;
  private final int readLimit;
  private final long multiplicity;
  private final HostJobs jobs;
  private final HostJobs.Job read;
  private final HostJobs.Job[] write;
  private final HostJobs.Job replay;
  private final List<PageHost.Appends> regions = new ArrayList<>();

  private final Counter rows;
  private final Counter refreshed;
  private final Counter readPages;

  // The copy under way: from this row, and how far each step has come, in pages of a block.
  private @Nullable PageWindow window;
  private int row;
  private long openedRow;
  private int nextRead;
  private int nextWrite;
  private boolean isRunning;

  /**
   * Nothing to refresh.
   *
   * @param readLimit reads of a block after which it is written anew; {@link Integer#MAX_VALUE}:
   *     none are. Else the last block of every plane belongs to no region
   */
  RowRefresh(
      PageLane[] lanes,
      BlockStore[] stores,
      FlashGeometry channel,
      int readLimit,
      long multiplicity,
      PageHost host,
      HostJobs jobs,
      Reader reader,
      Stats stats) {
    this.lanes = lanes;
    this.stores = stores;
    this.host = host;
    this.reader = reader;
    this.jobs = jobs;
    spareRow = channel.blocksPerPlane() - 1;
    this.readLimit = readLimit;
    this.multiplicity = multiplicity;
    planes = channel.planes();
    pagesPerBlock = channel.pagesPerBlock();
    read = jobs.add(this::goOn);
    write = new HostJobs.Job[] {jobs.add(this::goOn), jobs.add(this::goOn)};
    replay = jobs.add(this::verify);
    rows =
        stats.counter(
            "refreshed_rows",
            "1",
            "Rows of blocks, one of every plane, written anew because of reads");
    refreshed =
        stats.counter(
            "refreshed_pages", "pages", "Pages programmed to write such rows anew, all channels");
    readPages = stats.counter("refresh_read_pages", "pages", "Pages read for that, all channels");
  }

  void add(PageHost.Appends region) {
    regions.add(region);
  }

  /** Pages programmed so far, all channels together. */
  long programmedPages() {
    return refreshed.value();
  }

  /** Pages read so far, all channels together. */
  long readPages() {
    return readPages.value();
  }

  /** A read has met a block that was read too often. */
  void soon() {
    if (isRunning || readLimit == Integer.MAX_VALUE) {
      return;
    }
    for (PageLane lane : lanes) {
      lane.unfold();
    }
    int most = readLimit;
    for (PageHost.Appends region : regions) {
      PageWindow of = region.window();
      long certain = host.certain(region);
      for (int ring = 0; ring < of.rows(); ring++) {
        // What is just being written has the old block still.
        boolean isWritten = of.endOf(ring) <= certain;
        int reads = isWritten ? mostReads(of.firstBlock() + ring) : 0;
        if (reads > most) {
          most = reads;
          window = of;
          row = ring;
          isRunning = true;
        }
      }
    }
    if (isRunning) {
      nextRead = 0;
      nextWrite = 0;
      openedRow = source().lastOpened(row);
      rows.add(1);
      readOn();
    }
  }

  /** Reads of the block of a row that was read most, of those that have a spare one. */
  private int mostReads(int blockRow) {
    int most = 0;
    for (BlockStore store : stores) {
      for (int plane = 0; plane < planes; plane++) {
        int block = store.block(plane, blockRow * pagesPerBlock);
        if (store.reads(block) > most && hasSpare(store, plane)) {
          most = store.isRetired(block) ? most : store.reads(block);
        }
      }
    }
    return most;
  }

  private boolean hasSpare(BlockStore store, int plane) {
    return !store.isRetired(store.block(plane, spareRow * pagesPerBlock));
  }

  // Copying ------------------------------------------------------------------------------------

  private void readOn() {
    int pages = Math.min(CHUNK, pagesPerBlock - nextRead) * planes;
    long first = (long) (source().firstBlock() + row) * planes * pagesPerBlock;
    PageOrder order = PageOrder.of(BurstPattern.run(first, (long) planes * pagesPerBlock));
    read.begin(lanes.length);
    readPages.add(pages * multiplicity * lanes.length);
    long position = (long) nextRead * planes;
    nextRead += pages / planes;
    reader.read(order, position, pages, read.word);
  }

  private PageWindow source() {
    PageWindow itsWindow = window;
    if (itsWindow == null) {
      throw new IllegalStateException("no row is being refreshed");
    }
    return itsWindow;
  }

  /** Something has ended: pages that were read are programmed, and the next ones read. */
  private void goOn() {
    if (read.isShutOut() || write[0].isShutOut() || write[1].isShutOut()) {
      isRunning = read.isUnderWay() || write[0].isUnderWay() || write[1].isUnderWay();
      return;
    }
    HostJobs.Job next = write[(nextWrite / CHUNK) % 2];
    boolean hasRead = !read.isUnderWay() && nextWrite < nextRead;
    if (hasRead && !next.isUnderWay()) {
      program(next);
      if (nextRead < pagesPerBlock) {
        readOn();
      }
    }
    boolean isOver = !write[0].isUnderWay() && !write[1].isUnderWay() && !read.isUnderWay();
    if (isOver && nextWrite == pagesPerBlock) {
      verify();
    }
  }

  private void program(HostJobs.Job job) {
    int pages = (nextRead - nextWrite) * planes;
    BurstPattern target =
        BurstPattern.run((long) spareRow * planes * pagesPerBlock, (long) planes * pagesPerBlock);
    job.begin(lanes.length);
    refreshed.add(pages * multiplicity * lanes.length);
    long position = (long) nextWrite * planes;
    nextWrite = nextRead;
    for (PageLane lane : lanes) {
      lane.write(target, position, pages, job.word);
    }
  }

  /** Programs again what the copy lacks; if nothing is missing, the rows exchange their numbers. */
  private void verify() {
    replay.open();
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane].unfold();
      host.replay(lane, spareRow, (long) planes * pagesPerBlock, replay);
    }
    jobs.close(replay);
    if (replay.isUnderWay()) {
      return;
    }
    isRunning = false;
    PageWindow its = source();
    if (!its.isOpen(row) && its.lastOpened(row) == openedRow) {
      for (BlockStore store : stores) {
        exchange(store, its.firstBlock() + row);
      }
    }
    window = null;
  }

  private void exchange(BlockStore store, int blockRow) {
    for (int plane = 0; plane < planes; plane++) {
      int spare = store.block(plane, spareRow * pagesPerBlock);
      if (store.writtenPages(spare) == pagesPerBlock) {
        store.exchange(store.block(plane, blockRow * pagesPerBlock), spare);
      }
    }
  }
}
