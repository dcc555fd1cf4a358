package memwall.network.aggregation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Hosts, switches, and the full-duplex links between them. Nodes and links are numbered in the
 * order in which they were given. Hosts end paths, they pass nothing on. Which node or link works
 * at a time is no part of this.
 */
public final class Graph {
  private final String[] names;
  private final int[] ports;
  private final boolean[] adds;
  private final int[] ends;
  private final Wire[] wires;
  private final int[][] linksOf;

  private Graph(Builder builder) {
    int nodes = builder.names.size();
    names = builder.names.toArray(String[]::new);
    ports = builder.ports.stream().mapToInt(Integer::intValue).toArray();
    adds = new boolean[nodes];
    for (int node = 0; node < nodes; node++) {
      adds[node] = builder.adds.get(node);
    }
    ends = builder.ends.stream().mapToInt(Integer::intValue).toArray();
    wires = builder.wires.toArray(Wire[]::new);
    linksOf = new int[nodes][];
    for (int node = 0; node < nodes; node++) {
      List<Integer> own = new ArrayList<>();
      for (int link = 0; link < wires.length; link++) {
        if (ends[2 * link] == node || ends[2 * link + 1] == node) {
          own.add(link);
        }
      }
      int from = node;
      own.sort((a, b) -> Integer.compare(otherEnd(a, from), otherEnd(b, from)));
      linksOf[node] = own.stream().mapToInt(Integer::intValue).toArray();
      if (!isHost(node) && linksOf[node].length > ports[node]) {
        throw new IllegalArgumentException(
            "switch '"
                + names[node]
                + "' has "
                + ports[node]
                + " ports, but "
                + linksOf[node].length
                + " links end there");
      }
    }
  }

  /** Nodes and links before they are checked together. */
  public static final class Builder {
    private final List<String> names = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final List<Boolean> adds = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final Map<String, Integer> byName = new HashMap<>();
    private final Set<Long> pairs = new HashSet<>();

    /** Nothing yet. */
    public Builder() {}

    /**
     * A host.
     *
     * @return its number
     */
    public int host(String name) {
      return node(name, 0, false);
    }

    /**
     * A switch.
     *
     * @param most links that may end there, at least 1
     * @param reduces whether it can add; if not it only passes on
     * @return its number
     */
    public int join(String name, int most, boolean reduces) {
      if (most < 1) {
        throw new IllegalArgumentException(
            "switch '" + name + "' of " + most + " ports: needs at least 1");
      }
      return node(name, most, reduces);
    }

    private int node(String name, int most, boolean reduces) {
      if (byName.putIfAbsent(name, names.size()) != null) {
        throw new IllegalArgumentException("there are two nodes '" + name + "'");
      }
      names.add(name);
      ports.add(most);
      adds.add(reduces);
      return names.size() - 1;
    }

    /**
     * A link between two nodes given by name.
     *
     * @return its number
     * @throws IllegalArgumentException if there is no such node
     */
    public int link(String from, String to, Wire wire) {
      return link(number(from, from, to), number(to, from, to), wire);
    }

    private int number(String name, String a, String b) {
      Integer node = byName.get(name);
      if (node == null) {
        throw new IllegalArgumentException(
            "link '" + a + "' - '" + b + "': there is no node '" + name + "'");
      }
      return node;
    }

    /**
     * A link between two nodes.
     *
     * @return its number
     * @throws IllegalArgumentException if there are no such nodes, they are one, or have a link
     */
    public int link(int from, int to, Wire wire) {
      int nodes = names.size();
      if (from < 0 || to < 0 || from >= nodes || to >= nodes) {
        throw new IllegalArgumentException(
            "link " + from + " - " + to + ": nodes are 0 to " + (nodes - 1));
      }
      if (from == to) {
        throw new IllegalArgumentException("link from '" + names.get(from) + "' to itself");
      }
      if (!pairs.add((long) Math.min(from, to) << Integer.SIZE | Math.max(from, to))) {
        throw new IllegalArgumentException(
            "there are two links '" + names.get(from) + "' - '" + names.get(to) + "'");
      }
      ends.add(from);
      ends.add(to);
      wires.add(wire);
      return wires.size() - 1;
    }

    /**
     * The graph.
     *
     * @throws IllegalArgumentException if a switch has more links than ports
     */
    public Graph build() {
      return new Graph(this);
    }
  }

  /** Hosts h0, h1, ... around a switch s0 that adds; nodes 0 to hosts - 1 are the hosts. */
  public static Graph star(int hosts, Wire wire) {
    return twoLevel(hosts, hosts, 0, wire, wire);
  }

