package memwall.network.aggregation;

import java.util.Arrays;

/** The next link from each node towards each member of a group. */
final class MemberRoutes {
  private final Graph graph;
  private final int[] hosts;
  private final int[] next;
  private final boolean[] usesLink;
  private final boolean[] usesNode;

  private MemberRoutes(Graph graph, int[] hosts) {
    this.graph = graph;
    this.hosts = hosts.clone();
    this.next = new int[graph.nodes() * hosts.length];
    this.usesLink = new boolean[graph.links()];
    this.usesNode = new boolean[graph.nodes()];
    Arrays.fill(next, -1);
  }

  /** Along a tree of switches. */
  static MemberRoutes along(Graph graph, int[] hosts, AggregationTree tree) {
    MemberRoutes routes = new MemberRoutes(graph, hosts);
    for (int member = 0; member < hosts.length; member++) {
      for (int inner = 0; inner < tree.nodes(); inner++) {
        int place = tree.towards(inner, member);
        if (tree.reaches(member) && (place >= 0 || inner > 0)) {
          int link =
              place >= 0
                  ? tree.path(inner, place)[0]
                  : tree.path(tree.parent(inner), tree.placeAtParent(inner))[0];
          routes.put(tree.node(inner), member, link);
        }
      }
      for (int other = 0; other < hosts.length; other++) {
        if (other != member && tree.reaches(other) && tree.reaches(member)) {
          int link = tree.path(tree.memberAt(other), tree.memberPlace(other))[0];
          routes.put(hosts[other], member, link);
        }
      }
    }
    routes.note();
    return routes;
  }

  /**
   * Over shortest paths of what works. Of n next nodes on such paths to member m the one in place m
   * mod n is taken, by number: messages to different members are spread over the spines (as with
   * destination-based routes of fat trees, d-mod-k).
   */
  static MemberRoutes shortest(LiveGraph live, int[] hosts) {
    MemberRoutes routes = new MemberRoutes(live.graph, hosts);
    for (int member = 0; member < hosts.length; member++) {
      Reach reach = live.reach(hosts[member], false);
      for (int node = 0; node < live.graph.nodes(); node++) {
        if (reach.reaches(node) && node != hosts[member]) {
          routes.put(node, member, routes.spread(live, reach, node, member));
        }
      }
    }
    routes.note();
    return routes;
  }

  private int spread(LiveGraph live, Reach reach, int node, int member) {
    int count = 0;
    for (int link : graph.linksOf(node)) {
      count += isNearer(live, reach, node, link) ? 1 : 0;
    }
    int place = member % count;
    for (int link : graph.linksOf(node)) {
      if (isNearer(live, reach, node, link) && place-- == 0) {
        return link;
      }
    }
    throw new IllegalStateException("no way from '" + graph.name(node) + "'");
  }

  /** Whether a link leads from a node one nearer to where a search began, not over a host. */
  private boolean isNearer(LiveGraph live, Reach reach, int node, int link) {
    int other = graph.otherEnd(link, node);
    return live.isUsable(link)
        && reach.reaches(other)
        && reach.depth(other) == reach.depth(node) - 1
        && (other == reach.source || !graph.isHost(other));
  }

  private void put(int node, int member, int link) {
    next[node * hosts.length + member] = link;
  }

  private void note() {
    for (int from : hosts) {
      for (int member = 0; member < hosts.length; member++) {
        usesNode[from] = true;
        for (int node = from; node != hosts[member] && link(node, member) >= 0; ) {
          int link = link(node, member);
          usesLink[link] = true;
          node = graph.otherEnd(link, node);
          usesNode[node] = true;
        }
      }
    }
  }

  /** The link, or -1 if there is no way. */
  int link(int node, int member) {
    return next[node * hosts.length + member];
  }

  private boolean reaches(int member, int from) {
    return member == from || link(hosts[from], member) >= 0;
  }

  /** Whether each member has a way to each. */
  boolean reachesAll() {
    for (int from = 0; from < hosts.length; from++) {
      for (int member = 0; member < hosts.length; member++) {
        if (!reaches(member, from)) {
          return false;
        }
      }
    }
    return true;
  }

  boolean usesLink(int link) {
    return usesLink[link];
  }

  boolean usesNode(int node) {
    return usesNode[node];
  }

  /** Whether the way from a member to another leads over a node. */
  boolean leadsOver(int node, int from, int member) {
    for (int at = hosts[from]; at != hosts[member]; ) {
      if (at == node) {
        return true;
      }
      at = graph.otherEnd(link(at, member), at);
    }
    return false;
  }
}
