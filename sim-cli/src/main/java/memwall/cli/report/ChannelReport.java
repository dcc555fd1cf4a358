package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.network.router.ChannelFlits;

/** What passed each channel of a network of routers: rows of {@code links.csv}, JSON, one line. */
public final class ChannelReport {
  static final String LINKS = "links.csv";

  private ChannelReport() {}

  /**
   * The first row.
   *
   * @param before columns that say what a row is of
   */
  static void header(CsvWriter csv, String... before) {
    List<String> row = new ArrayList<>(List.of(before));
    row.addAll(List.of("from", "from_port", "to", "to_port", "flits", "bytes", "busy_share"));
    csv.writeRecord(row);
  }

  /** A row for each directed channel, those of nodes included. */
  static void rows(CsvWriter csv, ChannelFlits channels, String... before) {
    for (int channel = 0; channel < channels.channels(); channel++) {
      List<String> row = new ArrayList<>(List.of(before));
      row.add(channels.from(channel));
      row.add(Integer.toString(channels.fromPort(channel)));
      row.add(channels.to(channel));
      row.add(Integer.toString(channels.toPort(channel)));
      row.add(Long.toString(channels.flits(channel)));
      row.add(Long.toString(channels.bytes(channel)));
      row.add(CsvFiles.number(channels.busyShare(channel)));
      csv.writeRecord(row);
    }
  }

  /** Sums by what channels join, and the busiest one, as the field {@code links}. */
  static void json(JsonGenerator json, ChannelFlits channels) throws IOException {
    json.writeObjectFieldStart("links");
    for (ChannelFlits.Kind kind : ChannelFlits.Kind.values()) {
      json.writeObjectFieldStart(kind.name().toLowerCase(Locale.ROOT));
      json.writeNumberField("channels", channels.channels(kind));
      json.writeNumberField("flits", channels.flits(kind));
      JsonText.number(json, "mean_busy_share", channels.meanBusyShare(kind));
      JsonText.number(json, "most_busy_share", channels.mostBusyShare(kind));
      JsonText.number(json, "most_to_mean", channels.mostToMean(kind));
      json.writeEndObject();
    }
    int busiest = channels.busiest();
    if (busiest == ChannelFlits.NONE) {
      json.writeNullField("busiest");
    } else {
      json.writeObjectFieldStart("busiest");
      json.writeStringField("from", channels.from(busiest));
      json.writeNumberField("from_port", channels.fromPort(busiest));
      json.writeStringField("to", channels.to(busiest));
      json.writeNumberField("to_port", channels.toPort(busiest));
      json.writeNumberField("flits", channels.flits(busiest));
      JsonText.number(json, "busy_share", channels.busyShare(busiest));
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** The busiest channel in words. */
  public static String busiest(ChannelFlits channels) {
    int busiest = channels.busiest();
    if (busiest == ChannelFlits.NONE) {
      return "none has carried anything";
    }
    return String.format(
        Locale.ROOT,
        "%s to %s, %.1f %% of the time, %.2f times the mean of %s",
        channels.from(busiest),
        channels.to(busiest),
        100 * channels.busyShare(busiest),
        channels.mostToMean(channels.kind(busiest)),
        switch (channels.kind(busiest)) {
          case BETWEEN_ROUTERS -> "channels between routers";
          case FROM_NODES -> "channels from nodes";
          case TO_NODES -> "channels to nodes";
        });
  }
}
