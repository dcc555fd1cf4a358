package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.StateBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The states of a channel that are known and what follows them. States are interned: compared in
 * full, never by hash alone. When it has grown to its limit it takes nothing more in.
 */
final class Automaton {
  private static final int NODE_BYTES = 120;

  private final long mostBytes;
  private @Nullable Node[] nodes = new @Nullable Node[1 << 10];
  private int[] hashes = new int[1 << 10];
  private int nodeCount;

  // Edges that need more than their node to be found: open addressing.
  private @Nullable Edge[] edges = new @Nullable Edge[1 << 10];
  private long[] places = new long[1 << 10];
  private long[] ways = new long[1 << 10];
  private int edgeCount;

  private Edge[] used = new Edge[64];
  private int usedCount;

  private long bytes;

  /** Stretches of states that differ in ages only. */
  final Derivations derivations;

  /**
   * Nothing is known.
   *
   * @param readLatencyTicks from the command of a read to its last beat
   */
  Automaton(long mostBytes, int readLatencyTicks) {
    this.mostBytes = mostBytes;
    derivations = new Derivations(readLatencyTicks);
  }

  boolean isFull() {
    return bytes > mostBytes;
  }

  int nodes() {
    return nodeCount;
  }

  /**
   * The node of a state; null if it is not known and there is no room.
   *
   * @param state the state, from 0 to {@code length}; copied if it is kept
   */
  @Nullable Node intern(
      byte[] state, int length, long[] foreign, int window, boolean isFarFromRowEnd) {
    int hash = hash(state, length);
    int mask = nodes.length - 1;
    int at = hash & mask;
    Node node = nodes[at];
    while (node != null) {
      if (hashes[at] == hash && Arrays.equals(node.state, 0, node.state.length, state, 0, length)) {
        return node;
      }
      at = (at + 1) & mask;
      node = nodes[at];
    }
    if (isFull()) {
      return null;
    }
    Node added =
        new Node(nodeCount, Arrays.copyOf(state, length), foreign.clone(), window, isFarFromRowEnd);
    nodes[at] = added;
    hashes[at] = hash;
    bytes += NODE_BYTES + length;
    if (++nodeCount > nodes.length / 2) {
      growNodes();
    }
    return added;
  }

  /** A stretch between two nodes was simulated; others may be derived from it. */
  void learn(long place, long way, Node start, Edge edge, Feeder feeder) {
    bytes += derivations.learn(place, way, start, edge, feeder);
  }

  /** The state that was just interned is this one after a wait in which nothing is issued. */
  void note(Node node, StateBuffer described, long waitTicks) {
    bytes += derivations.note(node, described, waitTicks);
  }

  static int hash(byte[] state, int length) {
    long hash = length;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ state[i]) * 0x100000001B3L;
    }
    return (int) (hash ^ (hash >>> 32));
  }

  private void growNodes() {
    @Nullable Node[] oldNodes = nodes;
    int[] oldHashes = hashes;
    nodes = new @Nullable Node[oldNodes.length * 2];
    hashes = new int[oldNodes.length * 2];
    int mask = nodes.length - 1;
    for (int i = 0; i < oldNodes.length; i++) {
      if (oldNodes[i] != null) {
        int at = oldHashes[i] & mask;
        while (nodes[at] != null) {
          at = (at + 1) & mask;
        }
        nodes[at] = oldNodes[i];
        hashes[at] = oldHashes[i];
      }
    }
  }

  private static int home(long place, long way, int mask) {
    long mixed = (place * 0x9E3779B97F4A7C15L + way) * 0xD6E8FEB86659FD93L;
    return (int) (mixed >>> 32) & mask;
  }

  /**
   * The edge from a place, a node and what matters beside it, by a way: where to and how long it is
   * to the next refresh; null if it is not known.
   */
  @Nullable Edge edge(long place, long way) {
    int mask = edges.length - 1;
    int at = home(place, way, mask);
    while (edges[at] != null) {
      if (places[at] == place && ways[at] == way) {
        return edges[at];
      }
      at = (at + 1) & mask;
    }
    return null;
  }

  /** Adds an edge that is not there. */
  void add(long place, long way, Edge edge) {
    int mask = edges.length - 1;
    int at = home(place, way, mask);
    while (edges[at] != null) {
      at = (at + 1) & mask;
    }
    edges[at] = edge;
    places[at] = place;
    ways[at] = way;
    bytes += 40;
    count(edge);
    if (++edgeCount > edges.length / 2) {
      growEdges();
    }
  }

  /** Counts an edge that its node holds. */
  void count(Edge edge) {
    bytes += edge.sizeBytes();
  }

  private void growEdges() {
    @Nullable Edge[] oldEdges = edges;
    long[] oldPlaces = places;
    long[] oldWays = ways;
    edges = new @Nullable Edge[oldEdges.length * 2];
    places = new long[edges.length];
    ways = new long[edges.length];
    int mask = edges.length - 1;
    for (int i = 0; i < oldEdges.length; i++) {
      if (oldEdges[i] != null) {
        int at = home(oldPlaces[i], oldWays[i], mask);
        while (edges[at] != null) {
          at = (at + 1) & mask;
        }
        edges[at] = oldEdges[i];
        places[at] = oldPlaces[i];
        ways[at] = oldWays[i];
      }
    }
  }

  /** An edge is taken so many times; counted when {@link #expand} is called. */
  void use(Edge edge, long times) {
    if (edge.uses == 0) {
      if (usedCount == used.length) {
        used = Arrays.copyOf(used, usedCount * 2);
      }
      used[usedCount++] = edge;
    }
    edge.uses += times;
  }

  /** Adds what all edges taken since the last call did. */
  void expand(long[] totals, TickCounts readLatencies) {
    for (int i = 0; i < usedCount; i++) {
      used[i].count(totals, readLatencies, this);
    }
    usedCount = 0;
  }
}
