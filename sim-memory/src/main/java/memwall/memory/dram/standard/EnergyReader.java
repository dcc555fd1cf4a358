package memwall.memory.dram.standard;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.dram.standard.DramEnergy.Way;

/**
 * Reads the {@code energy} of a {@code dram} preset: either figures per bit, or the supply currents
 * of a chip's data sheet ({@code currents}), from which energies follow as in Micron's technical
 * note TN-40-07 on DDR4 power.
 */
final class EnergyReader {
  /** Refresh commands that renew every row once: 8192 in 32 ms or 64 ms, all standards here. */
  private static final long REFRESHES_OF_ALL = 8192;

  private static final double LARGEST_MILLIAMPERES = 100_000;

  private final DramStandard standard;
  private final long rowBits;
  private final double clockNs;
  private final boolean soundTimings;

  private EnergyReader(DramStandard standard, boolean soundTimings) {
    this.standard = standard;
    this.soundTimings = soundTimings;
    rowBits = 8L * standard.bursts() * standard.burstBytes();
    clockNs = standard.tickFemtos() * 1e-6 * standard.bus().ticksPerClock();
  }

  static DramEnergy read(Config config, DramStandard standard, boolean soundTimings) {
    EnergyReader reader = new EnergyReader(standard, soundTimings);
    DramEnergy energy = config.has("currents") ? reader.currents(config) : reader.figures(config);
    config.finish();
    return energy;
  }

  private DramEnergy figures(Config config) {
    double activate = perBit(config, "activate", "Opening and closing a row, per bit of the row");
    Way read =
        new Way(
            perBit(config, "cell", "Between row buffer and the edge of the bank"),
            perBit(config, "group_path", "To the wires of the bank group"),
            perBit(config, "global_path", "To the pins or TSVs of the die"),
            perBit(config, "tsv", "0 pJ/bit", "Through stack and base die"),
            perBit(config, "io", "Between memory and host"));
    double refresh = perBit(config, "refresh", "Refresh, per bit of the rows that it renews");
    double rowsPerBank = Math.max(1, (double) standard.rows() / REFRESHES_OF_ALL);
    double bankRefreshPj = refresh * rowsPerBank * rowBits;
    return new DramEnergy(
        8L * standard.burstBytes(),
        activate * rowBits,
        read,
        scaled(read, config.number("write_factor", 0, 10, 1, "Energy of a write over a read's")),
        bankRefreshPj * unitBanks(),
        bankRefreshPj,
        config.reportQuantity(
            "active_standby", Dimension.POWER, "Of a rank or pseudo-channel with an open bank"),
        config.reportQuantity("precharge_standby", Dimension.POWER, "With all banks closed"),
        config.reportQuantity("power_down", Dimension.POWER, "In power-down"),
        0,
        0);
  }

  private static Way scaled(Way way, double factor) {
    return new Way(
        way.cellPjPerBit() * factor,
        way.groupPjPerBit() * factor,
        way.globalPjPerBit() * factor,
        way.tsvPjPerBit() * factor,
        way.ioPjPerBit() * factor);
  }

  private static double perBit(Config config, String key, String sentence) {
    return config.reportQuantity(key, Dimension.ENERGY_PER_BIT, sentence);
  }

  private static double perBit(Config config, String key, String defaultText, String sentence) {
    return config.reportQuantity(key, Dimension.ENERGY_PER_BIT, defaultText, sentence);
  }

  private DramEnergy currents(Config config) {
    final double io = perBit(config, "io", "Between memory and host, terminations included");
    double cell = config.number("cell_share", 0, 1, "Share of a burst's energy in the bank");
    double group = config.number("group_share", 0, 1, "Share on the way to the bank group");
    if (cell + group > 1) {
      config.fault("group_share", "cell_share and group_share are more than 1 together");
    }
    Config currents = config.section("currents", "Supply currents of one chip");
    double volts = currents.number("vdd_volts", 0.1, 10, "Supply voltage");
    long chips = currents.integer("chips", 1, 256, "Chips that work together in a rank");
    double perMilliampere = volts * chips; // times ns: pJ; times 1e-3: W
    double idd0 = milliamperes(currents, "idd0_ma", "Activates and precharges, tRC apart");
    double idd2n = milliamperes(currents, "idd2n_ma", "Standby, all banks closed");
    double idd2p = milliamperes(currents, "idd2p_ma", "Power-down, all banks closed");
    double idd3n = milliamperes(currents, "idd3n_ma", "Standby, banks open");
    double idd4r = milliamperes(currents, "idd4r_ma", "Reading without a gap");
    double idd4w = milliamperes(currents, "idd4w_ma", "Writing without a gap");
    double idd5 = milliamperes(currents, "idd5_ma", "Refreshing without a gap");
    above(currents, "idd3n_ma", idd3n, "idd2n_ma", idd2n);
    above(currents, "idd4r_ma", idd4r, "idd3n_ma", idd3n);
    above(currents, "idd4w_ma", idd4w, "idd3n_ma", idd3n);
    above(currents, "idd5_ma", idd5, "idd3n_ma", idd3n);
    currents.finish();
    double rcNs = clocks("nRC") * clockNs;
    double rasNs = clocks("nRAS") * clockNs;
    double row = idd0 * rcNs - idd3n * rasNs - idd2n * (rcNs - rasNs);
    if (row < 0 && soundTimings && !currents.isPlaceholder("idd0_ma")) {
      currents.fault("idd0_ma", "activates would cost less than standby: it is too small");
    }
    double burstNs = standard.burstTicks() * standard.tickFemtos() * 1e-6;
    double burstBits = 8.0 * standard.burstBytes();
    double refreshPj = (idd5 - idd3n) * perMilliampere * clocks("nRFC") * clockNs;
    return new DramEnergy(
        8L * standard.burstBytes(),
        row * perMilliampere,
        way((idd4r - idd3n) * perMilliampere * burstNs / burstBits, cell, group, io),
        way((idd4w - idd3n) * perMilliampere * burstNs / burstBits, cell, group, io),
        refreshPj,
        refreshPj / unitBanks(),
        idd3n * perMilliampere * 1e-3,
        idd2n * perMilliampere * 1e-3,
        idd2p * perMilliampere * 1e-3,
        0,
        0);
  }

  private static Way way(double core, double cell, double group, double io) {
    return new Way(core * cell, core * group, core * (1 - cell - group), 0, io);
  }

  private static double milliamperes(Config config, String key, String sentence) {
    return config.number(key, 0, LARGEST_MILLIAMPERES, sentence);
  }

  private static void above(
      Config config, String key, double value, String other, double otherValue) {
    if (value < otherValue && !config.isPlaceholder(key) && !config.isPlaceholder(other)) {
      config.fault(key, value + " mA is less than the " + otherValue + " mA of " + other);
    }
  }

  private double clocks(String timing) {
    return (double) standard.timings().getOrDefault(timing, 0) / standard.bus().ticksPerClock();
  }

  /** Banks of a rank or pseudo-channel. */
  private int unitBanks() {
    int banks = standard.banks();
    for (Level level : standard.levels().subList(0, standard.refreshLevel() + 1)) {
      banks /= level.count();
    }
    return banks;
  }
}
