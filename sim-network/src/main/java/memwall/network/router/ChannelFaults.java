package memwall.network.router;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Channels of a {@link RouterFabric} that do not work, or only slowly.
 *
 * <p>A channel that is down takes what is sent into it and loses it, as a port of InfiniBand does
 * that is down: the places behind it stay free, so nothing blocks. What counts is the head: a
 * packet whose head went into a channel that is down is lost there whole, even if the channel comes
 * back meanwhile; a packet of which flits were on the channel, or still to cross it, as it failed
 * is <i>spoiled</i>: the router behind fills it up, it goes on and takes its share of the channels,
 * and its node throws it away.
 *
 * <p>A slow channel takes a flit only every 1 / factor cycles.
 */
final class ChannelFaults {
  private static final int FRACTION_BITS = 16;

  private final Lanes lanes;
  private final Packets packets;

  /** By port of the network: whether what is sent there is lost. */
  private final boolean[] down;

  /** By node: whether what it sends is lost. */
  private final boolean[] nodeDown;

  /** By lane behind an output: whether the packet that has it is being lost. */
  private final boolean[] swallows;

  /** By node: whether the packet that it sends is being lost. */
  private final boolean[] nodeSwallows;

  private boolean[] spoiled = new boolean[64];

  /** By port: time of a flit in 2^-16 cycles, 0 at full rate; from when on the next may go. */
  private final long[] periods;

  private final long[] freeFrom;

  /** By router: slow ports. */
  private final int[] slowPorts;

  private final long[] nodePeriods;
  private final long[] nodeFreeFrom;
  private final long[] hidden;

  /** Whether nodes begin no packets. */
  private boolean isHeldBack;

  /** Knows which nodes are not reached; null if all are. */
  private @Nullable EdgeList reach;

  private final Starts starts;
  private long lostFlits;
  private long lostPackets;

  /** Is told of packets that begin. */
  interface Starts {
    /** The head of a packet leaves its node. */
    void started(int packet, long cycle);
  }

  ChannelFaults(Lanes lanes, Packets packets, Starts starts) {
    this.lanes = lanes;
    this.packets = packets;
    this.starts = starts;
    int ports = lanes.laneBehind.length;
    int nodes = lanes.topology.nodes();
    down = new boolean[ports];
    nodeDown = new boolean[nodes];
    swallows = new boolean[lanes.credits.length];
    nodeSwallows = new boolean[nodes];
    periods = new long[ports];
    freeFrom = new long[ports];
    slowPorts = new int[lanes.topology.routers()];
    nodePeriods = new long[nodes];
    nodeFreeFrom = new long[nodes];
    hidden = new long[lanes.words];
  }

  /** Flits that were lost, those of spoiled packets not counted. */
  long lostFlits() {
    return lostFlits;
  }

  /** Packets that were lost whole. */
  long lostPackets() {
    return lostPackets;
  }

  /** By port, whether it is down now; a copy. */
  boolean[] down() {
    return down.clone();
  }

  /** By node, whether it is cut off now; a copy. */
  boolean[] nodeDown() {
    return nodeDown.clone();
  }

  boolean isDown(int port) {
    return down[port];
  }

  void holdBack(boolean hold) {
    isHeldBack = hold;
  }

  boolean isHeldBack() {
    return isHeldBack;
  }

  /** From now on these ways are taken; null for the network's own. */
  void setReach(@Nullable EdgeList around) {
    reach = around;
  }

  /**
   * A channel between routers, or of a node, both directions, fails or works again.
   *
   * @param coming by lane, flits on the way to it
   */
  void set(int port, boolean fails, int[] coming, Sources sources) {
    Topology topology = lanes.topology;
    setOne(port, fails, coming);
    if (topology.toRouter(port)) {
      setOne(topology.peer(port), fails, coming);
    } else if (topology.toNode(port)) {
      int node = topology.node(port);
      if (fails && !nodeDown[node]) {
        for (int lane = port * lanes.channels; lane < (port + 1) * lanes.channels; lane++) {
          spoilComing(lane, coming[lane], nodeSwallows[node] ? 0 : sources.sentInto(node, lane));
        }
      }
      nodeDown[node] = fails;
    }
  }

  private void setOne(int port, boolean fails, int[] coming) {
    if (fails && !down[port]) {
      int first = lanes.laneBehind[port];
      for (int lane = first; lane < first + lanes.channels; lane++) {
        int sender = lanes.owner[lane];
        int sent = 0;
        if (sender != Lanes.NONE && !swallows[lane]) {
          int packet = lanes.front(sender);
          sent = packets.flits[packet] - lanes.left[sender];
          if (sent > 0) {
            spoil(packet);
          }
        }
        if (lane < lanes.routerLanes) {
          spoilComing(lane, coming[lane], sent);
        }
      }
    }
    down[port] = fails;
  }

