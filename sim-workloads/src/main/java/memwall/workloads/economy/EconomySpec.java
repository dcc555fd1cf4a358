package memwall.workloads.economy;

import com.google.common.collect.ImmutableList;
import memwall.core.config.Config;
import memwall.memory.Usage;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.TierSpec;

/**
 * The section {@code economy} of a run file.
 *
 * @param site where the machine is operated
 * @param bill what a chip costs
 */
public record EconomySpec(SiteSpec site, BillSpec bill) {

  /** Reads the section; faults are recorded there. */
  public static EconomySpec read(Config config) {
    EconomySpec spec =
        new EconomySpec(
            SiteSpec.read(config.preset("site", "site", "Where the machine is operated")),
            BillSpec.read(config.preset("bill", "bill", "What a chip costs, weighs and draws")));
    config.finish();
    return spec;
  }

  /** Records a fault for each memory of the chip whose price is not known. */
  public void report(Config config, ChipSpec chip) {
    for (TierSpec tier : chip.tiers()) {
      if (!bill.memories().containsKey(tier.name())) {
        config.fault(
            "bill",
            "has no price for memory '"
                + tier.name()
                + "' of the chip (known: "
                + bill.memories().keySet()
                + "); give 'bill: { extends: ..., memory: { "
                + tier.name()
                + ": { usd_per_gb: ..., co2e_g_per_gb: ... } } }'");
      }
    }
  }

  /** The memories of a chip with their capacities. */
  ImmutableList<Holding> holdings(ChipSpec chip) {
    ImmutableList.Builder<Holding> list = ImmutableList.builder();
    for (TierSpec tier : chip.tiers()) {
      BillSpec.Memory memory = bill.memories().get(tier.name());
      if (memory == null) {
        throw new IllegalStateException("no price of " + tier.name()); // Reported before.
      }
      list.add(new Holding(memory, tier.capacityBytes(Usage.WEIGHTS) * 1e-9));
    }
    return list.build();
  }

  /** A memory of a chip. */
  record Holding(BillSpec.Memory memory, double gigabytes) {}
}
