package memwall.bench;

import com.google.common.collect.ImmutableList;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.dram.bulk.ExactPort;
import memwall.memory.dram.bulk.LeapingPort;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshBlocking;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * Measures bulk transfers of a DRAM channel, leaping against exact, in one process by CPU time of
 * this thread; equal completions are checked on the way.
 *
 * <pre>java -Xmx2g -XX:+UseSerialGC -cp sim-bench/target/benchmarks.jar memwall.bench.BulkBench
 * </pre>
 */
public final class BulkBench {
  private static final String SID_BELOW_BANK =
      "pseudochannel column:2 bankgroup column sid bank row";
  private static final String SID_ABOVE_BANK =
      "pseudochannel column:2 bankgroup column bank sid row";

  private static final ImmutableList<Channel> CHANNELS =
      ImmutableList.of(
          new Channel("ddr5-4800an-16gb-x8", AddressMapping.ROW_CONTIGUOUS, 32),
          new Channel("ddr5-4800an-16gb-x8", AddressMapping.BANK_INTERLEAVED, 32),
          new Channel("hbm3-6400-16gb-8hi", AddressMapping.ROW_CONTIGUOUS, 32),
          new Channel("hbm3-6400-16gb-8hi", AddressMapping.BANK_INTERLEAVED, 32),
          new Channel("lpddr5-6400-8gb-x16", AddressMapping.ROW_CONTIGUOUS, 32),
          new Channel("lpddr5-6400-8gb-x16", AddressMapping.BANK_INTERLEAVED, 32),
          // As in the presets hbm3-h100-banks, hbm3-mi300x-banks, hbm3e-h200-banks,
          // hbm3e-tpu7-banks, hbm3e-b200-banks, hbm4-banks and lpddr5x-8533-banks.
          new Channel("hbm3-5234-16gb-8hi", SID_BELOW_BANK, 96),
          new Channel("hbm3-5200-16gb-12hi", SID_BELOW_BANK, 96),
          new Channel("hbm3e-6250-24gb-8hi", SID_BELOW_BANK, 96),
          new Channel("hbm3e-7207-24gb-8hi", SID_ABOVE_BANK, 96),
          new Channel("hbm3e-8000-24gb-8hi", SID_ABOVE_BANK, 96),
          new Channel("hbm4-8000-32gb-12hi", SID_BELOW_BANK, 128),
          new Channel("lpddr5x-8533-16gb-x16", "column:1 bankgroup column bank rank row", 64),
          // A stack or rank above the row.
          new Channel(
              "hbm3-5234-16gb-8hi", "pseudochannel column:2 bankgroup column bank row sid", 96),
          new Channel(
              "hbm3-5234-16gb-8hi", "pseudochannel column:2 bankgroup bank column row sid", 96),
          new Channel("lpddr5x-8533-16gb-x16", "column:1 bankgroup column bank row rank", 64),
          new Channel("ddr5-4800an-16gb-x8-2r", "column bankgroup bank row rank", 32));
  private static final int EXACT_PART = 16;
  private static final int WARM_UPS = 20;
  private static final int STEPS = 3000;
  private static final int AT_ONCE = 10;
  private static final int MIXTURES = 6;
  private static final int LAYERS = 80;
  private static final long ROW_BURSTS = 2048;

  /** Bursts of the transfers of a layer, 16,500 together. */
  private static final int[] LAYER = {2700, 540, 2700, 64, 2700, 2700, 2700, 2396};

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private BulkBench() {}

  /** What is measured: a device, the order of the address fields and the length of both queues. */
  private record Channel(String device, String mapping, int queue) {
    DramStandard standard() {
      return DramDevice.builtIn(device).standard();
    }

    ControllerSpec controller() {
      return ControllerSpec.usual(mapping)
          .queues(queue, queue)
          .blocking(queue == 32 ? RefreshBlocking.CHANNEL : RefreshBlocking.BANK)
          .build();
    }

    LeapingPort leapingPort() {
      return new LeapingPort(standard(), controller());
    }

    ExactPort exactPort() {
      return new ExactPort(standard(), controller());
    }

    String shown() {
      return String.format(Locale.ROOT, "%-22s %-46.46s", device, mapping);
    }
  }

