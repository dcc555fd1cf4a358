package memwall.network.reduce;

import memwall.network.aggregation.GroupSpec;

/**
 * A group of hosts that reduces vectors again and again.
 *
 * @param group who, and how
 * @param sizeBytes of a vector, or 0 for the size of the point
 * @param operations how many, at least 1
 * @param startPs when the first is called, at least 0
 * @param gapPs from the end of one to the call of the next, at least 0
 */
public record Tenant(GroupSpec group, long sizeBytes, int operations, long startPs, long gapPs) {
  /** Most operations of a group. */
  public static final int MOST_OPERATIONS = 1 << 20;

  /** Checks the ranges given above. */
  public Tenant {
    if (sizeBytes < 0
        || operations < 1
        || operations > MOST_OPERATIONS
        || startPs < 0
        || gapPs < 0) {
      throw new IllegalArgumentException(
          "group '"
              + group.name()
              + "': "
              + operations
              + " operations of "
              + sizeBytes
              + " B from "
              + startPs
              + " ps on, "
              + gapPs
              + " ps apart: needs 1 to "
              + MOST_OPERATIONS
              + " operations, the rest at least 0");
    }
  }

  /** Bytes of a vector where the point has this size. */
  public long sizeBytes(long pointBytes) {
    return sizeBytes == 0 ? pointBytes : sizeBytes;
  }
}
