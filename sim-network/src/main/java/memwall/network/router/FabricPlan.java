package memwall.network.router;

/**
 * A network before it is built: what is joined to what, how packets find their way, and what a
 * router is like.
 *
 * @param topology routers, ports, channels
 * @param routing chooses ports and virtual channels
 * @param router what all routers have in common
 */
record FabricPlan(Topology topology, Routing routing, RouterSpec router) {
  /**
   * Checks that routing has the virtual channels it needs.
   *
   * @throws IllegalArgumentException if there are too few
   */
  FabricPlan {
    if (router.channels() < routing.leastChannels()) {
      throw new IllegalArgumentException(
          router.channels()
              + " virtual channels: this routing needs at least "
              + routing.leastChannels());
    }
  }
}
