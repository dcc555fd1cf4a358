package memwall.memory.input;

import memwall.core.input.InputFaults;

/** Accesses of a trace: how many, and whether they arrive in order. */
public final class AccessOrder {
  private final InputFaults faults;
  private final String unit;
  private long accesses;
  private long latest = -1;
  private long latestLine;

  /**
   * Of a trace without accesses so far.
   *
   * @param unit of arrivals in messages, with a blank before it; empty if it depends on the trace
   */
  public AccessOrder(InputFaults faults, String unit) {
    this.faults = faults;
    this.unit = unit;
  }

  /** The next access; one that arrives before another is a fault. */
  public void add(long line, long arrival) {
    accesses++;
    if (arrival >= latest) {
      latest = arrival;
      latestLine = line;
      return;
    }
    faults.add(
        line,
        "the arrival "
            + arrival
            + unit
            + " is before "
            + latest
            + unit
            + " in line "
            + latestLine
            + ", expected arrivals in order (sort the trace)");
  }

  /** An access that is at fault itself, so that its arrival means nothing. */
  public void addFaulty() {
    accesses++;
  }

  /** How many there were. */
  public long accesses() {
    return accesses;
  }

  /**
   * The trace is over; that it has no access is a fault.
   *
   * @throws memwall.core.config.ConfigException if there is any fault
   */
  public void end() {
    if (accesses == 0 && faults.isEmpty()) {
      faults.add("the file has no access, expected at least one");
    }
    faults.throwIfAny();
  }

  /** The sum of two amounts of bytes, or the largest number. */
  public static long saturated(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
