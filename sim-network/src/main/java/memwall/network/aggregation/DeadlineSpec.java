package memwall.network.aggregation;

/**
 * How long a group waits for contributions. A switch at height h of a tree of height d waits h/d of
 * the time, so that sums of what came in time below arrive in time above.
 *
 * @param waitPs the time at the root, at least 1
 * @param fromCall whether it counts from the call (after a failure: from the beginning with a new
 *     tree) for all chunks, and not from the first arrival at the switch for each
 * @param substitute what stands for what did not come
 * @param mostAge for {@link Substitute#STALE}: by how many operations older the substitute may be,
 *     at least 1
 * @param refresh whether what comes late can be the substitute of a later operation
 */
public record DeadlineSpec(
    long waitPs, boolean fromCall, Substitute substitute, int mostAge, boolean refresh) {
  /** No deadline. */
  public static final DeadlineSpec NONE = new DeadlineSpec(1, false, Substitute.WAIT, 1, false);

  /** Checks the ranges given above. */
  public DeadlineSpec {
    if (waitPs < 1 || mostAge < 1) {
      throw new IllegalArgumentException(
          "deadline after "
              + waitPs
              + " ps, greatest age "
              + mostAge
              + ": needs at least 1 ps and 1 operation");
    }
  }

  boolean isOn() {
    return substitute != Substitute.WAIT;
  }
}
