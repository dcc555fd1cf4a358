package memwall.network.router;

/**
 * Flattened butterfly (Kim, Dally, Abts, ISCA 2007), a HyperX with equal dimensions: routers in a
 * grid, all routers of a line joined to each other, several nodes at each. With one dimension and
 * one node it is a fully connected network.
 *
 * <p>Ports 0 to {@code concentration - 1} lead to nodes; then come {@code size - 1} ports for each
 * dimension, to the routers of the line in order without the router itself.
 *
 * <p>Routes correct one dimension after the other, lowest first: one hop each. With {@code
 * valiant}, and with {@code ugal} when the minimal way looks twice as long as the other, a packet
 * first goes to a random router, in the lower half of the channels, then to its destination in the
 * upper half (UGAL-L: Singh, dissertation, Stanford 2005).
 */
final class FlatButterfly implements Routing {
  /** How routes are chosen. */
  enum Choice {
    MINIMAL,
    VALIANT,
    UGAL
  }

  private static final int PHASE_DETOUR = 1;
  private static final int PHASE_DIRECT = 2;

  private final int concentration;
  private final int size;
  private final int dimensions;
  private final Choice choice;
  private final int thresholdFlits;
  private final int routers;
  private final int[] strides;

  FlatButterfly(int concentration, int size, int dimensions, Choice choice, int thresholdFlits) {
    if (concentration < 1 || size < 2 || dimensions < 1) {
      throw new IllegalArgumentException(
          dimensions
              + " dimensions of "
              + size
              + " routers with "
              + concentration
              + " nodes each: needs at least 1, 2 and 1");
    }
    this.concentration = concentration;
    this.size = size;
    this.dimensions = dimensions;
    this.choice = choice;
    this.thresholdFlits = thresholdFlits;
    strides = new int[dimensions];
    long all = 1;
    for (int d = 0; d < dimensions; d++) {
      strides[d] = (int) all;
      all *= size;
      if (all * concentration > Topology.MAX_PORTS) {
        throw new IllegalArgumentException("more than " + Topology.MAX_PORTS + " nodes");
      }
    }
    routers = (int) all;
  }

  Topology topology(int nodeCycles, int channelCycles) {
    int radix = Math.addExact(concentration, Math.multiplyExact(dimensions, size - 1));
    Topology.Builder builder = new Topology.Builder(routers * concentration, routers, radix);
    for (int router = 0; router < routers; router++) {
      for (int i = 0; i < concentration; i++) {
        builder.attach(router * concentration + i, router, i, nodeCycles);
      }
      for (int d = 0; d < dimensions; d++) {
        int at = router / strides[d] % size;
        for (int to = at + 1; to < size; to++) {
          int other = router + (to - at) * strides[d];
          builder.join(router, port(d, at, to), other, port(d, to, at), channelCycles);
        }
      }
    }
    return builder.build();
  }

  private int port(int dimension, int at, int to) {
    return concentration + dimension * (size - 1) + (to > at ? to - 1 : to);
  }

  int nodes() {
    return routers * concentration;
  }

  @Override
  public int leastChannels() {
    return choice == Choice.MINIMAL ? 1 : 2;
  }

  @Override
  public int route(int router, int port, int packet, View view) {
    Packets packets = view.packets();
    int destination = packets.destination[packet];
    int target = destination / concentration;
    int last = view.channels() - 1;
    if (choice == Choice.MINIMAL) {
      return target == router
          ? Routing.hop(destination % concentration, 0, last)
          : Routing.hop(toward(router, target), 0, last);
    }
    int half = (last + 1) / 2;
    if (packets.phase[packet] == 0) {
      packets.phase[packet] = PHASE_DIRECT;
      int middle = (int) view.draw(packet, routers);
      if (target != router && middle != router && detours(router, target, middle, view)) {
        packets.phase[packet] = PHASE_DETOUR;
        packets.middle[packet] = middle;
      }
    }
    if (packets.phase[packet] == PHASE_DETOUR && packets.middle[packet] == router) {
      packets.phase[packet] = PHASE_DIRECT;
    }
    if (packets.phase[packet] == PHASE_DETOUR) {
      return Routing.hop(toward(router, packets.middle[packet]), 0, half - 1);
    }
    return target == router
        ? Routing.hop(destination % concentration, 0, last)
        : Routing.hop(toward(router, target), half, last);
  }

  /** Whether queue times hops is less by the detour. */
  private boolean detours(int router, int target, int middle, View view) {
    if (choice == Choice.VALIANT) {
      return true;
    }
    long minimal = (long) hops(router, target) * view.usedFlits(router, toward(router, target));
    long detour =
        (long) (hops(router, middle) + hops(middle, target))
            * view.usedFlits(router, toward(router, middle));
    return minimal > detour + thresholdFlits;
  }

  private int hops(int from, int to) {
    int hops = 0;
    for (int stride : strides) {
      hops += from / stride % size == to / stride % size ? 0 : 1;
    }
    return hops;
  }

  private int toward(int router, int target) {
    for (int d = 0; d < dimensions; d++) {
      int at = router / strides[d] % size;
      int to = target / strides[d] % size;
      if (at != to) {
        return port(d, at, to);
      }
    }
    throw new IllegalStateException("router " + router + " is the target");
  }
}
