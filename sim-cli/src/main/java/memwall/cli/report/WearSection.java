package memwall.cli.report;

import com.fasterxml.jackson.databind.JsonNode;

/** Wear and life of flash, in the HTML report. */
final class WearSection {
  private final Html html;
  private final JsonNode wear;

  /**
   * A section, which is empty without flash.
   *
   * @param wear as in the summary
   */
  WearSection(Html html, JsonNode wear) {
    this.html = html;
    this.wear = wear;
  }

  void write() {
    if (!wear.isObject()) {
      return;
    }
    html.raw("<h3>Flash wear</h3>\n<p>");
    html.text(
        "At the rates of this run the flash lasts "
            + years(wear.path("years_left"))
            + ". Law: "
            + wear.path("law").asText()
            + ". Rewrites are what falls to the time of the run by that law.");
    html.raw("</p>\n");
    for (JsonNode life : wear.path("memories")) {
      memory(life);
    }
  }

  private void memory(JsonNode life) {
    html.raw("<p>");
    html.text(
        "Memory "
            + life.path("memory").asText()
            + ", reads limited by "
            + life.path("reads_limited_by").asText()
            + ": the run used "
            + Figures.number(life.path("cycles_used_mean").asDouble())
            + " of "
            + Figures.number(life.path("rated_cycles").asDouble())
            + " program/erase cycles per block. "
            + life.path("sentence").asText()
            + " "
            + life.path("needed").path("sentence").asText());
    html.raw("</p>\n").tableStart("plain", "Life of the flash", "at", ">writes", ">lasts");
    row(
        "the rates of this run",
        life.path("load").path("write_bytes_per_sec"),
        life.path("years_left"));
    boolean isReached = life.path("warranty_write_bytes_per_sec").asDouble() > 0;
    row(
        isReached ? "the warranty's rate" : "no writes of the host, less than the warranty",
        life.path("warranty_write_bytes_per_sec"),
        life.path("years_left_at_warranty_rate"));
    html.tableEnd().tableStart("plain", "Bytes written to flash", "cause", ">bytes", ">of cycles");
    written(life, "host", "host");
    written(life, "age", "refresh by age");
    written(life, "reads", "refresh by reads");
    written(life, "swap", "swaps to level wear");
    written(life, "replay", "replay of failed programs");
    html.tableEnd();
    if (!life.path("blocks_by_cycles").isEmpty()) {
      html.tableStart("plain", "Blocks by cycles", "cycles from", ">blocks");
      for (JsonNode bin : life.path("blocks_by_cycles")) {
        if (bin.path("blocks").asLong() > 0) {
          String cycles = Figures.count(bin.path("cycles").asLong());
          html.raw("<tr>").element("th scope=\"row\"", cycles);
          html.figure(Figures.count(bin.path("blocks").asLong())).raw("</tr>\n");
        }
      }
      html.tableEnd();
    }
  }

  private void row(String name, JsonNode bytesPerSec, JsonNode years) {
    html.raw("<tr>").element("th scope=\"row\"", name);
    html.figure(Figures.bytes(bytesPerSec.asDouble()) + "/s per chip");
    html.figure(years(years)).raw("</tr>\n");
  }

  private void written(JsonNode life, String cause, String label) {
    html.raw("<tr>").element("th scope=\"row\"", label);
    html.figure(Figures.bytes(life.path("written_bytes").path(cause).asDouble()));
    JsonNode share = life.path("cycle_shares").path(cause);
    html.figure(share.isNumber() ? Figures.percent(share.asDouble()) : Figures.NONE);
    html.raw("</tr>\n");
  }

  private static String years(JsonNode years) {
    return TextReport.years(years.isNumber() ? years.asDouble() : Double.POSITIVE_INFINITY);
  }
}
