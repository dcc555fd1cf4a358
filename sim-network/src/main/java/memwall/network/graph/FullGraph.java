package memwall.network.graph;

/**
 * Each rank has a link to each other one. Link r (P - 1) + i goes from rank r to the i-th of the
 * others.
 *
 * @param ranks at least 2 and at most 32,768
 */
public record FullGraph(int ranks) implements LinkGraph {
  private static final int MOST = 1 << 15;

  /** Checks the number of ranks. */
  public FullGraph {
    if (ranks < 2 || ranks > MOST) {
      throw new IllegalArgumentException(ranks + " ranks with links to each other: 2 to " + MOST);
    }
  }

  @Override
  public int links() {
    return ranks * (ranks - 1);
  }

  @Override
  public int from(int link) {
    return link / (ranks - 1);
  }

  @Override
  public int to(int link) {
    int other = link % (ranks - 1);
    return other < from(link) ? other : other + 1;
  }

  @Override
  public int next(int node, int rank) {
    return node * (ranks - 1) + (rank < node ? rank : rank - 1);
  }
}
