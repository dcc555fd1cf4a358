package memwall.network;

/** What a group of ranks does together. */
public enum Collective {
  /** Each rank gives a vector of {@code bytes} and gets the element-wise sum of all. */
  ALL_REDUCE,
  /** Each rank gives a vector of {@code bytes} and gets its 1/n of the sum. */
  REDUCE_SCATTER,
  /** Each rank gives 1/n of {@code bytes} and gets all {@code bytes}. */
  ALL_GATHER,
  /** Each rank gives {@code bytes}, 1/n for each rank, and gets as much (expert dispatch). */
  ALL_TO_ALL
}
