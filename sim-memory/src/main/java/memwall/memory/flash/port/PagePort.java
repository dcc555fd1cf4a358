package memwall.memory.flash.port;

import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashStatus;
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
 * channel, relative to now, to the plane of its oldest read and to what was asked of each plane
 * since: pages themselves are no part of it. A state that was met before, and from which the same
 * is asked after the same time, is followed by what followed then: the same ends and counts, and
 * the state after it. Where nothing is known the device is set to the present state and goes on
 * from there. Retries, pages without data, blocks read too often and pages found in buffers are not
 * part of a state: a known path is only taken if there is nothing of that on it ({@link
 * UnseenReads}). Nothing is approximated (law F1).
 *
 * <p>Where planes sense together only pages of the same number ({@link
 * memwall.memory.flash.device.MultiPlane#samePage}) the pages would be part of a state: such a port
 * takes rounds in steps and remembers nothing.
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

  /** Edges that wait to be counted at most. */
  private static final int MOST_TAKEN = 1024;

  /** Reads outstanding at once for whose pages there are names. */
  private static final int MOST_OUTSTANDING = 4096;

  private final LiveChannel live;
  private final FlashSpec spec;
  private final int planes;
  private final Sink sink;
  private final @Nullable KnownStates states;
  private final AskedRows asked;
  private final UnseenReads unseen;

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
  private long happenedPs;
  private final EndLog ends = new EndLog();

  /** Known paths taken since somebody asked for the counters. */
  private final Edge[] taken = new Edge[MOST_TAKEN];

  private int takenCount;
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
    this(
        spec,
        blocks,
        errors,
        leaps,
        Math.max(8, KnownStates.MOST_PLANES / spec.geometry().planes()),
        sink);
  }

  /** A port that knows so many states at most. */
  PagePort(
      FlashSpec spec,
      @Nullable BlockStore blocks,
      FlashErrors errors,
      boolean leaps,
      int mostStates,
      Sink sink) {
    this.spec = spec;
    this.sink = sink;
    planes = spec.geometry().planes();
    boolean remembers =
        leaps
            && !spec.paths().sharedBus()
            && spec.rules().gatherPs() == 0
            && !(spec.hasGroups() && spec.multiPlane().samePage())
            && spec.rules().outstandingReads() <= MOST_OUTSTANDING;
    int leastRounds = remembers ? LEAST_ROUNDS : 1;
    int inside = remembers ? spec.rules().outstandingReads() + spec.rules().pageBuffers() + 1 : 1;
    asked = new AskedRows(planes, inside);
    live =
        new LiveChannel(
            spec, blocks, errors, leaps, leastRounds, remembers ? asked : null, this::ended);
    unseen = new UnseenReads(spec, live, asked);
    states = remembers ? new KnownStates(asked, mostStates) : null;
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
    Edge edge = null;
    long where = 0;
    advance(nowPs, false);
    boolean isRun = states != null && order.runLength(at) >= pages;
    boolean isAnnounced = kind == Node.Kind.ANNOUNCE;
    if (isRun) {
      rest(nowPs);
      long page = order.page(at);
      where = where(page);
      edge = known(kind, where, pages, nowPs);
      if (edge != null && !unseen.ask(page, pages, nowPs)) {
        edge = null;
      }
    }
    if (edge != null) {
      live.add(order, position, pages, false, isAnnounced, word, nowPs);
      take(edge, nowPs);
      return;
    }
    goLive(nowPs);
    live.submit(live.add(order, position, pages, false, isAnnounced, word, nowPs), nowPs);
    learn(isRun ? kind : Node.Kind.NOTHING, where, pages, false, nowPs, 0);
  }

  /** The plane of a page, as the present state counts it. */
  private long where(long page) {
    Node at = node;
    if (at == null) {
      return 0;
    }
    return at.isBlank ? page % planes % live.image().turnUnit() : live.plane(page, live.turn());
  }

  /**
   * The read that was announced first is asked for.
   *
   * @param word told to the sink
   * @param nowPs the present, not before what the port was told last
   */
  public void claim(long word, long nowPs) {
    advance(nowPs, false);
    Edge edge = known(Node.Kind.CLAIM, 0, 0, nowPs);
    if (edge == null) {
      goLive(nowPs);
    }
    live.claim(word);
    if (edge != null) {
      take(edge, nowPs);
      return;
    }
    live.submitClaim();
    learn(Node.Kind.CLAIM, 0, 0, false, nowPs, 0);
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
    rest(nowPs);
    Edge edge = known(kind, 0, bytes, nowPs);
    if (edge != null) {
      take(edge, nowPs);
      return nowPs + edge.answerPs;
    }
    goLive(nowPs);
    FlashDevice device = live.at(nowPs);
    long donePs =
        kind == Node.Kind.CARRY_OUT ? device.carryOut(0, bytes) : device.carryIn(0, bytes);
    learn(kind, 0, bytes, false, nowPs, donePs - nowPs);
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

  /**
   * Something is about to be asked: if nothing is left of what was, this is the state without any
   * past.
   */
  private void rest(long nowPs) {
    KnownStates known = states;
    if (known == null || live.oldest() != live.next()) {
      return;
    }
    Node at = node;
    if (!isShadow) {
      if (live.isBlank()) {
        enter(known.blank(live), nowPs, true);
      }
    } else if (at != null && at.isBlank) {
      nodePs = nowPs;
    } else if (at != null && at.isBlankAtRest && nowPs - nodePs >= at.restsAfterPs) {
      if (isThere) {
        live.advanceTo(nowPs);
        enter(known.blank(live), nowPs, true);
      } else {
        Node blank = known.blank();
        if (blank != null) {
          enter(blank, nowPs, false);
          unseen.rest();
        }
      }
    }
  }

  /** What follows if something is asked now; null if that is not known, or not without a look. */
  private @Nullable Edge known(Node.Kind kind, long where, long amount, long nowPs) {
    Node at = node;
    if (at == null || !isShadow) {
      return null;
    }
    Edge edge = at.edge(kind, where, amount, nowPs - nodePs);
    return edge != null && isForeseen(at, nowPs) ? edge : null;
  }

  /** Whether it is certain that there is nothing to report of what happens up to a time. */
  private boolean isForeseen(Node at, long ps) {
    return (!isThere || unseen.begin(at.state, nodePs)) && unseen.holdsAt(ps);
  }

  /** Goes along a known path. */
  private void take(Edge edge, long atPs) {
    if (edge.taken++ == 0) {
      if (takenCount == MOST_TAKEN) {
        countTaken();
        edge.taken = 1;
      }
      taken[takenCount++] = edge;
    }
    long oldest = live.oldest();
    enter(edge.to, atPs, false);
    for (int i = 0; i < edge.ended.length; i++) {
      hasEnded = true;
      PageTransfer transfer = live.end(oldest + edge.ended[i], atPs + edge.endsPs[i]);
      sink.done(transfer.word, transfer.lastPs, FlashStatus.DONE);
    }
  }

  /** What happened on known paths is counted. */
  private void countTaken() {
    for (int i = 0; i < takenCount; i++) {
      Edge edge = taken[i];
      live.image().count(edge.before, edge.after, edge.taken);
      knownPages += edge.taken * edge.senses();
      edge.taken = 0;
    }
    takenCount = 0;
  }

  private void enter(Node to, long atPs, boolean itsThere) {
    node = to;
    nodePs = atPs;
    to.isUsed = true;
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
      live.goBack(from.state, nodePs);
      unseen.tellAsked(from.state.depth);
      live.become(from.state, nodePs, asked);
    }
    unseen.end();
    countTaken();
    begin();
    advanceLive(nowPs);
  }

  /** What happens from the present state on is noted. */
  private void begin() {
    counted = live.device().counters();
    nodeOldest = live.oldest();
    happenedPs = nodePs;
    ends.begin();
  }

  private void ended(PageTransfer transfer) {
    hasEnded = true;
    ends.add(transfer);
    sink.done(transfer.word, transfer.lastPs, transfer.worst);
  }

  /** Something was asked, or a transfer has ended, and the device shows what followed. */
  private void learn(
      Node.Kind kind, long where, long amount, boolean isEnd, long nowPs, long answerPs) {
    KnownStates known = states;
    if (known == null) {
      return;
    }
    Node from = node;
    if (from != null && !isEnd) {
      from.quietPs = Math.max(from.quietPs, nowPs - nodePs);
    }
    Node to = known.met(live);
    if (to == null) {
      node = null;
      ends.clear();
      return;
    }
    if (from != null && (isEnd || kind != Node.Kind.NOTHING) && isRepeatable()) {
      Edge edge =
          new Edge(
              to,
              nowPs - nodePs,
              ends.numbersFrom(nodeOldest),
              ends.timesFrom(nowPs),
              counted,
              live.device().counters(),
              answerPs);
      if (isEnd) {
        from.end = edge;
        from.isEndKnown = true;
      } else {
        from.add(kind, where, amount, nowPs - nodePs, edge);
      }
    }
    enter(to, nowPs, true);
  }

  /** Whether what happened since the state was entered happens whatever the pages are. */
  private boolean isRepeatable() {
    FlashCounters now = live.device().counters();
    return ends.isWell()
        && now.isCleanSince(counted)
        && now.bufferHits() == counted.bufferHits()
        && now.forwarded() == counted.forwarded();
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
        if (ps > nodePs + node.quietPs && (ps > nodePs || passes)) {
          goLive(nodePs);
          break;
        }
        return;
      }
      Edge edge = node.end;
      if (edge == null || nodePs + edge.tookPs > ps) {
        return;
      }
      if (!isForeseen(node, nodePs + edge.tookPs)) {
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
        learn(Node.Kind.NOTHING, 0, 0, true, wakePs, 0);
      }
    }
    if (isShadow) {
      advance(ps, false);
      return;
    }
    if (node != null && live.wakePs() == NEVER && ends.isEmpty()) {
      node.isEndKnown = true;
      node.restsAfterPs = Math.max(happenedPs, live.image().freePs()) - nodePs;
      node.isBlankAtRest = live.image().holdsNothing();
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
      return nodePs + node.quietPs + 1;
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
    countTaken();
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
    countTaken();
    return live.device();
  }

  /** Pages that were not simulated one by one. */
  public long leaptPages() {
    countTaken();
    return live.leaptPages() + knownPages;
  }

  /** States that are known. */
  int knownStates() {
    KnownStates known = states;
    return known == null ? 0 : known.size();
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
