package memwall.memory.dram.bank;

import memwall.memory.dram.channel.TickClock;

/** Ticks of a channel against simulated time, where tick 0 lies at a time that can be moved. */
final class MovableClock {
  private final TickClock clock;
  private long originPs;

  /** Tick 0 is at time 0. */
  MovableClock(long tickFemtos) {
    clock = new TickClock(tickFemtos);
  }

  /** First tick that is completed at a time or later. */
  long tickFrom(long timePs) {
    return clock.ticks(timePs - originPs);
  }

  /** Last tick that is completed at a time. */
  long tickUntil(long timePs) {
    long tick = tickFrom(timePs);
    return timePs(tick) > timePs ? tick - 1 : tick;
  }

  /**
   * First picosecond at which a tick is completed.
   *
   * @throws ArithmeticException if that is later than times go
   */
  long timePs(long tick) {
    return Math.addExact(originPs, clock.ps(tick));
  }

  /** How long so many ticks last, rounded up to a picosecond. */
  long lengthPs(long ticks) {
    return clock.ps(ticks);
  }

  /** Time since tick 0. */
  long passedPs(long nowPs) {
    return nowPs - originPs;
  }

  /** Moves tick 0, and with it every tick. */
  void shift(long deltaPs) {
    originPs += deltaPs;
  }
}
