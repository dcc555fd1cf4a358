package memwall.network;

/** How an all-reduce is done. */
public enum AllReduceKind {
  /** 2(n-1) dependent steps; in each, every rank sends ceil(bytes/n) to its neighbour. */
  RING,
  /** Every rank sends its whole vector to each other rank and adds up what it gets. */
  ONE_SHOT,
  /** Every rank reduces one n-th (direct reduce-scatter), then sends it to all (all-gather). */
  TWO_SHOT,
  /** The vectors go up to the switch once, are added there and the sum is multicast down. */
  IN_NETWORK
}
