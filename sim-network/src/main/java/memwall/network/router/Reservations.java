package memwall.network.router;

import java.util.Arrays;

/**
 * Messages that do not meet, each by the cycles in which its flits pass: the message model.
 *
 * <p>The law: if every flit that a port would send finds it free, every flit passes every router in
 * the same two cycles after its arrival (route, virtual channel, switch). A node sends a flit a
 * cycle, message after message, so a message passes a port in cycles one behind the other, and
 * which these are follows from the path and the cycle in which its head leaves the node. The other
 * way round, if no two messages want a port in the same cycle, nothing in the network has ever a
 * choice between two flits, and that is what happens. It needs
 *
 * <ul>
 *   <li>routes that depend on nothing but source and destination;
 *   <li>buffers that hold what is sent until the first place comes back, so that places do not run
 *       out, whichever virtual channels were chosen;
 *   <li>three virtual channels at the node and two to choose from at every port, so that one is
 *       free while the packet before has the other;
 *   <li>that no packet comes to the virtual channel of another one while that one's tail leaves,
 *       see {@link Bookings}.
 * </ul>
 *
 * A message for which that does not hold is refused: then all are to be simulated flit by flit.
 */
final class Reservations implements Routing.View {
  /** Cycles from the arrival of a flit until it passes the switch. */
  private static final int ROUTER_CYCLES = 2;

  private static final int KNOWN_SHIFT = 40;
  private static final int ROUTER_SHIFT = 13;

  private final Topology topology;
  private final Routing routing;
  private final RouterSpec router;
  private final MessageSpec spec;
  private final long flitBytes;
  private final Packets packets = new Packets(0);
  private final Bookings bookings;

  /** By node: the first cycle in which it is free to send. */
  private final long[] freeCycle;

  /** Whether the route asked for depends on more than source and destination. */
  private boolean looked;

  // Ends that have not been taken: a heap, by cycle and then as flit by flit they are known.
  private long[] cycles = new long[64];
  private long[] orders = new long[64];
  private int[] numbers = new int[64];
  private int waiting;

  private Reservations(FabricPlan plan, MessageSpec spec, long flitBytes) {
    topology = plan.topology();
    routing = plan.routing();
    router = plan.router();
    this.spec = spec;
    this.flitBytes = flitBytes;
    bookings = new Bookings(topology.routers() * topology.radix());
    freeCycle = new long[topology.nodes()];
  }

  /** Whether there are networks of this kind in which a message can be reserved. */
  static boolean arePossible(FabricPlan plan) {
    RouterSpec router = plan.router();
    return router.channels() >= 3
        && router.bufferFlits() >= 8 + 2L * plan.topology().longestChannelCycles();
  }

  /** No messages yet. */
  static Reservations of(FabricPlan plan, MessageSpec spec, long flitBytes) {
    return new Reservations(plan, spec, flitBytes);
  }

  /** Forgets all messages. */
  void restart() {
    bookings.clear();
    Arrays.fill(freeCycle, 0);
    waiting = 0;
  }

  /**
   * Reserves the way of a message.
   *
   * @param message its number
   * @param cycle in which it is sent; none sent later has an earlier one
   * @return false if it must be simulated flit by flit, and all others with it; then what is
   *     reserved is of no use any more
   */
  boolean add(int message, int from, int to, long bytes, long cycle) {
    long flits = spec.flits(bytes, flitBytes);
    long begin = Math.max(cycle, freeCycle[from]);
    int packet = packets.create(from, to, 1, 0, 0, 0);
    boolean free = walk(message, packet, begin, flits, bytes, cycle);
    packets.release(packet);
    freeCycle[from] = begin + flits;
    return free;
  }

