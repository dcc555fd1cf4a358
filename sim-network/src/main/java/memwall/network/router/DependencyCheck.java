package memwall.network.router;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import org.jspecify.annotations.Nullable;

/**
 * Looks for circular waits between the virtual channels of a network.
 *
 * <p>A packet that has a virtual channel of an output keeps it, and the places behind it, while it
 * waits for one of the next output: the first depends on the second. Packets can block each other
 * for ever only if these dependencies close a circle (Dally, Seitz, "Deadlock-Free Message Routing
 * in Multiprocessor Interconnection Networks", IEEE ToC 1987). They are collected by walking the
 * routes of all pairs of nodes; where chance or the use of outputs decides, routes are drawn many
 * times, with outputs that are empty or full at random. What no draw has shown is not known to be
 * absent, so none found means none among these routes. Pairs without a way are left out.
 *
 * <p>Made for networks of some hundred ports: the dependencies are one set of bits per channel.
 */
final class DependencyCheck {
  private static final int UNSEEN = 0;
  private static final int OPEN = 1;
  private static final int DONE = 2;

  private final Topology topology;
  private final Routing routing;
  private final int channels;
  private final Packets packets = new Packets(0);
  private final Draws draws;

  /** By channel, {@code port * channels + channel}: those it depends on; null if none. */
  private final @Nullable BitSet[] next;

  private DependencyCheck(FabricPlan plan, long seed) {
    topology = plan.topology();
    routing = plan.routing();
    channels = plan.router().channels();
    draws = new Draws(new RandomStreams(seed).stream("dependencies", "draws"));
    next =
        new @Nullable BitSet[Math.multiplyExact(topology.routers() * topology.radix(), channels)];
  }

  /**
   * A circle of dependencies, one channel a line in the order of the waits, or an empty list.
   *
   * @param walks routes drawn for each pair of nodes, at least 1
   * @param seed of the draws
   * @throws IllegalStateException if a route does not end at its destination
   */
  static List<String> circle(FabricPlan plan, int walks, long seed) {
    DependencyCheck check = new DependencyCheck(plan, seed);
    int nodes = plan.topology().nodes();
    for (int from = 0; from < nodes; from++) {
      for (int to = 0; to < nodes; to++) {
        boolean isApart = plan.routing() instanceof EdgeList list && !list.reaches(from, to);
        for (int i = 0; i < walks && !isApart; i++) {
          check.walk(from, to);
        }
      }
    }
    return check.find();
  }

  private void walk(int from, int to) {
    int packet = packets.create(from, to, 1, 0, 0);
    int port = topology.nodePort(from);
    int held = Routing.hop(0, 1, 0);
    boolean first = true;
    for (int routers = 0; routers <= 4 * topology.routers(); routers++) {
      int router = port / topology.radix();
      int hop = routing.route(router, port % topology.radix(), packet, draws);
      packets.hops[packet]++;
      int out = router * topology.radix() + Routing.port(hop);
      check(hop, out, from, to);
      if (topology.toNode(out)) {
        if (topology.node(out) != to) {
          throw new IllegalStateException(
              "a packet from " + from + " to " + to + " ends at " + topology.node(out));
        }
        packets.release(packet);
        return;
      }
      if (!first) {
        depend(port, held, out, hop);
      }
      first = false;
      held = hop;
      port = topology.peer(out);
    }
    throw new IllegalStateException(
        "the way of a packet from " + from + " to " + to + " does not end");
  }

  private void check(int hop, int out, int from, int to) {
    boolean exists = Routing.port(hop) < topology.radix();
    if (!exists
        || !(topology.toNode(out) || topology.toRouter(out))
        || Routing.firstChannel(hop) > Routing.lastChannel(hop)
        || Routing.lastChannel(hop) >= channels) {
      throw new IllegalStateException(
          "a packet from "
              + from
              + " to "
              + to
              + " is sent to port "
              + Routing.port(hop)
              + ", channels "
              + Routing.firstChannel(hop)
              + " to "
              + Routing.lastChannel(hop)
              + ", which does not exist");
    }
  }

  /** Who came by a channel of {@code held} to {@code port} waits for those of {@code hop}. */
  private void depend(int port, int held, int out, int hop) {
    int before = topology.peer(port) * channels;
    for (int i = Routing.firstChannel(held); i <= Routing.lastChannel(held); i++) {
      BitSet set = next[before + i];
      if (set == null) {
        set = new BitSet();
        next[before + i] = set;
      }
      set.set(
          out * channels + Routing.firstChannel(hop),
          out * channels + Routing.lastChannel(hop) + 1);
    }
  }

  /** A search in depth that remembers its path. */
  private List<String> find() {
    byte[] state = new byte[next.length];
    int[] path = new int[next.length];
    int[] reached = new int[next.length];
    for (int start = 0; start < next.length; start++) {
      if (state[start] != UNSEEN) {
        continue;
      }
      int depth = 0;
      path[0] = start;
      reached[0] = 0;
      state[start] = OPEN;
      while (depth >= 0) {
        int at = path[depth];
        BitSet set = next[at];
        int to = set == null ? -1 : set.nextSetBit(reached[depth]);
        if (to < 0) {
          state[at] = DONE;
          depth--;
          continue;
        }
        reached[depth] = to + 1;
        if (state[to] == OPEN) {
          return names(path, to, depth);
        }
        if (state[to] == UNSEEN) {
          depth++;
          path[depth] = to;
          reached[depth] = 0;
          state[to] = OPEN;
        }
      }
    }
    return List.of();
  }

  private List<String> names(int[] path, int first, int last) {
    int at = last;
    while (path[at] != first) {
      at--;
    }
    List<String> names = new ArrayList<>();
    for (; at <= last; at++) {
      int port = path[at] / channels;
      names.add(
          "router "
              + port / topology.radix()
              + ", port "
              + port % topology.radix()
              + ", channel "
              + path[at] % channels);
    }
    return names;
  }

  /** Outputs are empty or full at random. */
  private final class Draws implements Routing.View {
    private final RandomStream random;

    Draws(RandomStream random) {
      this.random = random;
    }

    @Override
    public Packets packets() {
      return packets;
    }

    @Override
    public long draw(int packet, long bound) {
      return random.nextLong(bound);
    }

    @Override
    public int channels() {
      return channels;
    }

    @Override
    public int usedFlits(int router, int port) {
      return random.nextLong(2) == 0 ? 0 : 1 << 24;
    }
  }
}
