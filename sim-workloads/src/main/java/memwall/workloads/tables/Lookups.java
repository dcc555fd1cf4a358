package memwall.workloads.tables;

import memwall.core.stat.Counter;
import memwall.core.stat.Stats;

/** Counts what was looked up in tables, and what lay beyond them. */
final class Lookups {
  private final Counter all;
  private final Counter beyond;
  private final Counter timePs;
  private final Counter beyondPs;
  private boolean isBeyond;

  Lookups(Stats stats) {
    all = stats.counter("lookups", "lookups", "Times of operators looked up in tables");
    beyond = stats.counter("beyond", "lookups", "Of these, beyond what was measured: extrapolated");
    timePs = stats.counter("time_ps", "ps", "Time of steps that is from tables");
    beyondPs = stats.counter("beyond_ps", "ps", "Of this, of operators beyond what was measured");
  }

  /** The value being looked up lies outside of its table. */
  void beyond() {
    isBeyond = true;
  }

  /**
   * A value has been looked up.
   *
   * @param ps the time that a step takes for it
   */
  void count(long ps) {
    all.increment();
    timePs.add(ps);
    if (isBeyond) {
      beyond.increment();
      beyondPs.add(ps);
      isBeyond = false;
    }
  }
}
