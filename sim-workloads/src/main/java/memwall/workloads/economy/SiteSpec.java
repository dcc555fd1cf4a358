package memwall.workloads.economy;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * Where and how a machine is operated: a preset of kind {@code site}.
 *
 * @param pue energy of the building for each unit of energy of the machine, at least 1
 * @param usdPerKwh price of electricity
 * @param gramsPerKwh CO2 equivalent of electricity
 * @param years until the machine is written off
 * @param utilisation share of the time in which it serves as in the run; else it idles, in (0, 1]
 * @param upkeep cost of operation other than energy, as a share of capital over the whole time
 * @param watts power that the building gives to its machines, cooling included; 0 if it does not
 *     matter
 */
public record SiteSpec(
    double pue,
    double usdPerKwh,
    double gramsPerKwh,
    double years,
    double utilisation,
    double upkeep,
    double watts) {

  /** Reads a preset; faults are recorded there. */
  public static SiteSpec read(Config config) {
    SiteSpec spec =
        new SiteSpec(
            config.number("pue", 1, 5, "Energy of the building per energy of the machine"),
            config.number("usd_per_kwh", 0, 100, "Price of electricity"),
            config.number("co2e_g_per_kwh", 0, 10_000, "CO2 equivalent of electricity"),
            config.number("years", 0.01, 100, "Years until the machine is written off"),
            config.number(
                "utilisation", 0.001, 1, "Share of the time in which it serves as in the run"),
            config.number("upkeep", 0, 10, 0, "Other cost of operation, as a share of capital"),
            config.reportQuantity(
                "power", Dimension.POWER, "1 MW", "Power of the building, for its capacity"));
    config.finish();
    return spec;
  }
}
