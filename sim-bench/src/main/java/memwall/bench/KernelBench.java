package memwall.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import memwall.core.LadderHold;

/**
 * Measures the kernel against {@link java.util.PriorityQueue} in one process and prints the ratios.
 * Time is CPU time of this thread; each figure is the median over chunks, the peers take turns, so
 * that the ratios mean something on a shared machine.
 *
 * <pre>java -Xmx4g -XX:+UseParallelGC -cp sim-bench/target/benchmarks.jar memwall.bench.KernelBench
 * </pre>
 */
public final class KernelBench {
  private static final int[] SIZES = {100, 10_000, 1_000_000};
  private static final int[] IN_FLIGHT = {1, 16, 256};
  private static final int ROUNDS = 5;
  private static final int CHUNK_HOLDS = 50_000;
  private static final long CELL_NANOS = 80_000_000;

  /** Events before a component run is measured, at least. */
  private static final int COMPONENT_WARM_UP = 16_000_000;

  /**
   * Events for each request in flight of a component until the queue engine, which keeps a
   * cancelled timeout until it is due, holds as many as it ever will; at 256 more than a gigabyte
   * of them.
   */
  private static final int FILLING_EVENTS = 280_000;

  private static final int COMPONENT_CHUNKS = 30;
  private static final int COMPONENT_CHUNK = 100_000;

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Keeps the results alive. */
  private static long sink;

  private KernelBench() {}

  private interface Hold {
    long hold(int holds);
  }

  /** Median nanoseconds per operation, and bytes allocated per operation. */
  private record Cost(double nanos, double bytes) {}

  /** Runs all measurements, or only {@code hold} or {@code components}. */
  public static void main(String[] args) {
    String only = args.length == 0 ? "" : args[0];
    System.out.printf(
        Locale.ROOT,
        "CPU time of one thread, medians; Java %s, %d processors%n%n",
        Runtime.version(),
        Runtime.getRuntime().availableProcessors());
    if (!only.equals("components")) {
      holds();
    }
    if (!only.equals("hold")) {
      components("components as objects, each with handlers of its own", false);
      components("components in arrays, one handler per kind of event", true);
    }
    if (sink == 42) {
      System.out.println();
    }
  }

  private static void holds() {
    // Both loops are compiled with every mix and size behind them before anything is measured.
    for (Delays delays : Delays.values()) {
      for (int size : new int[] {100, 10_000}) {
        long[] table = delays.table();
        long[] orders = {
          new LadderHold(size, table).hold(400_000), new QueueHold(size, table).hold(400_000)
        };
        if (orders[0] != orders[1]) {
          throw new IllegalStateException("ladder and queue disagree on " + delays);
        }
      }
    }
    System.out.println("hold model: ns per hold (take the earliest, add one)");
    System.out.println("delays       pending   ladder    queue   ratio   M holds/s   B/hold");
    for (Delays delays : Delays.values()) {
      for (int size : SIZES) {
        hold(delays, size);
      }
    }
    System.out.println();
  }

