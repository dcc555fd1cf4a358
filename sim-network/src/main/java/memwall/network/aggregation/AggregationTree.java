package memwall.network.aggregation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which node adds what for a group: inner nodes add the sums of their children, leaves are the
 * members. Inner nodes are switches, or one host where the hosts reduce by themselves. Inner nodes
 * are numbered from the root, 0, breadth first; children of a node in the order of their number in
 * the graph.
 */
public final class AggregationTree {
  private final Graph graph;
  private final int[] nodes;
  private final int[] parent;
  private final int[] placeAtParent;
  private final int[] height;
  private final int[][] childInner;
  private final int[][] childMember;
  private final int[][][] paths;
  private final int[] memberAt;
  private final int[] memberPlace;
  private final int depth;

  private AggregationTree(Graph graph, int[] members, Reach reach, boolean direct) {
    this.graph = graph;
    int[] inner = direct ? new int[] {reach.source} : innerNodes(graph, members, reach);
    this.nodes = inner;
    int count = inner.length;
    int[] numberOf = new int[graph.nodes()];
    Arrays.fill(numberOf, -1);
    for (int i = 0; i < count; i++) {
      numberOf[inner[i]] = i;
    }
    this.parent = new int[count];
    this.placeAtParent = new int[count];
    this.height = new int[count];
    this.childInner = new int[count][];
    this.childMember = new int[count][];
    this.paths = new int[count][][];
    this.memberAt = new int[members.length];
    this.memberPlace = new int[members.length];
    Arrays.fill(parent, -1);
    Arrays.fill(placeAtParent, -1);
    Arrays.fill(memberAt, -1);
    Arrays.fill(memberPlace, -1);
    List<List<Integer>> below = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      below.add(new ArrayList<>());
    }
    for (int i = 1; i < count; i++) {
      parent[i] = numberOf[graph.otherEnd(reach.upLink(inner[i]), inner[i])];
      below.get(parent[i]).add(inner[i]);
    }
    int[] memberOf = new int[graph.nodes()];
    Arrays.fill(memberOf, -1);
    int deepest = 0;
    for (int m = 0; m < members.length; m++) {
      int host = members[m];
      if (!reach.reaches(host)) {
        continue;
      }
      memberOf[host] = m;
      memberAt[m] = direct ? 0 : numberOf[graph.otherEnd(reach.upLink(host), host)];
      below.get(memberAt[m]).add(host);
      deepest = Math.max(deepest, direct ? 1 : reach.depth(host));
    }
    this.depth = deepest;
    for (int i = count - 1; i >= 0; i--) {
      List<Integer> children = below.get(i);
      children.sort(null);
      int size = children.size();
      childInner[i] = new int[size];
      childMember[i] = new int[size];
      paths[i] = new int[size][];
      for (int place = 0; place < size; place++) {
        int child = children.get(place);
        int number = direct ? -1 : numberOf[child];
        childInner[i][place] = number;
        childMember[i][place] = number >= 0 ? -1 : memberOf[child];
        paths[i][place] = direct ? reach.path(graph, child) : new int[] {reach.upLink(child)};
        if (number >= 0) {
          placeAtParent[number] = place;
          height[i] = Math.max(height[i], height[number] + 1);
        } else {
          memberPlace[memberOf[child]] = place;
          height[i] = Math.max(height[i], 1);
        }
      }
    }
  }

  /** The nodes between members and source, breadth first. */
  private static int[] innerNodes(Graph graph, int[] members, Reach reach) {
    boolean[] used = new boolean[graph.nodes()];
    used[reach.source] = true;
    int count = 1;
    for (int host : members) {
      if (reach.reaches(host)) {
        for (int node = graph.otherEnd(reach.upLink(host), host); !used[node]; ) {
          used[node] = true;
          count++;
          node = graph.otherEnd(reach.upLink(node), node);
        }
      }
    }
    int[] inner = new int[count];
    int filled = 0;
    for (int level = 0; filled < count; level++) {
      for (int node = 0; node < used.length; node++) {
        if (used[node] && reach.depth(node) == level) {
          inner[filled++] = node;
        }
      }
    }
    return inner;
  }

  /**
   * The tree of a group when all of a graph works. Its root is, among the switches that add and
   * reach most members, one of least depth, then of fewest links, then of the lowest number.
   *
   * @param mostFanIn children that a switch may have, at least 1
   * @throws IllegalArgumentException if members are not joined by switches that add, or every tree
   *     has a switch of more children
   */
  public static AggregationTree of(Graph graph, List<Integer> members, int mostFanIn) {
    graph.checkMembers(members);
    int[] hosts = members.stream().mapToInt(Integer::intValue).toArray();
    AggregationTree tree = build(new LiveGraph(graph), hosts, mostFanIn);
    if (tree == null) {
      boolean anyTree = build(new LiveGraph(graph), hosts, Integer.MAX_VALUE) != null;
      throw new IllegalArgumentException(
          anyTree
              ? "every tree of the group has a switch with more than " + mostFanIn + " children"
              : "no switch that adds reaches a member");
    }
    List<String> missing = tree.missing(hosts);
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "no switches that add join members " + missing + " to '" + tree.name(0) + "'");
    }
    return tree;
  }

  private List<String> missing(int[] hosts) {
    List<String> missing = new ArrayList<>();
    for (int m = 0; m < hosts.length; m++) {
      if (!reaches(m)) {
        missing.add(graph.name(hosts[m]));
      }
    }
    return missing;
  }

  /** The tree over what works, or null if no switch that adds reaches a member. */
  static @Nullable AggregationTree build(LiveGraph live, int[] hosts, int mostFanIn) {
    List<AggregationTree> found = buildAll(live, hosts, mostFanIn, 1);
    return found.isEmpty() ? null : found.get(0);
  }

  /** The trees over what works that are as good as the best, in the order of their roots. */
  static List<AggregationTree> buildAll(LiveGraph live, int[] hosts, int mostFanIn, int most) {
    Graph graph = live.graph;
    List<AggregationTree> best = new ArrayList<>();
    for (int node = 0; node < graph.nodes(); node++) {
      if (graph.adds(node) && live.isUp(node)) {
        AggregationTree tree = new AggregationTree(graph, hosts, live.reach(node, true), false);
        if (tree.members() == 0 || tree.mostChildren() > mostFanIn) {
          continue;
        }
        if (best.isEmpty() || tree.isBetterThan(best.get(0))) {
          best.clear();
          best.add(tree);
        } else if (best.size() < most && !best.get(0).isBetterThan(tree)) {
          best.add(tree);
        }
      }
    }
    return best;
  }

  private boolean isBetterThan(AggregationTree other) {
    if (members() != other.members()) {
      return members() > other.members();
    }
    return depth != other.depth ? depth < other.depth : links() < other.links();
  }

  /**
   * The members exchange directly: one of them, the first that reaches most others, adds what the
   * others send over shortest paths. Null if no member works.
   *
   * @param preferred member that is looked at first, or -1
   */
  static @Nullable AggregationTree direct(LiveGraph live, int[] hosts, int preferred) {
    AggregationTree best = null;
    for (int i = preferred < 0 ? 0 : -1; i < hosts.length; i++) {
      int host = hosts[i < 0 ? preferred : i];
      if (live.isUp(host)) {
        AggregationTree tree =
            new AggregationTree(live.graph, hosts, live.reach(host, false), true);
        if (best == null || tree.members() > best.members()) {
          best = tree;
        }
      }
    }
    return best;
  }

  /** Number of nodes that add. */
  public int nodes() {
    return nodes.length;
  }

  /** The graph's numbers of all of them, the root first; not to be changed. */
  int[] nodeNumbers() {
    return nodes;
  }

  /** The graph's number of an inner node; 0 is the root. */
  public int node(int inner) {
    return nodes[inner];
  }

  /** Name of an inner node. */
  public String name(int inner) {
    return graph.name(nodes[inner]);
  }

  /** The inner node that gets the sums of an inner node; -1 for the root. */
  public int parent(int inner) {
    return parent[inner];
  }

  int placeAtParent(int inner) {
    return placeAtParent[inner];
  }

  /** Number of children. */
  public int children(int inner) {
    return paths[inner].length;
  }

  /** The inner node that is a child, or -1 if the child is a member. */
  public int childInner(int inner, int place) {
    return childInner[inner][place];
  }

  /** The member that is a child, or -1. */
  public int childMember(int inner, int place) {
    return childMember[inner][place];
  }

  /** Links from a child up to the inner node; none if the member is on the node itself. */
  int[] path(int inner, int place) {
    return paths[inner][place];
  }

  /** Whether a member is in the tree. */
  public boolean reaches(int member) {
    return memberAt[member] >= 0;
  }

  /** The inner node whose child a member is. */
  public int memberAt(int member) {
    return memberAt[member];
  }

  int memberPlace(int member) {
    return memberPlace[member];
  }

  /** The child below which a member is, or -1 if it is not below this node. */
  int towards(int inner, int member) {
    int at = memberAt[member];
    if (at == inner) {
      return memberPlace[member];
    }
    while (at > 0 && parent[at] != inner) {
      at = parent[at];
    }
    return at > 0 ? placeAtParent[at] : -1;
  }

  /** Members in the tree. */
  public int members() {
    int count = 0;
    for (int at : memberAt) {
      count += at >= 0 ? 1 : 0;
    }
    return count;
  }

  /** Links from the root to the deepest member; 1 where hosts exchange directly. */
  public int depth() {
    return depth;
  }

  /** Levels of nodes at and below an inner node that add: 1 for one with members only. */
  public int height(int inner) {
    return height[inner];
  }

  /** Links of the tree. */
  public int links() {
    int count = 0;
    for (int[][] below : paths) {
      for (int[] path : below) {
        count += path.length;
      }
    }
    return count;
  }

  private int mostChildren() {
    int most = 0;
    for (int[][] below : paths) {
      most = Math.max(most, below.length);
    }
    return most;
  }

  boolean usesLink(int link) {
    for (int[][] below : paths) {
      for (int[] path : below) {
        for (int one : path) {
          if (one == link) {
            return true;
          }
        }
      }
    }
    return false;
  }

  boolean usesNode(int node) {
    for (int inner : nodes) {
      if (inner == node) {
        return true;
      }
    }
    for (int link : graph.linksOf(node)) {
      if (usesLink(link)) {
        return true;
      }
    }
    return false;
  }
}
