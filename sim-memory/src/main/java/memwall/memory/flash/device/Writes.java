package memwall.memory.flash.device;

/** Programs and erases on their way: into the device, over the link, to their plane, and out. */
final class Writes {
  private static final int NONE = Requests.NONE;

  private final FlashDevice device;
  private final FlashPaths paths;
  private final boolean arePosted;
  private final int planesPerChannel;
  private final Requests requests;
  private final PlaneArray planes;
  private final PageWay way;
  private final Admission gate;
  private final Refusals refusals;
  private final Agenda agenda;
  private final Counts counts;
  private final FlashDevice.Sink sink;

  Writes(
      FlashDevice device,
      FlashSpec spec,
      Requests requests,
      PlaneArray planes,
      PageWay way,
      Admission gate,
      Refusals refusals,
      Agenda agenda,
      Counts counts,
      FlashDevice.Sink sink) {
    this.device = device;
    paths = spec.paths();
    arePosted = spec.rules().postedWrites();
    planesPerChannel = spec.geometry().planesPerChannel();
    this.requests = requests;
    this.planes = planes;
    this.way = way;
    this.gate = gate;
    this.refusals = refusals;
    this.agenda = agenda;
    this.counts = counts;
    this.sink = sink;
  }

  /** A program or erase is asked for. */
  void enter(int request, long nowPs) {
    int channel = requests.plane[request] / planesPerChannel;
    if (device.isShutDown()) {
      refusals.refuse(request, nowPs);
    } else if (gate.enter(channel, request)) {
      load(channel, request, nowPs);
    }
  }

  private void load(int channel, int request, long nowPs) {
    if (paths.sharedBus() || requests.kind[request] == Requests.ERASE) {
      loaded(request, nowPs);
      return;
    }
    counts.linkInBusyPs += way.pageOnLinkPs;
    agenda.add(Steps.LOADED, way.in(channel, nowPs, way.pageOnLinkPs), request, 0);
  }

  /** It has arrived and waits for its plane. */
  void loaded(int request, long nowPs) {
    int plane = requests.plane[request];
    if (device.isShutDown()) {
      refusals.refuse(request, nowPs);
      gate.leave(plane / planesPerChannel);
      return;
    }
    if (arePosted) {
      sink.done(requests.word[request], nowPs + paths.hostPs(), FlashStatus.DONE);
    }
    planes.addWork(plane, request);
    device.starts().serve(plane, nowPs);
  }

  /** A plane has done it, unless it was suspended meanwhile. */
  void worked(int plane, int version, long nowPs) {
    int request = planes.worked(plane, version);
    if (request == NONE) {
      return;
    }
    if (!arePosted) {
      sink.done(requests.word[request], nowPs + paths.hostPs(), requests.status[request]);
    }
    requests.remove(request);
    int channel = plane / planesPerChannel;
    int next = gate.leave(channel);
    if (next != NONE) {
      load(channel, next, nowPs);
    }
    device.starts().rested(plane, nowPs);
  }
}
