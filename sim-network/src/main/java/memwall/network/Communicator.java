package memwall.network;

import memwall.core.Completion;

/**
 * A group of ranks that communicate collectively. Every rank of the group calls each operation
 * once, in the same order: the k-th call of each rank belongs together. The operations of one rank
 * are done one after the other, as in a stream: the next begins when the previous is complete on
 * this rank. Operations of different ranks overlap as the algorithm lets them.
 */
public interface Communicator {
  /** The number of ranks in the group, at least 1. */
  int ranks();

  /**
   * One rank's part of a collective operation, from now (or from the end of its previous one) on.
   *
   * <p>0 bytes complete after the per-collective software overhead, without any message and without
   * waiting for other ranks. In a group of one rank everything completes with delay 0.
   *
   * @param collective what to do; the same on every rank
   * @param rank the calling rank, 0 to {@code ranks() - 1}
   * @param bytes size of the vector as {@link Collective} says, 0 or more; the same on every rank
   * @param done called when the result is complete on this rank
   * @param word passed to {@code done}
   * @throws IllegalArgumentException if the rank is unknown, the size negative, or another rank
   *     called the same operation with another size or kind
   */
  void collective(Collective collective, int rank, long bytes, Completion done, long word);

  /** One rank's part of an all-reduce; see {@link #collective}. */
  default void allReduce(int rank, long bytes, Completion done, long word) {
    collective(Collective.ALL_REDUCE, rank, bytes, done, word);
  }
}
