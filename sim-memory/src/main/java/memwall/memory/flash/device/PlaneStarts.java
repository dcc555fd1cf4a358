package memwall.memory.flash.device;

import org.jspecify.annotations.Nullable;

/**
 * Lets planes begin what they can: when something is asked of them, when they rest, and when what
 * they waited for is free.
 */
final class PlaneStarts {
  private static final int NONE = Requests.NONE;
  private static final PlaneGroups.Filter ANY = plane -> true;

  private final boolean hasSharedBus;
  private final int planesPerChannel;
  private final Requests requests;
  private final PageBuffers buffers;
  private final Credits credits;
  private final PlaneArray planes;
  private final BusTurns turns;
  private final Departures departures;
  private final Counts counts;
  private final @Nullable PlaneGroups groups;

  /** Of planes that wait for their group, who goes first. */
  private final PlaneGroups.Filter goesFirst;

  PlaneStarts(
      FlashSpec spec,
      Requests requests,
      PageBuffers buffers,
      Credits credits,
      PlaneArray planes,
      BusTurns turns,
      Departures departures,
      Counts counts) {
    hasSharedBus = spec.paths().sharedBus();
    planesPerChannel = spec.geometry().planesPerChannel();
    this.requests = requests;
    this.buffers = buffers;
    this.credits = credits;
    this.planes = planes;
    this.turns = turns;
    this.departures = departures;
    this.counts = counts;
    groups = planes.groups();
    boolean readsGoFirst = spec.rules().priority() != ReadPriority.ARRIVAL;
    goesFirst = readsGoFirst ? planes::isReadNext : plane -> false;
  }

  /** Lets a plane begin what it can. */
  void serve(int plane, long nowPs) {
    if (!planes.isIdle(plane)) {
      planes.considerSuspension(plane, nowPs);
      return;
    }
    int read = planes.firstRead(plane);
    while (read != NONE) {
      int buffer = buffers.find(plane, requests.page[read]);
      if (buffer == NONE) {
        break;
      }
      counts.bufferHits++;
      departures.await(planes.takeRead(plane), buffer, nowPs);
      read = planes.firstRead(plane);
    }
    if (!planes.canBegin(plane)) {
      planes.forgetGroup(plane);
      return;
    }
    if (planes.mustWaitForGroup(plane, nowPs)) {
      return;
    }
    int channel = plane / planesPerChannel;
    if (hasSharedBus) {
      turns.addCommand(channel, plane, nowPs);
      return;
    }
    int request = planes.begin(channel, plane, nowPs);
    if (request != NONE) {
      expect(request, nowPs);
      planes.command(channel, request, nowPs);
    }
  }

  /** A read that is to be sensed waits for its page. */
  void expect(int request, long nowPs) {
    if (requests.kind[request] == Requests.READ) {
      departures.await(request, requests.buffer[request], nowPs);
    }
  }

  /** A plane is no longer active: those that waited to be go on, then it. */
  void rested(int plane, long nowPs) {
    wakeForLeave(nowPs);
    PlaneGroups its = groups;
    if (its != null) {
      its.open(its.group(plane));
      wakeGroup(its, its.group(plane), nowPs);
    }
    serve(plane, nowPs);
  }

  /** Planes go on that waited for their group, as far as they find it free or may join. */
  private void wakeGroup(PlaneGroups its, int group, long nowPs) {
    wakeGroup(its, group, goesFirst, nowPs);
    wakeGroup(its, group, ANY, nowPs);
  }

  private void wakeGroup(PlaneGroups its, int group, PlaneGroups.Filter who, long nowPs) {
    int next = its.nextWaiting(group, 0, who);
    while (next != NONE && !its.isKept(group)) {
      long order = its.order(next);
      its.keepFor(next);
      serveNext(next, nowPs);
      next = its.nextWaiting(group, order, who);
    }
  }

  /** Planes go on that waited for leave to be active. */
  void wakeForLeave(long nowPs) {
    int next = credits.leaveForNext(nowPs);
    while (next != NONE) {
      serveNext(next, nowPs);
      next = credits.leaveForNext(nowPs);
    }
  }

  /** Planes of a channel go on that waited for a place in the staging buffer. */
  void wakeForStaging(int channel, long nowPs) {
    int next = credits.placeForNext(channel);
    while (next != NONE) {
      serveNext(next, nowPs);
      next = credits.placeForNext(channel);
    }
  }

  private void serveNext(int plane, long nowPs) {
    serve(plane, nowPs);
    if (!turns.hasCommand(plane)) {
      settle(plane, nowPs);
    }
  }

  /** The turn of a plane on a shared bus has come. */
  void hadTurn(int plane, long nowPs) {
    settle(plane, nowPs);
    PlaneGroups its = groups;
    if (its != null) {
      wakeGroup(its, its.group(plane), nowPs);
    }
  }

  /** A plane has had its chance: what was kept for it and not used is for others. */
  private void settle(int plane, long nowPs) {
    int channel = plane / planesPerChannel;
    credits.settle(channel, plane);
    if (groups != null) {
      groups.settle(plane);
    }
    wakeForStaging(channel, nowPs);
    wakeForLeave(nowPs);
  }
}
