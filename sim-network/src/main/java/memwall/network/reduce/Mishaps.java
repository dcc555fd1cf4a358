package memwall.network.reduce;

import java.util.PriorityQueue;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.random.RandomStream;
import memwall.network.aggregation.AggregationNetwork;
import memwall.network.aggregation.Fault;
import memwall.network.aggregation.Graph;

/**
 * What happens to a network in the course of a longer run, given and by chance, on which nothing is
 * under way most of the time. What is due while nothing is happens at the next beginning, all in
 * the order of its time: nobody can tell the difference, and a run ends with its work.
 */
public final class Mishaps {
  /** Something due: what happens, or is heard of, or may happen next. */
  private record Entry(long atPs, long order, Runnable what) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      return atPs != other.atPs ? Long.compare(atPs, other.atPs) : Long.compare(order, other.order);
    }
  }

  private final Simulation simulation;
  private final AggregationNetwork network;
  private final Runnable repaired;
  private final PriorityQueue<Entry> agenda = new PriorityQueue<>();
  private final Timer next;
  private final FailingParts links;
  private final FailingParts switches;
  private final FailingParts hosts;
  private final RandomStream repairs;
  private final double repairSeconds;
  private boolean isUnderWay;
  private long entries;

  /**
   * An agenda; its time is that of the simulation from 0 on.
   *
   * @param path names its random streams and its timer
   * @param disturbances of which the faults, given and random, are looked at
   * @param repaired told when it is noticed that a link works again
   */
  public Mishaps(
      Simulation simulation,
      String path,
      AggregationNetwork network,
      Graph graph,
      Disturbances disturbances,
      Runnable repaired) {
    this.simulation = simulation;
    this.network = network;
    this.repaired = repaired;
    next = simulation.timer(path + ".mishap", word -> happen());
    RandomFaults spec = disturbances.randomFaults();
    repairSeconds = spec.repairSeconds();
    repairs = simulation.random().stream(path, "repairs");
    links =
        FailingParts.links(
            graph, spec.linkSeconds(), simulation.random().stream(path, "failures of links"));
    switches =
        FailingParts.nodes(
            graph,
            false,
            spec.switchSeconds(),
            simulation.random().stream(path, "failures of switches"));
    hosts =
        FailingParts.nodes(
            graph, true, spec.hostSeconds(), simulation.random().stream(path, "failures of hosts"));
    for (TimedFault timed : disturbances.faults()) {
      fault(timed.fault(), timed.atPs());
    }
    linkFailsAfter(0);
    nodeFailsAfter(switches, 0);
    nodeFailsAfter(hosts, 0);
  }

  /** Links that failed by chance. */
  public long linkFailures() {
    return links.failures();
  }

  /** Switches and hosts that failed by chance. */
  public long nodeFailures() {
    return switches.failures() + hosts.failures();
  }

  /** Something is under way from now on. What should have happened before happens now. */
  public void begin() {
    isUnderWay = true;
    happen();
  }

  /** What should have happened before happens now; nothing is under way. */
  public void catchUp() {
    happen();
  }

  /** Nothing is under way any more. */
  public void end() {
    isUnderWay = false;
    next.cancel();
  }

  private void happen() {
    long nowPs = simulation.nowPs();
    while (!agenda.isEmpty() && agenda.peek().atPs <= nowPs) {
      agenda.remove().what.run();
    }
    if (isUnderWay && !agenda.isEmpty()) {
      next.at(agenda.peek().atPs, 0);
    }
  }

  private void add(long atPs, Runnable what) {
    if (atPs < RandomFaults.MOST_PS) {
      agenda.add(new Entry(atPs, entries++, what));
    }
  }

  private void fault(Fault fault, long atPs) {
    add(
        atPs,
        () -> {
          network.happens(fault);
          if (!(fault instanceof Fault.LinkRate) && !(fault instanceof Fault.Straggler)) {
            add(network.noticedPs(atPs), () -> noticed(fault));
          }
        });
  }

  private void noticed(Fault fault) {
    network.noticed(fault);
    if (fault instanceof Fault.LinkUp) {
      repaired.run();
    }
  }

  private void linkFailsAfter(long fromPs) {
    long atPs = fromPs + links.drawPs();
    add(
        atPs,
        () -> {
          int link = links.fail();
          if (link >= 0) {
            fault(new Fault.LinkDown(link), atPs);
            long upPs = atPs + FailingParts.ps(repairs.nextExponential() * repairSeconds);
            fault(new Fault.LinkUp(link), upPs);
            add(upPs, () -> links.repaired(link));
          }
          linkFailsAfter(atPs);
        });
  }

  private void nodeFailsAfter(FailingParts parts, long fromPs) {
    long atPs = fromPs + parts.drawPs();
    add(
        atPs,
        () -> {
          int node = parts.fail();
          if (node >= 0) {
            fault(new Fault.NodeDown(node), atPs);
          }
          nodeFailsAfter(parts, atPs);
        });
  }
}
