package memwall.network.router;

/** Is told of packets that arrive. */
interface PacketSink {
  /**
   * A packet's tail will be at its node in {@code cycle}. It is called some cycles before, when the
   * tail leaves the last router; the number of the packet is used again afterwards.
   */
  void delivered(int packet, long cycle);

  /** A packet's tail was lost in a channel that does not work, and the packet with it. */
  default void lost(int packet) {}
}
