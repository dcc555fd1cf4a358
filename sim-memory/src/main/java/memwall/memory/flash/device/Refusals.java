package memwall.memory.flash.device;

/** Ends what waits in a device that stops, and what is asked of it afterwards. */
final class Refusals {
  private static final int NONE = Requests.NONE;

  private final FlashSpec spec;
  private final Requests requests;
  private final Gathering gathering;
  private final Admission readGate;
  private final Admission writeGate;
  private final PlaneArray planes;
  private final Counts counts;
  private final FlashDevice.Sink sink;

  Refusals(
      FlashSpec spec,
      Requests requests,
      Gathering gathering,
      Admission readGate,
      Admission writeGate,
      PlaneArray planes,
      Counts counts,
      FlashDevice.Sink sink) {
    this.spec = spec;
    this.requests = requests;
    this.gathering = gathering;
    this.readGate = readGate;
    this.writeGate = writeGate;
    this.planes = planes;
    this.counts = counts;
    this.sink = sink;
  }

  /** Ends a request that is in no list. */
  void refuse(int request, long nowPs) {
    counts.shutOut++;
    long donePs = nowPs + spec.paths().hostPs();
    sink.done(requests.word[request], donePs, FlashStatus.SHUT_DOWN);
    requests.remove(request);
  }

  /** Ends all that has not begun and was not acknowledged. */
  void refuseAll(long nowPs) {
    for (int channel = 0; channel < spec.geometry().channels(); channel++) {
      gathering.end(channel);
      for (int read = gathering.take(channel); read != NONE; read = gathering.take(channel)) {
        refuse(read, nowPs);
      }
      refuseWaiting(channel, readGate, nowPs);
      refuseWaiting(channel, writeGate, nowPs);
    }
    for (int plane = 0; plane < spec.geometry().planes(); plane++) {
      int channel = plane / spec.geometry().planesPerChannel();
      while (planes.firstRead(plane) != NONE) {
        refuse(planes.takeRead(plane), nowPs);
        readGate.leave(channel);
      }
      while (!spec.rules().postedWrites() && planes.hasWork(plane)) {
        refuse(planes.takeWork(plane), nowPs);
        writeGate.leave(channel);
      }
    }
  }

  private void refuseWaiting(int channel, Admission gate, long nowPs) {
    while (gate.hasWaiting(channel)) {
      refuse(gate.takeWaiting(channel), nowPs);
    }
  }
}
