package memwall.memory.dram.channel;

/**
 * Between the ticks of a DRAM standard and picoseconds, exact: a tick is a whole number of
 * femtoseconds. Tick n is completed at n times its length.
 *
 * @param tickFemtos length of a tick in femtoseconds, at least 1
 */
public record TickClock(long tickFemtos) {
  private static final long FEMTOS_PER_PS = 1_000;

  /** Checks the range. */
  public TickClock {
    if (tickFemtos < 1) {
      throw new IllegalArgumentException("a tick of " + tickFemtos + " fs");
    }
  }

  /**
   * The first picosecond at which so many ticks are completed.
   *
   * @param ticks from 0 on
   * @throws ArithmeticException if the time does not fit
   */
  public long ps(long ticks) {
    long rest = ticks % FEMTOS_PER_PS * tickFemtos;
    return Math.addExact(
        Math.multiplyExact(ticks / FEMTOS_PER_PS, tickFemtos),
        (rest + FEMTOS_PER_PS - 1) / FEMTOS_PER_PS);
  }

  /**
   * How many ticks are completed at the first tick boundary at or after a time: when what happens
   * at that time is seen by the channel.
   *
   * @param ps from 0 on
   * @throws ArithmeticException if the ticks do not fit
   */
  public long ticks(long ps) {
    long rest = ps % tickFemtos * FEMTOS_PER_PS;
    return Math.addExact(
        Math.multiplyExact(ps / tickFemtos, FEMTOS_PER_PS), (rest + tickFemtos - 1) / tickFemtos);
  }
}
