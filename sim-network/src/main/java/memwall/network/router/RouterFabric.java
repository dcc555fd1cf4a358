package memwall.network.router;

import java.util.Arrays;
import memwall.core.leap.StateSink;
import memwall.core.random.RandomStreams;
import org.jspecify.annotations.Nullable;

/**
 * A network of input-queued routers, advanced cycle by cycle.
 *
 * <p>In a cycle, first what arrives is taken in (flits, credits), then the nodes send, then each
 * router that has something to do computes routes, gives out virtual channels and lets flits
 * through its switch. What one stage leaves to the next is done in the next cycle. Only routers in
 * which a lane could do something are looked at, so a quiet network costs nothing but its clock.
 *
 * <p>Nodes take what arrives at once and give the buffer places back. Not safe for use by several
 * threads.
 */
public final class RouterFabric {
  private final Topology topology;
  private Routing routing;
  private final Packets packets;
  private final Lanes lanes;
  private final ChannelAllocator channelAllocator;
  private final SwitchAllocator switchAllocator;
  private final Wheel arrivals;
  private final Wheel credits;
  private final Sources sources;
  private final PacketSink sink;
  private final RoutingView looks;

  /** Channels that do not work; null where that cannot be. */
  private @Nullable ChannelFaults faults;

  /** Whether nodes give places back late enough for their credits to matter. */
  private final boolean nodeCredits;

  /** Routers with something to do; routers that had since the last restart. */
  private final long[] active;

  private final long[] touched;

  /** Lanes that get a switch request, or lose their hold, at the end of a router's cycle. */
  private final int[] holders;

  /** Whether a lane of the router just advanced holds the switch without a place to send to. */
  private boolean holdsInVain;

  private long now;
  private long delivered;
  private long deliveredFlits;
  private long moved;

  /**
   * An empty network.
   *
   * @param seed of the random choices of routing
   * @param leastPacketFlits length of the shortest packet that will be offered
   */
  RouterFabric(FabricPlan plan, long seed, int leastPacketFlits, PacketSink sink) {
    topology = plan.topology();
    routing = plan.routing();
    this.sink = sink;
    packets = new Packets(new RandomStreams(seed).stream("fabric", "routing").nextLong());
    lanes = new Lanes(topology, plan.router(), leastPacketFlits);
    channelAllocator = new ChannelAllocator(lanes);
    switchAllocator = new SwitchAllocator(lanes, plan.router().holdSwitch());
    arrivals = new Wheel(2 + topology.longestChannelCycles());
    credits = new Wheel(4 + 2 * topology.longestChannelCycles());
    sources = new Sources(lanes, packets, arrivals);
    looks = new RoutingView(packets, lanes);
    nodeCredits = plan.router().bufferFlits() < 4 + 2 * topology.longestChannelCycles();
    active = new long[(topology.routers() + 63) >>> 6];
    touched = new long[active.length];
    holders = new int[topology.radix()];
  }

  /**
   * Offers a packet at the end of its source's queue; it can leave in this cycle.
   *
   * @return its number, valid until it is delivered
   */
  int offer(int source, int destination, int flits, long tag) {
    int packet = packets.create(source, destination, flits, now, tag);
    sources.offer(packet);
    return packet;
  }

  /**
   * Offers a packet as above.
   *
   * @param turn its number among all packets, which decides what its route draws
   */
  void offer(int source, int destination, int flits, long tag, long turn) {
    sources.offer(packets.create(source, destination, flits, now, tag, turn));
  }

  /** Lets channels fail from now on; only before the first packet. */
  ChannelFaults withFaults(ChannelFaults.Starts starts) {
    ChannelFaults made = new ChannelFaults(lanes, packets, starts);
    faults = made;
    sources.setFaults(made, packet -> lose(made, packet));
    return made;
  }

  /** The channel of a port, both directions, fails or works again. */
  void setDown(int port, boolean isDown) {
    ChannelFaults known = faults;
    if (known == null) {
      throw new IllegalStateException("channels of this network do not fail");
    }
    if (known.isDown(port) != isDown) {
      int[] coming = new int[lanes.credits.length];
      arrivals.count(coming);
      known.set(port, isDown, coming, sources);
    }
  }

