package memwall.memory.dram.channel;

import memwall.memory.dram.standard.DramStandard;

/** Looks up timing parameters that the controller itself needs. */
final class Timings {
  private Timings() {}

  /** Value in ticks; a standard without it is refused. */
  static int of(DramStandard standard, String name) {
    Integer ticks = standard.timings().get(name);
    if (ticks == null) {
      throw new IllegalArgumentException(standard.name() + " has no timing " + name);
    }
    return ticks;
  }
}
