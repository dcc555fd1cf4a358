package memwall.network.reduce;

import java.util.Arrays;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.random.RandomStream;
import memwall.core.unit.Units;
import memwall.network.aggregation.AggregationNetwork;
import memwall.network.aggregation.Fault;
import memwall.network.aggregation.Graph;

/**
 * Lets links and nodes fail by chance.
 *
 * <p>The failures of n equal parts are one Poisson process of n times the rate, each of a part
 * drawn evenly; one of a part that is down is none. So each part that works fails after an
 * exponential time.
 */
final class ChanceFaults {
  private final Simulation simulation;
  private final AggregationNetwork network;
  private final RandomFaults spec;
  private final Parts links;
  private final Parts switches;
  private final Parts hosts;
  private final RandomStream repairs;
  private final Timer[] repaired;
  private boolean isOver;

  ChanceFaults(Simulation simulation, AggregationNetwork network, Graph graph, RandomFaults spec) {
    this.simulation = simulation;
    this.network = network;
    this.spec = spec;
    int[] linkParts = new int[graph.links()];
    repaired = new Timer[graph.links()];
    for (int link = 0; link < linkParts.length; link++) {
      linkParts[link] = link;
      repaired[link] = simulation.timer("reduce.repair", this::repair);
    }
    links = new Parts("links", linkParts, spec.linkSeconds());
    switches = new Parts("switches", nodes(graph, false), spec.switchSeconds());
    hosts = new Parts("hosts", nodes(graph, true), spec.hostSeconds());
    repairs = simulation.random().stream("reduce", "repairs");
  }

  private static int[] nodes(Graph graph, boolean areHosts) {
    int count = 0;
    int[] found = new int[graph.nodes()];
    for (int node = 0; node < graph.nodes(); node++) {
      if (graph.isHost(node) == areHosts) {
        found[count++] = node;
      }
    }
    return Arrays.copyOf(found, count);
  }

  void begin() {
    links.arm();
    switches.arm();
    hosts.arm();
  }

  /** Nothing fails any more, and nothing is repaired. */
  void end() {
    isOver = true;
    links.next.cancel();
    switches.next.cancel();
    hosts.next.cancel();
    for (Timer timer : repaired) {
      timer.cancel();
    }
  }

  long linkFailures() {
    return links.failures;
  }

  long nodeFailures() {
    return switches.failures + hosts.failures;
  }

  private void repair(long link) {
    links.isDown[(int) link] = false;
    network.fault(new Fault.LinkUp((int) link), simulation.nowPs());
  }

  private void fail(Parts parts, int index) {
    int part = parts.numbers[index];
    if (parts != links) {
      network.fault(new Fault.NodeDown(part), simulation.nowPs());
      return;
    }
    network.fault(new Fault.LinkDown(part), simulation.nowPs());
    long afterPs = ps(repairs.nextExponential() * spec.repairSeconds());
    if (afterPs < RandomFaults.MOST_PS) {
      repaired[part].in(afterPs, part);
    }
  }

  private static long ps(double seconds) {
    return (long) Math.max(1, Math.min(seconds * Units.PS_PER_SECOND, RandomFaults.MOST_PS));
  }

  /** Parts that fail at one rate. */
  private final class Parts {
    final int[] numbers;
    final boolean[] isDown;
    final Timer next;
    long failures;
    private final double seconds;
    private final RandomStream random;

    Parts(String name, int[] numbers, double seconds) {
      this.numbers = numbers;
      this.seconds = seconds;
      isDown = new boolean[numbers.length];
      random = simulation.random().stream("reduce", "failures of " + name);
      next = simulation.timer("reduce.failure." + name, this::happens);
    }

    void arm() {
      if (isOver || numbers.length == 0) {
        return;
      }
      long afterPs = ps(random.nextExponential() * seconds / numbers.length);
      if (afterPs < RandomFaults.MOST_PS) {
        next.in(afterPs, 0);
      }
    }

    private void happens(long ignored) {
      int index = (int) random.nextLong(numbers.length);
      if (!isDown[index]) {
        isDown[index] = true;
        failures++;
        fail(this, index);
      }
      arm();
    }
  }
}
