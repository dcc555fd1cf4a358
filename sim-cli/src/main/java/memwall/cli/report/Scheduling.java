package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import memwall.core.stat.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Preemptions and shared blocks of prompts, from the statistics of a run; bytes of one chip.
 *
 * @param preemptions how often a request was put out of the batch
 * @param lostTokens KV entries thrown away then, to be computed again
 * @param swappedOutBytes copied to the host then
 * @param swappedInBytes copied back
 * @param noRoomOnHost preemptions whose entries were thrown away for want of room there
 * @param prefixes shared blocks; null if there are none
 */
record Scheduling(
    long preemptions,
    long lostTokens,
    long swappedOutBytes,
    long swappedInBytes,
    long noRoomOnHost,
    @Nullable Prefixes prefixes) {
  private static final String SCHEDULING = "scheduling.";
  private static final String PREFIXES = "prefix_cache.";

  /**
   * Shared blocks.
   *
   * @param seenBlocks blocks of prompts
   * @param hitBlocks those that were found
   * @param seenTokens tokens of prompts
   * @param hitTokens those whose entries were found
   * @param againTokens found by requests that came back after they were preempted
   * @param evictedBlocks that made room
   */
  record Prefixes(
      long seenBlocks,
      long hitBlocks,
      long seenTokens,
      long hitTokens,
      long againTokens,
      long evictedBlocks) {
    /** Share of the blocks; NaN if there were none. */
    double hitShare() {
      return (double) hitBlocks / seenBlocks;
    }

    /** Share of the tokens; NaN if there were none. */
    double tokenShare() {
      return (double) hitTokens / seenTokens;
    }
  }

  /** Of a run; null if nobody could be preempted and nothing was shared. */
  static @Nullable Scheduling of(Snapshot snapshot) {
    boolean scheduled = false;
    boolean shared = false;
    for (Snapshot.Value value : snapshot.values()) {
      scheduled |= value.path().startsWith(SCHEDULING);
      shared |= value.path().startsWith(PREFIXES);
    }
    return scheduled
        ? new Scheduling(
            count(snapshot, SCHEDULING + "preemptions"),
            count(snapshot, SCHEDULING + "lost_tokens"),
            count(snapshot, SCHEDULING + "swapped_out_bytes"),
            count(snapshot, SCHEDULING + "swapped_in_bytes"),
            count(snapshot, SCHEDULING + "no_room_on_host"),
            shared ? prefixes(snapshot) : null)
        : null;
  }

  private static Prefixes prefixes(Snapshot snapshot) {
    return new Prefixes(
        count(snapshot, PREFIXES + "seen_blocks"),
        count(snapshot, PREFIXES + "hit_blocks"),
        count(snapshot, PREFIXES + "seen_tokens"),
        count(snapshot, PREFIXES + "hit_tokens"),
        count(snapshot, PREFIXES + "again_tokens"),
        count(snapshot, PREFIXES + "evicted_blocks"));
  }

  private static long count(Snapshot snapshot, String path) {
    return Math.round(snapshot.number(path));
  }

  /** The value of {@code scheduling} in the summary. */
  static void write(JsonGenerator json, Snapshot snapshot) throws IOException {
    Scheduling scheduling = of(snapshot);
    if (scheduling == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeNumberField("preemptions", scheduling.preemptions);
    json.writeNumberField("lost_tokens", scheduling.lostTokens);
    json.writeNumberField("swapped_out_bytes", scheduling.swappedOutBytes);
    json.writeNumberField("swapped_in_bytes", scheduling.swappedInBytes);
    json.writeNumberField("no_room_on_host", scheduling.noRoomOnHost);
    json.writeFieldName("prefix_cache");
    Prefixes prefixes = scheduling.prefixes;
    if (prefixes == null) {
      json.writeNull();
    } else {
      json.writeStartObject();
      json.writeNumberField("seen_blocks", prefixes.seenBlocks());
      json.writeNumberField("hit_blocks", prefixes.hitBlocks());
      JsonText.number(json, "hit_share", prefixes.hitShare());
      json.writeNumberField("seen_tokens", prefixes.seenTokens());
      json.writeNumberField("hit_tokens", prefixes.hitTokens());
      JsonText.number(json, "token_share", prefixes.tokenShare());
      json.writeNumberField("again_tokens", prefixes.againTokens());
      json.writeNumberField("evicted_blocks", prefixes.evictedBlocks());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** Preemptions, for readers. */
  String preemptionText() {
    if (preemptions == 0) {
      return "none";
    }
    StringBuilder text = new StringBuilder();
    text.append(Figures.count(preemptions)).append(" times; ");
    text.append(Figures.count(lostTokens)).append(" KV entries computed again");
    if (swappedOutBytes > 0) {
      text.append(", ")
          .append(Figures.bytes(swappedOutBytes))
          .append(" per chip copied to the host, ")
          .append(Figures.bytes(swappedInBytes))
          .append(" back");
    }
    if (noRoomOnHost > 0) {
      text.append(", ").append(Figures.count(noRoomOnHost)).append(" times no room there");
    }
    return text.toString();
  }

  /** Shared blocks, for readers; null if there are none. */
  @Nullable String prefixText() {
    if (prefixes == null) {
      return null;
    }
    return (prefixes.seenBlocks() == 0 ? Figures.NONE : Figures.percent(prefixes.hitShare()))
        + " of the blocks of prompts found ("
        + Figures.count(prefixes.hitBlocks())
        + " of "
        + Figures.count(prefixes.seenBlocks())
        + "), "
        + Figures.count(prefixes.hitTokens() + prefixes.againTokens())
        + " tokens not processed again, "
        + Figures.count(prefixes.evictedBlocks())
        + " blocks evicted";
  }

  /** In the HTML report, from the summary; nothing if it is null there. */
  static void section(Html html, JsonNode node) {
    if (!node.isObject()) {
      return;
    }
    JsonNode shared = node.path("prefix_cache");
    Scheduling scheduling =
        new Scheduling(
            node.path("preemptions").asLong(),
            node.path("lost_tokens").asLong(),
            node.path("swapped_out_bytes").asLong(),
            node.path("swapped_in_bytes").asLong(),
            node.path("no_room_on_host").asLong(),
            shared.isObject()
                ? new Prefixes(
                    shared.path("seen_blocks").asLong(),
                    shared.path("hit_blocks").asLong(),
                    shared.path("seen_tokens").asLong(),
                    shared.path("hit_tokens").asLong(),
                    shared.path("again_tokens").asLong(),
                    shared.path("evicted_blocks").asLong())
                : null);
    html.raw("<h3>Room for KV entries</h3>\n<p>");
    html.text("Preempted: " + scheduling.preemptionText() + ".");
    String prefixText = scheduling.prefixText();
    if (prefixText != null) {
      html.text(" Prefix cache: " + prefixText + ".");
    }
    html.raw("</p>\n");
  }
}
