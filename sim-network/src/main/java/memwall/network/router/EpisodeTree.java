package memwall.network.router;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What episodes have been seen: a tree of messages, and after each the ends that follow if no other
 * message comes before.
 *
 * <p>A node stands for a sequence of messages with their cycles. Its child says which message came
 * next, how many cycles after the one before, and how many messages had been told of their end by
 * then. A node's list has the ends from there on as far as somebody has seen them. Everything is in
 * arrays; nodes are numbered from 1, 0 is the beginning.
 */
final class EpisodeTree {
  static final int ROOT = 0;
  static final int UNKNOWN = -1;

  private final int mostNodes;
  private int nodes = 1;

  /** By node: what the message was. */
  private int[] parent = new int[64];

  private long[] gap = new long[64];
  private int[] from = new int[64];
  private int[] to = new int[64];
  private long[] bytes = new long[64];
  private int[] told = new int[64];

  /** By node: cycles done before which no end is missing in its list. */
  private long[] scanned = new long[64];

  /** By node: its list of ends, and what was sent by each port if the episode ends here. */
  private int[] firstEnd = new int[64];

  private int[] lastEnd = new int[64];
  private long[] @Nullable [] sentFlits = new long[64][];

  /** By end. */
  private long[] endCycle = new long[64];

  private int[] endMessage = new int[64];
  private int[] nextEnd = new int[64];
  private int ends;

  /** Children by hash; 0 is an empty place. */
  private int[] table = new int[256];

  EpisodeTree(int mostNodes) {
    this.mostNodes = mostNodes;
    firstEnd[ROOT] = UNKNOWN;
    lastEnd[ROOT] = UNKNOWN;
  }

  /** Whether no node can be added. */
  boolean isFull() {
    return nodes >= mostNodes;
  }

  /** Nodes, the root included. */
  int size() {
    return nodes;
  }

  /** Forgets everything. */
  void clear() {
    nodes = 1;
    ends = 0;
    Arrays.fill(table, 0);
    Arrays.fill(sentFlits, null);
  }

  /** The child of a node by a message, or UNKNOWN. */
  int child(int node, SentMessages sent, int message) {
    int at = place(node, sent, message);
    return table[at] == 0 ? UNKNOWN : table[at];
  }

  /** Adds a child that is not there. */
  int add(int node, SentMessages sent, int message) {
    if (nodes == parent.length) {
      grow();
    }
    if (2 * nodes > table.length) {
      rehash();
    }
    int child = nodes++;
    parent[child] = node;
    gap[child] = sent.gap(message);
    from[child] = sent.from[message];
    to[child] = sent.to[message];
    bytes[child] = sent.bytes[message];
    told[child] = sent.toldBefore[message];
    firstEnd[child] = UNKNOWN;
    lastEnd[child] = UNKNOWN;
    sentFlits[child] = null;
    scanned[child] = 0;
    table[place(node, sent, message)] = child;
    return child;
  }

  private int place(int node, SentMessages sent, int message) {
    return place(
        node,
        sent.gap(message),
        sent.from[message],
        sent.to[message],
        sent.bytes[message],
        sent.toldBefore[message]);
  }

  private int place(int node, long cycles, int source, int destination, long size, int toldBefore) {
    long hash = node * 0x9E3779B97F4A7C15L + cycles;
    hash = (hash ^ (hash >>> 29)) * 0xBF58476D1CE4E5B9L + source;
    hash = (hash ^ (hash >>> 31)) * 0x94D049BB133111EBL + destination;
    hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L + size;
    hash = (hash ^ (hash >>> 29)) * 0x94D049BB133111EBL + toldBefore;
    hash ^= hash >>> 32;
    int mask = table.length - 1;
    int at = (int) hash & mask;
    while (table[at] != 0) {
      int child = table[at];
      if (parent[child] == node
          && gap[child] == cycles
          && from[child] == source
          && to[child] == destination
          && bytes[child] == size
          && told[child] == toldBefore) {
        return at;
      }
      at = (at + 1) & mask;
    }
    return at;
  }

  private void rehash() {
    table = new int[2 * table.length];
    for (int child = 1; child < nodes; child++) {
      table[place(parent[child], gap[child], from[child], to[child], bytes[child], told[child])] =
          child;
    }
  }

  private void grow() {
    int size = 2 * nodes;
    parent = Arrays.copyOf(parent, size);
    gap = Arrays.copyOf(gap, size);
    from = Arrays.copyOf(from, size);
    to = Arrays.copyOf(to, size);
    bytes = Arrays.copyOf(bytes, size);
    told = Arrays.copyOf(told, size);
    firstEnd = Arrays.copyOf(firstEnd, size);
    lastEnd = Arrays.copyOf(lastEnd, size);
    sentFlits = Arrays.copyOf(sentFlits, size);
    scanned = Arrays.copyOf(scanned, size);
  }

  /** Cycles that have been done after a node: no end that is not listed was found in them. */
  long scanned(int node) {
    return scanned[node];
  }

  void setScanned(int node, long cycles) {
    scanned[node] = Math.max(scanned[node], cycles);
  }

  /** Adds an end behind those of a node's list; returns its number. */
  int addEnd(int node, long cycle, int message) {
    if (ends == endCycle.length) {
      endCycle = Arrays.copyOf(endCycle, 2 * ends);
      endMessage = Arrays.copyOf(endMessage, 2 * ends);
      nextEnd = Arrays.copyOf(nextEnd, 2 * ends);
    }
    int end = ends++;
    endCycle[end] = cycle;
    endMessage[end] = message;
    nextEnd[end] = UNKNOWN;
    if (lastEnd[node] == UNKNOWN) {
      firstEnd[node] = end;
    } else {
      nextEnd[lastEnd[node]] = end;
    }
    lastEnd[node] = end;
    return end;
  }

  /** The first end of a node's list, or UNKNOWN. */
  int firstEnd(int node) {
    return firstEnd[node];
  }

  /** The end behind one, or UNKNOWN. */
  int nextEnd(int end) {
    return nextEnd[end];
  }

  long endCycle(int end) {
    return endCycle[end];
  }

  int endMessage(int end) {
    return endMessage[end];
  }

  /**
   * What an episode that ends at a node sent: pairs of port and flits; null if nobody has seen it.
   */
  long @Nullable [] sent(int node) {
    return sentFlits[node];
  }

  void setSent(int node, long[] pairs) {
    sentFlits[node] = pairs;
  }
}