  private boolean walk(int message, int packet, long begin, long flits, long bytes, long now) {
    int radix = topology.radix();
    boolean single = spec.lastPacketFlits(bytes, flitBytes) == 1;
    // Packets of one flit each come to the same channel of a router two cycles apart.
    boolean crowds = spec.packets(bytes) > 1 && spec.fullPacketFlits(flitBytes) < 2;
    int at = topology.nodePort(packets.source[packet]);
    long head = begin + 1 + topology.channelCycles(at) + ROUTER_CYCLES;
    while (true) {
      looked = false;
      int hop = routing.route(at / radix, at % radix, packet, this);
      packets.hops[packet]++;
      int out = at / radix * radix + Routing.port(hop);
      boolean toRouter = topology.toRouter(out);
      if (looked
          || Routing.firstChannel(hop) == Routing.lastChannel(hop)
          || (toRouter && crowds)
          || !bookings.add(out, head, head + flits - 1, single, toRouter, now)) {
        return false;
      }
      int channel = 2 + topology.channelCycles(out);
      if (!toRouter) {
        boolean holds = router.holdSwitch() && !single;
        insert(head + flits - 1 + channel, order(channel, at, holds), message);
        return true;
      }
      head += channel + ROUTER_CYCLES;
      at = topology.peer(out);
    }
  }

  /**
   * Of two ends in one cycle that comes first which is known first: by the longer channel from the
   * last router; of these the one of the router with the lower number, there first those whose
   * packet held the switch, and of these by the port by which they came.
   */
  private long order(int channel, int arrivalPort, boolean holds) {
    int radix = topology.radix();
    long known = 2L + Topology.MAX_CHANNEL_CYCLES - channel;
    return (known << KNOWN_SHIFT)
        | ((long) (arrivalPort / radix) << ROUTER_SHIFT)
        | (holds ? 0 : Topology.MAX_RADIX)
        | (arrivalPort % radix);
  }

  private void insert(long cycle, long order, int message) {
    if (waiting == cycles.length) {
      cycles = Arrays.copyOf(cycles, 2 * waiting);
      orders = Arrays.copyOf(orders, 2 * waiting);
      numbers = Arrays.copyOf(numbers, 2 * waiting);
    }
    int at = waiting++;
    while (at > 0 && isBefore(cycle, order, (at - 1) >>> 1)) {
      move((at - 1) >>> 1, at);
      at = (at - 1) >>> 1;
    }
    set(at, cycle, order, message);
  }

  private boolean isBefore(long cycle, long order, int other) {
    return cycle < cycles[other] || (cycle == cycles[other] && order < orders[other]);
  }

  private void move(int from, int to) {
    set(to, cycles[from], orders[from], numbers[from]);
  }

  private void set(int at, long cycle, long order, int message) {
    cycles[at] = cycle;
    orders[at] = order;
    numbers[at] = message;
  }

  /** The cycle in which the next message ends; there must be one. */
  long nextEndCycle() {
    return cycles[0];
  }

  /** Takes the message that ends next. */
  int takeEnded() {
    int message = numbers[0];
    int behind = --waiting;
    long cycle = cycles[behind];
    long order = orders[behind];
    int at = 0;
    while (2 * at + 1 < behind) {
      int child = 2 * at + 1;
      if (child + 1 < behind && isBefore(cycles[child + 1], orders[child + 1], child)) {
        child++;
      }
      if (!isBefore(cycles[child], orders[child], behind)) {
        break;
      }
      move(child, at);
      at = child;
    }
    set(at, cycle, order, numbers[behind]);
    return message;
  }

  /** Adds the flits of all messages to those of each port. */
  void addFlits(long[] byPort) {
    bookings.addFlits(byPort);
  }

  @Override
  public Packets packets() {
    return packets;
  }

  @Override
  public int channels() {
    return router.channels();
  }

  /** A way that is drawn cannot be reserved. */
  @Override
  public long draw(int packet, long bound) {
    looked = true;
    return 0;
  }

  /** Nor can one that depends on the load. */
  @Override
  public int usedFlits(int router, int port) {
    looked = true;
    return 0;
  }
}
