package memwall.network.router;

import java.util.Arrays;
import java.util.List;

/**
 * Any network of routers, from a list of channels.
 *
 * <p>Shortest ways, over any channel that lies on one, drawn at random. With {@link Ways#UP_DOWN}
 * those ways that first go up, toward router 0, and then only down (Schroeder et al., "Autonet",
 * IEEE JSAC 1991): of two routers the one nearer to router 0 is above, of equally near ones that
 * with the lower number, so no circle of waits can close. With {@link Ways#MINIMAL} all shortest
 * ways; then a packet takes virtual channel i on the channel behind its i-th router.
 *
 * <p>What has failed can be left out ({@link #around}); then a network may have several parts.
 */
final class EdgeList implements Routing {
  /** Which ways packets may take. */
  enum Ways {
    UP_DOWN,
    MINIMAL
  }

  private static final int MAY_GO_UP = 0;
  private static final int ONLY_DOWN = 1;
  private static final short FAR = Short.MAX_VALUE;

  private final Topology topology;
  private final Ways ways;

  /** By port, channels that are not used; by node, those not reached. Empty if all are. */
  private final boolean[] unusable;

  private final boolean[] nodesApart;
  private final int[] level;

  /** By router, the lowest one that it is joined to: level 0 of its part of the network. */
  private final int[] part;

  private final int[] nodeRouter;

  /** By router of the destination, made when first asked for: hops left by router and phase. */
  private final short[][] hopsLeft;

  private final int diameter;

  private EdgeList(Topology topology, Ways ways, boolean[] unusable, boolean[] nodesApart) {
    this.topology = topology;
    this.ways = ways;
    this.unusable = unusable;
    this.nodesApart = nodesApart;
    int routers = topology.routers();
    nodeRouter = new int[topology.nodes()];
    for (int node = 0; node < nodeRouter.length; node++) {
      nodeRouter[node] = topology.nodePort(node) / topology.radix();
    }
    level = distances(0);
    part = new int[routers];
    for (int router = 1; router < routers && unusable.length > 0; router++) {
      if (level[router] < 0) {
        int[] hops = distances(router);
        for (int other = router; other < routers; other++) {
          if (hops[other] >= 0) {
            level[other] = hops[other];
            part[other] = router;
          }
        }
      }
    }
    hopsLeft = new short[routers][];
    int widest = 0;
    if (ways == Ways.MINIMAL) {
      for (int router = 0; router < routers; router++) {
        widest = Math.max(widest, Arrays.stream(distances(router)).max().orElse(0));
      }
    }
    diameter = widest;
  }

  static EdgeList of(int nodes, int routers, List<EdgeListReader.Edge> edges, int channelCycles) {
    int[] ports = new int[routers];
    for (EdgeListReader.Edge edge : edges) {
      ports[edge.router()]++;
      if (!edge.toNode()) {
        ports[edge.other()]++;
      }
    }
    Topology.Builder builder =
        new Topology.Builder(nodes, routers, Arrays.stream(ports).max().orElse(1));
    Arrays.fill(ports, 0);
    for (EdgeListReader.Edge edge : edges) {
      int cycles = edge.cycles() == 0 ? (edge.toNode() ? 1 : channelCycles) : edge.cycles();
      int port = ports[edge.router()]++;
      if (edge.toNode()) {
        builder.attach(edge.other(), edge.router(), port, cycles);
      } else {
        builder.join(edge.router(), port, edge.other(), ports[edge.other()]++, cycles);
      }
    }
    return new EdgeList(builder.build(), Ways.UP_DOWN, new boolean[0], new boolean[0]);
  }

  /** The same network with other ways. */
  EdgeList with(Ways other) {
    return new EdgeList(topology, other, unusable, nodesApart);
  }

  /**
   * Ways up and down over what is left of a network, whatever its own ways are; from the lowest
   * router of each of its parts.
   *
   * @param unusable by port, whether its channel is not used; equal at both ends
   * @param nodesApart by node, whether its channel is not used
   */
  static EdgeList around(Topology topology, boolean[] unusable, boolean[] nodesApart) {
    return new EdgeList(topology, Ways.UP_DOWN, unusable, nodesApart);
  }

  /** Whether there is a way from a node to another one. */
  boolean reaches(int from, int to) {
    return nodesApart.length == 0
        || (!nodesApart[from] && !nodesApart[to] && part[nodeRouter[from]] == part[nodeRouter[to]]);
  }

