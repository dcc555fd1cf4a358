package memwall.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What the machine did: where the time went, who was busy, who held bytes, energy, wear, laws. */
final class MachineSection {
  /** Colours by the first word of a key or name; one meaning keeps its colour on the whole page. */
  private static final Map<String, String> COLOURS =
      Map.ofEntries(
          Map.entry("hbm", "blue"),
          Map.entry("hbf", "orange"),
          Map.entry("compute", "green"),
          Map.entry("arithmetic", "green"),
          Map.entry("tensor", "green"),
          Map.entry("network", "pink"),
          Map.entry("switch", "pink"),
          Map.entry("link", "pink"),
          Map.entry("staging_stall", "red"),
          Map.entry("overhead", "grey"),
          Map.entry("idle", "pale"));

  /** For tiers without a colour of their own. */
  private static final String OTHER = "sky";

  /** Width of a letter and of a wide page, in CSS pixels. */
  private static final double LETTER = 7.4;

  private static final double PAGE = 1080;
  private static final int SHADES = 3;
  private static final double LABELLED = 0.05;

  private final Html html;
  private final JsonNode summary;

  MachineSection(Html html, JsonNode summary) {
    this.html = html;
    this.summary = summary;
  }

  void time() {
    JsonNode time = summary.path("time");
    html.raw("<section aria-labelledby=\"time\">\n<h2 id=\"time\">Where the time went</h2>\n<p>");
    html.text(time.path("sentence").asText()).raw("</p>\n");
    double total = time.path("total_ps").asDouble();
    if (total == 0) {
      html.raw("<p>No time passed.</p></section>\n");
      return;
    }
    String titleId = html.id();
    String descriptionId = html.id();
    Bar bar = new Bar();
    Map<String, Integer> seen = new HashMap<>();
    StringBuilder rows = new StringBuilder();
    StringBuilder words = new StringBuilder();
    for (JsonNode part : time.path("parts")) {
      double share = part.path("ps").asDouble() / total;
      String label = part.path("label").asText();
      String style = style(part.path("key").asText(), seen);
      bar.add(share, style, label, label + ": " + Figures.percent(share));
      words.append(words.length() == 0 ? "" : ", ").append(label).append(' ');
      words.append(Figures.percent(share));
      Html row = new Html();
      row.raw("<tr><th scope=\"row\"><span class=\"swatch " + style + "\"></span>").text(label);
      row.raw("</th>").figure(Figures.percent(share));
      row.figure(Figures.duration(part.path("ps").asDouble()));
      row.element("td", part.path("sentence").asText()).raw("</tr>\n");
      rows.append(row);
    }
    html.raw("<figure>\n<figcaption class=\"hidden\">");
    html.element("h3 id=\"" + titleId + "\"", "Shares of the time");
    html.element("p id=\"" + descriptionId + "\"", words + ".").raw("</figcaption>\n");
    html.raw(bar.svg("tall", titleId, descriptionId)).raw("\n</figure>\n");
    html.tableStart(
        "plain words folding", "Where the time went", "part", ">share", ">time", "meaning");
    html.raw(rows.toString()).raw("<tr class=\"sum\">").element("th scope=\"row\"", "Total");
    html.figure("100 %").figure(Figures.duration(total));
    html.raw("<td></td></tr>").tableEnd().raw("</section>\n");
  }

  void machine() {
    html.raw("<section aria-labelledby=\"machine\">\n<h2 id=\"machine\">The machine</h2>\n");
    utilisation();
    memory();
    html.raw("<div class=\"grid two\">\n");
    energy();
    html.raw("<div>\n");
    new EconomySection(html, summary.path("economy")).write();
    heat();
    trees();
    new TieringSection(html, summary.path("tiering")).write();
    Scheduling.section(html, summary.path("scheduling"));
    Tables.section(html, summary.path("tables"));
    new WearSection(html, summary.path("wear")).write();
    approximated();
    html.raw("</div>\n</div>\n</section>\n");
    laws();
  }

