package memwall.network.router;

/**
 * Chooses the next port of a packet and the virtual channels that it may use there.
 *
 * <p>Routes must be free of circular waits; {@link DependencyCheck} looks for them.
 */
interface Routing {
  /**
   * The next hop of a packet whose head is at the front of a virtual channel.
   *
   * @param router where it is
   * @param port by which it came
   * @param packet its number
   * @param view packets, use of the router's outputs, random numbers
   * @return a {@link #hop}
   */
  int route(int router, int port, int packet, View view);

  /**
   * Fewest virtual channels per port, at least 1. With so many there are no circular waits, except
   * where a class says so.
   */
  int leastChannels();

  /** Packs an output port and a range of virtual channels, both ends included. */
  static int hop(int port, int firstChannel, int lastChannel) {
    return port | firstChannel << 16 | lastChannel << 24;
  }

  static int port(int hop) {
    return hop & 0xffff;
  }

  static int firstChannel(int hop) {
    return hop >>> 16 & 0xff;
  }

  static int lastChannel(int hop) {
    return hop >>> 24;
  }

  /** What a routing algorithm may look at. */
  interface View {
    /** The packets. */
    Packets packets();

    /**
     * A random number in [0, bound) for routing alone. It depends on the packet's turn among all
     * packets and on how many were drawn for it, not on what other packets drew before.
     */
    long draw(int packet, long bound);

    /** Virtual channels of a port. */
    int channels();

    /** Buffer places behind an output that are taken or under way back, over its channels. */
    int usedFlits(int router, int port);
  }
}
