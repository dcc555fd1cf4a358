package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * N nodes send to one through a switch: its output is a queue with a known mean wait.
 *
 * <p>Each source creates a packet of S flits in a cycle with probability rho / (N S). Of A packets
 * and V = S A flits drawn in a cycle, {@code U' = max(0, U + V - 1)} flits are left behind it, so
 * that a packet waits
 *
 * <pre>W = E[V (V - 1)] / (2 (1 - rho)) + S E[A (A - 1)] / (2 E[A]) = rho (S - 1/N) / (2 (1 - rho))
 * </pre>
 *
 * <p>cycles: for the backlog found, and for those drawn in the same cycle that go first. For S = 1
 * this is {@code (N-1)/N rho / (2 (1 - rho))} (Karol, Hluchyj, Morgan, IEEE Trans. Comm. 1987), for
 * large N or S that of M/D/1, {@code S rho / (2 (1 - rho))}. It holds for every order of service
 * that leaves no cycle unused and does not cut packets into pieces: packets keep the switch, and
 * there are virtual channels enough that the next packet has its own before the last one has left.
 * Where flits of several packets go in turn, the mean wait is longer.
 */
final class OutputQueueTest {
  private static final int[] SOURCES = {2, 8, 64};

  private static double law(int sources, int flits, double load) {
    return load * (flits - 1.0 / sources) / (2 * (1 - load));
  }

  /** Draws the packets of a cycle and keeps the books of the ideal queue. */
  private static final class Queue {
    private final SplittableRandom random;
    private final int flits;
    private final double chance;
    private long backlog;
    private long sum;
    private long count;

    Queue(int sources, int flits, double load, long seed) {
      random = new SplittableRandom(seed);
      this.flits = flits;
      chance = load / sources / flits;
    }

    boolean draws() {
      if (random.nextDouble() >= chance) {
        return false;
      }
      sum += backlog;
      count++;
      backlog += flits;
      return true;
    }

    void endCycle() {
      backlog = Math.max(0, backlog - 1);
    }

    double meanWait() {
      return (double) sum / (double) count;
    }
  }

  private static double queueAlone(int sources, int flits, double load, long cycles) {
    Queue queue = new Queue(sources, flits, load, 5);
    for (long cycle = 0; cycle < cycles; cycle++) {
      for (int source = 0; source < sources; source++) {
        queue.draws();
      }
      queue.endCycle();
    }
    return queue.meanWait();
  }

  /** Mean wait in the network; the queue is fed the same packets. */
  private static double network(
      int sources, int flits, RouterSpec router, Queue queue, long cycles) {
    FabricShape shape = FabricShape.tree(sources + 1, 1, 1, false, 1, 1);
    FabricPlan plan = new FabricPlan(shape.topology(), shape.routing(), router);
    long[] sum = new long[1];
    RouterFabric[] made = new RouterFabric[1];
    RouterFabric fabric =
        new RouterFabric(
            plan,
            1,
            flits,
            (packet, cycle) -> sum[0] += cycle - made[0].packets().createdCycle[packet]);
    made[0] = fabric;
    while (fabric.now() < cycles) {
      for (int source = 1; source <= sources; source++) {
        if (queue.draws()) {
          fabric.offer(source, 0, flits, 0);
        }
      }
      queue.endCycle();
      fabric.step();
    }
    while (!fabric.empty()) {
      fabric.step();
    }
    assertThat(fabric.delivered()).isEqualTo(queue.count);
    assertThat(FabricLaws.broken(fabric, queue.count)).isEmpty();
    return (double) sum[0] / (double) queue.count - (6 + flits);
  }

  @Test
  void packetsOfOneFlitWaitAsKarolSays() {
    for (int sources : SOURCES) {
      for (double load : new double[] {0.3, 0.6, 0.9}) {
        long cycles = load < 0.9 ? 500_000 : 2_500_000;
        Queue queue = new Queue(sources, 1, load, 5);
        double wait = network(sources, 1, new RouterSpec(4, 8, false), queue, cycles);
        double law = law(sources, 1, load);
        assertThat(wait).as("%s sources, %s", sources, load).isCloseTo(law, within(0.02 * law));
      }
    }
    // With many sources, M/D/1 in cycles.
    assertThat(law(64, 1, 0.9)).isCloseTo(0.9 / (2 * (1 - 0.9)), within(0.02 * 4.5));
  }

  @Test
  void longerPacketsWaitAsTheQueueDoes() {
    for (int sources : SOURCES) {
      for (int flits : new int[] {4, 16}) {
        double wait = queueAlone(sources, flits, 0.6, 700_000L * flits);
        double law = law(sources, flits, 0.6);
        assertThat(wait)
            .as("%s sources, %s flits", sources, flits)
            .isCloseTo(law, within(0.02 * law));
      }
    }
    assertThat(law(64, 16, 0.6)).isCloseTo(16 * 0.6 / (2 * (1 - 0.6)), within(0.12));
  }

  /** Not only on average: the network wastes no cycle that the queue uses. */
  @Test
  void networkIsTheQueue() {
    for (int sources : SOURCES) {
      for (int flits : new int[] {1, 4, 16}) {
        for (double load : new double[] {0.3, 0.9}) {
          Queue queue = new Queue(sources, flits, load, 7);
          RouterSpec router = new RouterSpec(8, 16, flits > 1);
          double wait = network(sources, flits, router, queue, 30_000);
          assertThat(wait)
              .as("%s sources, %s flits, %s", sources, flits, load)
              .isCloseTo(queue.meanWait(), within(0.0002 * queue.meanWait()));
        }
      }
    }
  }

  @Test
  void flitsInTurnMakePacketsWaitLonger() {
    Queue queue = new Queue(8, 16, 0.8, 3);
    double wait = network(8, 16, new RouterSpec(8, 16, false), queue, 100_000);
    // Processor sharing of many short steps would double it.
    assertThat(wait / queue.meanWait()).isBetween(1.2, 2.0);
  }
}
