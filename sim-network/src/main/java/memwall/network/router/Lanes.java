package memwall.network.router;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * The state of every virtual channel of every input port, as arrays.
 *
 * <p>A lane is one virtual channel of one input port; lane {@code port * channels + channel}, where
 * the port is numbered through the whole network. Behind the lanes of the routers come those of the
 * nodes, into which the last routers send. A lane holds packets one behind the other. It is idle,
 * or its front packet waits for a route ({@link #wantsRoute}), for a virtual channel of the output
 * ({@link #wantsChannel}) or for the switch ({@link #wantsSwitch}); the masks have a bit for each
 * lane of a router that could do something in this cycle. A lane that waits for others has none: it
 * gets its bit back from the event that ends the waiting (a credit, a flit, a channel set free).
 */
final class Lanes {
  static final int NONE = -1;

  final Topology topology;
  final int channels;
  final int radix;
  final int bufferFlits;

  /** Lanes of one router, and words of a mask over them. */
  final int perRouter;

  final int words;

  /** Lanes of routers; lanes of nodes have the numbers from here on. */
  final int routerLanes;

  /** Flits in the buffer. */
  final int[] flits;

  /** Flits of the front packet that have not left; 0 while it has no route. */
  final int[] left;

  /** Output port in the router, and usable channels there, of the front packet. */
  final int[] outPort;

  final long[] usable;

  /** The lane behind the output that the front packet was given, or NONE. */
  final int[] outLane;

  /** By lane behind an output: free places as the sender knows them, and the lane that sends. */
  final int[] credits;

  final int[] owner;

  /** By port: the first lane behind it, and the channels there that no packet has. */
  final int[] laneBehind;

  final long[] freeChannels;

  /** By port: cycles from switch allocation until the flit arrives. */
  final int[] arrivalCycles;

  /** By lane: cycles from switch allocation until the sender may use the place again. */
  final int[] creditCycles;

  /** By port: flits that left. */
  final long[] sentFlits;

  /** By router and word. */
  final long[] wantsRoute;

  final long[] wantsChannel;
  final long[] wantsSwitch;

  /** By port and word: lanes that wait for any channel of that output. */
  final long[] waitsForChannel;

  /** Router of a lane. */
  final int[] routerOf;

  /** Port in the router, and channel, of a lane of a router. */
  final int[] portOf;

  final int[] channelOf;

  private final int ringMask;
  private final int ringBits;
  private final int[] ring;
  private final int[] ringHead;
  private final int[] ringTail;

  Lanes(Topology topology, RouterSpec spec, int leastPacketFlits) {
    this.topology = topology;
    channels = spec.channels();
    radix = topology.radix();
    bufferFlits = spec.bufferFlits();
    perRouter = radix * channels;
    words = (perRouter + 63) >>> 6;
    int ports = topology.routers() * radix;
    routerLanes = Math.multiplyExact(ports, channels);
    int all = Math.addExact(routerLanes, Math.multiplyExact(topology.nodes(), channels));
    flits = new int[routerLanes];
    left = new int[routerLanes];
    outPort = new int[routerLanes];
    usable = new long[routerLanes];
    outLane = new int[routerLanes];
    Arrays.fill(outLane, NONE);
    credits = new int[all];
    Arrays.fill(credits, bufferFlits);
    owner = new int[all];
    Arrays.fill(owner, NONE);
    laneBehind = new int[ports];
    freeChannels = new long[ports];
    arrivalCycles = new int[ports];
    creditCycles = new int[all];
    sentFlits = new long[ports];
    int masks = topology.routers() * words;
    wantsRoute = new long[masks];
    wantsChannel = new long[masks];
    wantsSwitch = new long[masks];
    waitsForChannel = new long[ports * words];
    routerOf = new int[routerLanes];
    for (int lane = 0; lane < routerLanes; lane++) {
      routerOf[lane] = lane / perRouter;
    }
    portOf = new int[perRouter];
    channelOf = new int[perRouter];
    for (int lane = 0; lane < perRouter; lane++) {
      portOf[lane] = lane / channels;
      channelOf[lane] = lane % channels;
    }
    ringBits = ringBits(bufferFlits, leastPacketFlits);
    ringMask = (1 << ringBits) - 1;
    ring = new int[Math.multiplyExact(routerLanes, 1 << ringBits)];
    ringHead = new int[routerLanes];
    ringTail = new int[routerLanes];
    connect();
  }

  private static int ringBits(int bufferFlits, int leastPacketFlits) {
    return 32 - Integer.numberOfLeadingZeros(bufferFlits / leastPacketFlits + 1);
  }

  /** Places for numbers of packets in the buffers of all lanes, of packets of one flit. */
  static long places(long ports, RouterSpec spec) {
    return (ports * spec.channels()) << ringBits(spec.bufferFlits(), 1);
  }

  private void connect() {
    for (int port = 0; port < laneBehind.length; port++) {
      int cycles = topology.channelCycles(port);
      arrivalCycles[port] = 2 + cycles;
      if (topology.toRouter(port)) {
        laneBehind[port] = topology.peer(port) * channels;
        freeChannels[port] = allChannels();
        setCreditCycles(laneBehind[port], 2 + cycles);
      } else if (topology.toNode(port)) {
        laneBehind[port] = routerLanes + topology.node(port) * channels;
        freeChannels[port] = allChannels();
        // There and back: a node gives the place back in the cycle in which the flit arrives.
        setCreditCycles(laneBehind[port], 4 + 2 * cycles);
        // A node sees a credit without the cycle that a router needs to count it.
        setCreditCycles(port * channels, 1 + cycles);
      } else {
        laneBehind[port] = NONE;
      }
    }
  }

  private void setCreditCycles(int firstLane, int cycles) {
    Arrays.fill(creditCycles, firstLane, firstLane + channels, cycles);
  }

  long allChannels() {
    return -1L >>> (64 - channels);
  }

  /** Bits of the channels from {@code first} to {@code last}. */
  static long range(int first, int last) {
    return (-1L >>> (63 - (last - first))) << first;
  }

  /** A packet's head was sent into a lane: it will be the last one there. */
  void push(int lane, int packet) {
    int tail = ringTail[lane];
    ring[(lane << ringBits) + tail] = packet;
    ringTail[lane] = (tail + 1) & ringMask;
  }

  /** The packet at the front of a lane. */
  int front(int lane) {
    return ring[(lane << ringBits) + ringHead[lane]];
  }

  /** The packet that is the i-th from the end of a lane, the last one being number 0. */
  int fromEnd(int lane, int i) {
    return ring[(lane << ringBits) + ((ringTail[lane] - 1 - i) & ringMask)];
  }

  void pop(int lane) {
    ringHead[lane] = (ringHead[lane] + 1) & ringMask;
  }

  /** All that concerns a router's lanes, the channels behind its ports and what they hold. */
  void describe(StateSink sink, int router, Packets packets) {
    for (int lane = router * perRouter; lane < (router + 1) * perRouter; lane++) {
      sink.put(((long) flits[lane] << 32) | left[lane]);
      sink.put(((long) credits[lane] << 32) | (owner[lane] & 0xffff_ffffL));
      sink.put(((long) outPort[lane] << 32) | (outLane[lane] & 0xffff_ffffL));
      sink.put(usable[lane]);
      int held = (ringTail[lane] - ringHead[lane]) & ringMask;
      sink.put(held);
      for (int i = 0; i < held; i++) {
        packets.describe(sink, ring[(lane << ringBits) + ((ringHead[lane] + i) & ringMask)]);
      }
    }
    for (int port = router * radix; port < (router + 1) * radix; port++) {
      sink.put(freeChannels[port]);
      for (int word = port * words; word < (port + 1) * words; word++) {
        sink.put(waitsForChannel[word]);
      }
      if (laneBehind[port] >= routerLanes) {
        for (int lane = laneBehind[port]; lane < laneBehind[port] + channels; lane++) {
          sink.put(((long) credits[lane] << 32) | (owner[lane] & 0xffff_ffffL));
        }
      }
    }
    for (int word = router * words; word < (router + 1) * words; word++) {
      sink.put(wantsRoute[word]);
      sink.put(wantsChannel[word]);
      sink.put(wantsSwitch[word]);
    }
  }

  void set(long[] masks, int router, int lane) {
    masks[router * words + (lane >>> 6)] |= 1L << lane;
  }

  void clear(long[] masks, int router, int lane) {
    masks[router * words + (lane >>> 6)] &= ~(1L << lane);
  }

  /** Whether any lane of a router could do something. */
  boolean busy(int router) {
    long any = 0;
    for (int word = router * words; word < (router + 1) * words; word++) {
      any |= wantsRoute[word] | wantsChannel[word] | wantsSwitch[word];
    }
    return any != 0;
  }

  int usedFlits(int port) {
    int used = channels * bufferFlits;
    int first = laneBehind[port];
    for (int lane = first; lane < first + channels; lane++) {
      used -= credits[lane];
    }
    return used;
  }
}
