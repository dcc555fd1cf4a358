package memwall.network.collective;

/**
 * What a collective promises. Every rank has a vector of as many bytes; where it is cut, rank i
 * owns chunk i of P, and the first chunks are one byte longer if P does not divide the bytes.
 */
public enum CollectiveKind {
  /** Every rank gets the element-wise sum of all vectors. */
  ALL_REDUCE("all-reduce"),
  /** Rank i gets chunk i of the sum. */
  REDUCE_SCATTER("reduce-scatter"),
  /** Every rank gives its chunk of one vector and gets the whole. */
  ALL_GATHER("all-gather"),
  /** Every rank gets the root's vector. */
  BROADCAST("broadcast"),
  /** The root gets the sum. */
  REDUCE("reduce"),
  /** Rank i gets chunk i of every rank's vector. */
  ALL_TO_ALL("all-to-all");

  private final String label;

  CollectiveKind(String label) {
    this.label = label;
  }

  /** How users write it. */
  public String label() {
    return label;
  }
}
