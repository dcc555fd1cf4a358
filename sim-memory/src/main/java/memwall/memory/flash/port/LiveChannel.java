package memwall.memory.flash.port;

import java.util.ArrayDeque;
import memwall.core.leap.StateSink;
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
 * A channel whose device is simulated: page by page, and round by round where a long run repeats
 * itself.
 *
 * <p>Reads are asked of the device in order of their transfers, as many at once as it accepts;
 * writes likewise, beside them. Pages of announced reads are asked as long as the staging buffer
 * has room: places are given in the order of pages, so that what is asked for first never waits for
 * one.
 *
 * <p>Rounds: a channel that leaps compares the device's state whenever a round over all planes
 * begins; once it is the state of a round ago, all rounds that the run has left are taken in one
 * step, as long as nothing in them is worth looking at. The step is made only when its end is
 * reached: whatever is submitted before, is found by going on from the round at that time.
 */
final class LiveChannel {
  /** Hears of transfers. */
  @FunctionalInterface
  interface Ends {
    /** The end of a transfer is certain. */
    void ended(PageTransfer transfer);
  }

  private final FlashDevice device;
  private final FlashImage image;
  private final int planes;
  private final int pageBytes;
  private final boolean leaps;
  private final int stagingPages;
  private final int leastRounds;
  private final Ends ends;
  private final ArrayDeque<PageTransfer> reads = new ArrayDeque<>();
  private final ArrayDeque<PageTransfer> writes = new ArrayDeque<>();
  private final ArrayDeque<PageTransfer> announced = new ArrayDeque<>();

  private final TransferRing transfers = new TransferRing();

  /** What the device was asked for last; null: nobody wants to know. */
  private final @Nullable AskedRows asked;

  /** Reads with numbers up to this one are asked for. */
  private long claimed;

  /** The page behind the one asked for or announced last. */
  private long frontier;

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
  private int steppedRow;
  private FlashCounters repeated;

  private long leaptPages;

  /**
   * An idle channel.
   *
   * @param leaps whether repeated rounds are taken in one step
   * @param leastRounds which a run must have left for its state to be looked at
   * @param asked takes note of what the device is asked for; null: nobody wants to know
   */
  LiveChannel(
      FlashSpec spec,
      @Nullable BlockStore blocks,
      FlashErrors errors,
      boolean leaps,
      int leastRounds,
      @Nullable AskedRows asked,
      Ends ends) {
    FlashGeometry geometry = spec.geometry();
    if (geometry.channels() != 1) {
      throw new IllegalArgumentException(geometry.channels() + " channels; a port serves one");
    }
    this.leaps = leaps;
    this.leastRounds = leastRounds;
    this.asked = asked;
    this.ends = ends;
    device = new FlashDevice(spec, blocks, errors, this::pageDone);
    image = device.image();
    planes = geometry.planes();
    pageBytes = geometry.pageBytes();
    stagingPages = PagePort.stagingPages(spec);
    picturedCounters = device.counters();
    repeated = picturedCounters;
  }

  // Transfers ----------------------------------------------------------------------------------

  /** Takes note of a transfer, without asking the device for anything. */
  PageTransfer add(
      PageOrder order,
      long position,
      long pages,
      boolean isWrite,
      boolean isAnnounced,
      long word,
      long nowPs) {
    PageTransfer transfer = transfers.add();
    transfer.order = order;
    transfer.first = position % order.length();
    transfer.pages = pages;
    transfer.firstPage = order.page(transfer.first);
    transfer.isWrite = isWrite;
    transfer.isDone = false;
    transfer.word = word;
    transfer.lastPs = nowPs;
    transfer.worst = FlashStatus.DONE;
    transfer.goOn(pages, pages);
    if (isAnnounced) {
      announced.addLast(transfer);
    }
    if (!isWrite) {
      claimed = isAnnounced ? claimed : transfer.number;
      frontier = order.page((position + pages - 1) % order.length()) + 1;
    }
    return transfer;
  }

  /** The device is asked for a transfer that has been taken note of. */
  void submit(PageTransfer transfer, long nowPs) {
    advanceTo(nowPs);
    if (transfer.isWrite || reads.isEmpty()) {
      unfold(nowPs);
    }
    if (transfer.isWrite) {
      // A round in which something is written is like no other, even if it leaves no trace.
      pictured = null;
    }
    if (!transfer.isWrite && transfer.number <= claimed) {
      device.claim(claimed);
    }
    (transfer.isWrite ? writes : reads).addLast(transfer);
    if (periods == 0) {
      feed();
    }
  }

  /** Whether reads were announced and not asked for. */
  boolean hasAnnounced() {
    return !announced.isEmpty();
  }

  /** Takes note that the read announced first is asked for. */
  void claim(long word) {
    PageTransfer transfer = announced.removeFirst();
    transfer.word = word;
    claimed = transfer.number;
  }

