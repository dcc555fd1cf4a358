package memwall.memory.flash.page;

import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.port.PageOrder;
import memwall.memory.flash.port.PagePort;

/** A channel in simulated time: wakes its port when it has to be woken. */
final class PageLane {
  /** How a channel's port is made. */
  @FunctionalInterface
  interface PortMaker {
    /** A port to an idle channel. */
    PagePort make(PagePort.Sink sink);
  }

  /** Hears of transfers. */
  @FunctionalInterface
  interface Ends {
    /** The end of a part of a transfer is certain; it comes now or later. */
    void certain(int slot, long donePs, FlashStatus worst);
  }

  private final Simulation simulation;
  private final PagePort port;
  private final Timer timer;
  private final Ends ends;
  private final Runnable rested;

  /** Simulated time at which the port's clock shows 0. */
  private long originPs;

  /** Parts of transfers that were asked for and whose end is not certain. */
  private int pending;

  /**
   * A channel at rest.
   *
   * @param rested told whenever nothing more is due by itself; must not ask the channel for
   *     anything
   */
  PageLane(Simulation simulation, String path, PortMaker maker, Ends ends, Runnable rested) {
    this.simulation = simulation;
    this.ends = ends;
    this.rested = rested;
    port = maker.make(this::certain);
    timer = simulation.timer(path + ".wake", this::woken);
  }

  private void certain(long slot, long donePs, FlashStatus worst) {
    pending--;
    ends.certain((int) slot, originPs + donePs, worst);
  }

  private long portPs() {
    return simulation.nowPs() - originPs;
  }

  void read(PageOrder order, long position, long pages, long slot) {
    pending++;
    port.read(order, position, pages, slot, portPs());
    arm();
  }

  void announce(PageOrder order, long position, long pages) {
    port.announce(order, position, pages, portPs());
    arm();
  }

  /** The read that was announced first is asked for. */
  void claim(long slot) {
    pending++;
    port.claim(slot, portPs());
    arm();
  }

  void write(BurstPattern pattern, long position, long pages, long slot) {
    pending++;
    port.write(pattern, position, pages, slot, portPs());
    arm();
  }

  /** Bytes from the scratch SRAM take the link; when they have arrived. */
  long carryOut(long bytes) {
    long donePs = originPs + port.carryOut(bytes, portPs());
    arm();
    return donePs;
  }

  /** Bytes for the scratch SRAM take the link; when they have arrived. */
  long carryIn(long bytes) {
    long donePs = originPs + port.carryIn(bytes, portPs());
    arm();
    return donePs;
  }

  private void woken(long ignored) {
    port.advanceTo(portPs());
    // Until something else happens the port may go on by itself; but not past what it completes,
    // for
    // then it may be asked for more. With nothing to complete and nothing to happen it may not.
    boolean hasEnded = true;
    while (hasEnded) {
      long quietPs = simulation.quietUntilPs();
      boolean isBounded = pending > 0 || quietPs < Long.MAX_VALUE;
      quietPs -= originPs;
      hasEnded = isBounded && quietPs > port.nowPs() && port.lookAhead(quietPs - 1);
    }
    arm();
  }

  private void arm() {
    long wakePs = port.wakePs();
    if (wakePs == PagePort.NEVER) {
      timer.cancel();
      rested.run();
    } else {
      timer.at(Math.max(simulation.nowPs(), Math.addExact(originPs, wakePs)), 0);
    }
  }

  /** Brings the port's counters up to now, but ends nothing. */
  void settle() {
    long ps = Math.min(portPs(), port.wakePs() - 1);
    if (ps >= port.nowPs()) {
      port.device(ps);
      arm();
    }
  }

  /** Simulates what has happened up to now page by page: then blocks are as they are now. */
  void unfold() {
    port.device(soonestPs());
    arm();
  }

  // Heat and power -----------------------------------------------------------------------------

  /** What the channel has done up to a time, now or earlier if nothing has happened since. */
  FlashCounters counters(long atPs) {
    FlashCounters counters = port.counters(atPs - originPs);
    arm();
    return counters;
  }

  /** So many planes may be active from now on. */
  void limitActivePlanes(int most) {
    port.limitActivePlanes(most, soonestPs());
    arm();
  }

  /** Stops for good; all that was asked for ends. */
  void shutDown() {
    port.shutDown(soonestPs());
    arm();
  }

  /** Now, or when the port has come to rest if it is ahead. */
  private long soonestPs() {
    return Math.max(portPs(), port.nowPs());
  }

  /**
   * From when on the channel rests if nothing more is asked; {@link Long#MAX_VALUE} as long as that
   * is not certain.
   */
  long restPs() {
    return port.wakePs() == PagePort.NEVER ? originPs + port.restPs() : Long.MAX_VALUE;
  }

  PagePort port() {
    return port;
  }

  /** Everything that is under way is so much later. */
  void shift(long deltaPs) {
    originPs += deltaPs;
    arm();
  }

  /** Time since the port's clock showed 0. */
  long passedPs() {
    return portPs();
  }
}
