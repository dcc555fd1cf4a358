package memwall.memory.catalog;

import com.google.common.collect.ImmutableSortedMap;
import java.util.function.Function;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.stat.Stats;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.dram.DramMemory;
import memwall.memory.dram.DramSpec;
import memwall.memory.dram.bank.BankSpec;
import memwall.memory.dram.bank.BankedMemory;
import memwall.memory.flash.page.PageSpec;
import memwall.memory.flash.page.PagedMemory;
import memwall.memory.hbf.HbfMemory;
import memwall.memory.hbf.HbfSpec;

/** The table of memory models: from {@code model:} in a preset to what reads and builds it. */
public final class MemoryModels {
  private static final ImmutableSortedMap<String, Function<Config, MemorySpec>> SPECS =
      ImmutableSortedMap.of(
          "dram",
          DramSpec::read,
          "dram-banks",
          BankSpec::read,
          "flash-pages",
          PageSpec::read,
          "hbf",
          HbfSpec::read);

  private MemoryModels() {}

  /**
   * Reads the specification of one device.
   *
   * @param config a preset of kind {@code memory}; unknown models and every other fault are
   *     recorded there
   */
  public static MemorySpec spec(Config config) {
    config.variesBy("model");
    String model = config.text("model", "Name of the model that simulates this device");
    Function<Config, MemorySpec> reader = SPECS.get(model);
    if (reader == null) {
      config.fault(
          "model", "'" + model + "' is not a memory model (known: " + SPECS.keySet() + ")");
      reader = DramSpec::read;
    }
    return reader.apply(config);
  }

  /**
   * Builds a memory.
   *
   * @param devices identical devices over which transfers are striped, at least 1
   * @param folded whether one channel or stack stands for all that always do the same
   */
  public static Memory create(
      Simulation simulation, Stats stats, MemorySpec spec, int devices, boolean folded) {
    if (spec instanceof DramSpec dram) {
      return new DramMemory(simulation, stats, dram, devices, folded);
    }
    if (spec instanceof BankSpec banks) {
      return new BankedMemory(simulation, stats, banks, devices, folded);
    }
    if (spec instanceof PageSpec pages) {
      return new PagedMemory(simulation, stats, pages, devices, folded);
    }
    return new HbfMemory(simulation, stats, (HbfSpec) spec, devices, folded);
  }
}
