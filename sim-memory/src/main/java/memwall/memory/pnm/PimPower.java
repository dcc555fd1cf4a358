package memwall.memory.pnm;

import java.util.Locale;
import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * A limit of power for in-memory compute. Every all-bank command has at least the time in which the
 * limit pays for its energy, so over any number of commands in a row the unit stays within its
 * share. What rows, columns and products cost is that of the preset; refresh, standby, input and
 * results are not counted.
 */
final class PimPower {
  private static final long MOST_CLOCKS = 1_000_000;

  private final PimSpec spec;

  PimPower(PimSpec spec) {
    this.spec = spec;
  }

  /** Energy of a command that opens rows in a unit, picojoules. */
  double activatePj() {
    return spec.compute().activateBanks() * spec.dram().energy().activatePj();
  }

  /** Energy of a multiply of a unit: columns to the processors, products of the shortest format. */
  double multiplyPj() {
    long burst = spec.dram().standard().burstBytes();
    int shortest = Integer.MAX_VALUE;
    for (NumberFormat format : spec.formats()) {
      shortest = Math.min(shortest, format.bytes());
    }
    double products = (double) burst / shortest * spec.vectorsPerPass();
    double columns = PimEnergy.columns(spec.dram().energy(), spec.reach(), burst * 8.0).totalPj();
    return spec.processors() * (columns + products * spec.multiplyPj());
  }

  private double unitWatts(double watts) {
    return watts / spec.dram().channels() / spec.units();
  }

  /**
   * Clocks in which a unit's share of the power pays for an energy: picojoules over watts are ps.
   */
  private long clocks(double pj, double watts) {
    return (long) Math.ceil(pj / unitWatts(watts) / clockPicos());
  }

  private double clockPicos() {
    long tickFemtos = spec.dram().standard().tickFemtos();
    return tickFemtos * spec.dram().standard().bus().ticksPerClock() / 1000.0;
  }

  /**
   * Below this limit, an activate of several that open a row of all banks would take longer than a
   * row cycle, or any a million clocks.
   */
  private double leastWatts() {
    long most =
        spec.compute().activateBanks() == spec.unitBanks()
            ? MOST_CLOCKS
            : spec.dram().standard().timings().getOrDefault("nRC", 0);
    return activatePj() / (most * clockPicos()) * spec.dram().channels() * spec.units();
  }

  /** The device under the limit that its preset names, if it names one. */
  static PimSpec limited(PimSpec free, Config config) {
    if (!config.has("power_limit")) {
      return free;
    }
    double watts =
        config.reportQuantity(
            "power_limit", Dimension.POWER, "Power of rows, columns and products of the device");
    PimPower power = new PimPower(free);
    double leastWatts = power.leastWatts();
    if (watts < leastWatts) {
      config.fault(
          "power_limit",
          String.format(
              Locale.ROOT, "%.4g W; rows open as slowly as can be with %.4g W", watts, leastWatts));
      return free;
    }
    return free.with(
        free.timings()
            .limited(
                power.clocks(power.activatePj(), watts), power.clocks(power.multiplyPj(), watts)));
  }
}
