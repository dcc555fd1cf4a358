package memwall.network.graph;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * A graph of links as data; it is as large as the ranks that are put on it.
 *
 * @param topology how ranks are connected
 * @param link what all links are like
 */
public record GraphSpec(Topology topology, LinkSpec link) {
  /** How ranks are connected. */
  public enum Topology {
    /** Each rank with the next one and the one before. */
    RING,
    /** Each rank with each other one. */
    FULL,
    /** Each rank with one switch. */
    SWITCH
  }

  /** Reads the section {@code graph}; faults are recorded there. */
  public static GraphSpec read(Config config) {
    Topology topology = config.choice("topology", Topology.class, "How ranks are connected");
    long rate = config.quantity("link_rate", Dimension.BYTE_RATE, "Rate of each link");
    if (rate < 1) {
      config.fault("link_rate", "must be at least 1 B/s");
      rate = 1;
    }
    LinkSpec link =
        new LinkSpec(
            rate,
            config.quantity("link_latency", Dimension.TIME, "Of each link, first bit"),
            config.choice(
                "passing",
                LinkSpec.Passing.CUT_THROUGH,
                "When a message goes on to the next link"));
    config.finish();
    return new GraphSpec(topology, link);
  }

  /**
   * The graph for so many ranks; a single one has a neighbour that does nothing.
   *
   * @throws IllegalArgumentException if there are too many
   */
  public LinkGraph of(int ranks) {
    int most = Math.max(2, ranks);
    return switch (topology) {
      case RING -> new Ring(most);
      case FULL -> new FullGraph(most);
      case SWITCH -> new StarGraph(most);
    };
  }
}
