package memwall.workloads.economy;

import memwall.workloads.economy.EconomySpec.Holding;
import memwall.workloads.system.ChipSpec;

/**
 * Cost, energy and carbon of a machine over its life, and what it produces for them, if it goes on
 * as in a run for a share of the time and idles for the rest.
 *
 * <p>Total cost of ownership: capital, upkeep as a share of it, and energy x PUE x price. Carbon:
 * embodied (dies by area, memories by capacity, the rest) and operational (energy x PUE x grid);
 * the method and figures of ACT (Gupta et al., ISCA 2022). Power is that of the machine; what the
 * building draws is PUE times as much.
 *
 * @param chips of the machine
 * @param capitalUsd machine
 * @param upkeepUsd over the whole time
 * @param energyUsd over the whole time
 * @param embodiedKg CO2 equivalent of the machine
 * @param operationalKg CO2 equivalent of its energy over the whole time
 * @param meanWatts while it serves
 * @param idleWatts while it does not
 * @param energyKwh of the machine over the whole time, without cooling
 * @param tokens produced over the whole time
 * @param tokensPerSec while it serves
 * @param pue of the site
 * @param chipsPerRack room in a rack
 * @param siteWatts power of the building
 */
public record Economy(
    long chips,
    double capitalUsd,
    double upkeepUsd,
    double energyUsd,
    double embodiedKg,
    double operationalKg,
    double meanWatts,
    double idleWatts,
    double energyKwh,
    double tokens,
    double tokensPerSec,
    double pue,
    int chipsPerRack,
    double siteWatts) {
  private static final double HOURS_PER_YEAR = 8760;
  private static final double SECONDS_PER_HOUR = 3600;
  private static final double MM2_PER_CM2 = 100;

  /**
   * The account of a machine.
   *
   * @param chip one of its chips
   * @param chips how many it has
   * @param dynamicWatts of all chips while they serve, without what they draw idle
   * @param tokensPerSec output tokens while they serve
   */
  public static Economy of(
      EconomySpec spec, ChipSpec chip, long chips, double dynamicWatts, double tokensPerSec) {
    SiteSpec site = spec.site();
    BillSpec bill = spec.bill();
    double usd = bill.usd();
    double kg = bill.dieMm2() / MM2_PER_CM2 * bill.dieKgPerCm2() / bill.dieYield() + bill.otherKg();
    for (Holding holding : spec.holdings(chip)) {
      usd += holding.gigabytes() * holding.memory().usdPerGb();
      kg += holding.gigabytes() * holding.memory().gramsPerGb() / 1000;
    }
    double idleWatts = chips * bill.idleWatts();
    double meanWatts = idleWatts + dynamicWatts;
    double hours = site.years() * HOURS_PER_YEAR;
    double servingHours = hours * site.utilisation();
    double kwh = (meanWatts * servingHours + idleWatts * (hours - servingHours)) / 1000;
    return new Economy(
        chips,
        chips * usd,
        chips * usd * site.upkeep(),
        kwh * site.pue() * site.usdPerKwh(),
        chips * kg,
        kwh * site.pue() * site.gramsPerKwh() / 1000,
        meanWatts,
        idleWatts,
        kwh,
        tokensPerSec * servingHours * SECONDS_PER_HOUR,
        tokensPerSec,
        site.pue(),
        bill.chipsPerRack(),
        site.watts());
  }

  /** Total cost of ownership. */
  public double tcoUsd() {
    return capitalUsd + upkeepUsd + energyUsd;
  }

  /** Embodied and operational CO2 equivalent, kilograms. */
  public double carbonKg() {
    return embodiedKg + operationalKg;
  }

  /** Output tokens for a dollar. */
  public double tokensPerUsd() {
    return tokens / tcoUsd();
  }

  /** Output tokens for a gram of CO2 equivalent. */
  public double tokensPerGram() {
    return tokens / (1000 * carbonKg());
  }

  /** Output tokens for a joule of the machine while it serves. */
  public double tokensPerJoule() {
    return tokensPerSec / meanWatts;
  }

  /** Output tokens per second that the building can produce with its power. */
  public double tokensPerSecOfSite() {
    return tokensPerJoule() * siteWatts / pue;
  }

  /** Output tokens per second of a full rack. */
  public double tokensPerSecOfRack() {
    return tokensPerSec / chips * chipsPerRack;
  }

  /** Power of a full rack while it serves. */
  public double wattsOfRack() {
    return meanWatts / chips * chipsPerRack;
  }
}
