package memwall.network.aggregation;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

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

  private static final long MOST_AGE = 1 << 20;

  /** From when it counts. */
  private enum From {
    FIRST_ARRIVAL,
    CALL
  }

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

  /** Reads a section {@code deadline}; faults are recorded there. */
  public static DeadlineSpec read(Config config) {
    long waitPs = config.quantity("wait", Dimension.TIME, "How long the root waits");
    if (waitPs < 1) {
      config.fault("wait", "must be more than 0");
      waitPs = 1;
    }
    DeadlineSpec deadline =
        new DeadlineSpec(
            waitPs,
            config.choice("from", From.FIRST_ARRIVAL, "From when it counts") == From.CALL,
            config.choice("substitute", Substitute.class, "What stands for what did not come"),
            (int) config.integer("most_age", 1, MOST_AGE, 1, "Age of stale data, operations"),
            config.bool("refresh", false, "Whether late data can stand in later"));
    config.finish();
    return deadline;
  }

  /** Whether there is one. */
  public boolean isOn() {
    return substitute != Substitute.WAIT;
  }
}
