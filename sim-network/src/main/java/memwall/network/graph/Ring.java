package memwall.network.graph;

/**
 * Each rank has a link to the next one and one to the one before. Messages take the shorter way,
 * and upwards if both are equally long. Link i goes from rank i upwards, link ranks + i downwards.
 *
 * @param ranks at least 2
 */
public record Ring(int ranks) implements LinkGraph {
  /** Checks the number of ranks. */
  public Ring {
    if (ranks < 2) {
      throw new IllegalArgumentException("a ring of " + ranks + " ranks: at least 2");
    }
  }

  @Override
  public int links() {
    return 2 * ranks;
  }

  @Override
  public int from(int link) {
    return link % ranks;
  }

  @Override
  public int to(int link) {
    return Math.floorMod(link < ranks ? link + 1 : link - 1, ranks);
  }

  @Override
  public int next(int node, int rank) {
    int upwards = Math.floorMod(rank - node, ranks);
    return 2 * upwards <= ranks ? node : ranks + node;
  }
}
