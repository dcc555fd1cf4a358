package memwall.network.router;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.PriorityQueue;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;

/**
 * What happens to the parts of a network, cycle by cycle: faults at given times, faults by chance,
 * repairs, and the moments at which they are known.
 *
 * <p>The failures of n links are one Poisson process of n times the rate, each of a link drawn
 * evenly; one of a link that is down is none.
 */
final class FaultAgenda {
  /** Nothing will happen. */
  static final long NEVER = Long.MAX_VALUE;

  private static final long MOST_CYCLES = 1L << 52;

  /** What happens. */
  enum Kind {
    FAULT,
    LINK_BY_CHANCE,
    ROUTER_BY_CHANCE,
    KNOWN,
    INSTALL
  }

  /** An entry; of one cycle those that came first happen first. */
  record Item(long cycle, long order, Kind kind, int number) implements Comparable<Item> {
    @Override
    public int compareTo(Item other) {
      int byCycle = Long.compare(cycle, other.cycle);
      return byCycle != 0 ? byCycle : Long.compare(order, other.order);
    }
  }

  private final FabricFaultSpec spec;
  private final long cyclePs;
  private final PriorityQueue<Item> items = new PriorityQueue<>();
  private final List<FabricFault> faults = new ArrayList<>();
  private final List<FabricFault.LinkDown> links = new ArrayList<>();
  private final int routers;
  private final BitSet linksDown = new BitSet();
  private final BitSet routersDown = new BitSet();
  private final RandomStream linkDraws;
  private final RandomStream repairDraws;
  private final RandomStream routerDraws;
  private long order;
  private long nextCycle = NEVER;

  FaultAgenda(FabricFaultSpec spec, Topology topology, long cyclePs, long seed) {
    this.spec = spec;
    this.cyclePs = cyclePs;
    routers = topology.routers();
    int radix = topology.radix();
    for (int router = 0; router < routers; router++) {
      BitSet others = new BitSet();
      for (int port = router * radix; port < (router + 1) * radix; port++) {
        if (topology.toRouter(port) && topology.peer(port) / radix > router) {
          others.set(topology.peer(port) / radix);
        }
      }
      for (int other = others.nextSetBit(0); other >= 0; other = others.nextSetBit(other + 1)) {
        links.add(new FabricFault.LinkDown(router, other));
      }
    }
    RandomStreams random = new RandomStreams(seed);
    linkDraws = random.stream("faults", "links");
    repairDraws = random.stream("faults", "repairs");
    routerDraws = random.stream("faults", "routers");
    for (FabricFault.Timed timed : spec.faults()) {
      fault((timed.atPs() + cyclePs - 1) / cyclePs, timed.fault());
    }
    nextLink(0);
    nextRouter(0);
  }

  /** Cycle of the next entry, or {@link #NEVER}. */
  long nextCycle() {
    return nextCycle;
  }

  /** Takes the next entry. */
  Item take() {
    Item item = items.remove();
    nextCycle = items.isEmpty() ? NEVER : items.element().cycle();
    return item;
  }

  void add(long cycle, Kind kind, int number) {
    items.add(new Item(cycle, order++, kind, number));
    nextCycle = items.element().cycle();
  }

  private void fault(long cycle, FabricFault fault) {
    faults.add(fault);
    add(cycle, Kind.FAULT, faults.size() - 1);
  }

  FabricFault fault(int number) {
    return faults.get(number);
  }

  private long cycles(double seconds) {
    double count = seconds * 1e12 / (double) cyclePs;
    return (long) Math.max(1, Math.min(count, (double) MOST_CYCLES));
  }

  private void nextLink(long now) {
    if (!links.isEmpty() && Double.isFinite(spec.linkSeconds())) {
      double seconds = linkDraws.nextExponential() * spec.linkSeconds() / links.size();
      add(now + cycles(seconds), Kind.LINK_BY_CHANCE, 0);
    }
  }

  private void nextRouter(long now) {
    if (Double.isFinite(spec.routerSeconds())) {
      double seconds = routerDraws.nextExponential() * spec.routerSeconds() / routers;
      add(now + cycles(seconds), Kind.ROUTER_BY_CHANCE, 0);
    }
  }

  /** A link is drawn; what happens then is a fault of this cycle, if it worked. */
  void linkByChance(long now) {
    int link = (int) linkDraws.nextLong(links.size());
    if (!linksDown.get(link)) {
      linksDown.set(link);
      FabricFault.LinkDown down = links.get(link);
      fault(now, down);
      if (Double.isFinite(spec.repairSeconds())) {
        long after = cycles(repairDraws.nextExponential() * spec.repairSeconds());
        fault(now + after, new FabricFault.LinkUp(down.router(), down.other()));
      }
    }
    nextLink(now);
  }

  /** A link works again. */
  void repaired(FabricFault.LinkUp up) {
    int link =
        links.indexOf(
            new FabricFault.LinkDown(
                Math.min(up.router(), up.other()), Math.max(up.router(), up.other())));
    if (link >= 0) {
      linksDown.clear(link);
    }
  }

  /** A router is drawn; what happens then is a fault of this cycle, if it worked. */
  void routerByChance(long now) {
    int router = (int) routerDraws.nextLong(routers);
    if (!routersDown.get(router)) {
      routersDown.set(router);
      fault(now, new FabricFault.RouterDown(router));
    }
    nextRouter(now);
  }
}
