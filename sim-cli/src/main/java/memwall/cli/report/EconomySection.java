package memwall.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Cost, power and carbon of the machine over its life, in the report. */
final class EconomySection {
  private final Html html;
  private final JsonNode economy;

  EconomySection(Html html, JsonNode economy) {
    this.html = html;
    this.economy = economy;
  }

  /** Writes the section, nothing if the run did not ask for it. */
  void write() {
    if (economy.isNull() || economy.isMissingNode()) {
      return;
    }
    html.raw("<h3>Cost, power and carbon</h3>\n<p>");
    html.text(
        "Over the life of the machine, if it goes on as in this run for the share of the time that"
            + " its site gives, and idles for the rest.");
    html.raw("</p>\n");
    html.tableStart("plain", "Cost, power and carbon", "what", ">amount");
    row("total cost of ownership", dollars("tco_usd"));
    row("of it the machine", dollars("capital_usd"));
    row("of it upkeep", dollars("upkeep_usd"));
    row("of it energy", dollars("energy_usd"));
    row("output tokens per dollar", number("tokens_per_usd"));
    row("CO2e, embodied", Figures.amount(1000 * value("embodied_co2e_kg"), "g"));
    row("CO2e, operational", Figures.amount(1000 * value("operational_co2e_kg"), "g"));
    row("output tokens per gram of CO2e", number("tokens_per_co2e_g"));
    row("mean power while it serves", Figures.amount(value("mean_watts"), "W"));
    row("output tokens per joule", number("tokens_per_joule"));
    row("power of a rack", Figures.amount(value("rack_watts"), "W"));
    row("output tokens per second of a rack", number("rack_tokens_per_second"));
    row("output tokens per second of the site", number("site_tokens_per_second"));
    html.tableEnd();
  }

  private void row(String what, String amount) {
    html.raw("<tr>").element("th scope=\"row\"", what).figure(amount).raw("</tr>\n");
  }

  private double value(String key) {
    return HtmlReport.number(economy.path(key));
  }

  private String number(String key) {
    return Figures.number(value(key));
  }

  private String dollars(String key) {
    return String.format(Locale.ROOT, "$%,.0f", value(key));
  }
}
