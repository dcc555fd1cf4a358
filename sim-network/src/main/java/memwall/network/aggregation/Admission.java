package memwall.network.aggregation;

/** What becomes of an operation for which a switch of its tree has not enough free slots. */
public enum Admission {
  /** It waits until slots are given back. */
  QUEUE,
  /** The hosts reduce by themselves. */
  FALL_BACK,
  /** It fails. */
  REFUSE
}
