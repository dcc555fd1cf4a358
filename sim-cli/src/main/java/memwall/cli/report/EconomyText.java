package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import memwall.workloads.economy.Economy;
import org.jspecify.annotations.Nullable;

/** Cost and carbon of a run's machine: in the printed summary and in {@code summary.json}. */
final class EconomyText {
  private EconomyText() {}

  /** Labels and texts of the lines of the printed summary; empty if it was not asked. */
  static Map<String, String> lines(@Nullable Economy economy) {
    Map<String, String> lines = new LinkedHashMap<>();
    if (economy == null) {
      return lines;
    }
    lines.put(
        "power",
        Figures.amount(economy.meanWatts(), "W")
            + " while it serves ("
            + Figures.amount(economy.idleWatts(), "W")
            + " of it idle), "
            + figure(economy.tokensPerJoule())
            + " tokens/J; a rack of "
            + economy.chipsPerRack()
            + " chips: "
            + Figures.amount(economy.wattsOfRack(), "W")
            + ", "
            + Figures.number(economy.tokensPerSecOfRack())
            + " tokens/s; a site of "
            + Figures.amount(economy.siteWatts(), "W")
            + ": "
            + Figures.number(economy.tokensPerSecOfSite())
            + " tokens/s");
    lines.put(
        "cost",
        dollars(economy.tcoUsd())
            + " over its life (machine "
            + dollars(economy.capitalUsd())
            + ", upkeep "
            + dollars(economy.upkeepUsd())
            + ", energy "
            + dollars(economy.energyUsd())
            + "), "
            + Figures.number(economy.tokensPerUsd())
            + " tokens/$");
    lines.put(
        "carbon",
        Figures.amount(1000 * economy.carbonKg(), "g")
            + " CO2e over its life ("
            + Figures.percent(economy.embodiedKg() / economy.carbonKg())
            + " embodied), "
            + Figures.number(economy.tokensPerGram())
            + " tokens/g");
    return lines;
  }

  private static String dollars(double usd) {
    return String.format(Locale.ROOT, "$%,.0f", usd);
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.3g" : "%,.0f", value);
  }

  /** Writes the object, or null if it was not asked. */
  static void write(@Nullable Economy economy, JsonGenerator json) throws IOException {
    if (economy == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeNumberField("chips", economy.chips());
    JsonText.number(json, "mean_watts", economy.meanWatts());
    JsonText.number(json, "idle_watts", economy.idleWatts());
    JsonText.number(json, "pue", economy.pue());
    JsonText.number(json, "energy_kwh", economy.energyKwh());
    JsonText.number(json, "capital_usd", economy.capitalUsd());
    JsonText.number(json, "upkeep_usd", economy.upkeepUsd());
    JsonText.number(json, "energy_usd", economy.energyUsd());
    JsonText.number(json, "tco_usd", economy.tcoUsd());
    JsonText.number(json, "embodied_co2e_kg", economy.embodiedKg());
    JsonText.number(json, "operational_co2e_kg", economy.operationalKg());
    JsonText.number(json, "output_tokens", economy.tokens());
    JsonText.number(json, "tokens_per_usd", economy.tokensPerUsd());
    JsonText.number(json, "tokens_per_joule", economy.tokensPerJoule());
    JsonText.number(json, "tokens_per_co2e_g", economy.tokensPerGram());
    JsonText.number(json, "rack_watts", economy.wattsOfRack());
    JsonText.number(json, "rack_tokens_per_second", economy.tokensPerSecOfRack());
    JsonText.number(json, "site_tokens_per_second", economy.tokensPerSecOfSite());
    json.writeEndObject();
  }
}
