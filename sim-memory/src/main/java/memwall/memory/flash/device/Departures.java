package memwall.memory.flash.device;

/** Reads whose bytes are ready: those that are kept until they are asked for, and the way out. */
final class Departures {
  private static final int NONE = Requests.NONE;

  private final FlashDevice device;
  private final boolean hasSharedBus;
  private final int planesPerChannel;
  private final Requests requests;
  private final PageBuffers buffers;
  private final BusTurns turns;
  private final PageWay way;
  private final Admission gate;
  private final Credits credits;
  private final Agenda agenda;
  private final Counts counts;
  private final FlashDevice.Sink sink;

  /** Pages that are ready but not asked for, by channel. */
  private final Lists kept;

  Departures(
      FlashDevice device,
      FlashSpec spec,
      Requests requests,
      PageBuffers buffers,
      BusTurns turns,
      PageWay way,
      Admission gate,
      Credits credits,
      Agenda agenda,
      Counts counts,
      FlashDevice.Sink sink) {
    this.device = device;
    hasSharedBus = spec.paths().sharedBus();
    planesPerChannel = spec.geometry().planesPerChannel();
    this.requests = requests;
    this.buffers = buffers;
    this.turns = turns;
    this.way = way;
    this.gate = gate;
    this.credits = credits;
    this.agenda = agenda;
    this.counts = counts;
    this.sink = sink;
    kept = new Lists(requests, spec.geometry().channels());
  }

  /** Pages that are ready but not asked for, by channel. */
  Lists kept() {
    return kept;
  }

  /** Those that are asked for by now leave, the others stay in their order. */
  void release(int channel, long nowPs) {
    for (int left = kept.size(channel); left > 0; left--) {
      send(kept.take(channel), nowPs);
    }
  }

  /** A request waits for the page of a buffer, and leaves when that is there. */
  void await(int request, int buffer, long nowPs) {
    buffers.use(buffer);
    requests.buffer[request] = buffer;
    if (buffers.isHeld(buffer)) {
      send(request, nowPs);
    } else {
      buffers.waiting.add(buffer, request);
    }
  }

  /** A request's bytes are ready for the link. */
  void send(int request, long nowPs) {
    int channel = requests.plane[request] / planesPerChannel;
    if (requests.isKept(request)) {
      kept.addInOrder(channel, request);
      return;
    }
    if (hasSharedBus) {
      turns.addData(channel, request, nowPs);
      return;
    }
    long busyPs = way.onLinkPs(requests.bytes[request]);
    long endPs = way.out(channel, nowPs, busyPs);
    counts.linkOutBusyPs += busyPs;
    answer(request, endPs);
    agenda.add(Steps.LEFT, endPs, request, 0);
  }

  /** When a request's last byte leaves is known. */
  void answer(int request, long linkEndPs) {
    int buffer = requests.buffer[request];
    sink.done(
        requests.word[request],
        linkEndPs + way.toHostPs(requests.bytes[request]),
        buffer == NONE ? FlashStatus.DONE : buffers.status(buffer));
  }

  /** A request's last byte has left: its places are free for others. */
  void left(int request, long nowPs) {
    int plane = requests.plane[request];
    int channel = plane / planesPerChannel;
    int buffer = requests.buffer[request];
    requests.remove(request);
    int next = gate.leave(channel);
    if (next != NONE) {
      device.accept(next);
    }
    if (buffer == NONE || !buffers.release(buffer)) {
      return;
    }
    credits.unstage(channel);
    device.starts().wakeForStaging(channel, nowPs);
    device.starts().serve(plane, nowPs);
  }
}
