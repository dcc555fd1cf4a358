package memwall.memory.flash.device;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A flash device, event by event: every sense, transfer, program, erase and suspension.
 *
 * <p>It knows no kernel: its owner tells it the time ({@link #advanceTo}), asks when it wants to be
 * told again ({@link #nextPs}) and hears of each request when its end is certain. Time only grows.
 *
 * <ul>
 *   <li>A plane does one thing at a time and senses the pages asked of it strictly in order (OCP
 *       HBF 0.7, 5.3.1). It needs a free page buffer, a place in the staging buffer and, under a
 *       cap on power, leave to be active.
 *   <li>A sensed page passes the lane of its die and the decoder of its channel, each first in
 *       first out; then each request takes its bytes over the link in the order in which they were
 *       ready.
 *   <li>A read of a page that is in a buffer, or on its way there, needs no sense. A read of a page
 *       whose new data have arrived but are not programmed gets those (5.4.3).
 *   <li>A page may be announced before it is asked for: it is sensed in its turn and waits, ready,
 *       in its buffer until it is ({@link #claim}). It finds its page in a buffer only when those
 *       before it are sensed: a page that is kept for it might take the place of theirs.
 *   <li>On a shared bus a command needs the idle bus, and data goes first.
 *   <li>Planes that share their circuits do one array command at a time, together ({@link
 *       MultiPlane}).
 *   <li>A program of page 0 erases the block first (5.4.1). Programs wait in their plane; who goes
 *       first and whether reads suspend them is {@link FlashRules#priority}.
 * </ul>
 */
public final class FlashDevice {
  private static final int NONE = Requests.NONE;

  /** Hears of requests. */
  @FunctionalInterface
  public interface Sink {
    /**
     * The end of a request is certain.
     *
     * @param word given with the request
     * @param donePs when it ends; now or later
     * @param status how
     */
    void done(long word, long donePs, FlashStatus status);
  }

  private final FlashSpec spec;
  private final FlashGeometry geometry;
  private final FlashPaths paths;
  private final FlashRules rules;
  private final Agenda agenda;
  private final Requests requests = new Requests();
  private final Counts counts = new Counts();
  private final PageBuffers buffers;
  private final SharedBus bus;
  private final BusTurns turns;
  private final PageWay way;
  private final Credits credits;
  private final PlaneArray planes;
  private final PlaneStarts starts;
  private final Admission readGate;
  private final Admission writeGate;

  private final Departures departures;
  private final Gathering gathering;
  private final Refusals refusals;
  private final Writes writes;
  private final int planesPerChannel;

  private long nowPs;
  private boolean isShutDown;

  /**
   * An idle device with empty buffers, at time 0.
   *
   * @param blocks what is known of its blocks; null: every page may be read and programmed at any
   *     time
   * @param errors what goes wrong
   * @param sink hears of the ends of requests
   */
  public FlashDevice(FlashSpec spec, @Nullable BlockStore blocks, FlashErrors errors, Sink sink) {
    this.spec = spec;
    geometry = spec.geometry();
    paths = spec.paths();
    rules = spec.rules();
    int channels = geometry.channels();
    agenda = new Agenda(spec.hasGroups() ? Steps.KINDS_OF_GROUPS : Steps.KINDS);
    planesPerChannel = geometry.planesPerChannel();
    buffers =
        new PageBuffers(
            requests,
            geometry.planes(),
            rules.pageBuffers(),
            rules.bufferHits(),
            rules.stagingPages() > 0);
    bus = new SharedBus(requests, channels, planesPerChannel);
    way = new PageWay(geometry, paths);
    credits = new Credits(geometry, rules, counts);
    planes = new PlaneArray(spec, requests, buffers, credits, way, agenda, counts, errors, blocks);
    turns = new BusTurns(this, spec, requests, bus, planes, way, agenda, counts);
    readGate = new Admission(requests, channels, rules.outstandingReads());
    writeGate = new Admission(requests, channels, rules.pendingWrites());
    departures =
        new Departures(
            this, spec, requests, buffers, turns, way, readGate, credits, agenda, counts, sink);
    starts = new PlaneStarts(spec, requests, buffers, credits, planes, turns, departures, counts);
    gathering = new Gathering(requests, channels);
    refusals = new Refusals(spec, requests, gathering, readGate, writeGate, planes, counts, sink);
    writes =
        new Writes(this, spec, requests, planes, way, writeGate, refusals, agenda, counts, sink);
  }

  // Requests -----------------------------------------------------------------------------------

  /**
   * Reads bytes of one page.
   *
   * @param plane number of the plane in the device
   * @param page number of the page in its plane
   * @param bytes 1 to a page
   * @param isBatch releases all reads that the channel gathers, this one too
   * @param word told to the sink
   * @throws IndexOutOfBoundsException if there is no such plane or page
   * @throws IllegalArgumentException if there are no or too many bytes
   */
  public void read(int plane, int page, int bytes, boolean isBatch, long word) {
    check(plane, page);
    if (bytes < 1 || bytes > geometry.pageBytes()) {
      throw new IllegalArgumentException(
          bytes
              + " bytes of a page of "
              + geometry.pageBytes()
              + "; must be 1 or more, at most all");
    }
    int channel = plane / planesPerChannel;
    int request = requests.add(Requests.READ, plane, page, bytes, word);
    counts.reads++;
    counts.readBytes += bytes;
    if (isShutDown) {
      refusals.refuse(request, nowPs);
    } else if (rules.gatherPs() == 0) {
      enter(channel, request);
    } else {
      boolean isFirst = gathering.add(channel, request);
      if (isBatch) {
        releaseGathered(channel);
      } else if (isFirst) {
        agenda.add(Steps.GATHERED, nowPs + rules.gatherPs(), channel, gathering.number(channel));
      }
    }
  }

  /**
   * Announces that a page will be asked for: it is sensed behind the reads before it, takes a place
   * among the outstanding reads, and stays in its buffer until {@link #claim}. Who announces has to
   * leave room for what comes before in the order of claims: a plane that keeps pages senses no
   * others.
   *
   * @param ticket number of the announcement, 1 or more; never less than one before
   * @param word told to the sink when the page leaves
   * @throws IndexOutOfBoundsException if there is no such plane or page
   */
  public void announce(int plane, int page, long ticket, long word) {
    check(plane, page);
    int request = requests.add(Requests.READ, plane, page, geometry.pageBytes(), word);
    requests.ticket[request] = ticket;
    counts.reads++;
    counts.readBytes += geometry.pageBytes();
    if (isShutDown) {
      refusals.refuse(request, nowPs);
    } else {
      enter(plane / planesPerChannel, request);
    }
  }

  /**
   * Asks for all pages of announcements up to a number: those that are ready leave, in the order in
   * which they were announced.
   */
  public void claim(long ticket) {
    requests.claim(ticket);
    for (int channel = 0; channel < geometry.channels(); channel++) {
      departures.release(channel, nowPs);
    }
  }

  /**
   * Bytes that lie on the base die take a link to the host, behind all that is ready; the link is
   * not shared with commands.
   *
   * @return when the host has them
   */
  public long carryOut(int channel, long bytes) {
    long busyPs = way.linkPs(bytes);
    counts.linkOutBusyPs += busyPs;
    return way.out(channel, nowPs, busyPs) + paths.hostPs();
  }

  /** Bytes for the base die take a link from the host; when they have arrived. */
  public long carryIn(int channel, long bytes) {
    long busyPs = way.linkPs(bytes);
    counts.linkInBusyPs += busyPs;
    return way.in(channel, nowPs, busyPs) + paths.hostPs();
  }

  /**
   * Programs a page; page 0 of a block erases the block before.
   *
   * @see #read
   */
  public void program(int plane, int page, long word) {
    check(plane, page);
    writes.enter(requests.add(Requests.PROGRAM, plane, page, geometry.pageBytes(), word), nowPs);
  }

  /**
   * Erases the block of a page and programs nothing.
   *
   * @see #read
   */
  public void erase(int plane, int page, long word) {
    check(plane, page);
    writes.enter(requests.add(Requests.ERASE, plane, page, 0, word), nowPs);
  }

  private void check(int plane, int page) {
    Objects.checkIndex(plane, geometry.planes());
    Objects.checkIndex(page, geometry.pagesPerPlane());
  }

  private void releaseGathered(int channel) {
    gathering.end(channel);
    for (int read = gathering.take(channel); read != NONE; read = gathering.take(channel)) {
      enter(channel, read);
    }
  }

  private void enter(int channel, int request) {
    if (readGate.enter(channel, request)) {
      accept(request);
    }
  }

  void accept(int request) {
    int plane = requests.plane[request];
    int page = requests.page[request];
    if (planes.isBeingWritten(plane, page)) {
      counts.forwarded++;
      departures.send(request, nowPs);
      return;
    }
    // One that is not asked for yet keeps its page: it must not keep it from those before it.
    boolean overtakes = requests.isKept(request) && planes.firstRead(plane) != NONE;
    int buffer = overtakes ? NONE : buffers.find(plane, page);
    if (buffer != NONE) {
      counts.bufferHits++;
      departures.await(request, buffer, nowPs);
      return;
    }
    planes.addRead(plane, request);
    starts.serve(plane, nowPs);
  }

  // Time ---------------------------------------------------------------------------------------

  /** When something happens next if nothing is asked before; {@link Long#MAX_VALUE} if never. */
  public long nextPs() {
    return agenda.nextPs();
  }

  /** The present. */
  public long nowPs() {
    return nowPs;
  }

  /**
   * Goes on to a time and does what is due until then and there.
   *
   * @throws IllegalArgumentException if that time is past
   */
  public void advanceTo(long ps) {
    if (ps < nowPs) {
      throw new IllegalArgumentException("back from " + nowPs + " ps to " + ps + " ps");
    }
    while (agenda.nextPs() <= ps) {
      nowPs = agenda.nextPs();
      agenda.take();
      happen(agenda.kind, agenda.index, agenda.tag);
    }
    nowPs = ps;
  }

  private void happen(int kind, int index, int tag) {
    switch (kind) {
      case Steps.SENSED -> sensed(index, tag);
      case Steps.LANED -> decode(tag, index);
      case Steps.DECODED -> ready(index);
      case Steps.LEFT -> left(index);
      case Steps.CARRIED -> turns.carried(index, tag, nowPs);
      case Steps.WORKED -> writes.worked(index, tag, nowPs);
      case Steps.LOADED -> writes.loaded(index, nowPs);
      case Steps.SUSPENDED -> {
        planes.suspended(index);
        starts.rested(index, nowPs);
      }
      case Steps.COMMANDED -> planes.execute(index, tag, nowPs);
      case Steps.GROUPED -> planes.grouped(index, tag, nowPs);
      default -> {
        if (gathering.number(index) == tag) {
          releaseGathered(index);
        }
      }
    }
  }

  // From the plane to the host -----------------------------------------------------------------

  private void sensed(int plane, int buffer) {
    planes.sensed(plane);
    int channel = plane / planesPerChannel;
    long endPs = way.overLane(plane, nowPs);
    if (endPs == nowPs) {
      decode(channel, buffer);
    } else if (way.decodes()) {
      agenda.add(Steps.LANED, endPs, buffer, channel);
    } else {
      agenda.add(Steps.DECODED, endPs, buffer, 0);
    }
    starts.rested(plane, nowPs);
  }

  private void decode(int channel, int buffer) {
    long readyPs = way.decoded(channel, nowPs);
    if (readyPs > nowPs) {
      agenda.add(Steps.DECODED, readyPs, buffer, 0);
    } else {
      ready(buffer);
    }
  }

  private void ready(int buffer) {
    buffers.arrived(buffer);
    while (buffers.waiting.first(buffer) != NONE) {
      departures.send(buffers.waiting.take(buffer), nowPs);
    }
  }

  /** What lets planes begin. */
  PlaneStarts starts() {
    return starts;
  }

  void answer(int request, long linkEndPs) {
    departures.answer(request, linkEndPs);
  }

  void left(int request) {
    departures.left(request, nowPs);
  }

  // Heat and power -----------------------------------------------------------------------------

  /**
   * From now on so many planes at most begin to sense, program or erase while as many are at it;
   * what has begun goes on. Those that wait begin when there are more again.
   *
   * @param most 0 or more; {@link Integer#MAX_VALUE}: as many as {@link FlashRules#activePlanes}
   */
  public void limitActivePlanes(int most) {
    credits.limit(most);
    starts.wakeForLeave(nowPs);
  }

  /**
   * Stops for good: what has begun, or was acknowledged, is finished; all else ends at once as
   * {@link FlashStatus#SHUT_DOWN}, and whatever is asked from now on.
   */
  public void shutDown() {
    isShutDown = true;
    refusals.refuseAll(nowPs);
    limitActivePlanes(Integer.MAX_VALUE);
  }

  /** Whether it stopped for good. */
  public boolean isShutDown() {
    return isShutDown;
  }

  // For ports ----------------------------------------------------------------------------------

  /** Reads that a channel would accept at once, one after the other. */
  public int readRoom(int channel) {
    return readGate.room(channel);
  }

  /** Reads that a channel has accepted and not yet sent. */
  public int readsInside(int channel) {
    return readGate.inside(channel);
  }

  /** Programs and erases that a channel would accept at once. */
  public int writeRoom(int channel) {
    return writeGate.room(channel);
  }

  /** The state in writing, for ports that follow what repeats. */
  public FlashImage image() {
    return new FlashImage(
        this,
        requests,
        counts,
        agenda,
        planes,
        buffers,
        bus,
        way,
        credits,
        readGate,
        writeGate,
        departures.kept());
  }

  /** For {@link FlashImage}: changes the time without anything happening. */
  void moveTo(long ps) {
    nowPs = ps;
  }

  // Reports ------------------------------------------------------------------------------------

  /** Requests made whose work is not over. */
  public int pending() {
    return requests.live();
  }

  /** Planes that sense, program or erase now, or have leave to. */
  public int activePlanes() {
    return credits.active();
  }

  /** What it is made of. */
  public FlashSpec spec() {
    return spec;
  }

  /** What it has done so far. */
  public FlashCounters counters() {
    return counts.snapshot(readGate.waits() + writeGate.waits(), credits.waitPs(nowPs));
  }
}
