package memwall.network.aggregation;

/** What a search breadth first has found from one node. */
final class Reach {
  final int source;
  private final int[] depth;
  private final int[] upLink;

  /**
   * What was found; the arrays are not copied.
   *
   * @param source where it began
   * @param depth links from the source by node, -1 if not reached
   * @param upLink the link towards the source by node, -1 at the source and if not reached
   */
  Reach(int source, int[] depth, int[] upLink) {
    this.source = source;
    this.depth = depth;
    this.upLink = upLink;
  }

  boolean reaches(int node) {
    return depth[node] >= 0;
  }

  int depth(int node) {
    return depth[node];
  }

  int upLink(int node) {
    return upLink[node];
  }

  /** The links from a node to the source, in this order. */
  int[] path(Graph graph, int from) {
    int[] path = new int[depth[from]];
    int node = from;
    for (int i = 0; i < path.length; i++) {
      path[i] = upLink[node];
      node = graph.otherEnd(upLink[node], node);
    }
    return path;
  }
}
