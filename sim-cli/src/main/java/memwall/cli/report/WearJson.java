package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes {@code wear} of {@code summary.json}. */
final class WearJson {
  private final JsonGenerator json;

  WearJson(JsonGenerator json) {
    this.json = json;
  }

  /** The value of the key; null without flash. */
  void wear(RunResult.@Nullable Wear wear) throws IOException {
    if (wear == null) {
      json.writeNull();
      return;
    }
    FlashLife first = wear.first();
    json.writeStartObject();
    json.writeStringField("memory", first.memory());
    json.writeArrayFieldStart("written");
    for (FlashLife.Written written : first.written()) {
      json.writeStartObject();
      json.writeStringField("cause", written.label());
      json.writeNumberField("bytes", written.bytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    number("cycles_used_mean", first.cyclesUsedMean());
    number("rated_cycles", first.ratedCycles());
    number("years_left", first.years().left());
    json.writeStringField("law", wear.law());
    json.writeArrayFieldStart("memories");
    for (FlashLife life : wear.memories()) {
      memory(life);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void memory(FlashLife life) throws IOException {
    json.writeStartObject();
    json.writeStringField("memory", life.memory());
    json.writeNumberField("devices", life.devices());
    json.writeNumberField("capacity_bytes", life.capacityBytes());
    json.writeStringField("reads_limited_by", life.readLimit());
    json.writeObjectFieldStart("written_bytes");
    for (FlashLife.Written written : life.written()) {
      json.writeNumberField(written.cause(), written.bytes());
    }
    json.writeEndObject();
    number("rated_cycles", life.ratedCycles());
    number("cycles_used_mean", life.cyclesUsedMean());
    number("cycles_used_max", life.cyclesUsedMost());
    json.writeArrayFieldStart("blocks_by_cycles");
    for (FlashLife.Bin bin : life.blocks()) {
      json.writeStartObject();
      json.writeNumberField("cycles", bin.erases());
      json.writeNumberField("blocks", bin.blocks());
      json.writeEndObject();
    }
    json.writeEndArray();
    load(life);
    years(life);
    change(life);
    json.writeEndObject();
  }

  private void load(FlashLife life) throws IOException {
    FlashLife.Load load = life.load();
    json.writeObjectFieldStart("load");
    json.writeNumberField("resting_bytes", load.restingBytes());
    json.writeNumberField("passing_bytes", load.passingBytes());
    number("write_bytes_per_sec", load.writeBytesPerSec());
    number("read_bytes_per_sec", load.readBytesPerSec());
    number("celsius", load.celsius());
    json.writeEndObject();
    json.writeObjectFieldStart("rewrite_interval_s");
    number("age", life.intervals().ageS());
    number("reads", life.intervals().readsS());
    number("swap", life.intervals().swapS());
    json.writeEndObject();
    json.writeObjectFieldStart("cycle_shares");
    number("host", life.shares().host());
    number("age", life.shares().age());
    number("reads", life.shares().reads());
    number("swap", life.shares().swap());
    json.writeEndObject();
  }

  private void years(FlashLife life) throws IOException {
    FlashLife.Years years = life.years();
    if (life.limitedBy().isEmpty()) {
      json.writeNullField("limited_by");
    } else {
      json.writeStringField("limited_by", life.limitedBy());
    }
    json.writeStringField("sentence", life.sentence());
    number("cycles_per_year", years.cyclesPerYear());
    number("years_left", years.left());
    number("warranty_years", years.warranty());
    number("warranty_write_bytes_per_sec", years.warrantyBytesPerSec());
    number("years_left_at_warranty_rate", years.leftAtWarranty());
  }

  private void change(FlashLife life) throws IOException {
    FlashLife.Change change = life.change();
    json.writeObjectFieldStart("needed");
    number("years", change.years());
    json.writeBooleanField("reached", change.isReached());
    json.writeStringField("sentence", life.changeSentence());
    number("write_bytes_per_sec", change.writeBytesPerSec());
    number("read_bytes_per_sec", change.readBytesPerSec());
    number("interval_s", change.intervalSeconds());
    number("celsius", change.celsius());
    number("cycles", change.cycles());
    number("devices", change.devices());
    json.writeEndObject();
  }

  private void number(String key, double value) throws IOException {
    JsonText.number(json, key, value);
  }
}
