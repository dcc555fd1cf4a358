package memwall.memory.flash.device;

import java.util.Arrays;
import memwall.core.leap.StateSink;
import org.jspecify.annotations.Nullable;

/**
 * The planes of a device: what each does, what waits for it, and what it begins next.
 *
 * <p>Senses, programs and erases take their time here; what becomes of a sensed page is the affair
 * of the {@link FlashDevice}.
 */
final class PlaneArray {
  private static final int NONE = Requests.NONE;

  // What a plane does.
  private static final byte IDLE = 0;
  private static final byte TAKEN = 1;
  private static final byte WORKING = 2;

  private final FlashGeometry geometry;
  private final FlashTimings timings;
  private final FlashRules rules;
  private final boolean hasSharedBus;
  private final Requests requests;
  private final PageBuffers buffers;
  private final Credits credits;
  private final PageWay way;
  private final Agenda agenda;
  private final Counts counts;
  private final FlashErrors errors;
  private final @Nullable BlockStore blocks;
  private final SensedPages pages;
  private final Lists reads;
  private final Lists works;
  private final byte[] state;
  private final boolean[] isSuspended;

  /** Whether the command for a sense is on its way to the plane. */
  private final boolean[] isCommanded;

  private final int[] current;
  private final int[] suspensions;
  private final int[] version;
  private final long[] workEndPs;
  private final long[] workLeftPs;
  private final long[] commandFreePs;

  /** Programs and erases that wait or are under way. */
  private int working;

  PlaneArray(
      FlashSpec spec,
      Requests requests,
      PageBuffers buffers,
      Credits credits,
      PageWay way,
      Agenda agenda,
      Counts counts,
      FlashErrors errors,
      @Nullable BlockStore blocks) {
    geometry = spec.geometry();
    timings = spec.timings();
    rules = spec.rules();
    hasSharedBus = spec.paths().sharedBus();
    this.requests = requests;
    this.buffers = buffers;
    this.credits = credits;
    this.way = way;
    this.agenda = agenda;
    this.counts = counts;
    this.errors = errors;
    this.blocks = blocks;
    pages = new SensedPages(geometry, buffers, counts, errors, blocks);
    int planes = geometry.planes();
    reads = new Lists(requests, planes);
    works = new Lists(requests, planes);
    state = new byte[planes];
    isSuspended = new boolean[planes];
    isCommanded = new boolean[planes];
    current = new int[planes];
    suspensions = new int[planes];
    version = new int[planes];
    workEndPs = new long[planes];
    workLeftPs = new long[planes];
    commandFreePs = new long[geometry.channels()];
    Arrays.fill(current, NONE);
  }

  void addRead(int plane, int request) {
    reads.add(plane, request);
  }

  void addWork(int plane, int request) {
    working++;
    works.add(plane, request);
  }

  /** The read that a plane would sense next; {@link Requests#NONE} if none waits. */
  int firstRead(int plane) {
    return reads.first(plane);
  }

  int takeRead(int plane) {
    return reads.take(plane);
  }

  /** Whether a program or erase waits that has not begun. */
  boolean hasWork(int plane) {
    return works.first(plane) != NONE;
  }

  int takeWork(int plane) {
    working--;
    return works.take(plane);
  }

  boolean isIdle(int plane) {
    return state[plane] == IDLE;
  }

  /** Whether a page waits to be programmed, or is just being. */
  boolean isBeingWritten(int plane, int page) {
    int request = current[plane];
    if (request != NONE && requests.writes(request, page)) {
      return true;
    }
    request = works.first(plane);
    while (request != NONE && !requests.writes(request, page)) {
      request = requests.next[request];
    }
    return request != NONE;
  }

  /** Whether an idle plane has something that it could begin. */
  boolean canBegin(int plane) {
    return isReadNext(plane)
        ? buffers.free(plane) != NONE
        : isSuspended[plane] || works.first(plane) != NONE;
  }

  private boolean isReadNext(int plane) {
    int read = reads.first(plane);
    if (read == NONE) {
      return false;
    }
    int work = works.first(plane);
    boolean hasWork = isSuspended[plane] || work != NONE;
    if (hasWork && requests.isKept(read) && buffers.free(plane) == NONE) {
      return false; // nobody says when its buffers will be asked for
    }
    return isSuspended[plane]
        || work == NONE
        || rules.priority() != ReadPriority.ARRIVAL
        || requests.order[read] < requests.order[work];
  }

