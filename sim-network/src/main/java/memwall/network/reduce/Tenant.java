package memwall.network.reduce;

import java.util.Locale;
import memwall.network.aggregation.GroupSpec;
import memwall.network.aggregation.TreeTask;
import org.jspecify.annotations.Nullable;

/**
 * A group of hosts that does the same with vectors or tokens again and again.
 *
 * @param group who, and how
 * @param task what is done with the vectors
 * @param experts whose tokens are exchanged; null for operations on vectors
 * @param sizeBytes of a vector or token, or 0 for the size of the point
 * @param operations how many, at least 1
 * @param startPs when the first is called, at least 0
 * @param gapPs from the end of one to the call of the next, at least 0
 */
public record Tenant(
    GroupSpec group,
    TreeTask task,
    @Nullable Experts experts,
    long sizeBytes,
    int operations,
    long startPs,
    long gapPs) {
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

  /** What it does, as in files: {@code all-reduce} for example. */
  public String operation() {
    if (experts != null) {
      return experts.combine() ? "moe-combine" : "moe-dispatch";
    }
    return task.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Bytes of a vector or token where the point has this size. */
  public long sizeBytes(long pointBytes) {
    return sizeBytes == 0 ? pointBytes : sizeBytes;
  }
}
