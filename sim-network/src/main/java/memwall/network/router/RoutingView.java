package memwall.network.router;

/** What routing may look at in a network as it is. */
final class RoutingView implements Routing.View {
  private final Packets packets;
  private final Lanes lanes;

  RoutingView(Packets packets, Lanes lanes) {
    this.packets = packets;
    this.lanes = lanes;
  }

  @Override
  public Packets packets() {
    return packets;
  }

  @Override
  public long draw(int packet, long bound) {
    return packets.draw(packet, bound);
  }

  @Override
  public int channels() {
    return lanes.channels;
  }

  @Override
  public int usedFlits(int router, int port) {
    return lanes.usedFlits(router * lanes.radix + port);
  }
}
