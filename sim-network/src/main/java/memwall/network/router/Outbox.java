package memwall.network.router;

import java.util.Arrays;

/**
 * Messages that nodes have not sent in full: by node a queue, from which packets are made one by
 * one as the node comes to them.
 */
final class Outbox implements Sources.Supply {
  private static final int NONE = -1;

  private final RouterFabric fabric;
  private final MessageSpec spec;
  private final long flitBytes;

  /** By node. */
  private final int[] head;

  private final int[] tail;

  /** By message. */
  private int[] from = new int[64];

  private int[] to = new int[64];
  private long[] bytes = new long[64];
  private int[] packets = new int[64];
  private int[] packetsLeft = new int[64];
  private int[] onTheWay = new int[64];
  private long[] firstTurn = new long[64];
  private int[] behind = new int[64];
  private int messages;
  private long turns;
  private long offered;

  Outbox(RouterFabric fabric, MessageSpec spec, long flitBytes) {
    this.fabric = fabric;
    this.spec = spec;
    this.flitBytes = flitBytes;
    head = new int[fabric.topology().nodes()];
    tail = new int[head.length];
    Arrays.fill(head, NONE);
    fabric.sources().supply(this);
  }

  /** Forgets all messages, which must have been sent. */
  void restart() {
    messages = 0;
    turns = 0;
  }

  /**
   * Adds a message behind those of its node; its packets leave from this cycle on.
   *
   * @return its number in the episode
   */
  int add(int source, int destination, long size) {
    if (messages == from.length) {
      grow();
    }
    int message = messages++;
    from[message] = source;
    to[message] = destination;
    bytes[message] = size;
    packets[message] = Math.toIntExact(spec.packets(size));
    packetsLeft[message] = packets[message];
    onTheWay[message] = packets[message];
    firstTurn[message] = turns;
    turns += packets[message];
    behind[message] = NONE;
    if (head[source] == NONE) {
      head[source] = message;
    } else {
      behind[tail[source]] = message;
    }
    tail[source] = message;
    if (fabric.sources().isIdle(source)) {
      next(source);
    }
    return message;
  }

  /** A packet of a message has arrived; returns whether it was the last one. */
  boolean arrived(int message) {
    return --onTheWay[message] == 0;
  }

  @Override
  public void next(int node) {
    int message = head[node];
    if (message == NONE) {
      return;
    }
    int number = packets[message] - packetsLeft[message];
    long payload = Math.min(bytes[message] - number * spec.payloadBytes(), spec.payloadBytes());
    fabric.offer(node, to[message], flits(payload), message, firstTurn[message] + number);
    offered++;
    if (--packetsLeft[message] == 0) {
      head[node] = behind[message];
    }
  }

  private int flits(long payload) {
    return spec.packetFlits(payload, flitBytes);
  }

  /** Flits of a packet that carries as much as one can. */
  int fullFlits() {
    return flits(spec.payloadBytes());
  }

  /** Packets offered to the network, over all episodes. */
  long offered() {
    return offered;
  }

  /** Messages of this episode. */
  int messages() {
    return messages;
  }

  /** By message, how many of its packets have not been offered. */
  int[] packetsLeft() {
    return packetsLeft;
  }

  /**
   * The fewest packets that a node which has any still has to offer of the message it is sending;
   * {@link Integer#MAX_VALUE} if there is no such node.
   */
  int fewestLeft() {
    int fewest = Integer.MAX_VALUE;
    for (int message : head) {
      if (message != NONE) {
        fewest = Math.min(fewest, packetsLeft[message]);
      }
    }
    return fewest;
  }

  /** Takes packets of a message as offered and arrived without offering them. */
  void skip(int message, int count) {
    packetsLeft[message] -= count;
    onTheWay[message] -= count;
    offered += count;
  }

  private void grow() {
    int size = 2 * messages;
    from = Arrays.copyOf(from, size);
    to = Arrays.copyOf(to, size);
    bytes = Arrays.copyOf(bytes, size);
    packets = Arrays.copyOf(packets, size);
    packetsLeft = Arrays.copyOf(packetsLeft, size);
    onTheWay = Arrays.copyOf(onTheWay, size);
    firstTurn = Arrays.copyOf(firstTurn, size);
    behind = Arrays.copyOf(behind, size);
  }
}
