package memwall.network.endpoint;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.network.aggregation.Substitute;

/**
 * How long a receiver waits for a message, and what stands for one that has not come.
 *
 * @param afterPs the time, at least 1
 * @param fromSend whether it counts from when the message has been sent, if that is later than the
 *     receive; else from when the receive is open
 * @param substitute what stands for the message; with {@link Substitute#WAIT} only counted
 * @param mostAge for {@link Substitute#STALE}: by how many operations older the substitute may be,
 *     at least 1
 * @param refresh whether what comes late can be the substitute in a later operation
 */
public record MessageDeadline(
    long afterPs, boolean fromSend, Substitute substitute, int mostAge, boolean refresh) {
  private static final long MOST_AGE = 1 << 20;

  /** From when it counts. */
  private enum From {
    RECEIVE,
    SEND
  }

  /** Checks the ranges given above. */
  public MessageDeadline {
    if (afterPs < 1 || mostAge < 1) {
      throw new IllegalArgumentException(
          "deadline after "
              + afterPs
              + " ps, greatest age "
              + mostAge
              + ": needs at least 1 ps and 1 operation");
    }
  }

  /** Reads a section {@code deadline}; faults are recorded there. */
  public static MessageDeadline read(Config config) {
    long afterPs = config.quantity("wait", Dimension.TIME, "How long a receiver waits");
    if (afterPs < 1) {
      config.fault("wait", "must be more than 0");
      afterPs = 1;
    }
    boolean fromSend =
        config.choice("from", From.RECEIVE, "From when the deadline counts") == From.SEND;
    Substitute substitute =
        config.choice("substitute", Substitute.class, "What stands for a message that is late");
    int mostAge = 1;
    boolean refresh = false;
    if (substitute == Substitute.STALE) {
      mostAge = (int) config.integer("most_age", 1, MOST_AGE, 1, "Age of stale data, operations");
      refresh = config.bool("refresh", false, "Whether late messages can stand in later");
    }
    config.variesBy("substitute");
    config.finish();
    return new MessageDeadline(afterPs, fromSend, substitute, mostAge, refresh);
  }

  /** Whether anything stands for late messages. */
  public boolean isOn() {
    return substitute != Substitute.WAIT;
  }

  /** The same, but receivers wait. */
  public MessageDeadline waiting() {
    return new MessageDeadline(afterPs, fromSend, Substitute.WAIT, 1, false);
  }
}
