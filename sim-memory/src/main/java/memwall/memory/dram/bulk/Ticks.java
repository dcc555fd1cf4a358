package memwall.memory.dram.bulk;

/** What ports check about time. */
final class Ticks {
  private Ticks() {}

  static void checkOrder(long tick, long before) {
    if (tick < before) {
      throw new IllegalArgumentException(
          "tick " + tick + " lies before tick " + before + ", where the port already is");
    }
  }
}
