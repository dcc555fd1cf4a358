package memwall.bench;

import java.util.concurrent.TimeUnit;
import memwall.core.LadderHold;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations",
 * CACM 1986): take the earliest entry and add one, at a constant number of pending entries.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx2g", "-XX:+UseParallelGC", "-XX:+UseTransparentHugePages"})
@State(Scope.Thread)
public class HoldBenchmark {
  private static final int HOLDS = 10_000;

  /** Distribution of delays. */
  @Param({"EXPONENTIAL", "UNIFORM", "BIMODAL", "CLOCKED", "TIES"})
  public Delays delays = Delays.EXPONENTIAL;

  /** Entries pending. */
  @Param({"100", "10000", "1000000"})
  public int pending;

  /** A side of the comparison; filled on first use, so that only one is in memory. */
  private LadderHold ladder = new LadderHold(0, new long[1]);

  private QueueHold queue = new QueueHold(0, new long[1]);
  private boolean filled;

  /** Nothing is filled yet. */
  @Setup
  public void clear() {
    filled = false;
  }

  /** The kernel's future event list. */
  @Benchmark
  @OperationsPerInvocation(HOLDS)
  public long ladder() {
    if (!filled) {
      filled = true;
      ladder = new LadderHold(pending, delays.table());
      ladder.hold(3 * pending);
    }
    return ladder.hold(HOLDS);
  }

  /** {@link java.util.PriorityQueue} with entries that are used again. */
  @Benchmark
  @OperationsPerInvocation(HOLDS)
  public long queue() {
    if (!filled) {
      filled = true;
      queue = new QueueHold(pending, delays.table());
      queue.hold(3 * pending);
    }
    return queue.hold(HOLDS);
  }
}
