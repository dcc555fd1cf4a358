package memwall.memory.dram.bank;

import java.util.List;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.catalog.MemoryModels;

/** A memory of banks in a stack, kept busy with long reads. */
final class StackRig {
  static final long MS = 1_000_000_000L;

  final Simulation simulation = new Simulation(1);
  final Stats stats = new Stats();
  final BankedMemory memory;
  final Region region;
  private final long bytes;
  private boolean goesOn;

  StackRig(BankSpec spec, int devices, boolean folded, long bytes) {
    this(
        spec, devices, folded, bytes, folded ? BankedMemory::leapingPort : BankedMemory::exactPort);
  }

  StackRig(BankSpec spec, int devices, boolean folded, long bytes, BankedMemory.PortMaker maker) {
    this.bytes = bytes;
    memory = new BankedMemory(simulation, stats.child("mem"), spec, devices, folded, maker);
    region = memory.reserve(Usage.WEIGHTS, spec.capacityBytes(Usage.WEIGHTS) / 2 * devices);
  }

  /** The memory of an H100 in a stack of eight, which the keys change. */
  static BankSpec hbm3(String... sets) {
    return read("memory: {extends: hbm3-h100-banks, stack: hbm3-8hi}\n", sets);
  }

  static BankSpec read(String yaml, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("run.yaml", yaml, List.of(sets), Presets.builtIn(), faults);
    BankSpec spec = (BankSpec) MemoryModels.spec(config.preset("memory", "memory", "The memory"));
    config.finish();
    faults.throwIfAny();
    return spec;
  }

  /** Reads without a pause, two transfers at a time, up to a time; those under way go on. */
  void saturate(long untilPs) {
    goesOn = true;
    while (memory.outstanding() < 2) {
      memory.read(region, bytes, AccessPattern.SEQUENTIAL, this::next, 0);
    }
    simulation.runUntil(untilPs);
    goesOn = false;
  }

  private void next(long word) {
    if (goesOn) {
      memory.read(region, bytes, AccessPattern.SEQUENTIAL, this::next, word);
    }
  }

  Snapshot snapshot() {
    return stats.snapshot(simulation.nowPs());
  }

  double number(String name) {
    return snapshot().number("mem." + name);
  }
}
