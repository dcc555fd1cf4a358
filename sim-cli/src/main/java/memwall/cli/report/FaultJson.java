package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import memwall.network.endpoint.FabricRunResult;

/** What failed in a network of routers, as JSON; nothing where nothing can fail. */
final class FaultJson {
  private static final int MOST_NAMED = 100;
  private static final StatisticsGroup COUNTS =
      new StatisticsGroup(
          "network.",
          List.of(
              "faults",
              "reroutes",
              "held_back_cycles",
              "packets_sent",
              "packets_arrived",
              "packets_lost",
              "packets_spoiled",
              "duplicates",
              "too_late",
              "retransmissions"));

  private FaultJson() {}

  static void write(JsonGenerator json, NetworkOutcome outcome) throws IOException {
    FabricRunResult fabric = outcome.fabric();
    if (fabric == null || !COUNTS.isIn(fabric)) {
      return;
    }
    json.writeObjectFieldStart("faults");
    COUNTS.write(json, fabric);
    json.writeNumberField("unfinished_ranks", fabric.unfinishedRanks());
    json.writeNumberField("undeliverable_messages", fabric.undeliverable().size());
    json.writeArrayFieldStart("first_undeliverable");
    int named = Math.min(MOST_NAMED, fabric.undeliverable().size());
    for (FabricRunResult.Undeliverable one : fabric.undeliverable().subList(0, named)) {
      json.writeStartObject();
      json.writeNumberField("from_rank", one.fromRank());
      json.writeNumberField("to_rank", one.toRank());
      json.writeNumberField("bytes", one.bytes());
      json.writeNumberField("known_ps", one.knownPs());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