  private void lose(ChannelFaults known, int packet) {
    known.lost(packet);
    sink.lost(packet);
    packets.release(packet);
  }

  Routing routing() {
    return routing;
  }

  /** Other ways from now on; only while no packet is between nodes. */
  void setRouting(Routing other) {
    if (packets.live() != sources.waiting()) {
      throw new IllegalStateException("packets are under way by the old ways");
    }
    routing = other;
  }

  /** Packets that were lost in channels that do not work. */
  long lost() {
    ChannelFaults known = faults;
    return known == null ? 0 : known.lostPackets();
  }

  /** Flits that were lost there. */
  long lostFlits() {
    ChannelFaults known = faults;
    return known == null ? 0 : known.lostFlits();
  }

  Topology topology() {
    return topology;
  }

  Packets packets() {
    return packets;
  }

  Lanes lanes() {
    return lanes;
  }

  Sources sources() {
    return sources;
  }

  Wheel arrivals() {
    return arrivals;
  }

  Wheel credits() {
    return credits;
  }

  boolean nodeCredits() {
    return nodeCredits;
  }

  /** The cycle that {@link #step} will do next. */
  public long now() {
    return now;
  }

  /** Packets and flits whose tail, or which, left for their node. */
  public long delivered() {
    return delivered;
  }

  long deliveredFlits() {
    return deliveredFlits;
  }

  /** Flits that left a node or passed a switch. */
  long movedFlits() {
    return moved + sources.injectedFlits();
  }

  /**
   * Everything that what follows depends on, but for the packets that nodes have not offered yet.
   * Routers that nothing has come to are as they were made.
   */
  void describe(StateSink sink) {
    for (int word = 0; word < active.length; word++) {
      sink.put(active[word]);
      sink.put(touched[word]);
      for (long bits = touched[word]; bits != 0; bits &= bits - 1) {
        int router = (word << 6) + Long.numberOfTrailingZeros(bits);
        lanes.describe(sink, router, packets);
        channelAllocator.describe(sink, router);
        switchAllocator.describe(sink, router);
      }
    }
    arrivals.describe(sink, now);
    credits.describe(sink, now);
    sources.describe(sink);
  }

  /** What has been counted so far. */
  FabricCounts counts() {
    return new FabricCounts(
        now, delivered, deliveredFlits, moved, sources.sentFlits(), lanes.sentFlits.clone());
  }

  /**
   * Passes over repeats of what happened since a moment; the state then and now must be the same.
   */
  void leap(FabricCounts since, long times) {
    long cycles = times * (now - since.cycle);
    delivered += times * (delivered - since.delivered);
    deliveredFlits += times * (deliveredFlits - since.deliveredFlits);
    moved += times * (moved - since.moved);
    sources.leap(since.nodeFlits, times);
    for (int port = 0; port < since.sentFlits.length; port++) {
      lanes.sentFlits[port] += times * (lanes.sentFlits[port] - since.sentFlits[port]);
    }
    arrivals.shift(cycles);
    credits.shift(cycles);
    now += cycles;
  }

  /** Whether no packet is under way or waiting; credits may be. */
  boolean empty() {
    return packets.live() == 0;
  }

  /** Whether nothing is under way at all, credits included. */
  boolean atRest() {
    return packets.live() == 0 && arrivals.isEmpty() && credits.isEmpty();
  }

  /**
   * Begins again at cycle 0 as if nothing had ever been sent: pointers of allocators and the turns
   * of packets forget; counters stay. Only {@link #atRest}.
   */
  void restart() {
    if (!atRest()) {
      throw new IllegalStateException("the network is not at rest");
    }
    packets.restart();
    for (int word = 0; word < touched.length; word++) {
      for (long bits = touched[word]; bits != 0; bits &= bits - 1) {
        int router = (word << 6) + Long.numberOfTrailingZeros(bits);
        channelAllocator.restart(router);
        switchAllocator.restart(router);
      }
      touched[word] = 0;
    }
    sources.restart();
    now = 0;
  }

