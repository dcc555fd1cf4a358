package memwall.memory.flash.page;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashStatus;

/**
 * Appends to the regions of a memory, and makes good what blocks refuse (OCP HBF 0.7, 11.5.2).
 *
 * <p>When a program fails, its block has lost what it held, and what follows in it is refused. The
 * host hears of it at the end of the transfer. It holds further writes of the region back until all
 * that are under way have ended, and then programs again what the blocks of the rows concerned
 * lack: a failed block from page 0 on, in place; a retired one in a spare of its plane, which takes
 * its number. That goes on until nothing is missing; then the transfers are done. The host has a
 * copy of what it writes until then, and of what the open row holds.
 *
 * <p>Without a spare, what the block should hold is lost, and the write is counted as failed.
 *
 * <p>Devices that acknowledge writes before they program them do not say that a program failed:
 * nothing is made good there.
 */
final class PageHost {
  /** Writes of a region: those under way, and those that wait for a replay. */
  static final class Appends {
    private final PageWindow window;
    private final HostJobs.Job replay;
    private final IntArrayList underWay = new IntArrayList();
    private final IntArrayList failed = new IntArrayList();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long firstBad = Long.MAX_VALUE;

    private Appends(PageWindow window, HostJobs jobs, PageHost host) {
      this.window = window;
      replay = jobs.add(() -> host.replay(this));
    }

    private boolean isWaiting() {
      return !failed.isEmpty();
    }

    PageWindow window() {
      return window;
    }

    /** Pages of each channel that wait. */
    long heldPages() {
      long pages = 0;
      for (Held write : held) {
        pages += write.pages();
      }
      return pages;
    }
  }

  private record Held(long pages, int slot) {}

  private final PageLane[] lanes;
  private final BlockStore[] stores;
  private final int planes;
  private final int pagesPerBlock;
  private final HostJobs jobs;
  private final long multiplicity;
  private final IntConsumer done;

  /** Spare blocks left, by channel and plane. */
  private final int[][] spares;

  private final int[] have;
  private final Counter failedWrites;
  private final Counter replayed;
  private final Counter replaced;

  /** By slot: what the region held before the write. */
  private long[] from = new long[8];

  /**
   * A host of a memory at rest.
   *
   * @param spareBlocks of each plane
   * @param multiplicity channels for which each of the simulated ones stands
   * @param done told of each write that is over, one way or the other
   */
  PageHost(
      PageLane[] lanes,
      BlockStore[] stores,
      FlashGeometry channel,
      int spareBlocks,
      long multiplicity,
      HostJobs jobs,
      Stats stats,
      IntConsumer done) {
    this.lanes = lanes;
    this.stores = stores;
    planes = channel.planes();
    pagesPerBlock = channel.pagesPerBlock();
    this.multiplicity = multiplicity;
    this.jobs = jobs;
    this.done = done;
    spares = new int[lanes.length][planes];
    for (int[] ofLane : spares) {
      Arrays.fill(ofLane, spareBlocks);
    }
    have = new int[planes];
    failedWrites =
        stats.counter(
            "failed_writes", "1", "Writes of a channel in which a page could not be programmed");
    replayed =
        stats.counter(
            "replayed_pages", "pages", "Pages programmed again because their block had failed");
    replaced =
        stats.counter(
            "spares_used", "1", "Bad blocks whose place was taken by a spare of the plane");
  }

  /** A region to append to. */
  Appends region(PageWindow window) {
    return new Appends(window, jobs, this);
  }

  /** Pages programmed again, all channels together. */
  long replayedPages() {
    return replayed.value();
  }

  // Writes of users ----------------------------------------------------------------------------

  /** Appends pages in each channel, now or when what failed before is made good. */
  void write(Appends appends, long pages, int slot) {
    if (appends.isWaiting()) {
      appends.held.add(new Held(pages, slot));
    } else {
      submit(appends, pages, slot);
    }
  }

  private void submit(Appends appends, long pages, int slot) {
    if (slot >= from.length) {
      from = Arrays.copyOf(from, 2 * slot);
    }
    PageWindow window = appends.window;
    from[slot] = window.written();
    appends.underWay.add(slot);
    long position = window.advanceWrites(pages);
    for (PageLane lane : lanes) {
      lane.write(window.writes(), position, pages, slot);
    }
  }

  /**
   * A write has ended in all channels.
   *
   * @param worst of its pages
   */
  void ended(Appends appends, int slot, FlashStatus worst) {
    appends.underWay.rem(slot);
    if (worst.isGood() || worst == FlashStatus.SHUT_DOWN) {
      failedWrites.add(worst.isGood() ? 0 : multiplicity * lanes.length);
      done.accept(slot);
    } else {
      appends.firstBad = Math.min(appends.firstBad, from[slot]);
      appends.failed.add(slot);
    }
    if (appends.isWaiting() && appends.underWay.isEmpty() && !appends.replay.isUnderWay()) {
      replay(appends);
    }
  }