  private static void hold(Delays delays, int size) {
    long[] table = delays.table();
    double[] ladderNanos = new double[ROUNDS];
    double[] queueNanos = new double[ROUNDS];
    double ladderBytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Cost ladder = measure(new LadderHold(size, table)::hold, size);
      Cost queue = measure(new QueueHold(size, table)::hold, size);
      ladderNanos[round] = ladder.nanos;
      queueNanos[round] = queue.nanos;
      ladderBytes = Math.max(ladderBytes, ladder.bytes);
    }
    double ladder = median(ladderNanos, ROUNDS);
    double queue = median(queueNanos, ROUNDS);
    System.out.printf(
        Locale.ROOT,
        "%-12s %7d %8.1f %8.1f   x%5.1f %9.1f %10.3f%n",
        delays.name().toLowerCase(Locale.ROOT),
        size,
        ladder,
        queue,
        queue / ladder,
        1e3 / ladder,
        ladderBytes);
  }

  private static Cost measure(Hold hold, int size) {
    // Into the steady state: every entry is replaced a few times.
    sink += hold.hold(3 * size + CHUNK_HOLDS);
    double[] nanos = new double[10_000];
    int chunks = 0;
    long bytes = THREAD.getCurrentThreadAllocatedBytes();
    long begin = THREAD.getCurrentThreadCpuTime();
    long last = begin;
    while (last - begin < CELL_NANOS && chunks < nanos.length) {
      sink += hold.hold(CHUNK_HOLDS);
      long now = THREAD.getCurrentThreadCpuTime();
      nanos[chunks++] = (double) (now - last) / CHUNK_HOLDS;
      last = now;
    }
    bytes = THREAD.getCurrentThreadAllocatedBytes() - bytes;
    return new Cost(median(nanos, chunks), (double) bytes / chunks / CHUNK_HOLDS);
  }

  private static void components(String title, boolean arrays) {
    System.out.println(
        "component workload, " + title + ": ns per event, handlers and random numbers included");
    System.out.println("in flight   simulation    queue   ratio   M events/s   B/event   order");
    for (int i = 0; i < 2; i++) {
      workload(new SimulationEngine(), arrays, 4, 1_000_000);
      workload(new PriorityQueueEngine(), arrays, 4, 1_000_000);
    }
    for (int inFlight : IN_FLIGHT) {
      component(arrays, inFlight);
    }
  }

  /** Warms both engines up, then measures them in turn, chunk by chunk. */
  private static void component(boolean arrays, int inFlight) {
    SimulationEngine simulation = new SimulationEngine();
    PriorityQueueEngine queue = new PriorityQueueEngine();
    int warmUp = Math.max(COMPONENT_WARM_UP, FILLING_EVENTS * inFlight);
    Workload[] workloads = {
      workload(simulation, arrays, inFlight, warmUp), workload(queue, arrays, inFlight, warmUp)
    };
    double[] simulationNanos = new double[COMPONENT_CHUNKS];
    double[] queueNanos = new double[COMPONENT_CHUNKS];
    double[] bytes = new double[COMPONENT_CHUNKS];
    for (int i = 0; i < COMPONENT_CHUNKS; i++) {
      // What the caches hold is the other engine's; that is not to be measured.
      simulation.run(COMPONENT_CHUNK);
      Cost cost = measure(simulation);
      simulationNanos[i] = cost.nanos;
      bytes[i] = cost.bytes;
      queue.run(COMPONENT_CHUNK);
      queueNanos[i] = measure(queue).nanos;
    }
    if (simulation.fingerprint() != queue.fingerprint()
        || workloads[0].check() != workloads[1].check()) {
      throw new IllegalStateException("the engines disagree on the order of events");
    }
    double simulationCost = median(simulationNanos, COMPONENT_CHUNKS);
    double queueCost = median(queueNanos, COMPONENT_CHUNKS);
    System.out.printf(
        Locale.ROOT,
        "%9d %12.1f %8.1f   x%5.1f %12.1f %9.3f   %016x%n",
        inFlight,
        simulationCost,
        queueCost,
        queueCost / simulationCost,
        1e3 / simulationCost,
        median(bytes, COMPONENT_CHUNKS),
        simulation.fingerprint());
  }

  private static <E, T> Workload workload(
      ComponentWorkload.Engine<E, T> engine, boolean arrays, int inFlight, int warmUp) {
    Workload workload =
        arrays ? new ArrayWorkload<>(engine, inFlight) : new ComponentWorkload<>(engine, inFlight);
    engine.run(warmUp);
    sink += workload.check();
    return workload;
  }

  private static Cost measure(ComponentWorkload.Engine<?, ?> engine) {
    long bytes = THREAD.getCurrentThreadAllocatedBytes();
    long begin = THREAD.getCurrentThreadCpuTime();
    engine.run(COMPONENT_CHUNK);
    long nanos = THREAD.getCurrentThreadCpuTime() - begin;
    bytes = THREAD.getCurrentThreadAllocatedBytes() - bytes;
    return new Cost((double) nanos / COMPONENT_CHUNK, (double) bytes / COMPONENT_CHUNK);
  }

  private static double median(double[] values, int count) {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted[count / 2];
  }
}
