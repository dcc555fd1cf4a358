package memwall.network.graph;

/**
 * Each rank has a link to one switch and one back. Link i goes from rank i up, link ranks + i down
 * to it.
 *
 * @param ranks at least 2
 */
public record StarGraph(int ranks) implements LinkGraph {
  /** Checks the number of ranks. */
  public StarGraph {
    if (ranks < 2) {
      throw new IllegalArgumentException("a switch with " + ranks + " ranks: at least 2");
    }
  }

  @Override
  public int links() {
    return 2 * ranks;
  }

  @Override
  public int from(int link) {
    return link < ranks ? link : ranks;
  }

  @Override
  public int to(int link) {
    return link < ranks ? ranks : link - ranks;
  }

  @Override
  public int next(int node, int rank) {
    return node == ranks ? ranks + rank : node;
  }
}
