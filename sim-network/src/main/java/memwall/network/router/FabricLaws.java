package memwall.network.router;

import java.util.ArrayList;
import java.util.List;

/** Laws of conservation of a network of routers, checked at any moment between cycles. */
final class FabricLaws {
  private FabricLaws() {}

  /**
   * What does not hold, a sentence each.
   *
   * <p>Packets: offered = delivered + lost + alive. Flits: sent by nodes = delivered + lost + in
   * buffers + on channels. Places: of every virtual channel, free as its sender knows them + taken
   * + under way to it + under way back = places of the buffer. Channels: exactly those that a
   * packet has are not free, and no two packets have the same.
   */
  static List<String> broken(RouterFabric fabric, long offered) {
    List<String> broken = new ArrayList<>();
    Lanes lanes = fabric.lanes();
    if (offered != fabric.delivered() + fabric.lost() + fabric.packets().live()) {
      broken.add(
          offered
              + " packets offered, "
              + fabric.delivered()
              + " delivered, "
              + fabric.lost()
              + " lost, "
              + fabric.packets().live()
              + " under way");
    }
    int[] coming = new int[lanes.credits.length];
    fabric.arrivals().count(coming);
    int[] back = new int[lanes.credits.length];
    fabric.credits().count(back);
    long inside = 0;
    for (int lane = 0; lane < lanes.routerLanes; lane++) {
      inside += lanes.flits[lane] + coming[lane];
      int places = lanes.credits[lane] + lanes.flits[lane] + coming[lane] + back[lane];
      if (places != lanes.bufferFlits) {
        broken.add("lane " + lane + " has " + places + " places of " + lanes.bufferFlits);
      }
    }
    for (int lane = lanes.routerLanes; lane < lanes.credits.length; lane++) {
      if (lanes.credits[lane] + back[lane] != lanes.bufferFlits) {
        broken.add("node lane " + lane + " has " + (lanes.credits[lane] + back[lane]) + " places");
      }
    }
    long sent = fabric.sources().injectedFlits();
    if (sent != fabric.deliveredFlits() + fabric.lostFlits() + inside) {
      broken.add(
          sent
              + " flits sent, "
              + fabric.deliveredFlits()
              + " delivered, "
              + fabric.lostFlits()
              + " lost, "
              + inside
              + " inside");
    }
    checkChannels(lanes, broken);
    return broken;
  }

  private static void checkChannels(Lanes lanes, List<String> broken) {
    for (int port = 0; port < lanes.laneBehind.length; port++) {
      int first = lanes.laneBehind[port];
      if (first == Lanes.NONE) {
        continue;
      }
      for (int channel = 0; channel < lanes.channels; channel++) {
        boolean free = (lanes.freeChannels[port] >>> channel & 1) != 0;
        int owner = lanes.owner[first + channel];
        if (free != (owner == Lanes.NONE) || (!free && lanes.outLane[owner] != first + channel)) {
          broken.add("channel " + channel + " of port " + port + " and its owner disagree");
        }
      }
    }
    for (int lane = 0; lane < lanes.routerLanes; lane++) {
      int behind = lanes.outLane[lane];
      if (behind != Lanes.NONE && lanes.owner[behind] != lane) {
        broken.add("lane " + lane + " uses a channel that it was not given");
      }
    }
  }
}
