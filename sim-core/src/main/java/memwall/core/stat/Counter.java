package memwall.core.stat;

/** A count that only its owner increments. */
public final class Counter {
  private long value;
  private long marked;

  Counter() {}

  /** Adds 1. */
  public void increment() {
    value++;
  }

  /** Adds an amount: 0 or more, but to correct what was added ahead of time. */
  public void add(long amount) {
    value += amount;
  }

  /** The count so far. */
  public long value() {
    return value;
  }

  void mark() {
    marked = value;
  }

  void repeat(long times) {
    value = Math.addExact(value, Math.multiplyExact(times, value - marked));
    marked = value;
  }
}