  /**
   * Runs all measurements.
   *
   * @param args if given, only devices whose name begins with one of these
   */
  public static void main(String[] args) {
    List<Channel> channels =
        CHANNELS.stream()
            .filter(
                channel ->
                    args.length == 0 || Arrays.stream(args).anyMatch(channel.device::startsWith))
            .toList();
    System.out.printf(Locale.ROOT, "CPU time of one thread; Java %s%n%n", Runtime.version());
    System.out.println("1 GiB on one channel: exact (from 64 MiB), then leaping, ms and ratio");
    for (Channel channel : channels) {
      oneGibibyte(channel, false);
      oneGibibyte(channel, true);
    }
    System.out.println();
    System.out.println("steps of 80 layers x 8 transfers, 16,500 bursts a layer");
    // What is known is found by code that has to be compiled first, for all kinds of channels.
    for (Channel channel : channels) {
      warm(channel.leapingPort(), channel.standard(), 0);
    }
    for (Channel channel : channels) {
      steps(channel);
    }
    System.out.println();
    System.out.println("mixtures: weights, small writes, scattered blocks");
    for (Channel channel : channels) {
      mixtures(channel, false);
      mixtures(channel, true);
    }
  }

  /**
   * Steps of weights, 8 reads of 10,624 bursts a layer, with a write of 16 bursts before one of
   * them and, if wanted, 1,640 bursts in scattered blocks before another.
   */
  private static void mixtures(Channel channel, boolean scattered) {
    DramStandard standard = channel.standard();
    LeapingPort port = new LeapingPort(standard, channel.controller(), 256L << 20);
    long half = standard.capacityBytes() / standard.burstBytes() / 2;
    BurstPattern weights = BurstPattern.run(0, half);
    BurstPattern blocks = BurstPattern.scattered(half, half / 2 / 64 * 64, 64, 7);
    long[] now = {0};
    double first = cpuMillis(() -> now[0] = mixture(port, weights, blocks, scattered, 0));
    double least = Double.MAX_VALUE;
    double share = 0;
    for (int i = 0; i < MIXTURES; i++) {
      long simulated = port.counters().simulatedBursts();
      long bursts = port.counters().bursts();
      least =
          Math.min(
              least, cpuMillis(() -> now[0] = mixture(port, weights, blocks, scattered, now[0])));
      simulated = port.counters().simulatedBursts() - simulated;
      share = 100.0 * simulated / (port.counters().bursts() - bursts);
    }
    System.out.printf(
        Locale.ROOT,
        "%s %-9s first %7.1f ms  least %7.1f ms, %.2f %% simulated in the last%n",
        channel.shown(),
        scattered ? "blocks" : "no blocks",
        first,
        least,
        share);
  }

  private static long mixture(
      LeapingPort port, BurstPattern weights, BurstPattern blocks, boolean scattered, long tick) {
    long now = tick;
    long position = 0;
    for (int layer = 0; layer < LAYERS; layer++) {
      for (int i = 0; i < LAYER.length; i++) {
        now += 500;
        if (i == 2) {
          port.submit(weights, weights.bursts() / 2 + layer * 64L, 16, true, 0, now);
        }
        if (scattered && i == 5) {
          port.submit(blocks, layer * 1640L, 1640, false, 0, now);
        }
        port.submit(weights, position, 10_624, false, 0, now);
        position += 10_624;
        while (port.pending() > 0) {
          now = port.wakeTick();
          port.advanceTo(now);
        }
      }
    }
    return now;
  }

  private static double cpuMillis(Runnable work) {
    long before = THREAD.getCurrentThreadCpuTime();
    work.run();
    return (THREAD.getCurrentThreadCpuTime() - before) / 1e6;
  }

  /** Serves one transfer from rest; the tick of its completion. */
  private static long serve(
      BulkPort port, BurstPattern pattern, long position, long bursts, boolean write, long tick) {
    port.submit(pattern, position, bursts, write, 0, tick);
    long now = tick;
    while (port.pending() > 0) {
      now = port.wakeTick();
      port.advanceTo(now);
    }
    return now;
  }

