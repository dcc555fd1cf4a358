package memwall.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import memwall.memory.dram.reference.DramReferenceDevice;
import memwall.memory.dram.reference.ReferenceConfig;
import memwall.memory.dram.reference.ReferenceDevice;
import memwall.memory.dram.reference.ReferenceHost;
import memwall.memory.dram.reference.ReferenceMapping;
import memwall.memory.dram.reference.ReferenceResult;
import memwall.memory.dram.reference.ReferenceRuns;
import memwall.memory.dram.reference.ReferenceRuns.Speed;
import memwall.memory.dram.reference.ReferenceStream;

/**
 * Measures the DRAM channel on the streams whose speed in Ramulator 2.1 is recorded, and prints the
 * ratios of requests per second of CPU time.
 *
 * <p><i>Cold</i> is the first run in a Java virtual machine of its own, by CPU time of its thread
 * and, with the compiler and the collector, of the process; <i>warm</i> the median of later runs in
 * one machine. A run is the stream from its first request to its last completion, with its host and
 * its histogram; streams and channels are made before. What is recorded is the best of three on
 * another day: ratios near a limit need a second look.
 *
 * <pre>
 * java -Xmx2g -XX:+UseSerialGC -cp sim-bench/target/benchmarks.jar memwall.bench.DramBench [CONFIG]
 * </pre>
 */
public final class DramBench {
  private static final String FIRST = "--first";
  private static final int COLD_RUNS = 3;
  private static final int WARM_UP_RUNS = 5;
  private static final int LEAST_RUNS = 7;
  private static final int MOST_RUNS = 2_000;
  private static final long WARM_UP_NANOS = 1_500_000_000;
  private static final long CELL_NANOS = 700_000_000;

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** A model of the channel. The first is what the others are compared with. */
  private enum Model {
    /** Every command. */
    EXACT;

    ReferenceDevice.Factory factory(ReferenceConfig config) {
      return switch (this) {
        case EXACT -> DramReferenceDevice.of(config, ReferenceMapping.M2, "AB");
      };
    }
  }

  /** CPU time of the first run: of its thread, and of the whole process meanwhile. */
  private record Cold(double threadNanos, double processNanos) {}

  private DramBench() {}

  /** Measures all configurations, or the one named. */
  public static void main(String[] args) {
    if (args.length == 3 && args[0].equals(FIRST)) {
      first(ReferenceConfig.named(args[1]), args[2]);
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "CPU time, Java %s, %d processors; recorded: Ramulator 2.1, M2, all-bank refresh%n",
        Runtime.version(),
        Runtime.getRuntime().availableProcessors());
    for (Model model : Model.values()) {
      System.out.printf(
          Locale.ROOT,
          "%n%-10s %-12s %8s %11s %22s %14s %22s %12s%n",
          model.name().toLowerCase(Locale.ROOT),
          "stream",
          "requests",
          "recorded/s",
          "cold/s thread",
          "with compiler",
          "warm/s",
          "M ticks/s");
      double least = Double.POSITIVE_INFINITY;
      for (Speed speed : ReferenceRuns.speeds()) {
        boolean wanted = args.length == 0 || speed.config().label().equals(args[0]);
        if (speed.simulator().startsWith("ramulator") && wanted) {
          least = Math.min(least, row(model, speed));
        }
      }
      System.out.printf(Locale.ROOT, "least ratio, cold thread or warm: x%.1f%n", least);
    }
  }

  /** One line; returns the lesser ratio. */
  private static double row(Model model, Speed speed) {
    Cold cold = cold(speed);
    ReferenceStream stream = ReferenceStream.of(speed.config(), speed.stream(), speed.requests());
    long[] ticks = new long[1];
    double warmNanos = warm(model, speed.config(), stream, ticks);
    double coldRate = speed.requests() * 1e9 / cold.threadNanos();
    double processRate = speed.requests() * 1e9 / cold.processNanos();
    double warmRate = speed.requests() * 1e9 / warmNanos;
    double recorded = speed.requestsPerSec();
    System.out.printf(
        Locale.ROOT,
        "%-10s %-12s %8d %,11.0f %,12.0f  x%7.1f  x%12.1f %,12.0f  x%7.1f %12.1f%n",
        speed.config(),
        speed.stream(),
        speed.requests(),
        recorded,
        coldRate,
        coldRate / recorded,
        processRate / recorded,
        warmRate,
        warmRate / recorded,
        ticks[0] * 1e3 / warmNanos);
    return Math.min(coldRate, warmRate) / recorded;
  }

  private static double warm(
      Model model, ReferenceConfig config, ReferenceStream stream, long[] ticks) {
    long spent = 0;
    for (int run = 0; run < WARM_UP_RUNS || (spent < WARM_UP_NANOS && run < MOST_RUNS); run++) {
      spent += nanos(model, config, stream, ticks);
    }
    double[] nanos = new double[MOST_RUNS];
    int runs = 0;
    spent = 0;
    while (runs < LEAST_RUNS || (spent < CELL_NANOS && runs < MOST_RUNS)) {
      long one = nanos(model, config, stream, ticks);
      nanos[runs++] = one;
      spent += one;
    }
    Arrays.sort(nanos, 0, runs);
    return nanos[runs / 2];
  }

  private static long nanos(
      Model model, ReferenceConfig config, ReferenceStream stream, long[] ticks) {
    ReferenceHost host = ReferenceHost.prepare(stream, model.factory(config));
    long begin = THREAD.getCurrentThreadCpuTime();
    ReferenceResult result = host.run();
    long nanos = THREAD.getCurrentThreadCpuTime() - begin;
    ticks[0] = result.spanTicks();
    return Math.max(1, nanos);
  }

  /** The best of a few first runs, each in a process of its own. */
  private static Cold cold(Speed speed) {
    Cold best = new Cold(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    for (int i = 0; i < COLD_RUNS; i++) {
      Cold cold = child(speed);
      best =
          new Cold(
              Math.min(best.threadNanos(), cold.threadNanos()),
              Math.min(best.processNanos(), cold.processNanos()));
    }
    return best;
  }

  private static Cold child(Speed speed) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(DramBench.class.getName(), FIRST, speed.config().label(), speed.stream()));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String line = out.readLine();
        if (line == null) {
          throw new IllegalStateException("no result from " + command);
        }
        String[] cells = line.split(" ", -1);
        return new Cold(Double.parseDouble(cells[0]), Double.parseDouble(cells[1]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In the process of its own: the first run, and nothing of the model before it. */
  private static void first(ReferenceConfig config, String name) {
    int size = 0;
    for (Speed speed : ReferenceRuns.speeds()) {
      boolean match = speed.config() == config && speed.stream().equals(name);
      size = match && speed.simulator().startsWith("ramulator") ? speed.requests() : size;
    }
    ReferenceStream stream = ReferenceStream.of(config, name, size);
    ReferenceHost host = ReferenceHost.prepare(stream, Model.EXACT.factory(config));
    long process = PROCESS.getProcessCpuTime();
    long thread = THREAD.getCurrentThreadCpuTime();
    ReferenceResult result = host.run();
    thread = THREAD.getCurrentThreadCpuTime() - thread;
    process = PROCESS.getProcessCpuTime() - process;
    if (result.reads() + result.writes() != size) {
      throw new IllegalStateException("requests were lost");
    }
    System.out.println(thread + " " + process);
  }
}
