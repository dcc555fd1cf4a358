package memwall.memory.flash.port;

import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.device.SenseLog;
import org.jspecify.annotations.Nullable;

/**
 * Serves transfers of many pages over one channel of a flash device.
 *
 * <p>Pages are numbered through the channel: first over its planes, then over the pages of a plane,
 * so that a run of pages keeps all planes busy (OCP HBF 0.7, 4.6: striping in device logical
 * units). Reads may be announced before they are asked for. Their pages are sensed in their turn
 * and wait, as many as the staging buffer holds.
 *
 * <p>A port that leaps takes the rounds of long runs in steps ({@link LiveChannel}) and remembers
 * short ones: whenever something is asked or a transfer ends, it writes down the state of the
 * channel, relative to now and to the place of its reads. A state that was met before, and from
 * which the same is asked after the same time, is followed by what followed then: the same ends,
 * counts and senses, and the state after it. Where nothing is known the device is set to the
 * present state and goes on from there. Retries, pages without data and blocks read too often are
 * not part of a state: a known path is only taken if there is nothing of that on it. Nothing is
 * approximated (law F1).
 */
public final class PagePort {
  /** Never. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Runs of so many rounds are cheaper in steps. */
  private static final int LEAST_ROUNDS = 40;

  /** Hears of transfers. */
  @FunctionalInterface
  public interface Sink {
    /**
     * The end of a transfer is certain. The port must not be asked for anything from here.
     *
     * @param word given with the transfer
     * @param donePs when its last page is with the host, or programmed; now or later
     * @param worst the worst that happened to one of its pages
     */
    void done(long word, long donePs, FlashStatus worst);
  }

  private final LiveChannel live;
  private final FlashSpec spec;
  private final int planes;
  private final Sink sink;
  private final boolean remembers;
  private final @Nullable SenseLog senses;
  private final KnownStates states;

  /** The state entered last, and when; null if it could not be written down. */
  private @Nullable Node node;

  private long nodePs;

  /** Whether the device is not looked at, because what follows may be known. */
  private boolean isShadow;

  /** Whether the device is in the state of the node. */
  private boolean isThere;

  // Since the state was entered, while the device is live.
  private FlashCounters counted;
  private long nodeOldest;
  private int nodeRow;
  private long happenedPs;
  private final EndLog ends = new EndLog();

  private long knownPages;
  private long pagesRead;
  private long pagesWritten;
  private boolean hasEnded;

  /**
   * A port to an idle channel.
   *
   * @param spec of a device of one channel
   * @param blocks what is known of its blocks; null: nothing
   * @param leaps whether what repeats itself is not simulated again
   */
  public PagePort(
      FlashSpec spec, @Nullable BlockStore blocks, FlashErrors errors, boolean leaps, Sink sink) {
    this.spec = spec;
    this.sink = sink;
    remembers = leaps && !spec.paths().sharedBus() && spec.rules().gatherPs() == 0;
    int leastRounds = remembers ? LEAST_ROUNDS : 1;
    live = new LiveChannel(spec, blocks, errors, leaps, leastRounds, this::ended);
    planes = spec.geometry().planes();
    states = new KnownStates(planes);
    senses = remembers ? live.image().logSenses() : null;
    counted = live.device().counters();
  }

  /**
   * Pages of a channel that may be sensed before they are asked for: the places of its staging
   * buffer, or, where that has no limit of its own, the page buffers of its planes; no more than
   * the reads that it accepts.
   */
  public static int stagingPages(FlashSpec spec) {
    int staging = spec.rules().stagingPages();
    int buffers = spec.rules().pageBuffers() * spec.geometry().planesPerChannel();
    return Math.min(staging == 0 ? buffers : staging, spec.rules().outstandingReads());
  }