  private static void oneGibibyte(Channel channel, boolean write) {
    DramStandard standard = channel.standard();
    long capacity = standard.capacityBytes() / standard.burstBytes();
    long bursts = Math.min((1L << 30) / standard.burstBytes(), capacity);
    BurstPattern pattern = BurstPattern.run(0, capacity);
    long part = bursts / EXACT_PART;
    // Both have to be compiled first.
    serve(channel.exactPort(), pattern, 0, part / 4, write, 0);
    for (int i = 0; i < WARM_UPS; i++) {
      serve(channel.leapingPort(), pattern, 0, part, !write, 0);
    }
    ExactPort exactPort = channel.exactPort();
    double exact = EXACT_PART * cpuMillis(() -> serve(exactPort, pattern, 0, part, write, 0));
    LeapingPort port = channel.leapingPort();
    long[] now = {0};
    double cold = cpuMillis(() -> now[0] = serve(port, pattern, 0, bursts, write, 0));
    long learned = port.counters().edgesLearned();
    double warm = Double.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      // Another gap each time, so that it is walked and not found as a whole.
      long start = now[0] + 1000 + i;
      warm =
          Math.min(warm, cpuMillis(() -> now[0] = serve(port, pattern, 0, bursts, write, start)));
    }
    System.out.printf(
        Locale.ROOT,
        "%s %-5s exact %8.0f  cold %7.2f (%5.0fx, %d stretches)  warm %7.3f (%6.0fx)%n",
        channel.shown(),
        write ? "write" : "read",
        exact,
        cold,
        exact / cold,
        learned,
        warm,
        exact / warm);
  }

  private static void steps(Channel channel) {
    DramStandard standard = channel.standard();
    long[] end = new long[2];
    double exact = cpuMillis(() -> end[0] = step(channel.exactPort(), standard, 0, null));
    LeapingPort port = channel.leapingPort();
    double cold = cpuMillis(() -> end[1] = step(port, standard, 0, null));
    check(end, channel);
    double warm = warm(port, standard, end[1]);
    end[0] = step(channel.exactPort(), standard, 0, new SplittableRandom(7));
    end[1] = step(channel.leapingPort(), standard, 0, new SplittableRandom(7));
    check(end, channel);
    LeapingPort other = channel.leapingPort();
    SplittableRandom random = new SplittableRandom(8);
    int many = 100_000 / (LAYERS * LAYER.length);
    long[] now = {0};
    double gaps =
        cpuMillis(
            () -> {
              for (int i = 0; i < many; i++) {
                now[0] = step(other, standard, now[0] + 1000, random);
              }
            });
    System.out.printf(
        Locale.ROOT,
        "%s exact %7.1f ms  cold %6.2f ms  warm %6.1f us;"
            + " random gaps %5.2f us each over %d, %.2f %% simulated%n",
        channel.shown(),
        exact,
        cold,
        warm * 1000,
        gaps * 1000 / (many * LAYERS * LAYER.length),
        many * LAYERS * LAYER.length,
        100 * other.counters().simulatedShare());
  }

  /**
   * The fastest of many equal steps, in milliseconds; ten at a time are measured, for some clocks
   * of CPU time stand still now and then.
   */
  private static double warm(BulkPort port, DramStandard standard, long tick) {
    long[] now = {tick};
    double least = Double.MAX_VALUE;
    for (int i = 0; i < STEPS; i += AT_ONCE) {
      least =
          Math.min(
              least,
              cpuMillis(
                  () -> {
                    for (int j = 0; j < AT_ONCE; j++) {
                      now[0] = step(port, standard, now[0] + 1000, null);
                    }
                  }));
    }
    return least / AT_ONCE;
  }

  private static void check(long[] end, Channel channel) {
    if (end[0] != end[1]) {
      throw new IllegalStateException(
          channel.shown() + ": exact ends at " + end[0] + ", leaping at " + end[1]);
    }
  }

  /** Gaps of 500 ticks, or random ones of 150 to 4150. */
  private static long step(
      BulkPort port, DramStandard standard, long tick, @Nullable SplittableRandom random) {
    BurstPattern pattern = BurstPattern.run(0, standard.capacityBytes() / standard.burstBytes());
    long now = tick;
    long position = 0;
    for (int layer = 0; layer < LAYERS; layer++) {
      for (int i = 0; i < LAYER.length; i++) {
        now += random == null ? 500 : 150 + random.nextInt(4000);
        now = serve(port, pattern, position, LAYER[i], i == 3, now);
        // Each tensor begins in a row of its own.
        position += (LAYER[i] + ROW_BURSTS - 1) / ROW_BURSTS * ROW_BURSTS;
      }
    }
    return now;
  }
}