  /**
   * Hosts h0, h1, ... at leaf switches l0, l1, ... of so many hosts each, and every leaf at every
   * spine s0, s1, ...; all switches add. Hosts come first, then leaves, then spines. With one leaf
   * and no spine it is a star, whose switch is then s0.
   *
   * @param hosts at least 1
   * @param fanIn hosts of a leaf, at least 1
   * @param spines at least 1 if there are several leaves
   */
  public static Graph twoLevel(int hosts, int fanIn, int spines, Wire low, Wire high) {
    if (hosts < 1 || fanIn < 1 || spines < 0 || (spines == 0 && fanIn < hosts)) {
      throw new IllegalArgumentException(
          hosts
              + " hosts, "
              + fanIn
              + " at a leaf, "
              + spines
              + " spines: needs at least 1 host and fan-in, and 1 spine if there are leaves");
    }
    Builder builder = new Builder();
    for (int host = 0; host < hosts; host++) {
      builder.host("h" + host);
    }
    int leaves = (hosts - 1) / fanIn + 1;
    int first = hosts;
    for (int leaf = 0; leaf < leaves; leaf++) {
      builder.join(spines == 0 ? "s" + leaf : "l" + leaf, fanIn + Math.max(spines, 1), true);
    }
    for (int host = 0; host < hosts; host++) {
      builder.link(host, first + host / fanIn, low);
    }
    for (int spine = 0; spine < spines; spine++) {
      int node = builder.join("s" + spine, leaves, true);
      for (int leaf = 0; leaf < leaves; leaf++) {
        builder.link(first + leaf, node, high);
      }
    }
    return builder.build();
  }

  /** Number of nodes. */
  public int nodes() {
    return names.length;
  }

  /** Number of links. */
  public int links() {
    return wires.length;
  }

  /** Name of a node. */
  public String name(int node) {
    return names[node];
  }

  /** The node of a name, or -1. */
  public int node(String name) {
    return Arrays.asList(names).indexOf(name);
  }

  /** Whether a node is a host. */
  public boolean isHost(int node) {
    return ports[node] == 0;
  }

  /** Whether a node is a switch that adds. */
  public boolean adds(int node) {
    return adds[node];
  }

  /** Number of switches that add. */
  public int adders() {
    int count = 0;
    for (boolean one : adds) {
      count += one ? 1 : 0;
    }
    return count;
  }

  /** Rate and latency of a link. */
  public Wire wire(int link) {
    return wires[link];
  }

  /** The link between two nodes, or -1. */
  public int link(int a, int b) {
    for (int link : linksOf[a]) {
      if (otherEnd(link, a) == b) {
        return link;
      }
    }
    return -1;
  }

  /** The node at the other end of a link. */
  public int otherEnd(int link, int node) {
    return ends[2 * link] == node ? ends[2 * link + 1] : ends[2 * link];
  }

  /** The directed half of a link that leads away from a node: 2 x link or 2 x link + 1. */
  int half(int link, int fromNode) {
    return 2 * link + (ends[2 * link] == fromNode ? 0 : 1);
  }

  /** One end of a link: 0 or 1. */
  int end(int link, int which) {
    return ends[2 * link + which];
  }

  /** The links of a node by number of the node at their other end; not to be changed. */
  int[] linksOf(int node) {
    return linksOf[node];
  }

  /** "'a' - 'b'". */
  String linkName(int link) {
    return "'" + names[ends[2 * link]] + "' - '" + names[ends[2 * link + 1]] + "'";
  }

  /**
   * Checks that nodes are hosts, differ, and are joined by paths over switches.
   *
   * @throws IllegalArgumentException that names those that are not
   */
  public void checkMembers(List<Integer> members) {
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a group needs at least 1 member");
    }
    Set<Integer> seen = new HashSet<>();
    for (int member : members) {
      if (member < 0 || member >= names.length || !isHost(member)) {
        throw new IllegalArgumentException(
            "member "
                + member
                + (member < 0 || member >= names.length
                    ? " is no node: nodes are 0 to " + (names.length - 1)
                    : " ('" + names[member] + "') is a switch, members are hosts"));
      }
      if (!seen.add(member)) {
        throw new IllegalArgumentException("'" + names[member] + "' is a member twice");
      }
    }
    Reach reach = new LiveGraph(this).reach(members.get(0), false);
    List<String> apart = new ArrayList<>();
    for (int member : members) {
      if (!reach.reaches(member)) {
        apart.add(names[member]);
      }
    }
    if (!apart.isEmpty()) {
      throw new IllegalArgumentException(
          "no path from '" + names[members.get(0)] + "' to members " + apart);
    }
  }
}
