package memwall.memory.flash.device;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import memwall.core.unit.Units;
import org.jspecify.annotations.Nullable;

/**
 * A flash device as docs/flash.md and the Javadoc of {@link FlashDevice} describe it, with objects,
 * lists and one queue of events: slow and plain, to compare {@link FlashDevice} with. Nothing of it
 * is shared with the device but the records that say what it is.
 *
 * <p>Longer than others, so that all rules stand in one place and can be read beside the text.
 */
final class PlainFlash {
  /** Something that will happen. */
  private record Event(long ps, long order, Runnable what) {}

  private enum Kind {
    READ,
    PROGRAM,
    ERASE
  }

  private static final class Request {
    final Kind kind;
    final Plane plane;
    final int page;
    final int bytes;
    final long word;
    final long order;

    /** Of its announcement; 0: nobody announced it. */
    long ticket;

    @Nullable Buffer buffer;

    Request(Kind kind, Plane plane, int page, int bytes, long word, long order) {
      this.kind = kind;
      this.plane = plane;
      this.page = page;
      this.bytes = bytes;
      this.word = word;
      this.order = order;
    }
  }

  /** A page buffer that is in use; a plane has at most so many. */
  private static final class Buffer {
    int page;
    boolean isValid = true;
    boolean isThere;
    int wanted;
    long touched;
    FlashStatus status = FlashStatus.DONE;
    final List<Request> waiting = new ArrayList<>();

    Buffer(int page) {
      this.page = page;
    }
  }

  private static final class Block {
    int erases;
    int reads;
    int written;
    boolean isBroken;
    boolean isRetired;
    long sinceS;
  }

  private static final class Channel {
    final List<Plane> planes = new ArrayList<>();
    final List<Request> gathered = new ArrayList<>();
    int gathering;
    int readsInside;
    int writesInside;
    final Deque<Request> readsOutside = new ArrayDeque<>();
    final Deque<Request> writesOutside = new ArrayDeque<>();
    int staged;
    final Deque<Plane> wantStaging = new ArrayDeque<>();
    long decoderFreePs;
    long linkOutFreePs;
    long linkInFreePs;
    long commandFreePs;
    boolean busIsTaken;
    int busTurn;
    final Deque<Request> busData = new ArrayDeque<>();

    /** Pages that are ready and were announced, but are not asked for. */
    final List<Request> kept = new ArrayList<>();
  }

  private static final class Die {
    long laneFreePs;
  }

  /** What planes that share their circuits can do together. */
  private enum Together {
    SENSE,
    PROGRAM,
    ERASE_AND_PROGRAM,
    ERASE,
    RESUME
  }

  private enum GroupState {
    FREE,
    /** Commands are gathered. */
    OPEN,
    BUSY,
    /** Has just ended; those that wait are not awake yet. */
    OVER
  }

  /** A plane whose command has arrived, and what is then to be done. */
  private record Ready(Plane plane, Runnable what) {}

  private static final class Group {
    final List<Plane> planes = new ArrayList<>();
    final List<Plane> waiting = new ArrayList<>();
    GroupState state = GroupState.FREE;
    Together what = Together.SENSE;
    int page;
    int expected;
    final List<Ready> ready = new ArrayList<>();
    boolean windowIsOver;
    int run;
    final List<Plane> busy = new ArrayList<>();
    @Nullable Plane turn;
  }

  private enum Doing {
    NOTHING,
    /** Gets a command, senses, or lets go of what it suspends. */
    SOMETHING,
    WORK
  }

  private static final class Plane {
    final Channel channel;
    final Die die;
    final Group group;
    final Block[] blocks;
    final List<Buffer> buffers = new ArrayList<>();
    final Deque<Request> reads = new ArrayDeque<>();
    final Deque<Request> works = new ArrayDeque<>();
    Doing doing = Doing.NOTHING;
    @Nullable Request work;
    FlashStatus workStatus = FlashStatus.DONE;
    long workEndPs;
    int workRun;
    boolean isSuspended;
    long leftPs;
    int suspensions;
    boolean wantsBus;

    /** A place in the staging buffer is kept for it. */
    boolean hasPlace;

    /** Leave to be active is kept for it. */
    boolean hasLeave;

    long wantsLeaveSincePs;

    Plane(Channel channel, Die die, Group group, int blocks) {
      this.channel = channel;
      this.die = die;
      this.group = group;
      group.planes.add(this);
      this.blocks = new Block[blocks];
      for (int i = 0; i < blocks; i++) {
        this.blocks[i] = new Block();
      }
    }
  }

