package memwall.memory.flash.device;

import java.util.Arrays;
import java.util.Objects;
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

  /** Stands for the buffer of what goes on. */
  private static final int RESUMED = -2;

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

  /** Of planes that do not work on their own. */
  private final @Nullable PlaneGroups groups;

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
    groups = spec.hasGroups() ? new PlaneGroups(geometry, spec.multiPlane()) : null;
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
    Arrays.fill(current, NONE);
  }

  void addRead(int plane, int request) {
    reads.add(plane, request);
  }

  void addWork(int plane, int request) {
    working++;
    works.add(plane, request);
  }

  /** Groups of planes; null if each works on its own. */
  @Nullable PlaneGroups groups() {
    return groups;
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

  /** Whether a plane goes on with a read. */
  boolean isReadNext(int plane) {
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

  /** Whether an idle plane that can begin must wait for its group, as it does then. */
  boolean mustWaitForGroup(int plane, long nowPs) {
    PlaneGroups its = groups;
    if (its == null || its.admits(plane, nextWhat(plane), nextPage(plane))) {
      return false;
    }
    its.await(plane);
    considerSuspension(plane, nowPs);
    return true;
  }

  /** A plane does not wait for its group any more. */
  void forgetGroup(int plane) {
    if (groups != null) {
      groups.forget(plane);
    }
  }

  private byte nextWhat(int plane) {
    if (isReadNext(plane)) {
      return PlaneGroups.SENSE;
    }
    if (isSuspended[plane]) {
      return PlaneGroups.RESUME;
    }
    int work = works.first(plane);
    if (requests.kind[work] == Requests.ERASE) {
      return PlaneGroups.ERASE;
    }
    return requests.page[work] % geometry.pagesPerBlock() == 0
        ? PlaneGroups.ERASE_AND_PROGRAM
        : PlaneGroups.PROGRAM;
  }

  private int nextPage(int plane) {
    if (isReadNext(plane)) {
      return requests.page[reads.first(plane)];
    }
    return isSuspended[plane] ? 0 : requests.page[works.first(plane)];
  }

  /**
   * An idle plane that can begin takes what it needs and begins; if it lacks a credit, or its group
   * does something else, it waits.
   *
   * @return the request whose command is to be brought to it; {@link Requests#NONE} if none is
   */
  int begin(int channel, int plane, long nowPs) {
    boolean isRead = isReadNext(plane);
    if (mustWaitForGroup(plane, nowPs)) {
      return NONE;
    }
    if (!credits.take(channel, plane, isRead, nowPs)) {
      forgetGroup(plane);
      return NONE;
    }
    if (groups != null) {
      groups.join(plane, nextWhat(plane), nextPage(plane));
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
      state[plane] = TAKEN;
      execute(plane, RESUMED, nowPs);
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
    long endPs = way.command(channel, nowPs, timings.commandPs());
    agenda.add(Steps.COMMANDED, endPs, plane, buffer);
  }

  /** A command has arrived: the array begins, or the plane waits for others of its group. */
  void execute(int plane, int buffer, long nowPs) {
    PlaneGroups its = groups;
    if (its == null) {
      counts.senseCommands += buffer >= 0 ? 1 : 0;
      perform(plane, buffer, nowPs);
      return;
    }
    int group = its.group(plane);
    boolean isFirst = its.arrive(plane, buffer);
    startIfReady(its, group, nowPs);
    if (isFirst && its.isGathering(group)) {
      agenda.add(Steps.GROUPED, nowPs + its.windowPs(group), group, its.number(group));
    }
  }

  /** A group need not wait for more commands. */
  void grouped(int group, int number, long nowPs) {
    PlaneGroups its = Objects.requireNonNull(groups);
    its.due(group, number);
    startIfReady(its, group, nowPs);
  }

  private void startIfReady(PlaneGroups its, int group, long nowPs) {
    if (!its.isReady(group)) {
      return;
    }
    its.start(group);
    counts.senseCommands += its.isWriting(group) ? 0 : 1;
    for (int i = 0; i < its.members(group); i++) {
      int plane = its.member(group, i);
      perform(plane, its.buffer(plane), nowPs);
    }
    considerSuspension(its.firstPlane(group), nowPs);
  }

  private void perform(int plane, int buffer, long nowPs) {
    switch (buffer) {
      case NONE -> program(plane, nowPs);
      case RESUMED -> work(plane, nowPs + timings.resumePs() + workLeftPs[plane], nowPs);
      default -> sense(plane, buffer, nowPs);
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
    if (groups == null) {
      considerSuspension(plane, nowPs);
    }
  }

  /**
   * Suspends what a plane, or all of its group, programs or erases if a read waits and the rules
   * allow it.
   */
  void considerSuspension(int plane, long nowPs) {
    if (rules.priority() != ReadPriority.SUSPEND) {
      return;
    }
    PlaneGroups its = groups;
    if (its != null) {
      considerSuspension(its, its.group(plane), nowPs);
    } else if (state[plane] == WORKING && canSuspend(plane, nowPs) && couldSense(plane)) {
      suspend(plane, nowPs);
    }
  }

  private void considerSuspension(PlaneGroups its, int group, long nowPs) {
    if (!its.isWriting(group)) {
      return;
    }
    boolean isWanted = false;
    int first = its.firstPlane(group);
    for (int plane = first; plane < first + its.size(); plane++) {
      isWanted |= couldSense(plane);
    }
    for (int i = 0; i < its.members(group); i++) {
      int plane = its.member(group, i);
      isWanted &= state[plane] == IDLE || (state[plane] == WORKING && canSuspend(plane, nowPs));
    }
    for (int i = 0; i < its.members(group) && isWanted; i++) {
      if (state[its.member(group, i)] == WORKING) {
        suspend(its.member(group, i), nowPs);
      }
    }
  }

  private boolean couldSense(int plane) {
    return reads.first(plane) != NONE && buffers.free(plane) != NONE;
  }

  private boolean canSuspend(int plane, long nowPs) {
    return suspensions[plane] < rules.suspensions()
        && workEndPs[plane] - nowPs >= Math.max(1, rules.leastSuspendedPs());
  }

  private void suspend(int plane, long nowPs) {
    long leftPs = workEndPs[plane] - nowPs;
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
    rest(plane, true);
  }

  void sensed(int plane) {
    rest(plane, false);
  }

  private void rest(int plane, boolean itsSuspended) {
    state[plane] = IDLE;
    credits.rest();
    if (groups != null) {
      groups.ended(plane, itsSuspended);
    }
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
    rest(plane, false);
    return request;
  }

  /** Whether planes only sense: then their state can be described. */
  boolean onlyReads() {
    return working == 0;
  }

  /** Writes what waits for each plane and what it does; only if {@link #onlyReads}. */
  void describe(StateSink sink, Naming names) {
    for (int i = 0; i < state.length; i++) {
      int plane = Turned.at(i, state.length, names.turn());
      sink.put(state[plane]);
      reads.describe(plane, sink, buffers, names);
    }
    if (groups != null) {
      groups.describe(sink, buffers, names);
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
    if (groups != null && other.groups != null) {
      groups.copyFrom(other.groups, turn, buffers.perPlane());
    }
  }

  /** Pages asked of a plane that it has not begun to sense. */
  int unsensed(int plane) {
    return reads.size(plane) + (isCommanded[plane] ? 1 : 0);
  }
}