  /**
   * An idle plane that can begin takes what it needs and begins; if it lacks a credit it waits.
   *
   * @return the request whose command is to be brought to it; {@link Requests#NONE} if none is
   */
  int begin(int channel, int plane, long nowPs) {
    boolean isRead = isReadNext(plane);
    if (!credits.take(channel, plane, isRead, nowPs)) {
      return NONE;
    }
    if (isRead) {
      int read = reads.take(plane);
      state[plane] = TAKEN;
      isCommanded[plane] = true;
      int buffer = buffers.free(plane);
      buffers.fetch(buffer, requests.page[read]);
      requests.buffer[read] = buffer;
      return read;
    }
    if (isSuspended[plane]) {
      isSuspended[plane] = false;
      work(plane, nowPs + timings.resumePs() + workLeftPs[plane], nowPs);
      return NONE;
    }
    int work = works.take(plane);
    state[plane] = TAKEN;
    current[plane] = work;
    suspensions[plane] = 0;
    return work;
  }

  /** Brings a command to its plane on wires that carry nothing else. */
  void command(int channel, int request, long nowPs) {
    int plane = requests.plane[request];
    int buffer = requests.buffer[request];
    if (timings.commandPs() == 0) {
      execute(plane, buffer, nowPs);
      return;
    }
    long endPs = Math.max(nowPs, commandFreePs[channel]) + timings.commandPs();
    commandFreePs[channel] = endPs;
    agenda.add(Steps.COMMANDED, endPs, plane, buffer);
  }

  /** A command has arrived: the array begins. */
  void execute(int plane, int buffer, long nowPs) {
    if (buffer == NONE) {
      program(plane, nowPs);
    } else {
      sense(plane, buffer, nowPs);
    }
  }

  private void sense(int plane, int buffer, long nowPs) {
    isCommanded[plane] = false;
    int retries = pages.sense(plane, buffer, nowPs);
    long busyPs = timings.readPs() + retries * timings.retryPs() + timings.readyPs();
    counts.senses++;
    counts.retries += retries;
    counts.senseBusyPs += busyPs;
    agenda.add(Steps.SENSED, nowPs + busyPs, plane, buffer);
  }

  private void program(int plane, long nowPs) {
    int request = current[plane];
    int page = requests.page[request];
    boolean isErase = requests.kind[request] == Requests.ERASE;
    FlashStatus status = FlashStatus.DONE;
    if (blocks != null) {
      int block = blocks.block(plane, page);
      status = isErase ? blocks.erase(block) : blocks.beginProgram(block, page, nowPs);
    }
    requests.status[request] = status;
    if (status != FlashStatus.DONE) {
      counts.refusals++;
      work(plane, nowPs, nowPs);
      return;
    }
    boolean erases = isErase || page % geometry.pagesPerBlock() == 0;
    long busyPs = erases ? timings.erasePs() : 0;
    counts.erases += erases ? 1 : 0;
    if (!isErase) {
      counts.programs++;
      busyPs += timings.programPs();
      if (!hasSharedBus) {
        busyPs += way.overLane(plane, nowPs) - nowPs;
      }
    }
    work(plane, nowPs + busyPs, nowPs);
  }

  private void work(int plane, long endPs, long nowPs) {
    state[plane] = WORKING;
    workEndPs[plane] = endPs;
    counts.workBusyPs += endPs - nowPs;
    agenda.add(Steps.WORKED, endPs, plane, ++version[plane]);
    considerSuspension(plane, nowPs);
  }

  /** Suspends what a plane programs or erases if a read waits and the rules allow it. */
  void considerSuspension(int plane, long nowPs) {
    long leftPs = workEndPs[plane] - nowPs;
    if (rules.priority() != ReadPriority.SUSPEND
        || state[plane] != WORKING
        || reads.first(plane) == NONE
        || suspensions[plane] == rules.suspensions()
        || leftPs < Math.max(1, rules.leastSuspendedPs())
        || buffers.free(plane) == NONE) {
      return;
    }
    suspensions[plane]++;
    counts.suspensions++;
    version[plane]++;
    workLeftPs[plane] = leftPs;
    counts.workBusyPs -= leftPs;
    state[plane] = TAKEN;
    agenda.add(Steps.SUSPENDED, nowPs + timings.suspendPs(), plane, 0);
  }

  void suspended(int plane) {
    isSuspended[plane] = true;
    rest(plane);
  }

