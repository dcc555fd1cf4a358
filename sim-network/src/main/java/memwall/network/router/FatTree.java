package memwall.network.router;

/**
 * A k-ary n-tree (Petrini, Vanneschi, IPPS 1997): n levels of routers, k^n nodes, each router with
 * k ports down and k up, the top level with ports down only. One level is a single switch. With
 * fewer ports up than down the tree is tapered.
 *
 * <p>Level 0 is the top. Routes go up to the nearest common ancestors of both nodes, by any port,
 * and from there down by the only way. Ways up and down never wait for each other in a circle.
 *
 * <p>A tapered tree has {@code up} ports up in each router of every level below the top: level l
 * has k^l subtrees of each of which up^(n-1-l) routers stand at level l.
 */
final class FatTree implements Routing {
  private final int down;
  private final int up;
  private final int levels;
  private final boolean adaptive;

  /** By level: routers, number of the first, and nodes below each. */
  private final int[] routersAt;

  private final int[] firstAt;
  private final int[] nodesBelow;
  private final int routers;

  /** Level of a router. */
  private final byte[] levelOf;

  FatTree(int down, int up, int levels, boolean adaptive) {
    if (down < 1 || up < 1 || levels < 1 || levels > 24) {
      throw new IllegalArgumentException(
          "a tree of "
              + levels
              + " levels with "
              + down
              + " ports down and "
              + up
              + " up: needs 1 to 24 levels and at least one port of each kind");
    }
    this.down = down;
    this.up = up;
    this.levels = levels;
    this.adaptive = adaptive;
    routersAt = new int[levels];
    firstAt = new int[levels];
    nodesBelow = new int[levels];
    long all = 0;
    for (int level = 0; level < levels; level++) {
      long subtrees = power(down, level);
      long each = power(up, levels - 1 - level);
      nodesBelow[level] = (int) power(down, levels - level);
      firstAt[level] = (int) all;
      routersAt[level] = (int) Math.multiplyExact(subtrees, each);
      all += routersAt[level];
    }
    if (all > Topology.MAX_PORTS || power(down, levels) > Topology.MAX_PORTS) {
      throw new IllegalArgumentException(
          "a tree of " + all + " routers is more than " + Topology.MAX_PORTS);
    }
    routers = (int) all;
    levelOf = new byte[routers];
    for (int level = 0; level < levels; level++) {
      for (int i = 0; i < routersAt[level]; i++) {
        levelOf[firstAt[level] + i] = (byte) level;
      }
    }
  }

  private static long power(int base, int exponent) {
    long result = 1;
    for (int i = 0; i < exponent; i++) {
      result = result * base;
      if (result > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            base + " to the power of " + exponent + " nodes or routers are too many");
      }
    }
    return result;
  }

  Topology topology(int nodeCycles, int channelCycles) {
    Topology.Builder builder =
        new Topology.Builder(nodesBelow[0], routers, levels == 1 ? down : down + up);
    int leaf = levels - 1;
    for (int node = 0; node < nodesBelow[0]; node++) {
      builder.attach(node, firstAt[leaf] + node / down, node % down, nodeCycles);
    }
    for (int level = 0; level < leaf; level++) {
      int each = (int) power(up, levels - 1 - level);
      int eachBelow = each / up;
      for (int i = 0; i < routersAt[level]; i++) {
        int subtree = i / each;
        int member = i % each;
        // Port p leads to subtree p below; the member's number without its top digit stays.
        for (int port = 0; port < down; port++) {
          int below = firstAt[level + 1] + (subtree * down + port) * eachBelow + member % eachBelow;
          builder.join(firstAt[level] + i, port, below, down + member / eachBelow, channelCycles);
        }
      }
    }
    return builder.build();
  }

  int nodes() {
    return nodesBelow[0];
  }

  @Override
  public int leastChannels() {
    return 1;
  }

  @Override
  public int route(int router, int port, int packet, View view) {
    int destination = view.packets().destination[packet];
    int level = levelOf[router];
    int below = nodesBelow[level];
    int perSubtree = routersAt[level] / (nodesBelow[0] / below);
    int firstBelow = (router - firstAt[level]) / perSubtree * below;
    int offset = destination - firstBelow;
    int last = view.channels() - 1;
    if (offset >= 0 && offset < below) {
      return Routing.hop(offset / (below / down), 0, last);
    }
    int choice = (int) view.draw(packet, up);
    return Routing.hop(down + (adaptive ? leastUsed(router, choice, view) : choice), 0, last);
  }

  /** The port up with the fewest flits behind it; of equals the first from a random one on. */
  private int leastUsed(int router, int start, View view) {
    int best = start;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < up; i++) {
      int candidate = start + i < up ? start + i : start + i - up;
      int used = view.usedFlits(router, down + candidate);
      if (used < least) {
        least = used;
        best = candidate;
      }
    }
    return best;
  }
}
