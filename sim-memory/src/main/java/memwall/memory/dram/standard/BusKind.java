package memwall.memory.dram.standard;

/** How a standard's commands reach the device. */
public enum BusKind {
  /** One command per tick (DDR4, DDR5, GDDR6). */
  SINGLE(1),
  /** A row and a column command bus, one command each per clock (HBM2). */
  DUAL(1),
  /**
   * A row and a column bus; ticks are half clocks, column commands and activates begin on rising
   * edges, precharges also on falling ones (HBM3, HBM4).
   */
  DUAL_HALF_CLOCK(2),
  /**
   * One bus; activates in two commands with a deadline, WCK synchronised before bursts (LPDDR5).
   */
  TWO_STEP_ACTIVATE(1);

  private final int ticksPerClock;

  BusKind(int ticksPerClock) {
    this.ticksPerClock = ticksPerClock;
  }

  /** Ticks in one clock: 2 where commands begin on both edges, else 1. */
  public int ticksPerClock() {
    return ticksPerClock;
  }

  /** Whether row and column commands travel on buses of their own. */
  public boolean isDual() {
    return this == DUAL || this == DUAL_HALF_CLOCK;
  }
}