  void sensed(int plane) {
    rest(plane);
  }

  private void rest(int plane) {
    state[plane] = IDLE;
    credits.rest();
  }

  /**
   * A program or erase is over, unless it was suspended.
   *
   * @return it; {@link Requests#NONE} if it was suspended
   */
  int worked(int plane, int itsVersion) {
    if (version[plane] != itsVersion) {
      return NONE;
    }
    int request = current[plane];
    current[plane] = NONE;
    working--;
    int page = requests.page[request];
    if (requests.kind[request] == Requests.PROGRAM && requests.status[request].isGood()) {
      int block = blocks == null ? 0 : blocks.block(plane, page);
      boolean fails = errors.programFails(blocks == null ? 0 : blocks.erases(block));
      if (fails) {
        requests.status[request] = FlashStatus.PROGRAM_FAILED;
        counts.programFailures++;
      }
      if (blocks != null) {
        blocks.endProgram(block, fails);
      }
    }
    int inBlock = page % geometry.pagesPerBlock();
    buffers.forget(plane, page - inBlock, geometry.pagesPerBlock());
    rest(plane);
    return request;
  }

  /** Whether planes only sense: then their state can be described. */
  boolean onlyReads() {
    return working == 0;
  }

  /** Writes what waits for each plane and what it does; only if {@link #onlyReads}. */
  void describe(StateSink sink, Naming names, long nowPs) {
    for (int i = 0; i < state.length; i++) {
      int plane = Turned.at(i, state.length, names.turn());
      sink.put(state[plane]);
      reads.describe(plane, sink, buffers, names);
    }
    for (long ps : commandFreePs) {
      sink.put(Math.max(0, ps - nowPs));
    }
  }

  void shift(long byPs) {
    for (int channel = 0; channel < commandFreePs.length; channel++) {
      commandFreePs[channel] += byPs;
    }
  }

  /**
   * All planes sense so many rows, without retries: each begins with what waits for it, pages up to
   * but without those of the base row, and goes on with the rows from there.
   */
  void senseClean(int baseRow, int rows) {
    pages.skip((long) rows * state.length);
    for (int plane = 0; plane < state.length; plane++) {
      int row = baseRow - unsensed(plane);
      pages.senseClean(plane, row, rows);
    }
  }

  /** What the planes find. */
  SensedPages pages() {
    return pages;
  }

  /** Becomes like another whose planes have all gone on in a ring; neither programs or erases. */
  void copyFrom(PlaneArray other, int turn) {
    reads.copyFrom(other.reads, turn);
    Turned.copy(other.state, state, state.length, turn);
    Turned.copy(other.isCommanded, isCommanded, state.length, turn);
    System.arraycopy(other.commandFreePs, 0, commandFreePs, 0, commandFreePs.length);
  }

  long commandsFreePs() {
    long latest = 0;
    for (long ps : commandFreePs) {
      latest = Math.max(latest, ps);
    }
    return latest;
  }

  /** Pages asked of a plane that it has not begun to sense. */
  int unsensed(int plane) {
    return reads.size(plane) + (isCommanded[plane] ? 1 : 0);
  }

  /**
   * How many rows all planes can sense from here on without anything that has to be looked at: no
   * page without data, no block read too often, no retry, no data that get too old.
   *
   * @param most at most so many
   * @param rowPs what a row takes
   * @see #senseClean
   */
  int cleanRows(int baseRow, int most, double rowPs, long nowPs) {
    int clean = readableRows(baseRow, (int) Math.min(most, pages.cleanSenses() / state.length));
    // An end that is not covered is taken page by page, until it is; then there are leaps again.
    while (clean > 0 && !areCovered(baseRow, clean, nowPs + (long) (clean * rowPs))) {
      clean /= 2;
    }
    return clean;
  }

  /** Whether {@link FlashErrors#cleanSenses} holds for all blocks that so many rows are in. */
  private boolean areCovered(int baseRow, int rows, long endPs) {
    for (int plane = 0; plane < state.length; plane++) {
      if (!pages.areCovered(plane, baseRow - unsensed(plane), rows, endPs)) {
        return false;
      }
    }
    return true;
  }

  private int readableRows(int baseRow, int most) {
    int clean = most;
    for (int plane = 0; plane < state.length && clean > 0; plane++) {
      clean = Math.min(clean, pages.cleanRows(plane, baseRow - unsensed(plane), clean));
    }
    return clean;
  }
}
