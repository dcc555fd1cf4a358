package memwall.network.collective;

/**
 * The size of a collective, and what some algorithms want to know besides.
 *
 * @param ranks at least 1
 * @param bytes of each rank's vector, 0 or more; ranks x bytes must fit a long
 * @param root of broadcast and reduce
 * @param pipelineChunks pieces of each half of the vector in the double binary tree, at least 1
 * @param hierarchy groups of the hierarchical all-reduce
 */
public record CollectiveShape(
    int ranks, long bytes, int root, int pipelineChunks, Hierarchy hierarchy) {
  /** Most ranks. */
  public static final int MOST_RANKS = 1 << 16;

  /** Checks the ranges given above. */
  public CollectiveShape {
    if (ranks < 1 || ranks > MOST_RANKS || bytes < 0 || bytes > Long.MAX_VALUE / MOST_RANKS) {
      throw new IllegalArgumentException(
          "collective of "
              + ranks
              + " ranks and "
              + bytes
              + " bytes: needs 1 to "
              + MOST_RANKS
              + " ranks and 0 to "
              + Long.MAX_VALUE / MOST_RANKS
              + " bytes");
    }
    if (root < 0 || root >= ranks || pipelineChunks < 1) {
      throw new IllegalArgumentException(
          "root "
              + root
              + " of "
              + ranks
              + " ranks, "
              + pipelineChunks
              + " chunks: needs a root among the ranks and at least 1 chunk");
    }
  }

  /** Root 0, eight chunks, groups of up to eight that go direct and a ring between them. */
  public static CollectiveShape of(int ranks, long bytes) {
    return new CollectiveShape(
        ranks, bytes, 0, 8, new Hierarchy(8, Hierarchy.Inner.DIRECT, Algorithm.ALL_REDUCE_RING));
  }

  /** A copy of another size. */
  public CollectiveShape withBytes(long newBytes) {
    return new CollectiveShape(ranks, newBytes, root, pipelineChunks, hierarchy);
  }

  /** A copy with another number of chunks. */
  public CollectiveShape withPipelineChunks(int newPipelineChunks) {
    return new CollectiveShape(ranks, bytes, root, newPipelineChunks, hierarchy);
  }

  /** A copy with another root. */
  public CollectiveShape withRoot(int newRoot) {
    return new CollectiveShape(ranks, bytes, newRoot, pipelineChunks, hierarchy);
  }

  /** A copy with other groups. */
  public CollectiveShape withHierarchy(Hierarchy newHierarchy) {
    return new CollectiveShape(ranks, bytes, root, pipelineChunks, newHierarchy);
  }
}
