package memwall.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.loggp.LogGopsResult;
import memwall.network.loggp.LogGopsRun;
import memwall.network.loggp.LogGopsSpec;

/**
 * Measures large collectives under LogGOPS: CPU time of this thread for writing the schedule and for
 * carrying it out, and bytes allocated. Each is done three times; all are shown, since the first
 * ones run while the code is being compiled.
 *
 * <pre>java -Xmx2g -cp sim-bench/target/benchmarks.jar memwall.bench.CollectiveBench</pre>
 */
public final class CollectiveBench {
  private static final int ROUNDS = 3;
  private static final double NANOS = 1e9;
  private static final LogGopsSpec SPEC =
      LogGopsSpec.of(500_000, 200_000, 5_000, 50_000_000_000L);
  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private CollectiveBench() {}

  /** Runs all measurements. */
  public static void main(String[] args) {
    System.out.printf(
        Locale.ROOT,
        "CPU time of one thread; Java %s, %d processors%n%n",
        Runtime.version(),
        Runtime.getRuntime().availableProcessors());
    measure(Algorithm.ALL_REDUCE_RING, 1024, 1 << 20);
    measure(Algorithm.ALL_TO_ALL_DIRECT, 256, 1 << 20);
    measure(Algorithm.ALL_TO_ALL_DIRECT, 1024, 1 << 20);
    measure(Algorithm.ALL_REDUCE_TWO_SHOT, 1024, 1 << 20);
    measure(Algorithm.ALL_REDUCE_RABENSEIFNER, 16_384, 1 << 20);
  }

  private static void measure(Algorithm algorithm, int ranks, long bytes) {
    for (int round = 0; round < ROUNDS; round++) {
      long begin = THREAD.getCurrentThreadCpuTime();
      Schedule schedule = algorithm.schedule(CollectiveShape.of(ranks, bytes));
      long written = THREAD.getCurrentThreadCpuTime();
      long before = THREAD.getCurrentThreadAllocatedBytes();
      LogGopsResult result = LogGopsRun.run(schedule, SPEC);
      long allocated = THREAD.getCurrentThreadAllocatedBytes() - before;
      double seconds = (THREAD.getCurrentThreadCpuTime() - written) / NANOS;
      System.out.printf(
          Locale.ROOT,
          "%s, %d ranks: %,d messages, %,d events, %,d ps; schedule %.2f s, run %.2f s, %.2f M"
              + " messages/s, %.1f B/message%n",
          algorithm,
          ranks,
          result.messages(),
          result.events(),
          result.totalPs(),
          (written - begin) / NANOS,
          seconds,
          result.messages() / seconds / 1e6,
          (double) allocated / result.messages());
    }
  }
}
