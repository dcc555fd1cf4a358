package memwall.network.reduce;

import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.random.RandomStream;
import memwall.network.aggregation.AggregationNetwork;
import memwall.network.aggregation.Fault;
import memwall.network.aggregation.Graph;

/** Lets links and nodes fail by chance. */
final class ChanceFaults {
  private final Simulation simulation;
  private final AggregationNetwork network;
  private final RandomFaults spec;
  private final FailingParts links;
  private final FailingParts switches;
  private final FailingParts hosts;
  private final Timer nextLink;
  private final Timer nextSwitch;
  private final Timer nextHost;
  private final RandomStream repairs;
  private final Timer[] repaired;
  private boolean isOver;

  ChanceFaults(Simulation simulation, AggregationNetwork network, Graph graph, RandomFaults spec) {
    this.simulation = simulation;
    this.network = network;
    this.spec = spec;
    repaired = new Timer[graph.links()];
    for (int link = 0; link < repaired.length; link++) {
      repaired[link] = simulation.timer("reduce.repair", this::repair);
    }
    links = FailingParts.links(graph, spec.linkSeconds(), stream("links"));
    nextLink = simulation.timer("reduce.failure.links", word -> linkFails());
    switches = FailingParts.nodes(graph, false, spec.switchSeconds(), stream("switches"));
    nextSwitch =
        simulation.timer("reduce.failure.switches", word -> nodeFails(switches, nextSwitch()));
    hosts = FailingParts.nodes(graph, true, spec.hostSeconds(), stream("hosts"));
    nextHost = simulation.timer("reduce.failure.hosts", word -> nodeFails(hosts, nextHost()));
    repairs = simulation.random().stream("reduce", "repairs");
  }

  private RandomStream stream(String name) {
    return simulation.random().stream("reduce", "failures of " + name);
  }

  private Timer nextSwitch() {
    return nextSwitch;
  }

  private Timer nextHost() {
    return nextHost;
  }

  void begin() {
    arm(links, nextLink);
    arm(switches, nextSwitch);
    arm(hosts, nextHost);
  }

  /** Nothing fails any more, and nothing is repaired. */
  void end() {
    isOver = true;
    nextLink.cancel();
    nextSwitch.cancel();
    nextHost.cancel();
    for (Timer timer : repaired) {
      timer.cancel();
    }
  }

  long linkFailures() {
    return links.failures();
  }

  long nodeFailures() {
    return switches.failures() + hosts.failures();
  }

  private void repair(long link) {
    links.repaired((int) link);
    network.fault(new Fault.LinkUp((int) link), simulation.nowPs());
  }

  private void arm(FailingParts parts, Timer next) {
    if (isOver) {
      return;
    }
    long afterPs = parts.drawPs();
    if (afterPs < RandomFaults.MOST_PS) {
      next.in(afterPs, 0);
    }
  }

  private void linkFails() {
    int link = links.fail();
    if (link >= 0) {
      network.fault(new Fault.LinkDown(link), simulation.nowPs());
      long afterPs = FailingParts.ps(repairs.nextExponential() * spec.repairSeconds());
      if (afterPs < RandomFaults.MOST_PS) {
        repaired[link].in(afterPs, link);
      }
    }
    arm(links, nextLink);
  }

  private void nodeFails(FailingParts parts, Timer next) {
    int node = parts.fail();
    if (node >= 0) {
      network.fault(new Fault.NodeDown(node), simulation.nowPs());
    }
    arm(parts, next);
  }
}
