package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes {@code tiering} of {@code summary.json}. */
final class TieringJson {
  private final JsonGenerator json;
  private final double ps;

  /**
   * Writes to a generator.
   *
   * @param ps simulated time of the run
   */
  TieringJson(JsonGenerator json, double ps) {
    this.json = json;
    this.ps = ps;
  }

  /** The value of the key; null if everything is in one memory. */
  void tiering(@Nullable Tiering tiering) throws IOException {
    if (tiering == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeFieldName("kv");
    kv(tiering.kv());
    json.writeFieldName("staging");
    staging(tiering.staging());
    json.writeEndObject();
  }

  private void kv(Tiering.@Nullable Kv kv) throws IOException {
    if (kv == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringField("policy", kv.policy());
    json.writeFieldName("first");
    tier(kv.first());
    json.writeFieldName("second");
    tier(kv.second());
    JsonText.number(json, "hit_share", kv.hitShare());
    json.writeNumberField("stored_bytes", kv.storedBytes());
    json.writeNumberField("refused_budget_bytes", kv.refusedBudgetBytes());
    json.writeNumberField("refused_room_bytes", kv.refusedRoomBytes());
    json.writeNumberField("evicted_bytes", kv.evictedBytes());
    json.writeNumberField("reused_tokens", kv.reusedTokens());
    json.writeNumberField("peak_bytes", kv.peakBytes());
    json.writeNumberField("mean_bytes", kv.meanBytes());
    json.writeEndObject();
  }

  private void tier(Tiering.KvTier tier) throws IOException {
    json.writeStartObject();
    json.writeStringField("memory", tier.memory());
    json.writeNumberField("read_bytes", tier.readBytes());
    json.writeNumberField("waited_ps", tier.waitedPs());
    JsonText.number(json, "waited_share", tier.waitedPs() / ps);
    json.writeEndObject();
  }

  private void staging(Tiering.@Nullable Staging staging) throws IOException {
    if (staging == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringField("memory", staging.memory());
    json.writeStringField("from", staging.from());
    json.writeStringField("policy", staging.policy());
    json.writeNumberField("depth", staging.depth());
    json.writeNumberField("size_bytes", staging.sizeBytes());
    json.writeNumberField("staged_bytes", staging.stagedBytes());
    json.writeNumberField("direct_bytes", staging.directBytes());
    Tiering.Waits waits = staging.waits();
    if (waits == null) {
      json.writeNullField("hit_bytes");
      json.writeNullField("missed_bytes");
      json.writeNullField("stalls");
      json.writeNullField("stall_ps");
      json.writeNullField("stall_share");
    } else {
      json.writeNumberField("hit_bytes", waits.hitBytes());
      json.writeNumberField("missed_bytes", waits.missedBytes());
      json.writeNumberField("stalls", waits.stalls());
      json.writeNumberField("stall_ps", waits.stallPs());
      JsonText.number(json, "stall_share", waits.stallPs() / ps);
    }
    json.writeEndObject();
  }
}
