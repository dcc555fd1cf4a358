package memwall.network.graph;

/**
 * Which links there are between ranks, and which way messages take. Nodes are numbered: first the
 * ranks, then the switches. Links go in one direction.
 */
public sealed interface LinkGraph permits Ring, FullGraph, StarGraph {
  /** How many ranks there are. */
  int ranks();

  /** How many links there are; they are numbered from 0. */
  int links();

  /** The node at which a link begins. */
  int from(int link);

  /** The node at which a link ends. */
  int to(int link);

  /**
   * The link that a message takes next.
   *
   * @param node where it is
   * @param rank where it goes, another node
   */
  int next(int node, int rank);
}
