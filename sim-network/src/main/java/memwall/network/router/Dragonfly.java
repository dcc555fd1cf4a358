package memwall.network.router;

/**
 * Dragonfly (Kim, Dally, Scott, Abts, ISCA 2008): groups of a routers, fully joined inside, h
 * global channels at each router and one between each two groups, p nodes at a router: a*h + 1
 * groups.
 *
 * <p>Ports 0 to p-1 lead to nodes, then a-1 to the other routers of the group in order, then h
 * global ones. Global channel i of a group, at its router i / h, leads to group i, or i + 1 if that
 * is not below the group itself.
 *
 * <p>Minimal routes take one global channel; virtual channel 0 before it, 1 on it and behind it
 * (packets inside a group: 1). With {@code ugal} a packet goes by a random node instead when the
 * minimal output has more than twice the flits behind it, plus a threshold; {@code valiant} always
 * does. Four classes of channels then come one after the other: toward the middle before and on the
 * first global channel, toward the destination before and on the second. With three channels the
 * middle two are one, as in BookSim2; inside the middle group that leaves a circle of waits. With
 * {@code ugal} it is seldom closed, and hardly with large buffers; with {@code valiant} full
 * networks soon stand still, so that one needs four.
 */
final class Dragonfly implements Routing {
  /** How routes are chosen. */
  enum Choice {
    MINIMAL,
    VALIANT,
    UGAL
  }

  private static final int DETOUR = 1;
  private static final int DETOUR_CROSSED = 2;
  private static final int DIRECT = 3;
  private static final int DIRECT_CROSSED = 4;

  private final int perRouter;
  private final int perGroup;
  private final int global;
  private final int groups;
  private final int nodes;
  private final Choice choice;
  private final int thresholdFlits;

  Dragonfly(int perRouter, int perGroup, int global, Choice choice, int thresholdFlits) {
    if (perRouter < 1 || perGroup < 1 || global < 1) {
      throw new IllegalArgumentException(
          perRouter
              + " nodes a router, "
              + perGroup
              + " routers a group, "
              + global
              + " global channels a router: needs at least one of each");
    }
    this.perRouter = perRouter;
    this.perGroup = perGroup;
    this.global = global;
    this.choice = choice;
    this.thresholdFlits = thresholdFlits;
    long all = (long) perGroup * global + 1;
    if (all * perGroup * perRouter > Topology.MAX_PORTS) {
      throw new IllegalArgumentException("more than " + Topology.MAX_PORTS + " nodes");
    }
    groups = (int) all;
    nodes = groups * perGroup * perRouter;
  }

  Topology topology(int nodeCycles, int localCycles, int globalCycles) {
    int radix = perRouter + perGroup - 1 + global;
    Topology.Builder builder = new Topology.Builder(nodes, groups * perGroup, radix);
    for (int router = 0; router < groups * perGroup; router++) {
      int group = router / perGroup;
      int member = router % perGroup;
      for (int i = 0; i < perRouter; i++) {
        builder.attach(router * perRouter + i, router, i, nodeCycles);
      }
      for (int to = member + 1; to < perGroup; to++) {
        builder.join(
            router, local(member, to), group * perGroup + to, local(to, member), localCycles);
      }
      for (int i = 0; i < global; i++) {
        int channel = member * global + i;
        int other = channel < group ? channel : channel + 1;
        if (other > group) {
          // Seen from there, this group is below: its channel has this group's number.
          builder.join(
              router,
              firstGlobal() + i,
              other * perGroup + group / global,
              firstGlobal() + group % global,
              globalCycles);
        }
      }
    }
    return builder.build();
  }

  private int local(int member, int to) {
    return perRouter + (to > member ? to - 1 : to);
  }

  private int firstGlobal() {
    return perRouter + perGroup - 1;
  }

  int nodes() {
    return nodes;
  }

  /** Nodes of a group. */
  int nodesPerGroup() {
    return perRouter * perGroup;
  }

  @Override
  public int leastChannels() {
    return switch (choice) {
      case MINIMAL -> 2;
      case UGAL -> 3;
      case VALIANT -> 4;
    };
  }

  @Override
  public int route(int router, int port, int packet, View view) {
    Packets packets = view.packets();
    int destination = packets.destination[packet];
    int phase = packets.phase[packet];
    if (phase == 0) {
      phase = start(router, packet, destination, view);
    }
    if ((phase == DETOUR || phase == DETOUR_CROSSED)
        && router == packets.middle[packet] / perRouter) {
      phase = DIRECT;
    }
    boolean detour = phase == DETOUR || phase == DETOUR_CROSSED;
    int out = toward(router, detour ? packets.middle[packet] : destination);
    if (out >= firstGlobal()) {
      phase = detour ? DETOUR_CROSSED : DIRECT_CROSSED;
    }
    packets.phase[packet] = phase;
    int channels = view.channels();
    int classes = choice == Choice.MINIMAL ? 2 : Math.min(channels, 4);
    int perClass = channels / classes;
    int mine = channelClass(phase, classes);
    // What division leaves over is the last one's.
    int last = mine == classes - 1 ? channels - 1 : (mine + 1) * perClass - 1;
    return Routing.hop(out, mine * perClass, last);
  }

  private static int channelClass(int phase, int classes) {
    return switch (phase) {
      case DETOUR -> 0;
      case DETOUR_CROSSED -> classes - 3;
      case DIRECT -> classes - 2;
      default -> classes - 1;
    };
  }

  private int start(int router, int packet, int destination, View view) {
    int group = router / perGroup;
    if (destination / nodesPerGroup() == group) {
      return DIRECT_CROSSED;
    }
    if (choice == Choice.MINIMAL) {
      return DIRECT;
    }
    int middle = (int) view.draw(packet, nodes);
    if (middle / nodesPerGroup() == group) {
      return DIRECT;
    }
    if (choice == Choice.UGAL) {
      int minimal = view.usedFlits(router, toward(router, destination));
      int other = view.usedFlits(router, toward(router, middle));
      if (minimal <= 2L * other + thresholdFlits) {
        return DIRECT;
      }
    }
    view.packets().middle[packet] = middle;
    return DETOUR;
  }

  private int toward(int router, int node) {
    int target = node / perRouter;
    if (target == router) {
      return node % perRouter;
    }
    int group = router / perGroup;
    int targetGroup = target / perGroup;
    int member = router % perGroup;
    if (targetGroup == group) {
      return local(member, target % perGroup);
    }
    int channel = targetGroup < group ? targetGroup : targetGroup - 1;
    return channel / global == member
        ? firstGlobal() + channel % global
        : local(member, channel / global);
  }
}
