package memwall.cli.report;

import com.fasterxml.jackson.databind.JsonNode;

/** What passed between the memories of a chip, in the HTML report. */
final class TieringSection {
  private final Html html;
  private final JsonNode tiering;

  /**
   * A section, which is empty if everything is in one memory.
   *
   * @param tiering as in the summary
   */
  TieringSection(Html html, JsonNode tiering) {
    this.html = html;
    this.tiering = tiering;
  }

  void write() {
    JsonNode kv = tiering.path("kv");
    if (kv.isObject()) {
      html.raw("<h3>KV entries in two memories</h3>\n");
      html.tableStart("plain", "KV reads", "memory", ">read per chip", ">time waited");
      row(kv.path("first"));
      row(kv.path("second"));
      html.tableEnd().raw("<p>");
      html.text(
          "Policy "
              + kv.path("policy").asText()
              + ": "
              + bytes(kv, "stored_bytes")
              + " written to the second memory, "
              + bytes(kv, "refused_budget_bytes")
              + " refused by the daily writes, "
              + bytes(kv, "refused_room_bytes")
              + " for want of room, "
              + bytes(kv, "evicted_bytes")
              + " evicted; "
              + Figures.count(kv.path("reused_tokens").asLong())
              + " prompt tokens not processed again.");
      html.raw("</p>\n");
    }
    JsonNode staging = tiering.path("staging");
    if (staging.isObject()) {
      html.raw("<h3>Staging of weights</h3>\n<p>");
      html.text(
          bytes(staging, "staged_bytes")
              + " per chip from "
              + staging.path("from").asText()
              + " through "
              + bytes(staging, "size_bytes")
              + " in "
              + staging.path("memory").asText()
              + ", "
              + bytes(staging, "direct_bytes")
              + " past it."
              + (staging.path("stalls").isNumber()
                  ? " Of these "
                      + bytes(staging, "hit_bytes")
                      + " were there when they were wanted; "
                      + Figures.count(staging.path("stalls").asLong())
                      + " operators waited for the rest, in "
                      + Figures.percent(HtmlReport.number(staging.path("stall_share")))
                      + " of the time."
                  : ""));
      html.raw("</p>\n");
    }
  }

  private void row(JsonNode tier) {
    html.raw("<tr>").element("th scope=\"row\"", tier.path("memory").asText());
    html.figure(bytes(tier, "read_bytes"));
    html.figure(Figures.percent(HtmlReport.number(tier.path("waited_share")))).raw("</tr>\n");
  }

  private static String bytes(JsonNode node, String key) {
    return Figures.bytes(node.path(key).asLong());
  }
}
