package memwall.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The component workload: the first events from a fresh start, on either engine. A single shot,
 * because the queue of the lazily cancelling engine grows with the length of the run.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx3g", "-XX:+UseParallelGC", "-XX:+UseTransparentHugePages"})
@State(Scope.Thread)
public class ComponentBenchmark {
  private static final int EVENTS = 2_400_000;

  /** Requests in flight of each component. */
  @Param({"1", "16", "256"})
  public int inFlight;

  /** The kernel. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long simulation() {
    return run(new SimulationEngine());
  }

  /** {@link java.util.PriorityQueue} with event objects and lazy cancellation. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long queue() {
    return run(new PriorityQueueEngine());
  }

  private <E, T> long run(ComponentWorkload.Engine<E, T> engine) {
    ComponentWorkload<E, T> workload = new ComponentWorkload<>(engine, inFlight);
    engine.run(EVENTS);
    return workload.check();
  }
}
