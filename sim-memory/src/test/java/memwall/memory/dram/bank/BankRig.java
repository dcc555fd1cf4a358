package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.catalog.MemoryModels;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import org.jspecify.annotations.Nullable;

/** A memory of banks in a simulation of its own. */
final class BankRig {
  final Simulation simulation = new Simulation(1);
  final Stats stats = new Stats();
  final BankedMemory memory;
  final Map<Usage, Region> regions = new EnumMap<>(Usage.class);

  /** Completion time of every operation of the scripts; -1 while it is pending. */
  final List<Long> donePs = new ArrayList<>();

  private final List<Step> script = new ArrayList<>();
  private final Event perform = simulation.event("perform", this::perform);

  /** An access or a kernel, so long after the one before it. */
  record Step(
      long delayPs,
      boolean write,
      Usage usage,
      long bytes,
      AccessPattern pattern,
      @Nullable PimKernel kernel) {
    Step(long delayPs, boolean write, Usage usage, long bytes, AccessPattern pattern) {
      this(delayPs, write, usage, bytes, pattern, null);
    }

    /** A kernel on the KV cache. */
    static Step of(long delayPs, PimKernel kernel) {
      return new Step(delayPs, false, Usage.KV, 0, AccessPattern.SEQUENTIAL, kernel);
    }
  }

  BankRig(BankSpec spec, int devices, boolean folded) {
    this(spec, devices, folded, spec.capacityBytes(Usage.KV) / 4 * devices);
  }

  BankRig(BankSpec spec, int devices, boolean folded, long regionBytes) {
    memory = new BankedMemory(simulation, stats.child("mem"), spec, devices, folded);
    reserve(regionBytes);
  }

  /** One channel for all, exact, with nothing but weights and KV cache. */
  BankRig(BankSpec spec, long weightBytes, long kvBytes, BulkPort port) {
    memory = new BankedMemory(simulation, stats.child("mem"), spec, 1, true, itsSpec -> port);
    regions.put(Usage.WEIGHTS, memory.reserve(Usage.WEIGHTS, weightBytes));
    regions.put(Usage.KV, memory.reserve(Usage.KV, kvBytes));
  }

  /** One folded device with these regions, in the order of usages. */
  BankRig(BankSpec spec, Map<Usage, Long> regionBytes) {
    memory = new BankedMemory(simulation, stats.child("mem"), spec, 1, true);
    new EnumMap<>(regionBytes)
        .forEach((usage, bytes) -> regions.put(usage, memory.reserve(usage, bytes)));
  }

  BankRig(BankSpec spec, int devices, BankedMemory.PortMaker maker) {
    memory = new BankedMemory(simulation, stats.child("mem"), spec, devices, true, maker);
    reserve(spec.capacityBytes(Usage.KV) / 4 * devices);
  }

  private void reserve(long bytes) {
    for (Usage usage : Usage.values()) {
      regions.put(usage, memory.reserve(usage, bytes));
    }
  }

  static MemorySpec read(String yaml, Faults faults) {
    Config config = ConfigLoader.fromText("run.yaml", yaml, List.of(), Presets.builtIn(), faults);
    MemorySpec spec = MemoryModels.spec(config.preset("memory", "memory", "The memory"));
    config.finish();
    return spec;
  }

  static MemorySpec anyPreset(String name) {
    Faults faults = new Faults();
    MemorySpec spec = read("memory: " + name + "\n", faults);
    faults.throwIfAny();
    return spec;
  }

  static BankSpec preset(String name) {
    return (BankSpec) anyPreset(name);
  }

  /** One channel of DDR5 with small rows, where a stack would take long. */
  static BankSpec ddr5() {
    Faults faults = new Faults();
    MemorySpec spec =
        read(
            "memory: {model: dram-banks, dram: ddr5-4800an-16gb-x8, controller: {},"
                + " path_latency: 20 ns}\n",
            faults);
    faults.throwIfAny();
    return (BankSpec) spec;
  }

  void access(boolean write, Usage usage, long bytes, AccessPattern pattern, LongConsumer done) {
    if (write) {
      memory.write(regions.get(usage), bytes, pattern, done::accept, 0);
    } else {
      memory.read(regions.get(usage), bytes, pattern, done::accept, 0);
    }
  }

  /** Time of one access of an otherwise idle memory, from now. */
  long takesPs(boolean write, Usage usage, long bytes, AccessPattern pattern) {
    long startPs = simulation.nowPs();
    long[] end = {-1};
    access(write, usage, bytes, pattern, word -> end[0] = simulation.nowPs());
    simulation.run();
    return end[0] - startPs;
  }

