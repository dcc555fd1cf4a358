package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import memwall.core.stat.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups in tables of measured times, from the statistics of a run.
 *
 * @param lookups times of operators looked up
 * @param beyond of these, beyond what was measured, and therefore extrapolated
 * @param timePs time of steps from tables
 * @param beyondPs of this, of look-ups beyond what was measured
 */
record Tables(long lookups, long beyond, long timePs, long beyondPs) {
  private static final String TABLES = "tables.";

  /** Of a run; null if its operators took no measured times. */
  static @Nullable Tables of(Snapshot snapshot) {
    for (Snapshot.Value value : snapshot.values()) {
      if (value.path().equals(TABLES + "lookups")) {
        return new Tables(
            count(snapshot, "lookups"),
            count(snapshot, "beyond"),
            count(snapshot, "time_ps"),
            count(snapshot, "beyond_ps"));
      }
    }
    return null;
  }

  private static long count(Snapshot snapshot, String name) {
    return Math.round(snapshot.number(TABLES + name));
  }

  /** Share of look-ups beyond what was measured; 0 if there were none. */
  double beyondShare() {
    return lookups == 0 ? 0 : (double) beyond / lookups;
  }

  /** Share of the time from tables. */
  double beyondTimeShare() {
    return timePs == 0 ? 0 : (double) beyondPs / timePs;
  }

  /** The value of {@code tables} in the summary. */
  static void write(JsonGenerator json, Snapshot snapshot) throws IOException {
    Tables tables = of(snapshot);
    if (tables == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeNumberField("lookups", tables.lookups);
    json.writeNumberField("beyond", tables.beyond);
    JsonText.number(json, "beyond_share", tables.beyondShare());
    json.writeNumberField("time_ps", tables.timePs);
    json.writeNumberField("beyond_ps", tables.beyondPs);
    JsonText.number(json, "beyond_time_share", tables.beyondTimeShare());
    json.writeEndObject();
  }

  /** For readers. */
  String text() {
    return Figures.count(lookups)
        + " look-ups of measured times, "
        + Figures.percent(beyondShare())
        + " of them and "
        + Figures.percent(beyondTimeShare())
        + " of the time beyond what was measured";
  }

  /** In the HTML report, from the summary; nothing if it is null there. */
  static void section(Html html, JsonNode node) {
    if (node.isObject()) {
      Tables tables =
          new Tables(
              node.path("lookups").asLong(),
              node.path("beyond").asLong(),
              node.path("time_ps").asLong(),
              node.path("beyond_ps").asLong());
      html.raw("<h3>Measured operators</h3>\n<p>").text(tables.text() + ".");
      html.raw("</p>\n");
    }
  }
}
