package memwall.network.router;

import java.util.EnumMap;
import java.util.Map;

/**
 * The flits that passed each directed channel of a network while it was measured.
 *
 * <p>Channels are numbered: those that leave the ports of routers first, by router and port, then
 * those that leave nodes. A flit is on a channel for one cycle of the channel's time, so its busy
 * share is flits by cycles; of a channel that was slow it is the share of the full rate.
 */
public final class ChannelFlits {
  /** No channel. */
  public static final int NONE = -1;

  private final Topology topology;
  private final long cyclePs;
  private final long flitBytes;
  private final double cycles;

  /** By channel, its port or, as a complement, the node that it leaves; what passed it. */
  private final int[] starts;

  private final long[] flits;
  private final Map<Kind, Sum> sums = new EnumMap<>(Kind.class);
  private final int busiest;

  /** What a channel joins. */
  public enum Kind {
    /** Two routers. */
    BETWEEN_ROUTERS,
    /** A node with its router. */
    FROM_NODES,
    /** A router with a node. */
    TO_NODES
  }

  /** Of all channels of a kind. */
  private static final class Sum {
    int channels;
    long flits;
    long most;
  }

  /**
   * What has passed.
   *
   * @param portFlits by port of the network, what left it
   * @param nodeFlits by node, what left it
   * @param cyclePs length of a cycle
   * @param flitBytes bytes of a flit
   * @param cycles time in which it passed, in cycles
   */
  ChannelFlits(
      Topology topology,
      long[] portFlits,
      long[] nodeFlits,
      long cyclePs,
      long flitBytes,
      double cycles) {
    this.topology = topology;
    this.cyclePs = cyclePs;
    this.flitBytes = flitBytes;
    this.cycles = cycles;
    int count = nodeFlits.length;
    for (int port = 0; port < portFlits.length; port++) {
      count += topology.toRouter(port) || topology.toNode(port) ? 1 : 0;
    }
    starts = new int[count];
    flits = new long[count];
    int at = 0;
    for (int port = 0; port < portFlits.length; port++) {
      if (topology.toRouter(port) || topology.toNode(port)) {
        starts[at] = port;
        flits[at++] = portFlits[port];
      }
    }
    for (int node = 0; node < nodeFlits.length; node++) {
      starts[at] = ~node;
      flits[at++] = nodeFlits[node];
    }
    for (Kind kind : Kind.values()) {
      sums.put(kind, new Sum());
    }
    int most = NONE;
    for (int channel = 0; channel < count; channel++) {
      Sum sum = sum(kind(channel));
      sum.channels++;
      sum.flits += flits[channel];
      sum.most = Math.max(sum.most, flits[channel]);
      if (flits[channel] > (most == NONE ? 0 : flits[most])) {
        most = channel;
      }
    }
    busiest = most;
  }

  private Sum sum(Kind kind) {
    Sum sum = sums.get(kind);
    if (sum == null) {
      throw new IllegalStateException("no sum of " + kind);
    }
    return sum;
  }

  /** The same for another time, in picoseconds. */
  public ChannelFlits in(long timePs) {
    return new ChannelFlits(
        topology, portFlits(), nodeFlits(), cyclePs, flitBytes, (double) timePs / cyclePs);
  }

  private long[] portFlits() {
    long[] ports = new long[topology.routers() * topology.radix()];
    for (int channel = 0; channel < starts.length; channel++) {
      if (starts[channel] >= 0) {
        ports[starts[channel]] = flits[channel];
      }
    }
    return ports;
  }

  private long[] nodeFlits() {
    long[] nodes = new long[topology.nodes()];
    for (int channel = 0; channel < starts.length; channel++) {
      if (starts[channel] < 0) {
        nodes[~starts[channel]] = flits[channel];
      }
    }
    return nodes;
  }

  /** Directed channels. */
  public int channels() {
    return starts.length;
  }

  /** What a channel joins. */
  public Kind kind(int channel) {
    int start = starts[channel];
    return start < 0
        ? Kind.FROM_NODES
        : topology.toRouter(start) ? Kind.BETWEEN_ROUTERS : Kind.TO_NODES;
  }

  /** Where it begins: {@code router 3} or {@code node 7}. */
  public String from(int channel) {
    int start = starts[channel];
    return start < 0 ? "node " + ~start : "router " + start / topology.radix();
  }

  /** The router's port where it begins; 0 of a node. */
  public int fromPort(int channel) {
    return starts[channel] < 0 ? 0 : starts[channel] % topology.radix();
  }

  /** Where it ends, as {@link #from}. */
  public String to(int channel) {
    int start = starts[channel];
    return switch (kind(channel)) {
      case FROM_NODES -> "router " + topology.nodePort(~start) / topology.radix();
      case TO_NODES -> "node " + topology.node(start);
      case BETWEEN_ROUTERS -> "router " + topology.peer(start) / topology.radix();
    };
  }

  /** The router's port where it ends; 0 of a node. */
  public int toPort(int channel) {
    int start = starts[channel];
    return switch (kind(channel)) {
      case FROM_NODES -> topology.nodePort(~start) % topology.radix();
      case TO_NODES -> 0;
      case BETWEEN_ROUTERS -> topology.peer(start) % topology.radix();
    };
  }

  /** Flits that passed. */
  public long flits(int channel) {
    return flits[channel];
  }

  /** Their bytes, headers and what fills up the last flit included. */
  public long bytes(int channel) {
    return Math.multiplyExact(flits[channel], flitBytes);
  }

  /** Share of the cycles in which a flit passed; 0 if there were none. */
  public double busyShare(int channel) {
    return share(flits[channel]);
  }

  private double share(long count) {
    return cycles == 0 ? 0 : count / cycles;
  }

  /** Channels of a kind. */
  public int channels(Kind kind) {
    return sum(kind).channels;
  }

  /** Flits that passed channels of a kind. */
  public long flits(Kind kind) {
    return sum(kind).flits;
  }

  /** Mean of the busy shares of a kind; 0 if there are none. */
  public double meanBusyShare(Kind kind) {
    Sum sum = sum(kind);
    return sum.channels == 0 ? 0 : share(sum.flits) / sum.channels;
  }

  /** Largest of the busy shares of a kind; 0 if there are none. */
  public double mostBusyShare(Kind kind) {
    return share(sum(kind).most);
  }

  /** By how much the busiest of a kind is above their mean; not a number if nothing passed. */
  public double mostToMean(Kind kind) {
    Sum sum = sum(kind);
    return sum.flits == 0 ? Double.NaN : (double) sum.most * sum.channels / sum.flits;
  }

  /** The channel that most flits passed, the first of equals; {@link #NONE} if nothing passed. */
  public int busiest() {
    return busiest;
  }
}
