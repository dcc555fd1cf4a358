package memwall.memory.flash.port;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import memwall.core.unit.Units;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashImage;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashStatus;
import org.jspecify.annotations.Nullable;

/**
 * Serves transfers of many pages over one channel of a flash device.
 *
 * <p>Pages are numbered through the channel: first over its planes, then over the pages of a plane,
 * so that a run of pages keeps all planes busy (OCP HBF 0.7, 4.6: striping in device logical
 * units). Reads are asked of the device in order of their transfers, as many at once as it accepts;
 * writes likewise, beside them.
 *
 * <p>A long run soon repeats itself, round after round over all planes. A port that leaps compares
 * the device's state whenever a round begins; once it is the state of a round ago, all rounds that
 * the run has left are taken in one step, as long as nothing in them is worth looking at. The step
 * is made only when its end is reached: whatever is submitted before, is found by going on from the
 * round at that time. Nothing is approximated (law F1).
 */
public final class PagePort {
  /** Never. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Hears of transfers. */
  @FunctionalInterface
  public interface Sink {
    /**
     * The end of a transfer is certain.
     *
     * @param word given with the transfer
     * @param donePs when its last page is with the host, or programmed; now or later
     * @param worst the worst that happened to one of its pages
     */
    void done(long word, long donePs, FlashStatus worst);
  }

  private final FlashDevice device;
  private final FlashImage image;
  private final int planes;
  private final int pageBytes;
  private final int channelPages;
  private final long pageOnLinkPs;
  private final boolean leaps;
  private final Sink sink;
  private final ArrayDeque<PageTransfer> reads = new ArrayDeque<>();
  private final ArrayDeque<PageTransfer> writes = new ArrayDeque<>();
  private final List<PageTransfer> slots = new ArrayList<>();
  private final List<PageTransfer> free = new ArrayList<>();

  // The round before: its picture, if there is one of the transfer that is first now.
  private Picture present = new Picture();
  private Picture past = new Picture();
  private @Nullable PageTransfer pictured;
  private long picturedPage;
  private long picturedPs;
  private FlashCounters picturedCounters;

  // The step over rounds that is under way: it began at the device's present, at this row.
  private int periods;
  private long periodPs;
  private int baseRow;
  private FlashCounters repeated;

  private long leaptPages;

  /**
   * A port to an idle channel.
   *
   * @param spec of a device of one channel
   * @param blocks what is known of its blocks; null: nothing
   * @param leaps whether repeated rounds are taken in one step
   */
  public PagePort(
      FlashSpec spec, @Nullable BlockStore blocks, FlashErrors errors, boolean leaps, Sink sink) {
    FlashGeometry geometry = spec.geometry();
    if (geometry.channels() != 1) {
      throw new IllegalArgumentException(geometry.channels() + " channels; a port serves one");
    }
    this.leaps = leaps;
    this.sink = sink;
    device = new FlashDevice(spec, blocks, errors, this::pageDone);
    image = device.image();
    planes = geometry.planes();
    pageBytes = geometry.pageBytes();
    channelPages = geometry.pagesPerPlane();
    pageOnLinkPs = Units.transferPs(pageBytes, spec.paths().linkBytesPerSec());
    picturedCounters = device.counters();
    repeated = picturedCounters;
  }

  /**
   * Reads pages.
   *
   * @param pattern region of the channel and order of its pages
   * @param position of the first page in that order
   * @param pages how many, at least 1
   * @param word told to the sink
   * @param nowPs the present, not before what the port was told last
   */
  public void read(BurstPattern pattern, long position, long pages, long word, long nowPs) {
    submit(reads, pattern, position, pages, word, nowPs);
  }

  /**
   * Writes pages; see {@link #read}. Within a block they must follow each other, from its first
   * page on.
   */
  public void write(BurstPattern pattern, long position, long pages, long word, long nowPs) {
    submit(writes, pattern, position, pages, word, nowPs);
  }

  private void submit(
      ArrayDeque<PageTransfer> queue,
      BurstPattern pattern,
      long position,
      long pages,
      long word,
      long nowPs) {
    if (pages < 1 || position < 0) {
      throw new IllegalArgumentException(pages + " pages from position " + position);
    }
    if (pattern.first() + pattern.bursts() > (long) planes * channelPages) {
      throw new IllegalArgumentException("region beyond the channel's pages");
    }
    advanceTo(nowPs);
    if (queue == writes || reads.isEmpty()) {
      unfold(nowPs);
    }
    PageTransfer transfer = free.isEmpty() ? created() : free.remove(free.size() - 1);
    transfer.pattern = pattern;
    transfer.position = position % pattern.bursts();
    transfer.pages = pages;
    transfer.unfed = pages;
    transfer.left = pages;
    transfer.word = word;
    transfer.lastPs = nowPs;
    transfer.worst = FlashStatus.DONE;
    queue.addLast(transfer);
    if (periods == 0) {
      feed();
    }
  }

  private PageTransfer created() {
    PageTransfer transfer = new PageTransfer();
    transfer.slot = slots.size();
    slots.add(transfer);
    return transfer;
  }

  private void pageDone(long slot, long donePs, FlashStatus status) {
    PageTransfer transfer = slots.get((int) slot);
    transfer.lastPs = Math.max(transfer.lastPs, donePs);
    if (status.compareTo(transfer.worst) > 0) {
      transfer.worst = status;
    }
    if (--transfer.left == 0) {
      free.add(transfer);
      sink.done(transfer.word, transfer.lastPs, transfer.worst);
    }
  }

  // Time ---------------------------------------------------------------------------------------

