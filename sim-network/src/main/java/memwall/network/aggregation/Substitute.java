package memwall.network.aggregation;

/** What stands for contributions that have not come when the deadline is over. */
public enum Substitute {
  /** Nothing: there is no deadline. */
  WAIT,
  /** Zeros: the result is the sum of what came, and counts as one of all members. */
  ZERO,
  /** What the member gave for the same chunk earlier, if it is not too old; else zeros. */
  STALE,
  /** Nothing: the result is the sum of what came, and says of how many. */
  PARTIAL_SUM,
  /** The mean of what came: the sum is scaled by members / contributions. */
  PARTIAL_MEAN
}
