package memwall.memory.dram.bank;

/**
 * Ticks of a DRAM channel against simulated picoseconds. Tick 0 lies at a time that can be moved;
 * ticks need not be whole picoseconds.
 */
final class TickClock {
  private static final long FEMTOS_PER_PICO = 1000;

  private final long tickFemtos;
  private long originPs;

  /**
   * Tick 0 is at time 0.
   *
   * @param tickFemtos length of a tick, at least 1 ps
   */
  TickClock(long tickFemtos) {
    if (tickFemtos < FEMTOS_PER_PICO) {
      throw new IllegalArgumentException("a tick of " + tickFemtos + " fs; must be at least 1 ps");
    }
    this.tickFemtos = tickFemtos;
  }

  /** First tick that is completed at a time or later. */
  long tickFrom(long timePs) {
    long passedPs = timePs - originPs;
    long rest = passedPs % tickFemtos * FEMTOS_PER_PICO;
    return passedPs / tickFemtos * FEMTOS_PER_PICO + (rest + tickFemtos - 1) / tickFemtos;
  }

  /** Last tick that is completed at a time. */
  long tickUntil(long timePs) {
    long passedPs = timePs - originPs;
    return passedPs / tickFemtos * FEMTOS_PER_PICO
        + passedPs % tickFemtos * FEMTOS_PER_PICO / tickFemtos;
  }

  /**
   * First picosecond at which a tick is completed.
   *
   * @throws ArithmeticException if that is later than times go
   */
  long timePs(long tick) {
    return Math.addExact(originPs, durationPs(tick));
  }

  /** Length of so many ticks, rounded up to a picosecond. */
  long durationPs(long ticks) {
    long rest = ticks % FEMTOS_PER_PICO * tickFemtos;
    return Math.addExact(
        Math.multiplyExact(ticks / FEMTOS_PER_PICO, tickFemtos),
        (rest + FEMTOS_PER_PICO - 1) / FEMTOS_PER_PICO);
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