  /** What a plane could do next. */
  private enum Next {
    SENSE,
    RESUME,
    WORK,
    NOTHING
  }

  private final FlashGeometry geometry;
  private final FlashTimings timings;
  private final FlashPaths paths;
  private final FlashRules rules;
  private final MultiPlane multiPlane;
  private final boolean knowsBlocks;
  private final int mostErases;
  private final int mostReads;
  private final FlashErrors errors;
  private final FlashDevice.Sink sink;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::ps).thenComparingLong(Event::order));
  private final List<Channel> channels = new ArrayList<>();
  private final List<Plane> planes = new ArrayList<>();
  private final Deque<Plane> wantActivity = new ArrayDeque<>();
  private long order;
  private long touches;
  private long nowPs;
  private int active;
  private int mostActive;
  private boolean isStopped;

  /** Announcements up to this one are asked for. */
  private long claimed;

  private long reads;
  private long readBytes;
  private long senses;
  private long senseCommands;
  private long retries;
  private long uncorrectable;
  private long expired;
  private long bufferHits;
  private long forwarded;
  private long programs;
  private long erases;
  private long programFailures;
  private long refusals;
  private long shutOut;
  private long suspensions;
  private long senseBusyPs;
  private long workBusyPs;
  private long linkOutBusyPs;
  private long linkInBusyPs;
  private long capWaits;
  private long longestCapWaitPs;
  private long stagingWaits;
  private long hostWaits;

  /** An idle device; without blocks' limits (0) every page may be read and programmed any time. */
  PlainFlash(
      FlashSpec spec, int mostErases, int mostReads, FlashErrors errors, FlashDevice.Sink sink) {
    geometry = spec.geometry();
    timings = spec.timings();
    paths = spec.paths();
    rules = spec.rules();
    multiPlane = spec.multiPlane();
    knowsBlocks = mostErases > 0;
    this.mostErases = mostErases;
    this.mostReads = mostReads;
    this.errors = errors;
    this.sink = sink;
    for (int c = 0; c < geometry.channels(); c++) {
      Channel channel = new Channel();
      channels.add(channel);
      for (int d = 0; d < geometry.diesPerChannel(); d++) {
        Die die = new Die();
        Group group = new Group();
        for (int p = 0; p < geometry.planesPerDie(); p++) {
          if (p % multiPlane.planesPerGroup() == 0) {
            group = new Group();
          }
          Plane plane = new Plane(channel, die, group, geometry.blocksPerPlane());
          channel.planes.add(plane);
          planes.add(plane);
        }
      }
    }
    limitActivePlanes(Integer.MAX_VALUE);
  }

  /** Puts data into a block as delivered. */
  void fill(int plane, int block, int pages) {
    Block its = planes.get(plane).blocks[block];
    its.written = pages;
  }

  // Time

  private void at(long ps, Runnable what) {
    events.add(new Event(ps, order++, what));
  }

  void advanceTo(long ps) {
    while (!events.isEmpty() && events.peek().ps <= ps) {
      Event event = events.remove();
      nowPs = event.ps;
      event.what.run();
    }
    nowPs = ps;
  }

  void finish() {
    while (!events.isEmpty()) {
      advanceTo(events.peek().ps);
    }
  }

  // What is asked

  void read(int plane, int page, int bytes, boolean isBatch, long word) {
    Plane its = planes.get(plane);
    Request request = new Request(Kind.READ, its, page, bytes, word, order++);
    reads++;
    readBytes += bytes;
    if (isStopped) {
      refuse(request);
    } else if (rules.gatherPs() == 0) {
      letIn(request);
    } else {
      gather(its.channel, request, isBatch);
    }
  }

  void announce(int plane, int page, long ticket, long word) {
    Plane its = planes.get(plane);
    Request request = new Request(Kind.READ, its, page, geometry.pageBytes(), word, order++);
    request.ticket = ticket;
    reads++;
    readBytes += geometry.pageBytes();
    if (isStopped) {
      refuse(request);
    } else {
      letIn(request);
    }
  }

  void claim(long ticket) {
    claimed = ticket;
    for (Channel channel : channels) {
      List<Request> asked = channel.kept.stream().filter(request -> !isKept(request)).toList();
      channel.kept.removeAll(asked);
      asked.forEach(this::toLink);
    }
  }

  private boolean isKept(Request read) {
    return read.ticket > claimed;
  }

  private void gather(Channel channel, Request request, boolean isBatch) {
    channel.gathered.add(request);
    if (isBatch) {
      releaseAll(channel);
    } else if (channel.gathered.size() == 1) {
      int number = channel.gathering;
      at(
          nowPs + rules.gatherPs(),
          () -> {
            if (channel.gathering == number) {
              releaseAll(channel);
            }
          });
    }
  }

  private void releaseAll(Channel channel) {
    channel.gathering++;
    List<Request> all = new ArrayList<>(channel.gathered);
    channel.gathered.clear();
    all.forEach(this::letIn);
  }

  void program(int plane, int page, long word) {
    write(Kind.PROGRAM, plane, page, word);
  }

  void erase(int plane, int page, long word) {
    write(Kind.ERASE, plane, page, word);
  }

  private void write(Kind kind, int plane, int page, long word) {
    Plane its = planes.get(plane);
    Request request = new Request(kind, its, page, geometry.pageBytes(), word, order++);
    if (isStopped) {
      refuse(request);
    } else if (its.channel.writesInside == rules.pendingWrites()) {
      its.channel.writesOutside.add(request);
      hostWaits++;
    } else {
      its.channel.writesInside++;
      bring(request);
    }
  }

  private void letIn(Request read) {
    Channel channel = read.plane.channel;
    if (channel.readsInside == rules.outstandingReads()) {
      channel.readsOutside.add(read);
      hostWaits++;
    } else {
      channel.readsInside++;
      accept(read);
    }
  }

  private void accept(Request read) {
    Plane plane = read.plane;
    Predicate<Request> writesIt = w -> w.kind == Kind.PROGRAM && w.page == read.page;
    if ((plane.work != null && writesIt.test(plane.work))
        || plane.works.stream().anyMatch(writesIt)) {
      forwarded++;
      toLink(read);
      return;
    }
    Buffer buffer = holding(plane, read.page);
    // Those before it might wait for the buffer that it would keep.
    boolean isBehindOthers = isKept(read) && !plane.reads.isEmpty();
    if (buffer != null && !isBehindOthers) {
      bufferHits++;
      want(read, buffer);
      return;
    }
    plane.reads.add(read);
    goOn(plane);
  }

  private void bring(Request write) {
    Channel channel = write.plane.channel;
    if (write.kind == Kind.ERASE || paths.sharedBus()) {
      brought(write);
      return;
    }
    long busyPs = onLinkPs(geometry.pageBytes());
    linkInBusyPs += busyPs;
    channel.linkInFreePs = Math.max(nowPs, channel.linkInFreePs) + busyPs;
    at(channel.linkInFreePs, () -> brought(write));
  }

  private void brought(Request write) {
    if (isStopped) {
      refuse(write);
      leaveWrites(write.plane.channel);
      return;
    }
    if (rules.postedWrites()) {
      sink.done(write.word, nowPs + paths.hostPs(), FlashStatus.DONE);
    }
    write.plane.works.add(write);
    goOn(write.plane);
  }

  private void leaveWrites(Channel channel) {
    Request next = channel.writesOutside.poll();
    if (next == null) {
      channel.writesInside--;
    } else {
      bring(next);
    }
  }

  // Planes

  private void goOn(Plane plane) {
    if (plane.doing != Doing.NOTHING) {
      suspendIfAllowed(plane);
      return;
    }
    while (!plane.reads.isEmpty()) {
      Buffer buffer = holding(plane, plane.reads.getFirst().page);
      if (buffer == null) {
        break;
      }
      bufferHits++;
      want(plane.reads.removeFirst(), buffer);
    }
    if (next(plane) == Next.NOTHING) {
      plane.group.waiting.remove(plane);
      return;
    }
    if (waitsForGroup(plane)) {
      return;
    }
    if (paths.sharedBus()) {
      plane.wantsBus = true;
      turnBus(plane.channel);
      return;
    }
    Request begun = begin(plane);
    if (begun == null) {
      return;
    }
    if (timings.commandPs() == 0) {
      execute(begun);
      return;
    }
    Channel channel = plane.channel;
    channel.commandFreePs = Math.max(nowPs, channel.commandFreePs) + timings.commandPs();
    at(channel.commandFreePs, () -> execute(begun));
  }

  private Next next(Plane plane) {
    if (isReadFirst(plane)) {
      return hasRoom(plane) ? Next.SENSE : Next.NOTHING;
    }
    if (plane.isSuspended) {
      return Next.RESUME;
    }
    return plane.works.isEmpty() ? Next.NOTHING : Next.WORK;
  }

  private boolean isReadFirst(Plane plane) {
    Request read = plane.reads.peek();
    Request work = plane.works.peek();
    // Nobody says when pages are asked for that fill all buffers of a plane.
    boolean mayWaitForEver =
        read != null && isKept(read) && !hasRoom(plane) && (work != null || plane.isSuspended);
    return read != null
        && !mayWaitForEver
        && (plane.isSuspended
            || work == null
            || rules.priority() != ReadPriority.ARRIVAL
            || read.order < work.order);
  }

  /** Begins what is next, if there is leave; a request whose command has to be brought, if any. */
  private @Nullable Request begin(Plane plane) {
    if (waitsForGroup(plane)) {
      return null;
    }
    Next next = next(plane);
    Channel channel = plane.channel;
    boolean stages = next == Next.SENSE && rules.stagingPages() > 0;
    if (stages && !plane.hasPlace) {
      if (channel.staged == rules.stagingPages() || !channel.wantStaging.isEmpty()) {
        if (!channel.wantStaging.contains(plane)) {
          channel.wantStaging.add(plane);
          stagingWaits++;
        }
        plane.group.waiting.remove(plane);
        return null;
      }
      channel.staged++;
      plane.hasPlace = true;
    }
    if (plane.hasLeave) {
      plane.hasLeave = false;
    } else if (active < mostActive && wantActivity.isEmpty()) {
      active++;
    } else {
      if (!wantActivity.contains(plane)) {
        wantActivity.add(plane);
        plane.wantsLeaveSincePs = nowPs;
        capWaits++;
      }
      plane.group.waiting.remove(plane);
      return null;
    }
    if (stages) {
      plane.hasPlace = false;
    }
    join(plane);
    switch (next) {
      case SENSE -> {
        Request read = plane.reads.removeFirst();
        plane.doing = Doing.SOMETHING;
        if (plane.buffers.size() == rules.pageBuffers()) {
          plane.buffers.remove(oldestUnwanted(plane));
        }
        Buffer buffer = new Buffer(read.page);
        plane.buffers.add(buffer);
        want(read, buffer);
        return read;
      }
      case RESUME -> {
        plane.isSuspended = false;
        plane.doing = Doing.SOMETHING;
        arrive(plane, () -> work(plane, timings.resumePs() + plane.leftPs));
        return null;
      }
      case WORK -> {
        Request work = plane.works.removeFirst();
        plane.doing = Doing.SOMETHING;
        plane.work = work;
        plane.suspensions = 0;
        return work;
      }
      default -> throw new IllegalStateException("nothing to begin");
    }
  }

  private void execute(Request begun) {
    arrive(
        begun.plane,
        () -> {
          if (begun.kind == Kind.READ) {
            sense(begun);
          } else {
            startWork(begun);
          }
        });
  }

  // Planes that work together

  private Together together(Plane plane) {
    switch (next(plane)) {
      case SENSE -> {
        return Together.SENSE;
      }
      case RESUME -> {
        return Together.RESUME;
      }
      default -> {
        Request work = plane.works.getFirst();
        if (work.kind == Kind.ERASE) {
          return Together.ERASE;
        }
        return work.page % geometry.pagesPerBlock() == 0
            ? Together.ERASE_AND_PROGRAM
            : Together.PROGRAM;
      }
    }
  }

  private int pageInBlock(Plane plane) {
    return switch (next(plane)) {
      case SENSE -> plane.reads.getFirst().page % geometry.pagesPerBlock();
      case WORK -> plane.works.getFirst().page % geometry.pagesPerBlock();
      default -> 0;
    };
  }

  /** Whether a plane with something to begin must leave that to others of its group first. */
  private boolean waitsForGroup(Plane plane) {
    Group group = plane.group;
    Together what = together(plane);
    boolean mayBegin = false;
    if (group.state == GroupState.FREE) {
      boolean isNew = what != Together.SENSE && what != Together.RESUME;
      boolean hasSuspended = group.planes.stream().anyMatch(other -> other.isSuspended);
      mayBegin = (group.turn == null || group.turn == plane) && !(isNew && hasSuspended);
    } else if (group.state == GroupState.OPEN && !group.windowIsOver && group.what == what) {
      boolean anyPage = !multiPlane.samePage() || what == Together.ERASE || what == Together.RESUME;
      mayBegin = anyPage || group.page == pageInBlock(plane);
    }
    if (mayBegin || multiPlane.planesPerGroup() == 1) {
      return false;
    }
    if (!group.waiting.contains(plane)) {
      group.waiting.add(plane);
    }
    suspendIfAllowed(plane);
    return true;
  }

  private void join(Plane plane) {
    Group group = plane.group;
    group.waiting.remove(plane);
    if (group.state != GroupState.OPEN) {
      group.state = GroupState.OPEN;
      group.what = together(plane);
      group.page = pageInBlock(plane);
      group.expected = 0;
      group.ready.clear();
      group.windowIsOver = false;
      group.turn = null;
      group.run++;
    }
    group.expected++;
    group.busy.add(plane);
  }

  /** The command of a plane has come; with all others it begins, or the window does. */
  private void arrive(Plane plane, Runnable what) {
    Group group = plane.group;
    group.ready.add(new Ready(plane, what));
    startIfComplete(group);
    if (group.state == GroupState.OPEN && group.ready.size() == 1) {
      int run = group.run;
      at(
          nowPs + (group.what == Together.RESUME ? 0 : multiPlane.windowPs()),
          () -> {
            if (group.run == run && group.state == GroupState.OPEN) {
              group.windowIsOver = true;
              startIfComplete(group);
            }
          });
    }
  }

  private void startIfComplete(Group group) {
    boolean nobodyElse = group.windowIsOver || group.expected == group.planes.size();
    if (nobodyElse && group.ready.size() == group.expected) {
      group.state = GroupState.BUSY;
      senseCommands += group.what == Together.SENSE ? 1 : 0;
      group.ready.forEach(ready -> ready.what.run());
      suspendIfAllowed(group.planes.get(0));
    }
  }

  /** A plane does nothing more of what its group does. */
  private void endInGroup(Plane plane) {
    plane.doing = Doing.NOTHING;
    active--;
    plane.group.busy.remove(plane);
    if (plane.group.busy.isEmpty()) {
      plane.group.state = GroupState.OVER;
    }
  }

  private void wakeGroup(Group group) {
    if (rules.priority() != ReadPriority.ARRIVAL) {
      wakeGroup(group, plane -> !plane.reads.isEmpty() && isReadFirst(plane));
    }
    wakeGroup(group, plane -> true);
  }

  private void wakeGroup(Group group, Predicate<Plane> who) {
    for (Plane plane : List.copyOf(group.waiting)) {
      if (group.turn != null) {
        return;
      }
      if (group.waiting.contains(plane) && who.test(plane)) {
        if (group.state == GroupState.FREE) {
          group.turn = plane;
        }
        goOn(plane);
        if (!plane.wantsBus) {
          letGo(plane);
        }
      }
    }
  }

  private void sense(Request read) {
    Plane plane = read.plane;
    Buffer buffer = read.buffer;
    if (buffer == null) {
      throw new IllegalStateException("no buffer");
    }
    int more = 0;
    if (!knowsBlocks) {
      more = correct(buffer, 0, 0, nowPs);
    } else {
      Block block = plane.blocks[read.page / geometry.pagesPerBlock()];
      if (block.isRetired) {
        buffer.status = FlashStatus.RETIRED;
      } else if (block.isBroken || read.page % geometry.pagesPerBlock() >= block.written) {
        buffer.status = FlashStatus.ERASED_PAGE;
      } else {
        block.reads++;
        buffer.status = block.reads > mostReads ? FlashStatus.REFRESH_SOON : FlashStatus.DONE;
        long agePs = Math.max(0, nowPs - block.sinceS * 1_000_000_000_000L);
        more = correct(buffer, block.erases, block.reads, agePs);
      }
    }
    long busyPs = timings.readPs() + more * timings.retryPs() + timings.readyPs();
    senses++;
    retries += more;
    senseBusyPs += busyPs;
    at(nowPs + busyPs, () -> sensed(plane, buffer));
  }

  private int correct(Buffer buffer, int itsErases, int itsReads, long agePs) {
    if (errors.isExpired(itsErases, agePs, nowPs)) {
      expired++;
      buffer.status = FlashStatus.EXPIRED;
    }
    int more = errors.retries(itsErases, itsReads, agePs, nowPs);
    if (more < 0) {
      uncorrectable++;
      buffer.status = FlashStatus.UNCORRECTABLE;
      return -1 - more;
    }
    return more;
  }

  private void sensed(Plane plane, Buffer buffer) {
    endInGroup(plane);
    long throughPs = overLane(plane);
    if (throughPs > nowPs) {
      at(throughPs, () -> decode(plane.channel, buffer));
    } else {
      decode(plane.channel, buffer);
    }
    rested(plane);
  }

  /** Those that waited for leave go before the plane that rests. */
  private void rested(Plane plane) {
    wakeForActivity();
    if (plane.group.state == GroupState.OVER) {
      plane.group.state = GroupState.FREE;
    }
    wakeGroup(plane.group);
    goOn(plane);
  }

  private long overLane(Plane plane) {
    if (paths.laneBytesPerSec() == 0) {
      return nowPs;
    }
    long busyPs = Units.transferPs(geometry.pageBytes(), paths.laneBytesPerSec());
    plane.die.laneFreePs = Math.max(nowPs, plane.die.laneFreePs) + busyPs;
    return plane.die.laneFreePs;
  }

  private void decode(Channel channel, Buffer buffer) {
    if (paths.eccIssuePs() == 0 && paths.eccLatencyPs() == 0) {
      arrived(buffer);
      return;
    }
    long beginPs = Math.max(nowPs, channel.decoderFreePs);
    channel.decoderFreePs = beginPs + paths.eccIssuePs();
    long endPs = beginPs + paths.eccLatencyPs();
    if (endPs > nowPs) {
      at(endPs, () -> arrived(buffer));
    } else {
      arrived(buffer);
    }
  }

  private void startWork(Request request) {
    Plane plane = request.plane;
    boolean isErase = request.kind == Kind.ERASE;
    boolean erasesBlock = isErase || request.page % geometry.pagesPerBlock() == 0;
    plane.workStatus = knowsBlocks ? state(request, erasesBlock) : FlashStatus.DONE;
    if (plane.workStatus != FlashStatus.DONE) {
      refusals++;
      work(plane, 0);
      return;
    }
    long busyPs = 0;
    if (erasesBlock) {
      erases++;
      busyPs += timings.erasePs();
    }
    if (!isErase) {
      programs++;
      busyPs += timings.programPs();
      busyPs += paths.sharedBus() ? 0 : overLane(plane) - nowPs;
    }
    work(plane, busyPs);
  }

  /** Whether the state of its block allows a program or erase; changes it if so. */
  private FlashStatus state(Request request, boolean erasesBlock) {
    int inBlock = request.page % geometry.pagesPerBlock();
    Block block = request.plane.blocks[request.page / geometry.pagesPerBlock()];
    if (block.isRetired) {
      return FlashStatus.RETIRED;
    }
    if (!erasesBlock) {
      boolean isNext = !block.isBroken && inBlock == block.written;
      return isNext ? FlashStatus.DONE : FlashStatus.WRITE_ORDER;
    }
    if (block.erases == mostErases) {
      block.isRetired = true;
      return FlashStatus.RETIRED;
    }
    block.erases++;
    block.reads = 0;
    block.written = 0;
    block.isBroken = false;
    if (request.kind == Kind.PROGRAM) {
      block.sinceS = nowPs / 1_000_000_000_000L;
    }
    return FlashStatus.DONE;
  }

  private void work(Plane plane, long busyPs) {
    plane.doing = Doing.WORK;
    plane.workEndPs = nowPs + busyPs;
    workBusyPs += busyPs;
    int run = ++plane.workRun;
    at(
        plane.workEndPs,
        () -> {
          if (plane.workRun == run) {
            worked(plane);
          }
        });
    if (multiPlane.planesPerGroup() == 1) {
      suspendIfAllowed(plane);
    }
  }

  /** Suspends what the group of a plane writes, if a plane of it could sense and all may stop. */
  private void suspendIfAllowed(Plane asking) {
    Group group = asking.group;
    boolean isWanted =
        group.planes.stream().anyMatch(plane -> !plane.reads.isEmpty() && hasRoom(plane));
    if (rules.priority() != ReadPriority.SUSPEND
        || group.state != GroupState.BUSY
        || !isWanted
        || group.busy.isEmpty()
        || !group.busy.stream().allMatch(this::maySuspend)) {
      return;
    }
    group.ready.stream().map(Ready::plane).filter(group.busy::contains).forEach(this::suspend);
  }

  private boolean maySuspend(Plane plane) {
    long leftPs = plane.workEndPs - nowPs;
    return plane.doing == Doing.WORK
        && plane.suspensions < rules.suspensions()
        && leftPs > 0
        && leftPs >= rules.leastSuspendedPs();
  }

  private void suspend(Plane plane) {
    long leftPs = plane.workEndPs - nowPs;
    plane.suspensions++;
    suspensions++;
    workBusyPs -= leftPs;
    plane.leftPs = leftPs;
    plane.workRun++;
    plane.doing = Doing.SOMETHING;
    at(
        nowPs + timings.suspendPs(),
        () -> {
          plane.isSuspended = true;
          endInGroup(plane);
          rested(plane);
        });
  }

  private void worked(Plane plane) {
    Request request = plane.work;
    if (request == null) {
      throw new IllegalStateException("no work");
    }
    plane.work = null;
    endInGroup(plane);
    Block block = plane.blocks[request.page / geometry.pagesPerBlock()];
    FlashStatus status = plane.workStatus;
    if (request.kind == Kind.PROGRAM && status == FlashStatus.DONE) {
      if (errors.programFails(knowsBlocks ? block.erases : 0)) {
        status = FlashStatus.PROGRAM_FAILED;
        programFailures++;
        block.isBroken = true;
      } else {
        block.written++;
      }
    }
    int first = request.page - request.page % geometry.pagesPerBlock();
    for (Buffer buffer : plane.buffers) {
      if (buffer.page >= first && buffer.page < first + geometry.pagesPerBlock()) {
        buffer.isValid = false;
      }
    }
    if (!rules.postedWrites()) {
      sink.done(request.word, nowPs + paths.hostPs(), status);
    }
    leaveWrites(plane.channel);
    rested(plane);
  }

  private void wakeForActivity() {
    while (active < mostActive && !wantActivity.isEmpty()) {
      Plane next = wantActivity.removeFirst();
      longestCapWaitPs = Math.max(longestCapWaitPs, nowPs - next.wantsLeaveSincePs);
      next.hasLeave = true;
      active++;
      goOn(next);
      if (!next.wantsBus) {
        letGo(next);
      }
    }
  }

  private void wakeForStaging(Channel channel) {
    while (channel.staged < rules.stagingPages() && !channel.wantStaging.isEmpty()) {
      Plane next = channel.wantStaging.removeFirst();
      next.hasPlace = true;
      channel.staged++;
      goOn(next);
      if (!next.wantsBus) {
        letGo(next);
      }
    }
  }

  /**
   * What was kept for a plane and is not used is free for others; it waits for leave with place.
   */
  private void letGo(Plane plane) {
    if (plane.hasLeave) {
      plane.hasLeave = false;
      active--;
    }
    if (plane.hasPlace && !wantActivity.contains(plane)) {
      plane.hasPlace = false;
      plane.channel.staged--;
    }
    if (plane.group.turn == plane) {
      plane.group.turn = null;
    }
    wakeForStaging(plane.channel);
    wakeForActivity();
  }

  // Buffers

  /** The buffer in which a read finds its page, or will find it. */
  private @Nullable Buffer holding(Plane plane, int page) {
    if (rules.bufferHits()) {
      for (Buffer buffer : plane.buffers) {
        if (buffer.isValid && buffer.page == page) {
          return buffer;
        }
      }
    }
    return null;
  }

  private boolean hasRoom(Plane plane) {
    return plane.buffers.size() < rules.pageBuffers() || oldestUnwanted(plane) != null;
  }

  private static @Nullable Buffer oldestUnwanted(Plane plane) {
    return plane.buffers.stream()
        .filter(buffer -> buffer.wanted == 0)
        .min(Comparator.comparingLong(buffer -> buffer.touched))
        .orElse(null);
  }

  private void want(Request read, Buffer buffer) {
    read.buffer = buffer;
    buffer.wanted++;
    buffer.touched = touches++;
    if (buffer.isThere) {
      toLink(read);
    } else {
      buffer.waiting.add(read);
    }
  }

  private void arrived(Buffer buffer) {
    buffer.isThere = true;
    List<Request> all = new ArrayList<>(buffer.waiting);
    buffer.waiting.clear();
    all.forEach(this::toLink);
  }

  // Links

  private long onLinkPs(int bytes) {
    return Units.transferPs(bytes, paths.linkBytesPerSec());
  }

  private void toLink(Request read) {
    Channel channel = read.plane.channel;
    if (isKept(read)) {
      channel.kept.add(read);
      channel.kept.sort(Comparator.comparingLong(kept -> kept.order));
      return;
    }
    if (paths.sharedBus()) {
      channel.busData.add(read);
      turnBus(channel);
      return;
    }
    long busyPs = onLinkPs(read.bytes);
    linkOutBusyPs += busyPs;
    channel.linkOutFreePs = Math.max(nowPs, channel.linkOutFreePs) + busyPs;
    answer(read, channel.linkOutFreePs);
    at(channel.linkOutFreePs, () -> left(read));
  }

  private void answer(Request read, long leftPs) {
    long beyondPs =
        paths.hostBytesPerSec() == 0 ? 0 : Units.transferPs(read.bytes, paths.hostBytesPerSec());
    FlashStatus status = read.buffer == null ? FlashStatus.DONE : read.buffer.status;
    sink.done(read.word, leftPs + paths.hostPs() + beyondPs, status);
  }

  private void left(Request read) {
    Plane plane = read.plane;
    Channel channel = plane.channel;
    Request outside = channel.readsOutside.poll();
    if (outside == null) {
      channel.readsInside--;
    } else {
      accept(outside);
    }
    Buffer buffer = read.buffer;
    if (buffer == null) {
      return;
    }
    buffer.wanted--;
    if (buffer.wanted > 0) {
      return;
    }
    if (rules.stagingPages() > 0) {
      channel.staged--;
    }
    if (rules.stagingPages() > 0 || !rules.bufferHits()) {
      plane.buffers.remove(buffer);
    }
    wakeForStaging(channel);
    goOn(plane);
  }

  private void turnBus(Channel channel) {
    while (!channel.busIsTaken) {
      Request data = channel.busData.poll();
      if (data != null) {
        long busyPs = onLinkPs(data.bytes);
        take(channel, busyPs, () -> left(data));
        answer(data, nowPs + busyPs);
        return;
      }
      Plane plane = nextOnBus(channel);
      if (plane == null) {
        return;
      }
      plane.wantsBus = false;
      channel.busTurn = channel.planes.indexOf(plane) + 1;
      if (plane.doing == Doing.NOTHING && next(plane) != Next.NOTHING) {
        Request begun = begin(plane);
        if (begun != null) {
          long dataPs = begun.kind == Kind.PROGRAM ? onLinkPs(geometry.pageBytes()) : 0;
          take(channel, timings.commandPs() + dataPs, () -> execute(begun));
        }
      }
      letGo(plane);
      wakeGroup(plane.group);
    }
  }

  private void take(Channel channel, long busyPs, Runnable then) {
    channel.busIsTaken = true;
    linkOutBusyPs += busyPs;
    at(
        nowPs + busyPs,
        () -> {
          channel.busIsTaken = false;
          then.run();
          turnBus(channel);
        });
  }

  private static @Nullable Plane nextOnBus(Channel channel) {
    int count = channel.planes.size();
    for (int i = 0; i < count; i++) {
      Plane plane = channel.planes.get((channel.busTurn + i) % count);
      if (plane.wantsBus) {
        return plane;
      }
    }
    return null;
  }

  // Limits

  void limitActivePlanes(int most) {
    int byRules = rules.activePlanes() == 0 ? Integer.MAX_VALUE : rules.activePlanes();
    mostActive = Math.min(most, byRules);
    wakeForActivity();
  }

  private void refuse(Request request) {
    shutOut++;
    sink.done(request.word, nowPs + paths.hostPs(), FlashStatus.SHUT_DOWN);
  }

  private void refuseAll(Iterable<Request> requests) {
    for (Request request : requests) {
      refuse(request);
    }
  }

  void shutDown() {
    isStopped = true;
    for (Channel channel : channels) {
      refuseAll(channel.gathered);
      refuseAll(channel.readsOutside);
      refuseAll(channel.writesOutside);
      channel.gathered.clear();
      channel.gathering++;
      channel.readsOutside.clear();
      channel.writesOutside.clear();
    }
    for (Plane plane : planes) {
      refuseAll(plane.reads);
      plane.channel.readsInside -= plane.reads.size();
      plane.reads.clear();
      if (!rules.postedWrites()) {
        refuseAll(plane.works);
        plane.channel.writesInside -= plane.works.size();
        plane.works.clear();
      }
    }
    limitActivePlanes(Integer.MAX_VALUE);
  }

  // Reports

  FlashCounters counters() {
    return new FlashCounters(
        reads,
        readBytes,
        senses,
        senseCommands,
        retries,
        uncorrectable,
        expired,
        bufferHits,
        forwarded,
        programs,
        erases,
        programFailures,
        refusals,
        shutOut,
        suspensions,
        senseBusyPs,
        workBusyPs,
        linkOutBusyPs,
        linkInBusyPs,
        capWaits,
        wantActivity.stream()
            .mapToLong(plane -> nowPs - plane.wantsLeaveSincePs)
            .reduce(longestCapWaitPs, Math::max),
        stagingWaits,
        hostWaits);
  }

  /** Erases, reads and pages of a block, and whether it is retired. */
  List<Object> block(int plane, int block) {
    Block its = planes.get(plane).blocks[block];
    int written = its.isBroken || its.isRetired ? 0 : its.written;
    return List.of(its.erases, its.reads, written, its.isRetired);
  }
}
