package memwall.network.router;

/**
 * Meshes and tori of any number of dimensions, one node at each router; a hypercube is a mesh of
 * two routers in every dimension.
 *
 * <p>Router {@code x0 + n0 * (x1 + n1 * (x2 + ...))} stands at (x0, x1, x2, ...). Port 2d leads up
 * in dimension d, port 2d + 1 down, the last port to the node.
 *
 * <p>Routes correct one dimension after the other, lowest first, over the shorter way; where both
 * ways round a ring are equally long, chance decides, or the parity of the place at which the
 * dimension begins: half of the packets go each way, and a way is always the same. In a torus, a
 * packet whose way in a dimension crosses the edge between the last router and the first uses the
 * upper half of the channels there, others the lower half: neither half has a closed ring of waits
 * (Dally, Seitz, IEEE ToC 1987). With {@code valiant} a packet first goes to a node drawn at
 * random, in half of the channels, and from there to its destination, in the other half (Valiant,
 * SIAM J. Comput. 1982).
 */
final class Cube implements Routing {
  /** Which way packets go round a ring of even size that have half of it to go. */
  enum Ties {
    /** Drawn for each packet. */
    RANDOM,
    /** Up from places of even number, down from the others. */
    PARITY
  }

  private static final int PHASE_VALIANT = 1;
  private static final int PHASE_DIRECT = 2;
  private static final int PHASE_MASK = 3;
  private static final int CROSSES = 4;

  private final int[] sizes;
  private final int[] strides;
  private final boolean wraps;
  private final boolean valiant;
  private final Ties ties;

  Cube(int[] sizes, boolean wraps, boolean valiant, Ties ties) {
    this.ties = ties;
    this.sizes = sizes.clone();
    this.wraps = wraps;
    this.valiant = valiant;
    strides = new int[sizes.length];
    long routers = 1;
    for (int d = 0; d < sizes.length; d++) {
      if (sizes[d] < 2) {
        throw new IllegalArgumentException(
            "a dimension of " + sizes[d] + " routers: needs at least 2");
      }
      strides[d] = (int) routers;
      routers *= sizes[d];
      if (routers > Topology.MAX_PORTS) {
        throw new IllegalArgumentException(
            "more than " + Topology.MAX_PORTS + " routers in a mesh or torus");
      }
    }
  }

  Topology topology(int nodeCycles, int channelCycles) {
    int dimensions = sizes.length;
    int routers = routers();
    Topology.Builder builder = new Topology.Builder(routers, routers, 2 * dimensions + 1);
    for (int router = 0; router < routers; router++) {
      builder.attach(router, router, 2 * dimensions, nodeCycles);
      for (int d = 0; d < dimensions; d++) {
        int at = router / strides[d] % sizes[d];
        if (at + 1 < sizes[d]) {
          builder.join(router, 2 * d, router + strides[d], 2 * d + 1, channelCycles);
        } else if (wraps) {
          builder.join(router, 2 * d, router - at * strides[d], 2 * d + 1, channelCycles);
        }
      }
    }
    return builder.build();
  }

  int routers() {
    return strides[sizes.length - 1] * sizes[sizes.length - 1];
  }

  @Override
  public int leastChannels() {
    return (wraps ? 2 : 1) * (valiant ? 2 : 1);
  }

  @Override
  public int route(int router, int port, int packet, View view) {
    Packets packets = view.packets();
    int first = 0;
    int last = view.channels() - 1;
    int target = packets.destination[packet];
    if (valiant) {
      int half = (last + 1) / 2;
      target = valiantTarget(router, packet, view);
      if ((packets.phase[packet] & PHASE_MASK) == PHASE_VALIANT) {
        last = half - 1;
      } else {
        first = half;
      }
    }
    int d = 0;
    int distance = 0;
    while (d < sizes.length) {
      distance = target / strides[d] % sizes[d] - router / strides[d] % sizes[d];
      if (distance != 0) {
        break;
      }
      d++;
    }
    if (d == sizes.length) {
      return Routing.hop(2 * sizes.length, 0, view.channels() - 1);
    }
    if (!wraps) {
      return Routing.hop(distance > 0 ? 2 * d : 2 * d + 1, first, last);
    }
    int out = turn(router, port, packet, d, distance, view);
    int half = (last - first + 1) / 2;
    return (packets.phase[packet] & CROSSES) != 0
        ? Routing.hop(out, last - half + 1, last)
        : Routing.hop(out, first, last - half);
  }

  /** The port in a ring: the shorter way, kept until the dimension is done. */
  private int turn(int router, int port, int packet, int d, int distance, View view) {
    Packets packets = view.packets();
    boolean restarted = packets.middle[packet] == router && valiant;
    if (port >>> 1 == d && !restarted) {
      return port ^ 1;
    }
    int up = distance > 0 ? distance : distance + sizes[d];
    int excess = 2 * up - sizes[d];
    boolean goesUp = excess < 0 || (excess == 0 && tieGoesUp(router, packet, d, view));
    boolean crosses = goesUp ? distance < 0 : distance > 0;
    int phase = packets.phase[packet] & ~CROSSES;
    packets.phase[packet] = crosses ? phase | CROSSES : phase;
    return goesUp ? 2 * d : 2 * d + 1;
  }

  private boolean tieGoesUp(int router, int packet, int d, View view) {
    return switch (ties) {
      case RANDOM -> view.draw(packet, 2) == 0;
      case PARITY -> router / strides[d] % sizes[d] % 2 == 0;
    };
  }

  private int valiantTarget(int router, int packet, View view) {
    Packets packets = view.packets();
    int phase = packets.phase[packet];
    if ((phase & PHASE_MASK) == 0) {
      packets.middle[packet] = (int) view.draw(packet, routers());
      phase |= PHASE_VALIANT;
    }
    if ((phase & PHASE_MASK) == PHASE_VALIANT && router == packets.middle[packet]) {
      phase = (phase & ~PHASE_MASK) | PHASE_DIRECT;
    }
    packets.phase[packet] = phase;
    return (phase & PHASE_MASK) == PHASE_VALIANT
        ? packets.middle[packet]
        : packets.destination[packet];
  }
}