  // Asking -------------------------------------------------------------------------------------

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
    read(PageOrder.of(pattern), position, pages, word, nowPs);
  }

  /** Reads pages in an order that need not begin where its region does. */
  public void read(PageOrder order, long position, long pages, long word, long nowPs) {
    if (live.hasAnnounced()) {
      throw new IllegalStateException("a read that was not announced before one that was");
    }
    readOrAnnounce(Node.Kind.READ, order, position, pages, word, nowPs);
  }

  /**
   * Announces a read: its pages are sensed as far as the staging buffer has room, but do not leave
   * before {@link #claim}.
   */
  public void announce(PageOrder order, long position, long pages, long nowPs) {
    readOrAnnounce(Node.Kind.ANNOUNCE, order, position, pages, -1, nowPs);
  }

  private void readOrAnnounce(
      Node.Kind kind, PageOrder order, long position, long pages, long word, long nowPs) {
    order.check(position, pages, spec.geometry().pages());
    pagesRead += pages;
    long at = position % order.length();
    boolean isRun = order.runLength(at) >= pages;
    Edge edge = null;
    Node.Asked asked = null;
    advance(nowPs, false);
    if (isRun) {
      asked = asked(kind, order.page(at) - (long) live.baseRow() * planes, pages, nowPs);
      edge = known(asked, nowPs);
    }
    if (edge == null) {
      goLive(nowPs);
    }
    PageTransfer transfer =
        live.add(order, position, pages, false, kind == Node.Kind.ANNOUNCE, word, nowPs);
    if (edge != null) {
      take(edge, nowPs);
      return;
    }
    live.submit(transfer, nowPs);
    learn(asked, false, nowPs, 0);
  }

  /**
   * The read that was announced first is asked for.
   *
   * @param word told to the sink
   * @param nowPs the present, not before what the port was told last
   */
  public void claim(long word, long nowPs) {
    advance(nowPs, false);
    Node.Asked asked = asked(Node.Kind.CLAIM, 0, 0, nowPs);
    Edge edge = known(asked, nowPs);
    if (edge == null) {
      goLive(nowPs);
    }
    live.claim(word);
    if (edge != null) {
      take(edge, nowPs);
      return;
    }
    live.submitClaim();
    learn(asked, false, nowPs, 0);
  }

  /** Bytes from elsewhere on the base die to the host; when they are there. */
  public long carryOut(long bytes, long nowPs) {
    return carry(Node.Kind.CARRY_OUT, bytes, nowPs);
  }

  /** Bytes from the host to the base die; when they are there. */
  public long carryIn(long bytes, long nowPs) {
    return carry(Node.Kind.CARRY_IN, bytes, nowPs);
  }

  private long carry(Node.Kind kind, long bytes, long nowPs) {
    advance(nowPs, false);
    Node.Asked asked = asked(kind, 0, bytes, nowPs);
    Edge edge = known(asked, nowPs);
    if (edge != null) {
      take(edge, nowPs);
      return nowPs + edge.answerPs;
    }
    goLive(nowPs);
    FlashDevice device = live.at(nowPs);
    long donePs =
        kind == Node.Kind.CARRY_OUT ? device.carryOut(0, bytes) : device.carryIn(0, bytes);
    learn(asked, false, nowPs, donePs - nowPs);
    return donePs;
  }

  /**
   * Writes pages; see {@link #read}. Within a block they must follow each other, from its first
   * page on.
   */
  public void write(BurstPattern pattern, long position, long pages, long word, long nowPs) {
    PageOrder order = PageOrder.of(pattern);
    order.check(position, pages, spec.geometry().pages());
    pagesWritten += pages;
    advance(nowPs, false);
    goLive(nowPs);
    node = null;
    live.submit(live.add(order, position, pages, true, false, word, nowPs), nowPs);
  }

  // What is known ------------------------------------------------------------------------------

  private Node.@Nullable Asked asked(Node.Kind kind, long where, long amount, long nowPs) {
    return node == null ? null : node.asked(kind, where, amount, nowPs - nodePs);
  }

  /** What follows if something is asked now; null if that is not known, or not without a look. */
  private @Nullable Edge known(Node.@Nullable Asked asked, long nowPs) {
    if (asked == null || !isShadow || node == null) {
      return null;
    }
    Edge edge = node.edge(asked);
    return edge != null && sense(edge, nowPs) ? edge : null;
  }

  private boolean sense(Edge edge, long endPs) {
    return live.image().senseRuns(edge.senses, live.baseRow(), edge.pages, endPs);
  }

  /** Goes along a known path, whose senses have been counted. */
  private void take(Edge edge, long atPs) {
    live.image().count(edge.before, edge.after);
    knownPages += edge.pages;
    long oldest = live.oldest();
    enter(edge.to, atPs, false);
    for (int i = 0; i < edge.ended.length; i++) {
      hasEnded = true;
      PageTransfer transfer = live.end(oldest + edge.ended[i], atPs + edge.endsPs[i]);
      sink.done(transfer.word, transfer.lastPs, FlashStatus.DONE);
    }
  }

  private void enter(Node to, long atPs, boolean itsThere) {
    node = to;
    nodePs = atPs;
    isShadow = true;
    isThere = itsThere;
  }

  /** The device is looked at from now on. */
  private void goLive(long nowPs) {
    if (!isShadow) {
      return;
    }
    Node from = node;
    isShadow = false;
    if (from == null) {
      return;
    }
    if (!isThere) {
      live.become(from.state, nodePs);
    }
    begin();
    advanceLive(nowPs);
  }

  /** What happens from the present state on is noted. */
  private void begin() {
    counted = live.device().counters();
    nodeOldest = live.oldest();
    nodeRow = live.baseRow();
    happenedPs = nodePs;
    ends.begin();
    if (senses != null) {
      senses.clear();
    }
  }

  private void ended(PageTransfer transfer) {
    hasEnded = true;
    ends.add(transfer);
    sink.done(transfer.word, transfer.lastPs, transfer.worst);
  }

  /** Something was asked, or a transfer has ended, and the device shows what followed. */
  private void learn(Node.@Nullable Asked asked, boolean isEnd, long nowPs, long answerPs) {
    if (!remembers) {
      return;
    }
    Node from = node;
    Node to = states.met(live);
    if (to == null) {
      node = null;
      ends.clear();
      return;
    }
    SenseLog log = senses;
    if (from != null && log != null && log.isClean() && ends.isWell()) {
      Edge edge = edge(to, log, nowPs, answerPs);
      if (isEnd) {
        from.end = edge;
        from.isEndKnown = true;
      } else if (asked != null) {
        from.add(asked, edge);
      }
    }
    enter(to, nowPs, true);
  }

  private Edge edge(Node to, SenseLog log, long nowPs, long answerPs) {
    return new Edge(
        to,
        nowPs - nodePs,
        ends.numbersFrom(nodeOldest),
        ends.timesFrom(nowPs),
        log.runs(nodeRow),
        counted,
        live.device().counters(),
        answerPs);
  }

  // Time ---------------------------------------------------------------------------------------

  /**
   * Goes on to a time.
   *
   * @throws IllegalArgumentException if that time is past
   */
  public void advanceTo(long ps) {
    advance(ps, true);
  }

  /**
   * Goes on to a time.
   *
   * @param passes whether nothing more is asked before time passes
   */
  private void advance(long ps, boolean passes) {
    while (isShadow && node != null) {
      if (!node.isEndKnown) {
        if (ps > nodePs || passes) {
          goLive(nodePs);
          break;
        }
        return;
      }
      Edge edge = node.end;
      if (edge == null || nodePs + edge.tookPs > ps) {
        return;
      }
      if (!sense(edge, nodePs + edge.tookPs)) {
        goLive(nodePs);
        break;
      }
      take(edge, nodePs + edge.tookPs);
    }
    advanceLive(ps);
  }

  private void advanceLive(long ps) {
    while (!isShadow) {
      long wakePs = live.wakePs();
      if (wakePs > ps) {
        break;
      }
      if (node == null) {
        ends.clear();
      }
      boolean before = hasEnded;
      hasEnded = false;
      live.advanceTo(wakePs);
      happenedPs = wakePs;
      boolean now = hasEnded;
      hasEnded |= before;
      if (now) {
        learn(null, true, wakePs, 0);
      }
    }
    if (isShadow) {
      advance(ps, false);
      return;
    }
    if (node != null && live.wakePs() == NEVER && ends.isEmpty()) {
      node.isEndKnown = true;
      node.restsAfterPs = Math.max(happenedPs, live.image().freePs()) - nodePs;
    }
    live.advanceTo(ps);
  }

  /**
   * Goes on to a time, or until the end of a transfer is certain, if that is earlier: nothing may
   * be asked of the port before then.
   *
   * @return whether a transfer has ended
   */
  public boolean lookAhead(long ps) {
    hasEnded = false;
    for (long wakePs = wakePs(); wakePs <= ps && !hasEnded; wakePs = wakePs()) {
      advanceTo(wakePs);
    }
    return hasEnded;
  }

  /** When the port wants to be told the time, at the latest; {@link #NEVER} if it rests. */
  public long wakePs() {
    if (!isShadow || node == null) {
      return live.wakePs();
    }
    if (!node.isEndKnown) {
      return nodePs;
    }
    return node.end == null ? NEVER : nodePs + node.end.tookPs;
  }

  /**
   * From when on nothing happens any more if nothing is asked; only where {@link #wakePs} is {@link
   * #NEVER}.
   */
  public long restPs() {
    return isShadow && node != null ? nodePs + node.restsAfterPs : live.device().nowPs();
  }

  // Heat and power -----------------------------------------------------------------------------

  /**
   * Changes how many planes may be active; see {@link FlashDevice#limitActivePlanes}.
   *
   * @param most 0 or more
   * @param nowPs the present, not before what the port was told last
   */
  public void limitActivePlanes(int most, long nowPs) {
    advance(nowPs, false);
    goLive(nowPs);
    node = null;
    live.limitActivePlanes(most, nowPs);
  }

  /** Stops for good; see {@link FlashDevice#shutDown}. All transfers that were asked for end. */
  public void shutDown(long nowPs) {
    advance(nowPs, false);
    goLive(nowPs);
    node = null;
    live.shutDown(nowPs);
  }

  // Reports ------------------------------------------------------------------------------------

  /** The device as it is now; its counters are up to date. */
  public FlashDevice device(long nowPs) {
    advance(nowPs, false);
    goLive(nowPs);
    return live.at(nowPs);
  }

  /**
   * What the device has done up to a time.
   *
   * @param atPs the present, or earlier if nothing has happened since
   */
  public FlashCounters counters(long atPs) {
    return device(Math.max(atPs, nowPs())).counters();
  }

  /** Time that the port has come to; by itself it may be ahead of its owner. */
  public long nowPs() {
    return isShadow ? nodePs : live.device().nowPs();
  }

  /** The device as the port saw it last; its counters may be behind. */
  public FlashDevice device() {
    return live.device();
  }

  /** Pages that were not simulated one by one. */
  public long leaptPages() {
    return live.leaptPages() + knownPages;
  }

  /** Pages that were asked for or announced. */
  public long pagesRead() {
    return pagesRead;
  }

  /** Pages that were given to be written. */
  public long pagesWritten() {
    return pagesWritten;
  }
}