  /** Pages of a region that are programmed for certain, from the first one on. */
  long certain(Appends appends) {
    long certain = Math.min(appends.window.written(), appends.firstBad);
    for (int i = 0; i < appends.underWay.size(); i++) {
      certain = Math.min(certain, from[appends.underWay.getInt(i)]);
    }
    return certain;
  }

  // Replay -------------------------------------------------------------------------------------

  /** Programs again what is missing; if nothing is, all is done. */
  private void replay(Appends appends) {
    PageWindow window = appends.window;
    long rowPages = (long) planes * pagesPerBlock;
    long last = (window.written() - 1) / rowPages;
    // What was written a round ago has been overwritten.
    long first = Math.max(appends.firstBad / rowPages, last - window.rows() + 1);
    int lost = 0;
    appends.replay.open();
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane].unfold();
      boolean isLost = false;
      for (long row = first; row <= last; row++) {
        isLost |= replay(lane, window.blockRow(row), window.writtenOf(row), appends.replay);
      }
      lost += isLost ? 1 : 0;
    }
    jobs.close(appends.replay);
    if (!appends.replay.isUnderWay()) {
      finish(appends, lost);
    }
  }

  private void finish(Appends appends, int lostLanes) {
    failedWrites.add(multiplicity * lostLanes * appends.failed.size());
    int[] slots = appends.failed.toIntArray();
    for (int slot : slots) {
      done.accept(slot);
    }
    appends.failed.clear();
    appends.firstBad = Long.MAX_VALUE;
    while (!appends.held.isEmpty() && !appends.isWaiting()) {
      Held first = appends.held.remove();
      submit(appends, first.pages(), first.slot());
    }
  }

  /**
   * Has a channel program again what a row of blocks lacks.
   *
   * @param rowWritten pages of the row, over all planes, that it should hold
   * @param job that has them as parts
   * @return whether a block is lost for want of a spare
   */
  boolean replay(int lane, int blockRow, long rowWritten, HostJobs.Job job) {
    int from = pagesPerBlock;
    int to = 0;
    boolean isLost = false;
    for (int plane = 0; plane < planes; plane++) {
      int needed = PageWindow.writtenOf(rowWritten, plane, planes);
      have[plane] = needed;
      if (needed > 0) {
        boolean isGone = isGone(lane, plane, blockRow);
        isLost |= isGone;
        int block = stores[lane].block(plane, blockRow * pagesPerBlock);
        have[plane] = isGone ? needed : stores[lane].writtenPages(block);
        from = Math.min(from, have[plane]);
        to = Math.max(to, needed);
      }
    }
    BurstPattern row =
        BurstPattern.run((long) blockRow * planes * pagesPerBlock, (long) planes * pagesPerBlock);
    for (int page = from; page < to; page++) {
      for (int plane = 0; plane < planes; plane++) {
        int needed = PageWindow.writtenOf(rowWritten, plane, planes);
        if (page >= have[plane] && page < needed) {
          job.begin(1);
          replayed.add(multiplicity);
          lanes[lane].write(row, (long) page * planes + plane, 1, job.word);
        }
      }
    }
    return isLost;
  }

  /** Whether a block is retired for good; if there is a spare, it takes its place. */
  private boolean isGone(int lane, int plane, int blockRow) {
    int block = stores[lane].block(plane, blockRow * pagesPerBlock);
    if (!stores[lane].isRetired(block)) {
      return false;
    }
    if (spares[lane][plane] == 0) {
      return true;
    }
    spares[lane][plane]--;
    replaced.add(multiplicity);
    stores[lane].replace(block);
    return false;
  }

  // Laws ---------------------------------------------------------------------------------------

  /**
   * No page is lost: every row of every region holds what was written to it, but for blocks that
   * are retired without a spare. To be asked when nothing is under way.
   */
  void check(String path, Iterable<Appends> regions, List<String> broken) {
    for (Appends appends : regions) {
      for (int lane = 0; lane < lanes.length; lane++) {
        long missing = missingPages(appends.window, stores[lane]);
        if (missing > 0) {
          broken.add(path + ": " + missing + " pages of a region are missing in channel " + lane);
        }
      }
    }
  }

  private long missingPages(PageWindow window, BlockStore store) {
    long missing = 0;
    for (int row = 0; row < window.rows(); row++) {
      long written = window.heldBy(row);
      for (int plane = 0; plane < planes; plane++) {
        int block = store.block(plane, (window.firstBlock() + row) * pagesPerBlock);
        int needed = PageWindow.writtenOf(written, plane, planes);
        if (needed > 0 && !store.isRetired(block)) {
          missing += Math.abs(needed - store.writtenPages(block));
        }
      }
    }
    return missing;
  }
}