  private void utilisation() {
    if (summary.path("utilisation").isEmpty()) {
      return;
    }
    html.raw("<h3>How busy each resource was</h3>\n");
    html.tableStart(
        "bars",
        "Utilisation",
        "resource",
        "share of the time",
        ">busy",
        ">moved or computed",
        ">per second",
        "limited by");
    double seconds = summary.path("simulated_ps").asDouble() / 1e12;
    for (JsonNode entry : summary.path("utilisation")) {
      double share = entry.path("busy_share").asDouble();
      double amount = entry.path("amount").asDouble();
      String unit = entry.path("unit").asText();
      html.raw("<tr>").element("th scope=\"row\"", entry.path("resource").asText());
      html.raw("<td class=\"bar\">");
      html.raw(valueBar(share, colour(entry.path("resource").asText()))).raw("</td>");
      html.figure(Figures.percent(share)).figure(Figures.ofUnit(amount, unit));
      html.figure(Figures.ofUnit(amount / seconds, unit) + (seconds > 0 ? "/s" : ""));
      html.element("td", entry.path("bound").asText()).raw("</tr>\n");
    }
    html.tableEnd();
  }

  private void memory() {
    if (summary.path("memory").isEmpty()) {
      return;
    }
    html.raw("<h3>Who holds the memory</h3>\n");
    for (JsonNode tier : summary.path("memory")) {
      double capacity = tier.path("capacity_bytes").asDouble();
      double weights = tier.path("weights_bytes").asDouble();
      double mean = tier.path("kv_mean_bytes").asDouble();
      double peak = tier.path("kv_peak_bytes").asDouble();
      double activations = tier.path("activation_bytes").asDouble();
      double free = tier.path("free_bytes").asDouble();
      String titleId = html.id();
      String descriptionId = html.id();
      String name = tier.path("tier").asText();
      html.raw("<figure class=\"tier\">\n<figcaption>");
      html.raw("<h4 id=\"" + titleId + "\">").text(name).raw(" <small>");
      html.text(Figures.bytes(capacity) + " " + tier.path("scope").asText());
      html.raw("</small></h4><p class=\"legend always\" id=\"" + descriptionId + "\">");
      Bar bar = new Bar();
      part(bar, "weights", weights, capacity, "orange");
      part(bar, "activations", activations, capacity, "green");
      part(bar, "KV, mean", mean, capacity, "blue");
      part(bar, "KV, peak above the mean", Math.max(0, peak - mean), capacity, "blue s2");
      part(bar, "never used", free, capacity, "pale");
      html.raw("</p></figcaption>\n");
      html.raw(bar.svg("", titleId, descriptionId)).raw("\n</figure>\n");
    }
  }

  private void part(Bar bar, String label, double bytes, double capacity, String style) {
    if (bytes > 0 && capacity > 0) {
      String text = label + " " + Figures.bytes(bytes);
      bar.add(bytes / capacity, style, "", text + ", " + Figures.percent(bytes / capacity));
      html.raw("<span class=\"" + style + "\">").text(text).raw("</span> ");
    }
  }

  private void energy() {
    JsonNode energy = summary.path("energy");
    double total = HtmlReport.number(energy.path("total_joules"));
    html.raw("<div>\n<h3>Dynamic energy</h3>\n<p>");
    html.text(
        Figures.amount(total, "J")
            + " in all, "
            + Figures.amount(HtmlReport.number(energy.path("mean_watts")), "W")
            + " on average, at most "
            + Figures.amount(HtmlReport.number(energy.path("peak_watts")), "W")
            + " in a window, "
            + Figures.amount(HtmlReport.number(energy.path("joules_per_output_token")), "J")
            + " per output token: counts of FLOPs and bits times their energy in the presets,"
            + " without idle power, refresh and cooling.");
    html.raw("</p>\n");
    if (energy.path("parts").isEmpty()) {
      html.raw("</div>\n");
      return;
    }
    html.tableStart("bars", "Energy by component", "component", "share", ">energy", ">of all");
    for (JsonNode part : energy.path("parts")) {
      double joules = part.path("joules").asDouble();
      double share = total > 0 ? joules / total : 0;
      html.raw("<tr>").element("th scope=\"row\"", part.path("component").asText());
      html.raw("<td class=\"bar\">");
      html.raw(valueBar(share, colour(part.path("component").asText()))).raw("</td>");
      html.figure(Figures.amount(joules, "J")).figure(Figures.percent(share)).raw("</tr>\n");
    }
    html.tableEnd().raw("</div>\n");
  }