  /** Passes over cycles in which only credits come back; only while {@link #empty}. */
  void skipTo(long cycle) {
    if (!empty()) {
      throw new IllegalStateException(packets.live() + " packets are under way");
    }
    while (now < cycle && !atRest()) {
      takeIn();
      now++;
    }
    now = Math.max(now, cycle);
  }

  /** One cycle: packets offered before take part in it. */
  void step() {
    takeIn();
    sources.inject(now);
    for (int word = 0; word < active.length; word++) {
      for (long bits = active[word]; bits != 0; bits &= bits - 1) {
        int router = (word << 6) + Long.numberOfTrailingZeros(bits);
        holdsInVain = false;
        advance(router);
        if (!lanes.busy(router) && !holdsInVain) {
          active[word] &= ~(1L << router);
        }
      }
    }
    now++;
  }

  /** Takes in the credits and flits of this cycle. */
  private void takeIn() {
    Lanes l = lanes;
    int count = credits.size(now);
    int[] due = credits.slot(now);
    for (int i = 0; i < count; i++) {
      int lane = due[i];
      if (l.credits[lane]++ == 0) {
        int sender = l.owner[lane];
        if (sender != Lanes.NONE && l.flits[sender] != 0) {
          wake(l.wantsSwitch, sender);
        }
      }
    }
    credits.clear(now);
    count = arrivals.size(now);
    due = arrivals.slot(now);
    for (int i = 0; i < count; i++) {
      int lane = due[i];
      if (l.flits[lane]++ == 0) {
        if (l.left[lane] == 0) {
          wake(l.wantsRoute, lane);
        } else if (l.outLane[lane] != Lanes.NONE && l.credits[l.outLane[lane]] != 0) {
          wake(l.wantsSwitch, lane);
        }
      }
    }
    arrivals.clear(now);
  }

  private void wake(long[] masks, int lane) {
    int router = lanes.routerOf[lane];
    lanes.set(masks, router, lane - router * lanes.perRouter);
    active[router >>> 6] |= 1L << router;
    touched[router >>> 6] |= 1L << router;
  }

  /**
   * The stages of a router's pipeline, the last first: each works on what the cycle before left.
   */
  private void advance(int router) {
    int channels = channelAllocator.allocate(router);
    int held = switchAllocator.holds() ? switchAllocator.findHolders(router, holders) : 0;
    ChannelFaults known = faults;
    if (known != null) {
      known.hide(router, now);
    }
    int flits = switchAllocator.allocate(router);
    if (known != null) {
      known.show(router);
    }
    computeRoutes(router);
    for (int i = 0; i < held; i++) {
      goOn(router, holders[i]);
    }
    for (int i = 0; i < flits; i++) {
      send(router, switchAllocator.granted[i], false);
    }
    int firstLane = router * lanes.perRouter;
    for (int i = 0; i < channels; i++) {
      int lane = channelAllocator.granted[i];
      if (lanes.credits[lanes.outLane[firstLane + lane]] != 0) {
        lanes.set(lanes.wantsSwitch, router, lane);
      }
    }
  }

  private void computeRoutes(int router) {
    Lanes l = lanes;
    int firstLane = router * l.perRouter;
    for (int word = router * l.words; word < (router + 1) * l.words; word++) {
      long bits = l.wantsRoute[word];
      if (bits == 0) {
        continue;
      }
      l.wantsRoute[word] = 0;
      l.wantsChannel[word] |= bits;
      int firstOfWord = (word - router * l.words) << 6;
      for (; bits != 0; bits &= bits - 1) {
        int lane = firstOfWord + Long.numberOfTrailingZeros(bits);
        int packet = l.front(firstLane + lane);
        int hop = routing.route(router, l.portOf[lane], packet, looks);
        packets.hops[packet]++;
        l.left[firstLane + lane] = packets.flits[packet];
        l.outPort[firstLane + lane] = Routing.port(hop);
        l.usable[firstLane + lane] =
            Lanes.range(Routing.firstChannel(hop), Routing.lastChannel(hop));
      }
    }
  }

