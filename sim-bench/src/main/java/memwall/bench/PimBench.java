package memwall.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.SplittableRandom;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.RefreshBlocking;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimKernel.Attention;
import memwall.memory.pnm.PimKernel.Gemv;
import memwall.memory.pnm.PimPlan;
import memwall.memory.pnm.PimReader;
import memwall.memory.pnm.PimSpec;

/**
 * Measures kernels of in-memory compute on one channel, leaping against planning every command, in
 * one process by CPU time of this thread; equal ends are checked on the way.
 *
 * <pre>java -Xmx2g -XX:+UseSerialGC -cp sim-bench/target/benchmarks.jar memwall.bench.PimBench
 * </pre>
 */
public final class PimBench {
  private static final long LONGEST_TICKS = Long.MAX_VALUE / 8;
  private static final int ROUNDS = 400;
  private static final int EXACT_ROUNDS = 20;
  private static final int LAYER_ROUNDS = 10;
  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private PimBench() {}

  /** Runs all measurements. */
  public static void main(String[] args) {
    System.out.printf(Locale.ROOT, "CPU time of one thread; Java %s%n", Runtime.version());
    System.out.println(
        "us of a channel, best of many: simulated, exact, leaping, layout;"
            + " on one channel after random gaps, means: first, 2 to 80, 81 to 160");
    NumberFormat fp16 = NumberFormat.FP16;
    measure("attacc-bank", 5, new Gemv(28_672, 8192, 1, fp16));
    measure("attacc-bank", 5, new Attention(64, 8, 8, 128, 8192, fp16));
    measure("attacc-bank", 5, new Attention(1, 8, 8, 128, 8192, fp16));
    measure("neupims", 4, new Attention(64, 8, 8, 128, 2048, fp16));
    measure("hbm-pim-aquabolt-xl", 4, new Gemv(4096, 4096, 1, fp16));
    measure("lpddr5x-pim", 4, new Gemv(14_336, 4096, 1, fp16));
  }

  private static void measure(String preset, int devices, PimKernel kernel) {
    PimSpec spec = PimReader.builtIn(preset);
    PimPlan plan = PimPlan.of(spec, devices, kernel);
    // Both have to be compiled first.
    double[] leaping = best(spec, plan, false, ROUNDS);
    double[] exact = best(spec, plan, true, EXACT_ROUNDS);
    if (leaping[1] != exact[1]) {
      throw new IllegalStateException(preset + ": ends at " + leaping[1] + ", not " + exact[1]);
    }
    double[] layers = layers(spec, plan);
    double layout = Double.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      long before = THREAD.getCurrentThreadCpuTime();
      long ticks = PimPlan.of(spec, devices, kernel).boundTicks();
      if (ticks != plan.boundTicks()) {
        throw new IllegalStateException(preset + ": another bound");
      }
      layout = Math.min(layout, (THREAD.getCurrentThreadCpuTime() - before) / 1e3);
    }
    System.out.printf(
        Locale.ROOT,
        "%-20s %-90s %8.1f %9.1f %8.1f (%4.0fx) %6.1f; %8.1f %8.1f %8.1f (%4.0fx)%n",
        preset,
        kernel,
        leaping[1] * spec.dram().standard().tickFemtos() / 1e9,
        exact[0],
        leaping[0],
        exact[0] / leaping[0],
        layout,
        layers[0],
        layers[1],
        layers[2],
        exact[0] / layers[2]);
  }

  /** CPU time in microseconds: of the first kernel, of one of the next 79, of one of 80 after. */
  private static double[] layers(PimSpec spec, PimPlan plan) {
    double[] best = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    for (int i = 0; i < LAYER_ROUNDS; i++) {
      DramChannel channel = new DramChannel(spec.standard(), controller(), spec.compute());
      SplittableRandom random = new SplittableRandom(i);
      for (int part = 0; part < 3; part++) {
        int kernels = part == 0 ? 1 : part == 1 ? 79 : 80;
        long before = THREAD.getCurrentThreadCpuTime();
        for (int kernel = 0; kernel < kernels; kernel++) {
          channel.advanceTo(channel.nowTicks() + random.nextInt(100_000));
          for (int unit = 0; unit < channel.units(); unit++) {
            channel.begin(unit, plan.program(0));
          }
          while (channel.isComputing()) {
            channel.advanceToChange(LONGEST_TICKS);
          }
        }
        double micros = (THREAD.getCurrentThreadCpuTime() - before) / 1e3 / kernels;
        best[part] = Math.min(best[part], micros);
      }
    }
    return best;
  }

  /** Least CPU time in microseconds, and the tick of the end. */
  private static double[] best(PimSpec spec, PimPlan plan, boolean watched, int rounds) {
    double best = Double.MAX_VALUE;
    long end = 0;
    for (int i = 0; i < rounds; i++) {
      DramChannel channel = new DramChannel(spec.standard(), controller(), spec.compute());
      if (watched) {
        channel.onCommand((tick, command, bank, row) -> {});
      }
      long before = THREAD.getCurrentThreadCpuTime();
      for (int unit = 0; unit < channel.units(); unit++) {
        channel.begin(unit, plan.program(0));
      }
      while (channel.isComputing()) {
        channel.advanceToChange(LONGEST_TICKS);
      }
      best = Math.min(best, (THREAD.getCurrentThreadCpuTime() - before) / 1e3);
      end = channel.nowTicks();
    }
    return new double[] {best, end};
  }

  private static ControllerSpec controller() {
    return ControllerSpec.usual(AddressMapping.BANK_INTERLEAVED)
        .queues(64, 64)
        .blocking(RefreshBlocking.BANK)
        .build();
  }
}