  /** Temperatures of the stacks, and what they did to them. */
  private void heat() {
    for (JsonNode stack : summary.path("thermal")) {
      html.raw("<h3>").text("Heat in " + stack.path("memory").asText()).raw("</h3>\n<p>");
      html.text(
          "Heat held it back in "
              + Figures.percent(stack.path("throttled_share").asDouble())
              + " of the time"
              + (stack.path("light_share").isNumber()
                  ? " (light throttling in "
                      + Figures.percent(stack.path("light_share").asDouble())
                      + ", severe in "
                      + Figures.percent(stack.path("severe_share").asDouble())
                      + ")"
                  : " and made it refresh more often in "
                      + Figures.percent(stack.path("fast_refresh_share").asDouble()))
              + ". One stack took "
              + Figures.amount(HtmlReport.number(stack.path("heat_joules_per_stack")), "J")
              + "."
              + (stack.path("engine_clock_share").isNumber()
                  ? " The engines on its logic die had "
                      + Figures.percent(stack.path("engine_clock_share").asDouble())
                      + " of their clock."
                  : ""));
      html.raw("</p>\n");
      html.tableStart("plain", "Temperatures", "die", ">peak", ">mean", ">time at 85 °C or more");
      for (JsonNode die : stack.path("dies")) {
        html.raw("<tr>").element("th scope=\"row\"", die.path("die").asText());
        html.figure(celsius(die.path("peak_celsius"))).figure(celsius(die.path("mean_celsius")));
        html.figure(Figures.percent(die.path("above_85_share").asDouble())).raw("</tr>\n");
      }
      html.tableEnd();
    }
  }

  /** All-reduces in switches that add. */
  private void trees() {
    JsonNode trees = summary.path("trees");
    if (trees.path("rank_calls").asLong() == 0) {
      return;
    }
    html.raw("<h3>All-reduces in the switches</h3>\n<p>");
    html.text(
        String.format(
            Locale.ROOT,
            "%,d operations; a rank has its result after %.1f µs in half of its calls, after %.1f"
                + " µs at most in 99 of 100. Ranks were late %,d times. ",
            trees.path("operations").asLong(),
            trees.path("p50_us").asDouble(),
            trees.path("p99_us").asDouble(),
            trees.path("late_ranks").asLong()));
    html.text(
        Figures.percent(trees.path("missing_share").asDouble())
            + " of the contributions are not in the results"
            + (trees.path("stale").asLong() > 0 ? ", or older ones stand in" : "")
            + String.format(
                Locale.ROOT,
                "; %,d new trees, %,d all-reduces left to messages.",
                trees.path("rebuilds").asLong(),
                trees.path("fallen_back").asLong()));
    html.raw("</p>\n");
  }

  private static String celsius(JsonNode degrees) {
    return String.format(Locale.ROOT, "%.1f °C", degrees.asDouble());
  }

  private void approximated() {
    JsonNode approximated = summary.path("approximated");
    html.raw("<h3>Approximated share</h3>\n<p>");
    html.text(
        approximated.path("transfers").asLong() == 0
            ? "Nothing: every transfer was answered by the state machine of its device."
            : Figures.percent(approximated.path("transfer_share").asDouble())
                + " of the transfers ("
                + Figures.count(approximated.path("transfers").asLong())
                + ") and "
                + Figures.percent(approximated.path("byte_share").asDouble())
                + " of the bytes were answered by a closed form.");
    html.raw("</p>\n");
  }