  /** The device is asked for what has been claimed. */
  void submitClaim() {
    device.claim(claimed);
    PageTransfer transfer = transfers.get(claimed);
    if (transfer.left == 0 && !transfer.isDone) {
      // It was refused before it was asked for.
      transfers.finish(transfer);
      ends.ended(transfer);
    }
    if (periods == 0) {
      feed();
    }
  }

  private void pageDone(long number, long donePs, FlashStatus status) {
    PageTransfer transfer = transfers.get(number);
    transfer.lastPs = Math.max(transfer.lastPs, donePs);
    if (status.compareTo(transfer.worst) > 0) {
      transfer.worst = status;
    }
    if (--transfer.left == 0 && (transfer.isWrite || number <= claimed)) {
      transfers.finish(transfer);
      ends.ended(transfer);
    }
  }

  // Time ---------------------------------------------------------------------------------------

  /**
   * Goes on to a time.
   *
   * @throws IllegalArgumentException if that time is past
   */
  void advanceTo(long ps) {
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
      image.repeat(periodPs, steppedRow, 1, picturedCounters, repeated, times);
      long pages = (long) times * planes;
      first.goOn(first.unfed - pages, first.left - pages);
      leaptPages += pages;
      if (asked != null) {
        asked.shift(times);
      }
    }
    periods = 0;
    pictured = null;
  }

  /** When the port wants to be told the time, at the latest; {@link PagePort#NEVER} if it rests. */
  long wakePs() {
    if (periods > 0) {
      return device.nowPs() + periods * periodPs;
    }
    return device.nextPs();
  }

  // Feeding ------------------------------------------------------------------------------------

  private void feed() {
    feedWrites();
    while (periods == 0 && !reads.isEmpty() && hasRoom(reads.getFirst())) {
      PageTransfer first = reads.getFirst();
      if (leaps && first.number <= claimed && first.page() % planes == 0 && look(first)) {
        return;
      }
      feedRead(first);
    }
  }

  private void feedLive() {
    feedWrites();
    while (!reads.isEmpty() && hasRoom(reads.getFirst())) {
      feedRead(reads.getFirst());
    }
  }

  /** Whether the device takes a page more of a transfer. */
  private boolean hasRoom(PageTransfer transfer) {
    return transfer.number > claimed
        ? device.readsInside(0) < stagingPages
        : device.readRoom(0) > 0;
  }

  private void feedRead(PageTransfer transfer) {
    long page = transfer.page();
    if (take(transfer, reads)) {
      pictured = null;
    }
    int plane = (int) (page % planes);
    int row = (int) (page / planes);
    if (asked != null) {
      asked.add(plane, row);
    }
    if (transfer.number > claimed) {
      device.announce(plane, row, transfer.number, transfer.number);
    } else {
      device.read(plane, row, pageBytes, false, transfer.number);
    }
  }

  private void feedWrites() {
    while (!writes.isEmpty() && device.writeRoom(0) > 0) {
      PageTransfer transfer = writes.getFirst();
      long page = transfer.page();
      take(transfer, writes);
      device.program((int) (page % planes), (int) (page / planes), transfer.number);
    }
  }

  /** The first transfer of a queue asks for a page; whether it was its last. */
  private static boolean take(PageTransfer transfer, ArrayDeque<PageTransfer> queue) {
    transfer.position = (transfer.position + 1) % transfer.order.length();
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
    if (rounds < leastRounds) {
      pictured = null;
      return false;
    }
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
        steppedRow = row;
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

  // The state -----------------------------------------------------------------------------------

  /** Whether the state can be written down; not if anything is written, or repeated. */
  boolean isDescribable() {
    return periods == 0 && writes.isEmpty() && image.hasNoWrites() && image.isDescribable();
  }

  /** A number that costs little, the same for equal states and hardly ever for others. */
  long glance() {
    long hash = image.glance();
    for (long number = transfers.oldest(); number < transfers.next(); number++) {
      PageTransfer transfer = transfers.get(number);
      hash = hash * 31 + (transfer.isDone ? 0 : transfer.unfed * 1023 + transfer.left + 1);
    }
    return hash;
  }

  /**
   * Writes everything that the future depends on, so that two moments have the same state if the
   * same follows: times relative to now, planes to {@link #turn}, pages to what was asked of their
   * planes since, transfers to the oldest.
   *
   * @param names knows what was asked
   * @return whether it could be written; not if it is not {@link #isDescribable}, or something went
   *     wrong, or what is read does not follow page by page
   */
  boolean describe(StateSink sink, AskedRows names) {
    if (!isDescribable() || !image.isSound()) {
      return false;
    }
    int turn = turn();
    sink.put(transfers.next() - transfers.oldest());
    for (long number = transfers.oldest(); number < transfers.next(); number++) {
      PageTransfer transfer = transfers.get(number);
      sink.put(transfer.isDone ? 1 : 0);
      if (!transfer.isDone) {
        if (transfer.worst != FlashStatus.DONE || transfer.run() < transfer.unfed) {
          return false;
        }
        sink.put(number > claimed ? 1 : 0);
        sink.put(transfer.unfed);
        sink.put(transfer.left);
        sink.put(transfer.unfed == 0 ? 0 : plane(transfer.page(), turn));
        sink.put(Math.max(0, transfer.lastPs - device.nowPs()));
      }
    }
    names.begin();
    return image.describe(sink, names::age, turn, transfers.oldest())
        && !names.isLost()
        && areNamesClear(names);
  }

  /**
   * Whether no page that may be in the device was asked for twice: then a name says which it is.
   */
  private boolean areNamesClear(AskedRows names) {
    int buffers = device.spec().rules().pageBuffers();
    for (int plane = 0; plane < planes; plane++) {
      if (names.isTwice(plane, image.unsensed(plane) + buffers)) {
        return false;
      }
    }
    return true;
  }

  /** The channel as it is now, to come back to. */
  LiveState state(AskedRows names) {
    long oldest = transfers.oldest();
    int count = (int) (transfers.next() - oldest);
    long[] unfed = new long[count];
    long[] left = new long[count];
    long[] lastPs = new long[count];
    for (int i = 0; i < count; i++) {
      PageTransfer transfer = transfers.get(oldest + i);
      unfed[i] = transfer.unfed;
      left[i] = transfer.left;
      lastPs[i] = transfer.lastPs - device.nowPs();
    }
    FlashImage copy =
        new FlashDevice(device.spec(), null, FlashErrors.NONE, (word, donePs, status) -> {})
            .image();
    names.begin();
    copy.become(image, 0, 0, names::age, 0);
    return new LiveState(copy, device.nowPs(), turn(), oldest, unfed, left, lastPs, names.depth());
  }

  /** Transfers are as far as they were in a state. */
  void goBack(LiveState state, long nowPs) {
    long oldest = transfers.oldest();
    reads.clear();
    for (int i = 0; i < state.unfed.length; i++) {
      PageTransfer transfer = transfers.get(oldest + i);
      transfer.goOn(state.unfed[i], state.left[i]);
      transfer.lastPs = nowPs + state.lastPs[i];
      if (transfer.unfed > 0) {
        reads.addLast(transfer);
      }
    }
    pictured = null;
  }

  /**
   * So is the device, at another time and place.
   *
   * @param names knows what was asked of it up to now
   */
  void become(LiveState state, long nowPs, AskedRows names) {
    int turned = turn() - state.turn;
    image.become(
        state.device,
        nowPs - state.nowPs,
        turned < 0 ? turned + planes : turned,
        names::row,
        transfers.oldest() - state.oldest);
  }

  /** Whether there is nothing at all to do, and no trace of what was. */
  boolean isBlank() {
    return transfers.oldest() == transfers.next() && isDescribable() && image.isBlank();
  }

  /**
   * The plane from which planes are counted, so that equal states look alike: that of the first
   * page of the oldest transfer, or else of the page behind the last.
   */
  int turn() {
    long oldest = transfers.oldest();
    long page = oldest < transfers.next() ? transfers.get(oldest).firstPage : frontier;
    int plane = (int) (page % planes);
    return plane - plane % image.turnUnit();
  }

  /** The plane of a page, counted from one. */
  int plane(long page, int turn) {
    int plane = (int) (page % planes) - turn;
    return plane < 0 ? plane + planes : plane;
  }

  /** Number of the next transfer. */
  long next() {
    return transfers.next();
  }

  PageTransfer transfer(long number) {
    return transfers.get(number);
  }

  /** Number of the oldest transfer under way. */
  long oldest() {
    return transfers.oldest();
  }

  /** The end of a transfer that the device does not know of. */
  PageTransfer end(long number, long donePs) {
    PageTransfer transfer = transfers.get(number);
    transfer.lastPs = donePs;
    transfers.finish(transfer);
    return transfer;
  }

  // Heat and power -----------------------------------------------------------------------------

  /** Changes how many planes may be active; see {@link FlashDevice#limitActivePlanes}. */
  void limitActivePlanes(int most, long nowPs) {
    at(nowPs).limitActivePlanes(most);
    feed();
  }

  /** Stops for good; see {@link FlashDevice#shutDown}. */
  void shutDown(long nowPs) {
    at(nowPs).shutDown();
    feed();
  }

  // Reports ------------------------------------------------------------------------------------

  /** The device as it is at a time, page by page from there on. */
  FlashDevice at(long nowPs) {
    advanceTo(nowPs);
    unfold(nowPs);
    // Whoever asked may give it something to do.
    pictured = null;
    return device;
  }

  FlashDevice device() {
    return device;
  }

  FlashImage image() {
    return image;
  }

  /** Pages taken in steps, without being simulated one by one. */
  long leaptPages() {
    return leaptPages;
  }
}
