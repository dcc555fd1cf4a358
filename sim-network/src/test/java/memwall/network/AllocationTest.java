package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Timer;
import org.junit.jupiter.api.Test;

/** Once its arrays have grown, the network allocates nothing: no more per event than the kernel. */
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private interface Work {
    void run();
  }

  private static double bytesPerEvent(Simulation simulation, Work work) {
    work.run(); // Arrays grow, classes load.
    long events = simulation.eventsFired();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    work.run();
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    return (double) allocated / (simulation.eventsFired() - events);
  }

  /** Endless chains of timers, as many as a network of eight ranks has. */
  private static double kernelAlone() {
    Simulation simulation = new Simulation(1);
    long[] left = {0};
    Timer[] timers = new Timer[16];
    for (int i = 0; i < timers.length; i++) {
      int self = i;
      timers[i] =
          simulation.timer(
              "chain" + i,
              word -> {
                if (left[0]-- > 0) {
                  timers[self].in(1000 + self, 0);
                }
              });
    }
    return bytesPerEvent(
        simulation,
        () -> {
          left[0] = 100_000;
          for (Timer timer : timers) {
            timer.in(1, 0);
          }
          simulation.run();
        });
  }

  @Test
  void nothingPerMessage() {
    double kernel = kernelAlone();
    for (String name : Rig.KINDS) {
      Rig rig = new Rig(Rig.plain().withAllReduce(name), 8, 8);
      int[] left = new int[8];
      Completion[] again = new Completion[1];
      again[0] =
          rank -> {
            if (left[(int) rank]-- > 0) {
              rig.network.allReduce((int) rank, 200_000, again[0], rank);
            }
          };
      double network =
          bytesPerEvent(
              rig.simulation,
              () -> {
                for (int rank = 0; rank < 8; rank++) {
                  left[rank] = 400;
                  again[0].complete(rank);
                }
                rig.simulation.run();
              });
      assertThat(network).as("%s: bytes per event", name).isLessThan(kernel + 0.1);
    }
  }
}
