package memwall.network.router;

/** Sends packets one by one through a network and measures each. */
final class Alone {
  private final RouterFabric fabric;
  private long arrivedCycle;

  /** Of the last packet: routers, and the node or router by which it went, or NONE. */
  int routers;

  int middle;

  Alone(FabricPlan plan, long seed) {
    fabric =
        new RouterFabric(
            plan,
            seed,
            1,
            (packet, cycle) -> {
              arrivedCycle = cycle;
              look(packet);
            });
  }

  private void look(int packet) {
    middle = fabric.packets().middle[packet];
    routers = fabric.packets().hops[packet];
  }

  RouterFabric fabric() {
    return fabric;
  }

  /** Cycles from the creation of a packet until its tail is at its node. */
  long cycles(int from, int to, int flits) {
    fabric.skipTo(fabric.now() + 1);
    long start = fabric.now();
    fabric.offer(from, to, flits, 0);
    while (!fabric.empty()) {
      fabric.step();
    }
    // Credits are still under way when the tail has left.
    fabric.skipTo(fabric.now() + 8 + 4L * fabric.topology().longestChannelCycles());
    return arrivedCycle - start;
  }
}