  /**
   * The last flits that were sent into a lane are on its channel; theirs are its last packets.
   *
   * @param sentOfLast flits sent of the last packet while it is being sent; else 0
   */
  private void spoilComing(int lane, int flits, int sentOfLast) {
    int left = flits;
    if (sentOfLast > 0) {
      spoil(lanes.fromEnd(lane, 0));
      left -= sentOfLast;
    }
    for (int i = sentOfLast > 0 ? 1 : 0; left > 0; i++) {
      int packet = lanes.fromEnd(lane, i);
      spoil(packet);
      left -= packets.flits[packet];
    }
  }

  private void spoil(int packet) {
    if (packet >= spoiled.length) {
      spoiled = Arrays.copyOf(spoiled, Math.max(packet + 1, 2 * spoiled.length));
    }
    spoiled[packet] = true;
  }

  /** Whether a packet was spoiled; forgets it. */
  boolean takeSpoiled(int packet) {
    boolean was = packet < spoiled.length && spoiled[packet];
    if (was) {
      spoiled[packet] = false;
    }
    return was;
  }

  /** A flit leaves a lane: whether it is lost. */
  boolean loses(int port, int lane, int from) {
    if (lanes.left[from] == packets.flits[lanes.front(from)]) {
      swallows[lane] = down[port];
    }
    if (swallows[lane]) {
      lostFlits++;
    }
    return swallows[lane];
  }

  /** The tail of a packet left for a lane: whether the packet was lost. */
  boolean wasLost(int lane) {
    return swallows[lane];
  }

  /** A node may begin a packet: whether it will be lost at once. */
  boolean swallows(int node, int packet) {
    EdgeList around = reach;
    nodeSwallows[node] =
        nodeDown[node] || (around != null && !around.reaches(node, packets.destination[packet]));
    return nodeSwallows[node];
  }

  /** A node has begun a packet. */
  void started(int packet, long now) {
    starts.started(packet, now);
  }

  /** Whether the packet that a node sends is lost. */
  boolean swallowedAt(int node) {
    return nodeSwallows[node];
  }

  /** A flit of a node is lost. */
  void lostAtNode(int node, long now) {
    lostFlits++;
    nodeSent(node, now);
  }

  void lost(int packet) {
    lostPackets++;
    takeSpoiled(packet);
  }

  /**
   * A channel has another rate, both directions.
   *
   * @param factor of the full rate, in (0, 1]
   */
  void setRate(int port, double factor) {
    long period = factor >= 1 ? 0 : (long) (((double) (1L << FRACTION_BITS)) / factor);
    setPeriod(port, period);
    if (lanes.topology.toRouter(port)) {
      setPeriod(lanes.topology.peer(port), period);
    } else if (lanes.topology.toNode(port)) {
      nodePeriods[lanes.topology.node(port)] = period;
    }
  }

  private void setPeriod(int port, long period) {
    slowPorts[port / lanes.radix] += (period == 0 ? 0 : 1) - (periods[port] == 0 ? 0 : 1);
    periods[port] = period;
  }

  /** A flit that goes in the first cycle that it may has not lost the part of a cycle before. */
  private static long startOf(long free, long now) {
    return Math.max(free, ((now - 1) << FRACTION_BITS) + 1);
  }

  /** Whether a slow channel cannot take a flit in this cycle. */
  boolean rests(int port, long now) {
    return periods[port] != 0 && freeFrom[port] > now << FRACTION_BITS;
  }

  void sent(int port, long now) {
    if (periods[port] != 0) {
      freeFrom[port] = startOf(freeFrom[port], now) + periods[port];
    }
  }

  boolean nodeRests(int node, long now) {
    return nodePeriods[node] != 0 && nodeFreeFrom[node] > now << FRACTION_BITS;
  }

  void nodeSent(int node, long now) {
    if (nodePeriods[node] != 0) {
      nodeFreeFrom[node] = startOf(nodeFreeFrom[node], now) + nodePeriods[node];
    }
  }

  /** Takes the lanes that want to send to a port that rests out of the allocation. */
  void hide(int router, long now) {
    if (slowPorts[router] == 0) {
      return;
    }
    for (int word = 0; word < lanes.words; word++) {
      int at = router * lanes.words + word;
      long wait = 0;
      for (long bits = lanes.wantsSwitch[at]; bits != 0; bits &= bits - 1) {
        int lane = (word << 6) + Long.numberOfTrailingZeros(bits);
        if (rests(router * lanes.radix + lanes.outPort[router * lanes.perRouter + lane], now)) {
          wait |= bits & -bits;
        }
      }
      hidden[word] = wait;
      lanes.wantsSwitch[at] &= ~wait;
    }
  }

  /** Puts them back. */
  void show(int router) {
    if (slowPorts[router] != 0) {
      for (int word = 0; word < lanes.words; word++) {
        lanes.wantsSwitch[router * lanes.words + word] |= hidden[word];
      }
    }
  }
}