  private void laws() {
    html.raw("<section aria-labelledby=\"laws\">\n<h2 id=\"laws\">Laws checked</h2>\n");
    if (summary.path("laws").isEmpty()) {
      html.raw("<p>None.</p></section>\n");
      return;
    }
    html.tableStart("plain words", "Laws", "law", ">left", "", ">right", "");
    for (JsonNode law : summary.path("laws")) {
      boolean holds = law.path("holds").asBoolean();
      html.raw("<tr>").element("th scope=\"row\"", law.path("name").asText());
      html.figure(Figures.count(law.path("left").asLong()));
      html.element("td", law.path("relation").asText().equals("<=") ? "≤" : "=");
      html.figure(Figures.count(law.path("right").asLong()));
      html.element(
          holds ? "td class=\"good\"" : "td class=\"bad\"", holds ? "✓ holds" : "✗ broken");
      html.raw("</tr>\n");
    }
    html.tableEnd().raw("</section>\n");
  }

  /** Colour class of a resource or component, by the first word of its name. */
  static String colour(String name) {
    return COLOURS.getOrDefault(firstWord(name), "grey");
  }

  /** Colour classes of a part; the second part of one tier gets a lighter shade. */
  private static String style(String key, Map<String, Integer> seen) {
    String colour = COLOURS.getOrDefault(firstWord(key), OTHER);
    int shade = seen.merge(colour, 1, Integer::sum);
    return shade == 1 ? colour : colour + " s" + Math.min(SHADES, shade);
  }

  private static String firstWord(String name) {
    int end = 0;
    while (end < name.length()
        && (Character.isLetter(name.charAt(end)) || name.charAt(end) == '_')) {
      end++;
    }
    return name.substring(0, end).toLowerCase(Locale.ROOT);
  }

  private static String valueBar(double share, String style) {
    return "<svg class=\"value\" width=\"100%\" height=\"12\" aria-hidden=\"true\" focusable=\"false\">"
        + "<rect class=\"track\" width=\"100%\" height=\"12\" rx=\"2\"/><rect class=\""
        + style
        + "\" width=\""
        + Plot.coordinate(100 * Math.max(0, Math.min(1, share)))
        + "%\" height=\"12\" rx=\"2\"/></svg>";
  }

  /** A stacked bar whose parts are shares; it has no fixed width, so its text is never scaled. */
  private static final class Bar {
    private final StringBuilder body = new StringBuilder();
    private double left;

    /**
     * Adds a part.
     *
     * @param name written into the part where a wide page has room for it; may be empty
     * @param title what a pointer is told
     */
    void add(double share, String style, String name, String title) {
      if (share <= 0) {
        return;
      }
      body.append("<g><title>").append(Html.escape(title)).append("</title><rect class=\"");
      body.append(style).append("\" x=\"").append(percent(left)).append("\" width=\"");
      body.append(percent(share)).append("\" height=\"100%\"/>");
      boolean named = !name.isEmpty() && name.length() * LETTER + 12 < share * PAGE;
      if (named) {
        text(style + " name", share, "32%", name);
      }
      if (share >= LABELLED) {
        String place = (named ? " low" : "") + (share < 0.1 ? " small" : "");
        text(style + place, share, "50%", Math.round(share * 100) + " %");
      }
      body.append("</g>");
      left += share;
    }

    private void text(String style, double share, String y, String text) {
      body.append("<text class=\"").append(style).append("\" x=\"");
      body.append(percent(left + share / 2)).append("\" y=\"").append(y);
      body.append("\" dy=\".35em\" text-anchor=\"middle\">");
      body.append(Html.escape(text)).append("</text>");
    }

    private static String percent(double share) {
      return CsvFiles.number(Math.round(share * 100_000) / 1000.0) + "%";
    }

    String svg(String style, String titleId, String descriptionId) {
      return "<svg class=\"stack "
          + style
          + "\" width=\"100%\" role=\"img\" aria-labelledby=\""
          + titleId
          + "\" aria-describedby=\""
          + descriptionId
          + "\">"
          + body
          + "</svg>";
    }
  }
}
