package memwall.network.aggregation;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;

/** Which nodes and links of a graph work now, and at what rate. */
final class LiveGraph {
  final Graph graph;
  private final boolean[] nodeDown;
  private final boolean[] linkDown;
  private final long[] bytesPerSec;
  private final int[] cuts;

  LiveGraph(Graph graph) {
    this.graph = graph;
    this.nodeDown = new boolean[graph.nodes()];
    this.linkDown = new boolean[graph.links()];
    this.bytesPerSec = new long[graph.links()];
    this.cuts = new int[graph.links()];
    for (int link = 0; link < bytesPerSec.length; link++) {
      bytesPerSec[link] = graph.wire(link).bytesPerSec();
    }
  }

  boolean isUp(int node) {
    return !nodeDown[node];
  }

  /** Whether a link and the nodes at its ends work. */
  boolean isUsable(int link) {
    return !linkDown[link] && isUp(graph.end(link, 0)) && isUp(graph.end(link, 1));
  }

  long bytesPerSec(int link) {
    return bytesPerSec[link];
  }

  void rate(int link, long newBytesPerSec) {
    bytesPerSec[link] = newBytesPerSec;
  }

  /** How often a link has been cut: what was under way over an earlier cut is lost. */
  int cuts(int link) {
    return cuts[link];
  }

  void link(int link, boolean up) {
    if (!up && !linkDown[link]) {
      cuts[link]++;
    }
    linkDown[link] = !up;
  }

  /** Names of the hosts that no link joins to anything. */
  ImmutableList<String> cutOff(int[] hosts) {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    for (int host : hosts) {
      boolean linked = false;
      for (int link : graph.linksOf(host)) {
        linked |= isUsable(link);
      }
      if (!linked) {
        names.add(graph.name(host));
      }
    }
    return names.build();
  }

  void nodeDown(int node) {
    nodeDown[node] = true;
    for (int link : graph.linksOf(node)) {
      cuts[link]++;
    }
  }

  /**
   * What is reached from a node. Neighbours are looked at by number, so the answer is always the
   * same.
   *
   * @param overAdders whether paths lead over switches that add only
   */
  Reach reach(int source, boolean overAdders) {
    int nodes = graph.nodes();
    int[] depth = new int[nodes];
    int[] upLink = new int[nodes];
    Arrays.fill(depth, -1);
    Arrays.fill(upLink, -1);
    Reach reach = new Reach(source, depth, upLink);
    if (nodeDown[source]) {
      return reach;
    }
    int[] queue = new int[nodes];
    int end = 1;
    queue[0] = source;
    depth[source] = 0;
    for (int begin = 0; begin < end; begin++) {
      int node = queue[begin];
      for (int link : graph.linksOf(node)) {
        int other = graph.otherEnd(link, node);
        if (depth[other] < 0 && isUsable(link)) {
          depth[other] = depth[node] + 1;
          upLink[other] = link;
          if (!graph.isHost(other) && (graph.adds(other) || !overAdders)) {
            queue[end++] = other;
          }
        }
      }
    }
    return reach;
  }
}
