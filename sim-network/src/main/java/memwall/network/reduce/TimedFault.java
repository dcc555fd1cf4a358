package memwall.network.reduce;

import memwall.network.aggregation.Fault;

/**
 * Something that happens to a node or link at a time.
 *
 * @param atPs at least 0
 * @param fault what
 */
public record TimedFault(long atPs, Fault fault) {
  /** Checks the time. */
  public TimedFault {
    if (atPs < 0) {
      throw new IllegalArgumentException("a fault at " + atPs + " ps: must be at least 0");
    }
  }
}
