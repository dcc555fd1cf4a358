package memwall.network.router;

import java.util.List;

/**
 * The ways packets must take through known topologies, by counting, without the code under test.
 */
final class Ways {
  private Ways() {}

  /**
   * A way between two nodes.
   *
   * @param routers on it, both ends included
   * @param channelCycles of the channels between them
   */
  record Way(int routers, long channelCycles) {
    /** Cycles of a packet alone, from its creation to the arrival of its tail. */
    long aloneCycles(int nodeCycles, int flits) {
      return nodeCycles + 4L * routers + channelCycles + nodeCycles + (flits - 1) + 1;
    }

    /** This way and then the other, which begins in the router in which this one ends. */
    Way then(Way other) {
      return new Way(routers + other.routers - 1, channelCycles + other.channelCycles);
    }
  }

  /** The way from one node to another. */
  interface Between {
    Way way(int from, int to);
  }

  private static Way equal(int hops, int channelCycles) {
    return new Way(1 + hops, (long) hops * channelCycles);
  }

  static Between cube(List<Integer> sizes, boolean wraps, int channelCycles) {
    return (from, to) -> {
      int hops = 0;
      int a = from;
      int b = to;
      for (int size : sizes) {
        int distance = Math.abs(a % size - b % size);
        hops += wraps ? Math.min(distance, size - distance) : distance;
        a /= size;
        b /= size;
      }
      return equal(hops, channelCycles);
    };
  }

  static Between tree(int down, int channelCycles) {
    return (from, to) -> {
      int levels = 0;
      int a = from / down;
      int b = to / down;
      while (a != b) {
        a /= down;
        b /= down;
        levels++;
      }
      return equal(2 * levels, channelCycles);
    };
  }

  static Between flat(int perRouter, int size, int channelCycles) {
    return (from, to) -> {
      int hops = 0;
      int a = from / perRouter;
      int b = to / perRouter;
      while (a != b) {
        hops += a % size == b % size ? 0 : 1;
        a /= size;
        b /= size;
      }
      return equal(hops, channelCycles);
    };
  }

  /** By the one channel between two groups, which is looked up in the topology. */
  static Between dragonfly(
      Topology topology, int perRouter, int perGroup, int localCycles, int globalCycles) {
    int groups = topology.routers() / perGroup;
    int[][] gate = new int[groups][groups];
    for (int router = 0; router < topology.routers(); router++) {
      for (int port = 0; port < topology.radix(); port++) {
        int index = router * topology.radix() + port;
        if (topology.toRouter(index)) {
          int other = topology.peer(index) / topology.radix();
          gate[router / perGroup][other / perGroup] = router;
        }
      }
    }
    return (from, to) -> {
      int a = from / perRouter;
      int b = to / perRouter;
      int groupA = a / perGroup;
      int groupB = b / perGroup;
      if (groupA == groupB) {
        return equal(a == b ? 0 : 1, localCycles);
      }
      int local = (gate[groupA][groupB] == a ? 0 : 1) + (gate[groupB][groupA] == b ? 0 : 1);
      return new Way(2 + local, (long) local * localCycles + globalCycles);
    };
  }
}
