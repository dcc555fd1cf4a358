package memwall.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Scheduling, firing, arming and cancelling allocate nothing once the arrays have grown. */
final class AllocationTest {
  private static final int MEASURED = 200_000;

  /** What the calls that start and end a run may allocate, all together. */
  private static final long TOLERATED_BYTES = 500;

  private final SplittableRandom random = new SplittableRandom(1);
  private final Simulation simulation = new Simulation(1);
  private final Timer[] timeouts = new Timer[200];
  private final Event tick = simulation.event("tick", this::tick);
  private final Event at = simulation.event("now", word -> {});
  private long expired;

  /** Draws from the generator once per event: no allocation of its own. */
  private void tick(long word) {
    int delay = random.nextInt(1_000_000);
    tick.in(delay, word);
    timeouts[(int) word].cancel();
    timeouts[(int) word].in(3_000_000, word);
    if (delay < 250_000) {
      at.in(0, word);
    }
  }

  private void expire(long word) {
    expired++;
  }

  @Test
  void nothingIsAllocatedPerEvent() {
    for (int i = 0; i < timeouts.length; i++) {
      timeouts[i] = simulation.timer("timeout" + i, this::expire);
      tick.in(i, i);
    }
    simulation.stopAfter(2_000_000);
    simulation.run();
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    thread.getCurrentThreadAllocatedBytes();
    long before = thread.getCurrentThreadAllocatedBytes();
    simulation.stopAfter(MEASURED);
    simulation.run();
    long allocated = thread.getCurrentThreadAllocatedBytes() - before;
    assertThat(simulation.eventsFired()).isEqualTo(2_000_000 + MEASURED);
    assertThat(allocated).isLessThan(TOLERATED_BYTES);
    assertThat(expired).isZero();
  }
}
