package memwall.network.reduce;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.network.aggregation.Fault;
import memwall.network.aggregation.Graph;
import memwall.network.aggregation.GroupSpec;

/** Reads what names nodes and links of a graph; faults with their places. */
final class GraphReader {
  private static final String RANGE = "..";

  /** What can happen at a given time. */
  private enum What {
    LINK_DOWN,
    LINK_UP,
    LINK_RATE,
    NODE_DOWN,
    STRAGGLER
  }

  private final Graph graph;
  private final boolean isSound;

  /**
   * A reader.
   *
   * @param isSound whether the graph could be read: else what does not fit it is no news
   */
  GraphReader(Graph graph, boolean isSound) {
    this.graph = graph;
    this.isSound = isSound;
  }

  /** Reads the key {@code spares}, which may be missing. */
  GroupSpec.Spares spares(Config one) {
    if (!one.has("spares")) {
      return GroupSpec.Spares.NONE;
    }
    Config part = one.section("spares", "Hosts that stand in for failed ones");
    List<Integer> hosts = nodes(part, "hosts", "Hosts, or FIRST..LAST");
    long stateBytes = part.quantity("state", Dimension.SIZE, "0 B", "What a spare needs before");
    int from = node(part, "from", part.text("from", "Node that sends it"));
    part.finish();
    return hosts.isEmpty() || from < 0
        ? GroupSpec.Spares.NONE
        : new GroupSpec.Spares(hosts, stateBytes, from);
  }

  /** Nodes by name; of FIRST..LAST all hosts between in the order of the graph. */
  List<Integer> nodes(Config part, String key, String sentence) {
    Set<Integer> nodes = new LinkedHashSet<>();
    for (String text : part.texts(key, sentence)) {
      int dots = text.indexOf(RANGE);
      int first = node(part, key, dots < 0 ? text : text.substring(0, dots));
      int last = dots < 0 ? first : node(part, key, text.substring(dots + RANGE.length()));
      if (first < 0 || last < 0) {
        return List.of();
      }
      if (last < first) {
        part.fault(key, "'" + text + "': the last is before the first");
        return List.of();
      }
      for (int node = first; node <= last; node++) {
        if ((dots < 0 || graph.isHost(node)) && !nodes.add(node)) {
          part.fault(key, "'" + graph.name(node) + "' is given twice");
        }
      }
    }
    if (nodes.isEmpty()) {
      part.fault(key, "needs at least one host");
    }
    return List.copyOf(nodes);
  }

  /** The node of a name; -1, and a fault, if there is none. */
  int node(Config part, String key, String name) {
    int node = graph.node(name.strip());
    if (node < 0 && isSound) {
      part.fault(
          key,
          "there is no node '"
              + name.strip()
              + "' (nodes are '"
              + graph.name(0)
              + "' to '"
              + graph.name(graph.nodes() - 1)
              + "')");
    }
    return node;
  }

  /** Reads one thing that happens at a time; adds it if it has no faults. */
  void fault(Config one, List<TimedFault> faults) {
    one.variesBy("what");
    long atPs = one.quantity("at", Dimension.TIME, "When");
    What what = one.choice("what", What.class, "What happens");
    boolean ofLink = what == What.LINK_DOWN || what == What.LINK_UP || what == What.LINK_RATE;
    int at = ofLink ? link(one) : node(one, "node", one.text("node", "To which node"));
    long rate = 1;
    if (what == What.LINK_RATE) {
      rate = one.quantity("rate", Dimension.BYTE_RATE, "Bytes per second from then on");
    }
    long latePs = 0;
    if (what == What.STRAGGLER) {
      latePs = one.quantity("late", Dimension.TIME, "How long the host begins nothing");
      if (at >= 0 && !graph.isHost(at)) {
        one.fault("node", "'" + graph.name(at) + "' is a switch; hosts are late");
        at = -1;
      }
    }
    one.finish();
    if (at >= 0) {
      faults.add(
          new TimedFault(
              atPs,
              switch (what) {
                case LINK_DOWN -> new Fault.LinkDown(at);
                case LINK_UP -> new Fault.LinkUp(at);
                case LINK_RATE -> new Fault.LinkRate(at, rate);
                case NODE_DOWN -> new Fault.NodeDown(at);
                case STRAGGLER -> new Fault.Straggler(at, latePs);
              }));
    }
  }

  private int link(Config one) {
    String fromName = one.text("from", "Node at one end");
    String toName = one.text("to", "Node at the other end");
    int from = node(one, "from", fromName);
    int to = node(one, "to", toName);
    if (from < 0 || to < 0) {
      return -1;
    }
    int link = graph.link(from, to);
    if (link < 0 && isSound) {
      one.fault("from", "there is no link '" + fromName + "' - '" + toName + "'");
    }
    return link;
  }
}