  /**
   * Goes on to a time.
   *
   * @throws IllegalArgumentException if that time is past
   */
  public void advanceTo(long ps) {
    if (periods > 0) {
      if (ps < device.nowPs() + periods * periodPs) {
        return;
      }
      repeat(periods);
      feed();
    }
    while (device.nextPs() <= ps) {
      device.advanceTo(device.nextPs());
      feed();
      if (periods > 0) {
        if (ps < device.nowPs() + periods * periodPs) {
          return;
        }
        repeat(periods);
        feed();
      }
    }
    device.advanceTo(ps);
  }

  /** Goes on page by page from a time on, which must not be after the end of the step. */
  private void unfold(long ps) {
    if (periods > 0) {
      repeat((int) ((ps - device.nowPs()) / periodPs));
      feedLive();
      while (device.nextPs() <= ps) {
        device.advanceTo(device.nextPs());
        feedLive();
      }
      device.advanceTo(ps);
    }
  }

  private void repeat(int times) {
    PageTransfer first = reads.getFirst();
    if (times > 0) {
      image.repeat(periodPs, baseRow, 1, picturedCounters, repeated, times);
      long pages = (long) times * planes;
      first.position = (first.position + pages) % first.pattern.bursts();
      first.unfed -= pages;
      first.left -= pages;
      leaptPages += pages;
    }
    periods = 0;
    pictured = null;
  }

  /** When the port wants to be told the time, at the latest; {@link #NEVER} if it rests. */
  public long wakePs() {
    if (periods > 0) {
      return device.nowPs() + periods * periodPs;
    }
    return device.nextPs();
  }

  // Heat and power -----------------------------------------------------------------------------

  /**
   * Changes how many planes may be active; see {@link FlashDevice#limitActivePlanes}.
   *
   * @param most 0 or more
   * @param nowPs the present, not before what the port was told last
   */
  public void limitActivePlanes(int most, long nowPs) {
    device(nowPs).limitActivePlanes(most);
    pictured = null;
    feed();
  }

  /** Stops for good; see {@link FlashDevice#shutDown}. All transfers end. */
  public void shutDown(long nowPs) {
    device(nowPs).shutDown();
    feed();
  }

  // Feeding ------------------------------------------------------------------------------------

  private void feed() {
    feedWrites();
    while (periods == 0 && !reads.isEmpty() && device.readRoom(0) > 0) {
      PageTransfer first = reads.getFirst();
      if (leaps && first.page() % planes == 0 && look(first)) {
        return;
      }
      feedRead(first);
    }
  }

  private void feedLive() {
    feedWrites();
    while (!reads.isEmpty() && device.readRoom(0) > 0) {
      feedRead(reads.getFirst());
    }
  }

  private void feedRead(PageTransfer transfer) {
    long page = transfer.page();
    if (take(transfer, reads)) {
      pictured = null;
    }
    device.read((int) (page % planes), (int) (page / planes), pageBytes, false, transfer.slot);
  }

  private void feedWrites() {
    while (!writes.isEmpty() && device.writeRoom(0) > 0) {
      PageTransfer transfer = writes.getFirst();
      long page = transfer.page();
      take(transfer, writes);
      device.program((int) (page % planes), (int) (page / planes), transfer.slot);
    }
  }

  /** The first transfer of a queue asks for a page; whether it was its last. */
  private static boolean take(PageTransfer transfer, ArrayDeque<PageTransfer> queue) {
    transfer.position = (transfer.position + 1) % transfer.pattern.bursts();
    if (--transfer.unfed > 0) {
      return false;
    }
    queue.removeFirst();
    return true;
  }

  /** A round begins: whether it and those that follow are known. */
  private boolean look(PageTransfer transfer) {
    // The last page of a transfer is always simulated, for it ends the transfer.
    long rounds = Math.min(transfer.run(), transfer.unfed - 1) / planes;
    int row = (int) (transfer.page() / planes);
    present.clear();
    // While reads of others are inside, the state cannot come again.
    boolean isAlone = transfer.pages - transfer.unfed >= device.readsInside(0);
    if (rounds < 1 || !isAlone || !writes.isEmpty() || !image.describe(present, row)) {
      pictured = null;
      return false;
    }
    FlashCounters counters = device.counters();
    boolean isNext = transfer == pictured && transfer.page() == picturedPage + planes;
    if (isNext && counters.isCleanSince(picturedCounters) && present.isEqual(past)) {
      int most = (int) Math.min(rounds, Integer.MAX_VALUE);
      periodPs = device.nowPs() - picturedPs;
      periods = image.cleanPeriods(row, 1, periodPs, most);
      if (periods > 0) {
        baseRow = row;
        repeated = counters;
        return true;
      }
    }
    Picture old = past;
    past = present;
    present = old;
    pictured = transfer;
    picturedPage = transfer.page();
    picturedPs = device.nowPs();
    picturedCounters = counters;
    return false;
  }

  // Reports ------------------------------------------------------------------------------------

  /** The device as it is now; its counters are up to date. */
  public FlashDevice device(long nowPs) {
    advanceTo(nowPs);
    unfold(nowPs);
    return device;
  }

  /**
   * What the device has done up to a time.
   *
   * @param atPs the present, or earlier if nothing has happened since
   */
  public FlashCounters counters(long atPs) {
    return device(Math.max(atPs, device.nowPs())).counters();
  }

  /** Pages taken in steps, without being simulated one by one. */
  public long leaptPages() {
    return leaptPages;
  }

  /** Time of a page on the link. */
  long pageOnLinkPs() {
    return pageOnLinkPs;
  }
}
