package memwall.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import memwall.network.router.FabricSpec;
import memwall.network.router.LoadPoint;
import memwall.network.router.LoadRun;
import memwall.network.router.LoadSpec;
import memwall.network.router.RouterSpec;
import memwall.network.router.TrafficPattern;

/**
 * Measures networks of routers under uniform traffic: packets delivered per second of CPU time of
 * this thread, against what BookSim2 delivered per second of user time on the same networks at the
 * same load (recorded, see docs/performance.md). Packets of warm-up and drain count in both. The
 * first of the rounds includes the compiler's warm-up.
 *
 * <pre>java -Xmx2g -XX:+UseSerialGC -cp sim-bench/target/benchmarks.jar memwall.bench.NetworkBench
 * </pre>
 */
public final class NetworkBench {
  private static final int ROUNDS = 4;
  private static final double NANOS = 1e9;
  private static final double MEBIBYTES = 1 << 20;
  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private NetworkBench() {}

  /** Runs all measurements. */
  public static void main(String[] args) {
    System.out.printf(Locale.ROOT, "CPU time of one thread; Java %s%n", Runtime.version());
    System.out.println(
        "thousand packets a second, first and best of "
            + ROUNDS
            + " rounds; times BookSim2's; bytes allocated a packet, best");
    measure("mesh-4x4", 4, 0.4, 200_000, 37_000);
    measure("mesh-4x4", 1, 0.4, 100_000, 99_000);
    measureDeep("mesh-4x4", 16, 0.4, 300_000, 13_800);
    measure("torus-8x8", 4, 0.4, 40_000, 17_200);
    measure("fat-tree-64", 4, 0.4, 40_000, 17_400);
    measure("dragonfly-72", 4, 0.4, 40_000, 30_000);
    measure("dragonfly-1056", 4, 0.4, 3_000, 8_700);
    large("dragonfly-1056", 0.6);
    large("fat-tree-4096", 0.6);
  }

  private static void measureDeep(
      String preset, int packetFlits, double load, long cycles, double peer) {
    FabricSpec fabric = FabricSpec.builtIn(preset).withRouter(new RouterSpec(4, 32, false));
    measure(fabric, packetFlits, load, cycles, peer);
  }

  private static void measure(
      String preset, int packetFlits, double load, long cycles, double peer) {
    measure(FabricSpec.builtIn(preset), packetFlits, load, cycles, peer);
  }

  private static void measure(
      FabricSpec fabric, int packetFlits, double load, long cycles, double peer) {
    LoadSpec spec =
        new LoadSpec(TrafficPattern.UNIFORM, 0, packetFlits, cycles / 4, cycles, cycles, 1);
    double first = 0;
    double best = 0;
    double allocated = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long bytes = THREAD.getCurrentThreadAllocatedBytes();
      long before = THREAD.getCurrentThreadCpuTime();
      LoadPoint point = LoadRun.run(fabric, spec, load);
      double seconds = (THREAD.getCurrentThreadCpuTime() - before) / NANOS;
      double rate = point.packets() / seconds;
      first = round == 0 ? rate : first;
      best = Math.max(best, rate);
      allocated =
          Math.min(
              allocated,
              (double) (THREAD.getCurrentThreadAllocatedBytes() - bytes) / point.packets());
      if (!point.brokenLaws().isEmpty()) {
        throw new IllegalStateException(fabric.name() + ": " + point.brokenLaws());
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-16s %2d flits, load %.1f: %8.0f %8.0f %6.1fx %6.1f B%n",
        fabric.name(),
        packetFlits,
        load,
        first / 1e3,
        best / 1e3,
        best / peer,
        allocated);
  }

  /** A large network, once: what it takes in time and memory. */
  private static void large(String preset, double load) {
    FabricSpec fabric = FabricSpec.builtIn(preset);
    LoadSpec spec = new LoadSpec(TrafficPattern.UNIFORM, 0, 4, 1_000, 2_000, 4_000, 1);
    long before = THREAD.getCurrentThreadCpuTime();
    LoadPoint point = LoadRun.run(fabric, spec, load);
    double seconds = (THREAD.getCurrentThreadCpuTime() - before) / NANOS;
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "%-16s %d nodes, load %.1f: %,d packets in %.1f s, %.0f thousand a second, %s, accepted"
            + " %.3f, heap %.0f MiB%n",
        fabric.name(),
        fabric.nodes(),
        load,
        point.packets(),
        seconds,
        point.packets() / seconds / 1e3,
        point.saturated() ? "saturated" : "mean " + point.packetLatency().meanTicks() + " cycles",
        point.acceptedFlits(),
        (runtime.totalMemory() - runtime.freeMemory()) / MEBIBYTES);
  }
}
