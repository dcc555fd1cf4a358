package memwall.network.aggregation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the tokens of a group go: along trees that they take in turn, or over shortest paths. */
final class TokenRoutes {
  /** Whether switches copy and add. */
  final boolean isTree;

  private final List<MemberRoutes> lanes;
  private final int[] nodes;

  private TokenRoutes(boolean isTree, List<MemberRoutes> lanes, int[] nodes) {
    this.isTree = isTree;
    this.lanes = lanes;
    this.nodes = nodes;
  }

  /** Over shortest paths of what works. */
  static TokenRoutes shortest(LiveGraph live, int[] hosts) {
    return new TokenRoutes(false, List.of(MemberRoutes.shortest(live, hosts)), new int[0]);
  }

  /**
   * Along trees over what works: that of the group, and others with other roots that are as good.
   *
   * @param most trees, at least 1
   * @return null if no tree joins all members
   */
  static @Nullable TokenRoutes trees(LiveGraph live, int[] hosts, int mostFanIn, int most) {
    List<AggregationTree> trees = AggregationTree.buildAll(live, hosts, mostFanIn, most);
    if (trees.isEmpty() || trees.get(0).members() < hosts.length) {
      return null;
    }
    List<MemberRoutes> lanes = new ArrayList<>();
    boolean[] isUsed = new boolean[live.graph.nodes()];
    for (AggregationTree tree : trees) {
      lanes.add(MemberRoutes.along(live.graph, hosts, tree));
      for (int inner = 0; inner < tree.nodes(); inner++) {
        isUsed[tree.node(inner)] = true;
      }
    }
    int[] nodes = new int[isUsed.length];
    int count = 0;
    for (int node = 0; node < isUsed.length; node++) {
      if (isUsed[node]) {
        nodes[count++] = node;
      }
    }
    return new TokenRoutes(true, List.copyOf(lanes), Arrays.copyOf(nodes, count));
  }

  /** The routes of a token. */
  MemberRoutes of(int token) {
    return lanes.get(token % lanes.size());
  }

  /** Trees, or 1. */
  int lanes() {
    return lanes.size();
  }

  /** The switches that copy and add; not to be changed. */
  int[] nodes() {
    return nodes;
  }

  boolean reachesAll() {
    for (MemberRoutes lane : lanes) {
      if (!lane.reachesAll()) {
        return false;
      }
    }
    return true;
  }

  boolean usesLink(int link) {
    for (MemberRoutes lane : lanes) {
      if (lane.usesLink(link)) {
        return true;
      }
    }
    return false;
  }

  boolean usesNode(int node) {
    for (MemberRoutes lane : lanes) {
      if (lane.usesNode(node)) {
        return true;
      }
    }
    return false;
  }
}
