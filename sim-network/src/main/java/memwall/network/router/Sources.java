package memwall.network.router;

import java.util.Arrays;
import java.util.function.IntConsumer;
import memwall.core.leap.StateSink;
import org.jspecify.annotations.Nullable;

/**
 * The nodes as senders: an endless queue of packets each, one flit per cycle into the first router.
 *
 * <p>A packet takes the next channel in turn that no packet of this node has and that has a place
 * for its head.
 */
final class Sources {
  /** Has more packets for a node whose queue is empty. */
  interface Supply {
    /** Offers the node's next packet, if there is one. */
    void next(int node);
  }

  private final Lanes lanes;
  private final Packets packets;
  private final Wheel arrivals;

  /** By node: its first lane, the packets waiting, and what it is sending. */
  private final int[] firstLane;

  private final int[] cycles;
  private final int[] head;
  private final int[] tail;
  private final int[] left;
  private final int[] channel;
  private final long[] active;
  private @Nullable ChannelFaults faults;
  private IntConsumer lose = packet -> {};
  private long injected;

  /** By node, flits sent. */
  private final long[] sent;

  private long waiting;

  private Supply supply = node -> {};

  Sources(Lanes lanes, Packets packets, Wheel arrivals) {
    this.lanes = lanes;
    this.packets = packets;
    this.arrivals = arrivals;
    int nodes = lanes.topology.nodes();
    firstLane = new int[nodes];
    cycles = new int[nodes];
    for (int node = 0; node < nodes; node++) {
      int port = lanes.topology.nodePort(node);
      firstLane[node] = port * lanes.channels;
      cycles[node] = 1 + lanes.topology.channelCycles(port);
    }
    head = new int[nodes];
    tail = new int[nodes];
    Arrays.fill(head, Packets.NONE);
    left = new int[nodes];
    sent = new long[nodes];
    channel = new int[nodes];
    Arrays.fill(channel, lanes.channels - 1);
    active = new long[(nodes + 63) >>> 6];
  }

  /** Who is asked whenever a node has sent its last packet. */
  void supply(Supply newSupply) {
    supply = newSupply;
  }

  /** Whether a node has nothing to send. */
  boolean isIdle(int node) {
    return head[node] == Packets.NONE;
  }

  /** Nodes' channels may fail; {@code lost} takes packets of which the tail was lost there. */
  void setFaults(ChannelFaults channelFaults, IntConsumer lost) {
    faults = channelFaults;
    lose = lost;
  }

  /** Flits sent into a lane of the packet that its node is sending there; 0 if there is none. */
  int sentInto(int node, int lane) {
    return left[node] == 0 || firstLane[node] + channel[node] != lane
        ? 0
        : packets.flits[head[node]] - left[node];
  }

  /** Puts a packet at the end of its node's queue. */
  void offer(int packet) {
    int node = packets.source[packet];
    if (head[node] == Packets.NONE) {
      head[node] = packet;
      active[node >>> 6] |= 1L << node;
    } else {
      packets.next[tail[node]] = packet;
    }
    tail[node] = packet;
    waiting++;
  }

  /** The turns of channels forget. */
  void restart() {
    Arrays.fill(channel, lanes.channels - 1);
  }

  /** What each node is sending; of packets behind it there must be none. */
  void describe(StateSink sink) {
    for (int node = 0; node < head.length; node++) {
      sink.put(((long) left[node] << 32) | channel[node]);
      int packet = head[node];
      sink.put(packet == Packets.NONE ? -1 : packets.tag[packet]);
    }
  }

  /** Counts as if what was sent since a moment had been sent so often again. */
  void leap(long[] sentBefore, long times) {
    for (int node = 0; node < sent.length; node++) {
      long more = times * (sent[node] - sentBefore[node]);
      sent[node] += more;
      injected += more;
    }
  }

  /** Flits sent, by node; a copy. */
  long[] sentFlits() {
    return sent.clone();
  }

  /** Packets of which no flit has left. */
  long waiting() {
    return waiting;
  }

  /** Flits sent. */
  long injectedFlits() {
    return injected;
  }

  /** Whether all have been sent. */
  boolean empty() {
    long any = 0;
    for (long word : active) {
      any |= word;
    }
    return any == 0;
  }

  /** Every node with something to send sends a flit if it can. */
  void inject(long now) {
    for (int word = 0; word < active.length; word++) {
      for (long bits = active[word]; bits != 0; bits &= bits - 1) {
        int node = (word << 6) + Long.numberOfTrailingZeros(bits);
        if (left[node] != 0 || start(node, now)) {
          send(node, now);
        }
      }
    }
  }

  private boolean start(int node, long now) {
    ChannelFaults known = faults;
    if (known != null) {
      if (known.isHeldBack()) {
        return false;
      }
      int first = head[node];
      if (known.swallows(node, first)) {
        left[node] = packets.flits[first];
        packets.injectedCycle[first] = now;
        known.started(first, now);
        waiting--;
        return true;
      }
    }
    // The source hands over one packet after the other, so all channels are free here.
    int at = channel[node];
    for (int i = 0; i < lanes.channels; i++) {
      at = at + 1 == lanes.channels ? 0 : at + 1;
      int lane = firstLane[node] + at;
      if (lanes.credits[lane] > 0) {
        int packet = head[node];
        channel[node] = at;
        left[node] = packets.flits[packet];
        packets.injectedCycle[packet] = now;
        lanes.push(lane, packet);
        waiting--;
        if (known != null) {
          known.started(packet, now);
        }
        return true;
      }
    }
    return false;
  }

  private void send(int node, long now) {
    int lane = firstLane[node] + channel[node];
    ChannelFaults known = faults;
    if (known != null && (known.swallowedAt(node) || known.nodeRests(node, now))) {
      if (!known.nodeRests(node, now)) {
        sendInVain(known, node, now);
      }
      return;
    }
    if (lanes.credits[lane] == 0) {
      return;
    }
    lanes.credits[lane]--;
    arrivals.add(now + cycles[node], lane);
    injected++;
    sent[node]++;
    if (known != null) {
      known.nodeSent(node, now);
    }
    if (--left[node] == 0) {
      finish(node);
    }
  }

  private void sendInVain(ChannelFaults known, int node, long now) {
    injected++;
    sent[node]++;
    known.lostAtNode(node, now);
    if (--left[node] == 0) {
      int packet = head[node];
      finish(node);
      lose.accept(packet);
    }
  }

  private void finish(int node) {
    int next = packets.next[head[node]];
    packets.next[head[node]] = Packets.NONE;
    head[node] = next;
    if (next == Packets.NONE) {
      supply.next(node);
    }
    if (head[node] == Packets.NONE) {
      active[node >>> 6] &= ~(1L << node);
    }
  }
}
