package memwall.memory.flash.device;

/** What the shared buses of a device carry next, and what becomes of it. */
final class BusTurns {
  private final FlashDevice device;
  private final Requests requests;
  private final SharedBus bus;
  private final PlaneArray planes;
  private final PageWay way;
  private final Agenda agenda;
  private final Counts counts;
  private final int planesPerChannel;
  private final long commandPs;

  BusTurns(
      FlashDevice device,
      FlashSpec spec,
      Requests requests,
      SharedBus bus,
      PlaneArray planes,
      PageWay way,
      Agenda agenda,
      Counts counts) {
    this.device = device;
    this.requests = requests;
    this.bus = bus;
    this.planes = planes;
    this.way = way;
    this.agenda = agenda;
    this.counts = counts;
    planesPerChannel = spec.geometry().planesPerChannel();
    commandPs = spec.timings().commandPs();
  }

  /** A plane has a command. */
  void addCommand(int channel, int plane, long nowPs) {
    bus.addCandidate(channel, plane - channel * planesPerChannel);
    turn(channel, nowPs);
  }

  /** Whether a plane has a command that waits for the bus. */
  boolean hasCommand(int plane) {
    int channel = plane / planesPerChannel;
    return bus.isCandidate(channel, plane - channel * planesPerChannel);
  }

  /** A request's bytes are ready. */
  void addData(int channel, int request, long nowPs) {
    bus.addData(channel, request);
    turn(channel, nowPs);
  }

  private void turn(int channel, long nowPs) {
    while (!bus.isBusy(channel)) {
      if (bus.hasData(channel)) {
        int request = bus.takeData(channel);
        carry(channel, request, way.onLinkPs(requests.bytes[request]), 1, nowPs);
        return;
      }
      int candidate = bus.takeCandidate(channel);
      if (candidate == SharedBus.IDLE) {
        return;
      }
      int plane = channel * planesPerChannel + candidate;
      int request =
          planes.isIdle(plane) && planes.canBegin(plane)
              ? planes.begin(channel, plane, nowPs)
              : Requests.NONE;
      if (request != Requests.NONE) {
        device.starts().expect(request, nowPs);
        boolean hasData = requests.kind[request] == Requests.PROGRAM;
        carry(channel, request, commandPs + (hasData ? way.pageOnLinkPs : 0), 0, nowPs);
      }
      device.starts().hadTurn(plane, nowPs);
    }
  }

  private void carry(int channel, int request, long busyPs, int isData, long nowPs) {
    bus.carry(channel, request);
    counts.linkOutBusyPs += busyPs;
    agenda.add(Steps.CARRIED, nowPs + busyPs, channel, isData);
    if (isData == 1) {
      device.answer(request, nowPs + busyPs);
    }
  }

  void carried(int channel, int isData, long nowPs) {
    int request = bus.release(channel);
    if (isData == 1) {
      device.left(request);
    } else {
      planes.execute(requests.plane[request], requests.buffer[request], nowPs);
    }
    turn(channel, nowPs);
  }
}
