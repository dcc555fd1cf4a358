package memwall.bench;

import com.google.common.collect.ImmutableList;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.catalog.MemoryModels;
import memwall.memory.dram.bank.BankSpec;
import memwall.memory.dram.bank.BankedMemory;

/**
 * Measures decode steps of a 70B model on memories simulated down to their banks, by CPU time of
 * this thread: one of all equal channels that leaps, against all channels exact, a part of a step.
 * Both have to end at the same picosecond with the same statistics.
 *
 * <pre>java -Xmx2g -XX:+UseSerialGC -cp sim-bench/target/benchmarks.jar memwall.bench.MemoryBench
 * </pre>
 */
public final class MemoryBench {
  private static final int LAYERS = 80;
  private static final int EXACT_LAYERS = 4;
  private static final int STEPS = 5;
  private static final int TENSORS = 8;
  private static final long GAP_PS = 500_000;

  /** Bytes of a tensor of a layer: 140 GB over eight chips, 80 layers and eight tensors. */
  private static final long TENSOR_BYTES = 27_343_750;

  private static final long CACHE_BYTES = 8L << 20;
  private static final long SMALL_BYTES = 32L << 10;

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private MemoryBench() {}

  /**
   * What a step reads and writes.
   *
   * @param cacheBytes of the KV cache, read for each layer
   * @param blockBytes length of its blocks
   */
  private record Kind(String name, long cacheBytes, long blockBytes) {}

  private static final ImmutableList<Kind> KINDS =
      ImmutableList.of(
          new Kind("weights alone", 0, 1),
          new Kind("blocks of 4 KiB", CACHE_BYTES, 4L << 10),
          new Kind("blocks of 32 KiB", CACHE_BYTES, 32L << 10),
          new Kind("blocks of 256 KiB", CACHE_BYTES, 256L << 10),
          new Kind("cache in one piece", CACHE_BYTES, CACHE_BYTES));

  /** Runs all measurements. */
  public static void main(String[] args) {
    System.out.printf(Locale.ROOT, "CPU time of one thread; Java %s%n", Runtime.version());
    measure("hbm3-h100-banks", 5, 1);
    // A phone: a twentieth of the model on four channels.
    measure("lpddr5x-8533-banks", 4, 20);
  }

  private static void measure(String preset, int devices, long divisor) {
    BankSpec spec = spec(preset);
    System.out.printf(
        Locale.ROOT, "%n%s, %d of it, %d channels%n", preset, devices, devices * spec.lanes());
    for (Kind kind : KINDS) {
      Steps exact = new Steps(spec, devices, false, kind, divisor);
      double exactMillis = exact.take(EXACT_LAYERS) * LAYERS / EXACT_LAYERS;
      Steps other = new Steps(spec, devices, true, kind, divisor);
      other.take(EXACT_LAYERS);
      check(exact, other, preset);
      Steps fast = new Steps(spec, devices, true, kind, divisor);
      StringBuilder times = new StringBuilder();
      for (int i = 0; i < STEPS; i++) {
        times.append(String.format(Locale.ROOT, " %8.2f", fast.take(LAYERS)));
      }
      System.out.printf(
          Locale.ROOT,
          "%-18s exact, a channel %8.1f ms; fast, step by step%s ms%n",
          kind.name(),
          exactMillis / (devices * spec.lanes()),
          times);
    }
  }

  private static void check(Steps exact, Steps fast, String preset) {
    if (exact.simulation.nowPs() != fast.simulation.nowPs()
        || !exact
            .stats
            .snapshot(exact.simulation.nowPs())
            .values()
            .equals(fast.stats.snapshot(fast.simulation.nowPs()).values())) {
      throw new IllegalStateException(preset + ": fast and exact differ");
    }
  }

  private static BankSpec spec(String preset) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "bench.yaml", "memory: " + preset + "\n", List.of(), Presets.builtIn(), faults);
    BankSpec spec = (BankSpec) MemoryModels.spec(config.preset("memory", "memory", "The memory"));
    config.finish();
    faults.throwIfAny();
    return spec;
  }

  /** One memory and its reader, which takes one access after the other. */
  private static final class Steps {
    final Simulation simulation = new Simulation(1);
    final Stats stats = new Stats();
    private final BankedMemory memory;
    private final Map<Usage, Region> regions = new EnumMap<>(Usage.class);
    private final Kind kind;
    private final long divisor;
    private final List<Runnable> layer = new ArrayList<>();
    private final Event next = simulation.event("bench.next", this::next);
    private final Completion done = word -> next.in(GAP_PS, 0);
    private int taken;
    private int wanted;

    Steps(BankSpec spec, int devices, boolean isFolded, Kind kind, long divisor) {
      this.kind = kind;
      this.divisor = divisor;
      memory = new BankedMemory(simulation, stats.child("memory"), spec, devices, isFolded);
      for (Usage usage : List.of(Usage.WEIGHTS, Usage.KV, Usage.ACTIVATIONS)) {
        regions.put(usage, memory.reserve(usage, spec.capacityBytes(usage) / 4 * devices));
      }
      for (int i = 0; i < TENSORS; i++) {
        boolean isSecond = i == 1;
        layer.add(() -> read(Usage.WEIGHTS, TENSOR_BYTES, AccessPattern.SEQUENTIAL));
        if (kind.cacheBytes() > 0) {
          layer.add(() -> small(isSecond));
        }
        if (kind.cacheBytes() > 0 && isSecond) {
          layer.add(() -> read(Usage.KV, kind.cacheBytes(), pattern()));
        }
      }
    }

    private AccessPattern pattern() {
      return kind.blockBytes() == kind.cacheBytes()
          ? AccessPattern.SEQUENTIAL
          : AccessPattern.blocks(kind.blockBytes());
    }

    private Region region(Usage usage) {
      Region region = regions.get(usage);
      if (region == null) {
        throw new IllegalStateException("no region for " + usage);
      }
      return region;
    }

    private void read(Usage usage, long bytes, AccessPattern pattern) {
      memory.read(region(usage), bytes / divisor, pattern, done, 0);
    }

    private void small(boolean isCache) {
      Region region = region(isCache ? Usage.KV : Usage.ACTIVATIONS);
      memory.write(region, SMALL_BYTES, AccessPattern.SEQUENTIAL, done, 0);
    }

    private void next(long word) {
      if (taken < wanted) {
        layer.get(taken++ % layer.size()).run();
      }
    }

    /** Milliseconds of CPU for so many layers. */
    double take(int layers) {
      long before = THREAD.getCurrentThreadCpuTime();
      wanted += layers * layer.size();
      next.in(GAP_PS, 0);
      simulation.run();
      return (THREAD.getCurrentThreadCpuTime() - before) / 1e6;
    }
  }
}
