package memwall.network.router;

import java.util.Arrays;

/**
 * Routers, their ports and what is at the other end of each, as arrays.
 *
 * <p>A port is one end of a full-duplex channel: what leaves by port p of router r arrives at the
 * port of the peer, and the other way round. Ports are numbered from 0 in each router; {@code
 * router * radix() + port} is the index of a port in the whole network.
 */
public final class Topology {
  /** Most ports of one router. */
  public static final int MAX_RADIX = 1 << 12;

  /** Most ports of all routers together. */
  public static final int MAX_PORTS = 1 << 26;

  /** Longest channel, in cycles. */
  public static final int MAX_CHANNEL_CYCLES = 1 << 20;

  static final int UNCONNECTED = -1;

  private final int nodes;
  private final int routers;
  private final int radix;
  private final int[] peers;
  private final int[] channelCycles;
  private final int[] nodePorts;

  private Topology(Builder builder) {
    nodes = builder.nodePorts.length;
    routers = builder.routers;
    radix = builder.radix;
    peers = builder.peers.clone();
    channelCycles = builder.channelCycles.clone();
    nodePorts = builder.nodePorts.clone();
  }

  /** Nodes that send and receive. */
  public int nodes() {
    return nodes;
  }

  /** Routers. */
  public int routers() {
    return routers;
  }

  /** Ports of a router; those that are not connected count too. */
  public int radix() {
    return radix;
  }

  /** Longest channel, in cycles. */
  public int longestChannelCycles() {
    return Arrays.stream(channelCycles).max().orElse(1);
  }

  /** Shortest channel of a node, in cycles. */
  public int shortestNodeCycles() {
    return Arrays.stream(nodePorts).map(port -> channelCycles[port]).min().orElse(1);
  }

  /** Index of the port at which a node hangs. */
  int nodePort(int node) {
    return nodePorts[node];
  }

  /** Whether a port leads to another router. */
  boolean toRouter(int port) {
    return peers[port] >= 0;
  }

  /** Whether a port leads to a node. */
  boolean toNode(int port) {
    return peers[port] < UNCONNECTED;
  }

  /** The port at the other end; only for ports that lead to a router. */
  int peer(int port) {
    return peers[port];
  }

  /** The node at the other end; only for ports that lead to a node. */
  int node(int port) {
    return -2 - peers[port];
  }

  /** Cycles that a flit or a credit is on the channel of a port. */
  int channelCycles(int port) {
    return channelCycles[port];
  }

  /** Collects the connections of a topology. */
  static final class Builder {
    private final int routers;
    private final int radix;
    private final int[] peers;
    private final int[] channelCycles;
    private final int[] nodePorts;

    /**
     * A network in which nothing is connected yet.
     *
     * @throws IllegalArgumentException if a number is below 1 or the network is too large
     */
    Builder(int nodes, int routers, int radix) {
      if (nodes < 1 || routers < 1 || radix < 1 || radix > MAX_RADIX) {
        throw new IllegalArgumentException(
            nodes
                + " nodes, "
                + routers
                + " routers of "
                + radix
                + " ports: needs at least one of each and at most "
                + MAX_RADIX
                + " ports a router");
      }
      if ((long) routers * radix > MAX_PORTS) {
        throw new IllegalArgumentException(
            (long) routers * radix + " ports in all are more than " + MAX_PORTS);
      }
      this.routers = routers;
      this.radix = radix;
      peers = new int[routers * radix];
      Arrays.fill(peers, UNCONNECTED);
      channelCycles = new int[routers * radix];
      Arrays.fill(channelCycles, 1);
      nodePorts = new int[nodes];
      Arrays.fill(nodePorts, UNCONNECTED);
    }

    /** Joins two ports of routers by a channel; a port joined before must be joined the same. */
    void join(int router, int port, int otherRouter, int otherPort, int cycles) {
      set(router, port, index(otherRouter, otherPort), cycles);
      set(otherRouter, otherPort, index(router, port), cycles);
    }

    /** Hangs a node at a port. */
    void attach(int node, int router, int port, int cycles) {
      if (nodePorts[node] != UNCONNECTED) {
        throw new IllegalStateException("node " + node + " is attached twice");
      }
      nodePorts[node] = index(router, port);
      set(router, port, -2 - node, cycles);
    }

    private void set(int router, int port, int value, int cycles) {
      if (cycles < 1 || cycles > MAX_CHANNEL_CYCLES) {
        throw new IllegalArgumentException(
            "a channel of " + cycles + " cycles: allowed are 1 to " + MAX_CHANNEL_CYCLES);
      }
      int at = index(router, port);
      if (peers[at] != UNCONNECTED && peers[at] != value) {
        throw new IllegalStateException("port " + port + " of router " + router + " is taken");
      }
      peers[at] = value;
      channelCycles[at] = cycles;
    }

    private int index(int router, int port) {
      if (router < 0 || router >= routers || port < 0 || port >= radix) {
        throw new IllegalArgumentException(
            "port " + port + " of router " + router + " does not exist");
      }
      return router * radix + port;
    }

    Topology build() {
      for (int node = 0; node < nodePorts.length; node++) {
        if (nodePorts[node] == UNCONNECTED) {
          throw new IllegalStateException("node " + node + " is attached to no router");
        }
      }
      return new Topology(this);
    }
  }
}
