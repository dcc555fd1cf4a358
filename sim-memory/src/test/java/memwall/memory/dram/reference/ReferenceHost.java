package memwall.memory.dram.reference;

import java.util.EnumMap;
import java.util.Map;

/**
 * The host of the reference runs: an unbounded FIFO in front of one channel. Before tick {@code clk
 * + 1} (clk ticks are complete) it offers, in order, every request whose arrival is at most clk,
 * until one is refused, which is offered again before the next tick; reads and writes wait for each
 * other. In a chase a request arrives when the one before is complete.
 */
public final class ReferenceHost {
  /** No stream leaves a channel without any change for so long: refreshes come every 4 us. */
  private static final long PATIENCE_TICKS = 1L << 24;

  private final ReferenceStream stream;
  private final ReferenceDevice device;
  private final ReferenceHistogram latency = new ReferenceHistogram();
  private long fromArrivalTicks;
  private long spanTicks;
  private int offered;
  private int completed;
  private int reads;

  private ReferenceHost(ReferenceStream stream, ReferenceDevice.Factory factory) {
    this.stream = stream;
    this.device = factory.create(this::completed);
  }

  /**
   * Runs a stream to its last completion.
   *
   * @throws AssertionError if the device stops, loses a request or completes one twice
   */
  public static ReferenceResult run(ReferenceStream stream, ReferenceDevice.Factory factory) {
    return prepare(stream, factory).run();
  }

  /** A host with a fresh device, for those who measure {@link #run()} alone. */
  public static ReferenceHost prepare(ReferenceStream stream, ReferenceDevice.Factory factory) {
    return new ReferenceHost(stream, factory);
  }

  /**
   * Runs the stream to its last completion, once.
   *
   * @throws AssertionError if the device stops, loses a request or completes one twice
   */
  public ReferenceResult run() {
    int size = stream.size();
    while (completed < size) {
      boolean blocked = offer();
      long now = device.nowTicks();
      long next = now + PATIENCE_TICKS;
      if (!blocked && offered < size && !stream.isChase()) {
        next = stream.arrivalTicks(offered);
      }
      if (!blocked && offered < size && completed == offered) {
        // Nothing is under way: a chase never gets here with a request left, so there is a tick.
        device.advanceTo(next);
      } else {
        int before = completed;
        long reached = device.advanceToChange(next);
        if (reached == now + PATIENCE_TICKS && completed == before) {
          throw new AssertionError(
              stream.name()
                  + ": nothing happened for "
                  + PATIENCE_TICKS
                  + " ticks after "
                  + completed
                  + " of "
                  + size
                  + " completions");
        }
      }
    }
    if (completed != size || offered != size) {
      throw new AssertionError(completed + " completions of " + offered + " requests of " + size);
    }
    Map<ReferenceCounter, Long> counters = new EnumMap<>(ReferenceCounter.class);
    for (ReferenceCounter counter : ReferenceCounter.values()) {
      counters.put(counter, device.count(counter));
    }
    return new ReferenceResult(
        stream, reads, size - reads, spanTicks, latency, fromArrivalTicks, counters);
  }

  /** Offers what has arrived; whether the last one was refused. */
  private boolean offer() {
    long now = device.nowTicks();
    while (offered < stream.size()
        && (stream.isChase() ? completed == offered : stream.arrivalTicks(offered) <= now)) {
      long arrival = stream.isChase() ? now : stream.arrivalTicks(offered);
      // The word brings the arrival back, so that nothing has to be kept per request.
      if (!device.offer(stream.address(offered), stream.isWrite(offered), arrival)) {
        return true;
      }
      offered++;
    }
    return false;
  }

  private void completed(long arrivalTicks, boolean write, long acceptedTicks, long doneTicks) {
    completed++;
    spanTicks = Math.max(spanTicks, doneTicks);
    if (!write) {
      reads++;
      latency.add(doneTicks - acceptedTicks, 1);
      fromArrivalTicks += doneTicks - arrivalTicks;
    }
  }
}
