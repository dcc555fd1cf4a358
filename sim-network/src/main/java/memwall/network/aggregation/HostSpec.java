package memwall.network.aggregation;

/**
 * What all hosts have in common.
 *
 * @param overheadPs of sending and of getting a message, each, at least 0; overlaps with others
 * @param addBytesPerSec operand bytes added per second by a host that adds for the others
 */
public record HostSpec(long overheadPs, long addBytesPerSec) {
  /** Checks the ranges given above. */
  public HostSpec {
    if (overheadPs < 0 || addBytesPerSec < 1) {
      throw new IllegalArgumentException(
          "host with overhead "
              + overheadPs
              + " ps, adding at "
              + addBytesPerSec
              + " B/s: needs an overhead of at least 0 ps and a rate of at least 1 B/s");
    }
  }
}