  /** A flit leaves a lane for the next router or its node. */
  private void send(int router, int lane, boolean holding) {
    Lanes l = lanes;
    int from = router * l.perRouter + lane;
    int port = router * l.radix + l.outPort[from];
    int to = l.outLane[from];
    boolean toRouter = to < l.routerLanes;
    ChannelFaults known = faults;
    if (known != null && known.loses(port, to, from)) {
      if (toRouter || nodeCredits) {
        l.credits[to]--;
        credits.add(now + l.creditCycles[to], to);
      }
    } else if (toRouter) {
      if (l.left[from] == packets.flits[l.front(from)]) {
        l.push(to, l.front(from));
      }
      arrivals.add(now + l.arrivalCycles[port], to);
      l.credits[to]--;
    } else {
      deliveredFlits++;
      if (nodeCredits) {
        l.credits[to]--;
        credits.add(now + l.creditCycles[to], to);
      }
    }
    if (known != null) {
      known.sent(port, now);
    }
    l.sentFlits[port]++;
    moved++;
    credits.add(now + l.creditCycles[from], from);
    int here = --l.flits[from];
    boolean last = --l.left[from] == 0;
    if (last) {
      finish(router, lane, port, to, toRouter);
    } else if (here == 0 || l.credits[to] == 0) {
      l.clear(l.wantsSwitch, router, lane);
    }
    if (switchAllocator.holds()) {
      boolean goesOn = !last && here != 0;
      changeHold(router, lane, port, goesOn, holding);
      // It lets go in the next cycle if no place comes back, even if nothing else happens here.
      holdsInVain |= goesOn && l.credits[to] == 0;
    }
  }

  /** The tail has left: the channel is free for others, the packet behind needs a route. */
  private void finish(int router, int lane, int port, int to, boolean toRouter) {
    Lanes l = lanes;
    int from = router * l.perRouter + lane;
    l.clear(l.wantsSwitch, router, lane);
    l.outLane[from] = Lanes.NONE;
    l.owner[to] = Lanes.NONE;
    l.freeChannels[port] |= 1L << (to - l.laneBehind[port]);
    for (int word = 0; word < l.words; word++) {
      long waiting = l.waitsForChannel[port * l.words + word];
      if (waiting != 0) {
        l.wantsChannel[router * l.words + word] |= waiting;
        l.waitsForChannel[port * l.words + word] = 0;
      }
    }
    int packet = l.front(from);
    l.pop(from);
    if (l.flits[from] != 0) {
      l.set(l.wantsRoute, router, lane);
    }
    ChannelFaults known = faults;
    if (known != null && known.wasLost(to)) {
      lose(known, packet);
    } else if (!toRouter) {
      delivered++;
      sink.delivered(packet, now + l.arrivalCycles[port]);
      packets.release(packet);
    }
  }

  /** A lane that holds the switch sends without asking; one that cannot loses it. */
  private void goOn(int router, int lane) {
    Lanes l = lanes;
    int from = router * l.perRouter + lane;
    ChannelFaults known = faults;
    if (known != null && known.rests(router * l.radix + l.outPort[from], now)) {
      holdsInVain = true;
    } else if (l.credits[l.outLane[from]] != 0) {
      send(router, lane, true);
    } else {
      switchAllocator.release(
          router * l.radix + l.portOf[lane], router * l.radix + l.outPort[from]);
    }
  }

  private void changeHold(int router, int lane, int port, boolean goesOn, boolean held) {
    int input = router * lanes.radix + lanes.portOf[lane];
    if (goesOn && !held) {
      switchAllocator.hold(input, lane, port);
    } else if (!goesOn && held) {
      switchAllocator.release(input, port);
    }
  }

  /** Flits that left each port, by port of the network. */
  long[] sentFlits() {
    return Arrays.copyOf(lanes.sentFlits, lanes.sentFlits.length);
  }
}