  private boolean isUsed(int at) {
    return topology.toRouter(at) && (unusable.length == 0 || !unusable[at]);
  }

  Topology topology() {
    return topology;
  }

  /** A router that cannot be reached from router 0, or -1. */
  int unreachableRouter() {
    for (int router = 0; router < level.length; router++) {
      if (level[router] < 0) {
        return router;
      }
    }
    return -1;
  }

  @Override
  public int leastChannels() {
    return ways == Ways.MINIMAL ? Math.max(1, diameter) : 1;
  }

  @Override
  public int route(int router, int port, int packet, View view) {
    Packets packets = view.packets();
    int node = packets.destination[packet];
    int last = view.channels() - 1;
    int target = nodeRouter[node];
    int radix = topology.radix();
    if (target == router) {
      return Routing.hop(topology.nodePort(node) % radix, 0, last);
    }
    short[] left = hopsLeft(target);
    int phase = packets.phase[packet];
    int wanted = left[2 * router + phase] - 1;
    int seen = 0;
    int chosen = -1;
    for (int out = 0; out < radix; out++) {
      int next = next(router, out, phase);
      // Of those that are as good, each with the same probability.
      if (next >= 0 && left[next] == wanted && view.draw(packet, ++seen) == 0) {
        chosen = out;
      }
    }
    if (chosen < 0) {
      throw new IllegalStateException("no way from router " + router + " to node " + node);
    }
    packets.phase[packet] = next(router, chosen, phase) & 1;
    int channel = packets.hops[packet];
    return ways == Ways.MINIMAL
        ? Routing.hop(chosen, channel, channel)
        : Routing.hop(chosen, 0, last);
  }

  /** Router and phase (2 x router + phase) behind a port, or -1 if it must not be taken. */
  private int next(int router, int out, int phase) {
    int at = router * topology.radix() + out;
    if (!isUsed(at)) {
      return -1;
    }
    int other = topology.peer(at) / topology.radix();
    if (ways == Ways.MINIMAL) {
      return 2 * other;
    }
    if (isAbove(other, router)) {
      return phase == MAY_GO_UP ? 2 * other + MAY_GO_UP : -1;
    }
    return 2 * other + ONLY_DOWN;
  }

  private boolean isAbove(int one, int other) {
    return level[one] < level[other] || (level[one] == level[other] && one < other);
  }

  private short[] hopsLeft(int target) {
    short[] known = hopsLeft[target];
    if (known == null) {
      known = search(target);
      hopsLeft[target] = known;
    }
    return known;
  }

  /** Hops to a router from every router and phase: a search in breadth, against the ways. */
  private short[] search(int target) {
    int routers = topology.routers();
    short[] left = new short[2 * routers];
    Arrays.fill(left, FAR);
    int[] queue = new int[2 * routers];
    int tail = 0;
    for (int phase = MAY_GO_UP; phase <= ONLY_DOWN; phase++) {
      left[2 * target + phase] = 0;
      queue[tail++] = 2 * target + phase;
    }
    int radix = topology.radix();
    for (int head = 0; head < tail; head++) {
      int state = queue[head];
      int router = state >> 1;
      for (int out = 0; out < radix; out++) {
        int at = router * radix + out;
        if (!isUsed(at)) {
          continue;
        }
        int peer = topology.peer(at);
        for (int phase = MAY_GO_UP; phase <= ONLY_DOWN; phase++) {
          int before = 2 * (peer / radix) + phase;
          if (left[before] == FAR && next(peer / radix, peer % radix, phase) == state) {
            left[before] = (short) (left[state] + 1);
            queue[tail++] = before;
          }
        }
      }
    }
    return left;
  }

  /** Hops from a router to all others, -1 where there is no way. */
  private int[] distances(int from) {
    int routers = topology.routers();
    int radix = topology.radix();
    int[] hops = new int[routers];
    Arrays.fill(hops, -1);
    int[] queue = new int[routers];
    hops[from] = 0;
    queue[0] = from;
    int tail = 1;
    for (int head = 0; head < tail; head++) {
      int router = queue[head];
      for (int at = router * radix; at < (router + 1) * radix; at++) {
        if (isUsed(at)) {
          int other = topology.peer(at) / radix;
          if (hops[other] < 0) {
            hops[other] = hops[router] + 1;
            queue[tail++] = other;
          }
        }
      }
    }
    return hops;
  }
}
