package memwall.workloads.economy;

import com.google.common.collect.ImmutableSortedMap;
import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * What a chip with its share of the machine costs, weighs in carbon, and draws: a preset of kind
 * {@code bill}. Memories are counted apart, by capacity, so that they can be exchanged.
 *
 * @param usd all but the memories, with board, host, network and packaging
 * @param dieMm2 area of the logic dies
 * @param dieKgPerCm2 CO2 equivalent of a square centimetre of processed wafer
 * @param dieYield share of good dies, in (0, 1]
 * @param otherKg CO2 equivalent of the rest but the memories
 * @param idleWatts power that is drawn whatever the chip does, with its share of the host
 * @param chipsPerRack chips that a rack has room for
 * @param memories by name of a chip's memory
 */
public record BillSpec(
    double usd,
    double dieMm2,
    double dieKgPerCm2,
    double dieYield,
    double otherKg,
    double idleWatts,
    int chipsPerRack,
    ImmutableSortedMap<String, Memory> memories) {
  private static final double MOST_USD = 1e9;

  /**
   * What a memory costs and weighs.
   *
   * @param usdPerGb price of 10^9 bytes
   * @param gramsPerGb CO2 equivalent of 10^9 bytes
   */
  public record Memory(double usdPerGb, double gramsPerGb) {
    static Memory read(Config config) {
      Memory memory =
          new Memory(
              config.number("usd_per_gb", 0, MOST_USD, "Price of 10^9 bytes"),
              config.number("co2e_g_per_gb", 0, MOST_USD, "CO2 equivalent of 10^9 bytes"));
      config.finish();
      return memory;
    }
  }

  /** Reads a preset; faults are recorded there. */
  public static BillSpec read(Config config) {
    Config memories = config.section("memory", "Price and carbon of memories, by their names");
    ImmutableSortedMap.Builder<String, Memory> read = ImmutableSortedMap.naturalOrder();
    for (String name : memories.keys()) {
      read.put(name, Memory.read(memories.section(name, "One memory")));
    }
    memories.finish();
    BillSpec spec =
        new BillSpec(
            config.number("usd", 0, MOST_USD, "All but the memories, host and network included"),
            config.reportQuantity("die_area", Dimension.AREA, "Area of the logic dies"),
            config.number("die_co2e_kg_per_cm2", 0, 1000, "CO2 equivalent of processed wafer"),
            config.number("die_yield", 0.01, 1, 1, "Share of good dies"),
            config.number("other_co2e_kg", 0, 1e6, "CO2 equivalent of the rest but memories"),
            config.reportQuantity(
                "idle_power", Dimension.POWER, "Drawn whatever the chip does, host included"),
            (int) config.integer("chips_per_rack", 1, 1 << 20, "Chips that a rack has room for"),
            read.buildOrThrow());
    config.finish();
    return spec;
  }
}