  void schedule(List<Step> steps) {
    long atPs = simulation.nowPs();
    for (Step step : steps) {
      atPs += step.delayPs();
      perform.at(atPs, script.size());
      script.add(step);
      donePs.add(-1L);
    }
  }

  private void perform(long index) {
    Step step = script.get((int) index);
    if (step.kernel() != null) {
      memory.compute(regions.get(step.usage()), step.kernel(), this::done, index);
    } else {
      access(step.write(), step.usage(), step.bytes(), step.pattern(), word -> done(index));
    }
  }

  private void done(long index) {
    if (donePs.get((int) index) >= 0) {
      throw new IllegalStateException("operation " + index + " completes twice");
    }
    donePs.set((int) index, simulation.nowPs());
  }

  /** Time of one kernel on the KV cache of an otherwise idle memory, from now. */
  long takesPs(PimKernel kernel) {
    long startPs = simulation.nowPs();
    long[] end = {-1};
    memory.compute(regions.get(Usage.KV), kernel, word -> end[0] = simulation.nowPs(), 0);
    simulation.run();
    return end[0] - startPs;
  }

  /** A kernel that some memory can carry out, small enough for any. */
  static PimKernel randomKernel(SplittableRandom random, BankSpec spec) {
    NumberFormat format = spec.pim() == null ? NumberFormat.FP16 : spec.pim().formats().get(0);
    if (random.nextInt(3) == 0) {
      return new PimKernel.Attention(
          1 + random.nextInt(6),
          1 + random.nextInt(4),
          1 + random.nextInt(4),
          32 << random.nextInt(3),
          1 + random.nextInt(600),
          format);
    }
    return new PimKernel.Gemv(
        1 + random.nextInt(4000), 1 + random.nextInt(4000), 1 + random.nextInt(3), format);
  }

  /** A script with kernels among its accesses. */
  static List<Step> withKernels(
      SplittableRandom random, BankSpec spec, int kernels, List<Step> accesses, long maxDelayPs) {
    List<Step> script = new ArrayList<>(accesses);
    for (int i = 0; i < kernels; i++) {
      long delayPs = random.nextInt(3) == 0 ? 0 : random.nextLong(maxDelayPs);
      script.add(random.nextInt(script.size() + 1), Step.of(delayPs, randomKernel(random, spec)));
    }
    return script;
  }

  static List<Step> randomScript(SplittableRandom random, int steps, long maxDelayPs) {
    List<Step> script = new ArrayList<>();
    Usage[] usages = Usage.values();
    for (int i = 0; i < steps; i++) {
      long delayPs = random.nextInt(3) == 0 ? 0 : random.nextLong(maxDelayPs);
      long bytes = random.nextInt(8) == 0 ? 0 : random.nextLong(1L << (1 + random.nextInt(18)));
      AccessPattern pattern =
          random.nextBoolean()
              ? AccessPattern.SEQUENTIAL
              : AccessPattern.blocks(256L << random.nextInt(6));
      script.add(
          new Step(delayPs, random.nextInt(3) == 0, usages[random.nextInt(3)], bytes, pattern));
    }
    return script;
  }

  /**
   * A script on every device, on one that stands for all and with every command simulated: laws F1
   * and F4. Returns the first of them, at rest for a while.
   */
  static BankRig alike(BankSpec spec, int devices, List<Step> script, long restPs) {
    BankRig full = new BankRig(spec, devices, false);
    BankRig folded = new BankRig(spec, devices, true);
    BankRig exact = new BankRig(spec, devices, BankedMemory::exactPort);
    List<BankRig> all = List.of(full, folded, exact);
    for (BankRig rig : all) {
      rig.schedule(script);
      rig.simulation.run();
      assertThat(rig.memory.brokenLaws()).isEmpty();
      assertThat(rig.donePs).doesNotContain(-1L);
    }
    assertThat(folded.donePs).isEqualTo(full.donePs);
    assertThat(exact.donePs).isEqualTo(full.donePs);
    long endPs = full.simulation.nowPs() + restPs;
    for (BankRig rig : all) {
      rig.simulation.runUntil(endPs);
    }
    assertThat(folded.snapshot().values()).isEqualTo(full.snapshot().values());
    assertThat(exact.snapshot().values()).isEqualTo(full.snapshot().values());
    return full;
  }

  Snapshot snapshot() {
    return stats.snapshot(simulation.nowPs());
  }

  long number(String name) {
    return (long) snapshot().number("mem." + name);
  }

  List<Long> state() {
    List<Long> state = new ArrayList<>();
    memory.describe(state::add);
    return state;
  }
}
