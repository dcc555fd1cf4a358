package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import memwall.core.stat.Snapshot;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What the trees of a machine's network did, from its statistics.
 *
 * @param calls all-reduces that were chosen for the trees, times ranks
 * @param operations that ended in the trees
 * @param fallenBack all-reduces that the ordinary network did instead
 * @param lateRanks times that a rank was late by chance
 * @param rebuilds times that an operation began anew
 * @param contributions chunks of ranks in the operations
 * @param added those of them that are in the results
 * @param late those that came too late
 * @param substituted those that never came to be added
 * @param stale earlier ones that stood in
 * @param latency from a rank's call to its result
 */
public record Trees(
    long calls,
    long operations,
    long fallenBack,
    long lateRanks,
    long rebuilds,
    long contributions,
    long added,
    long late,
    long substituted,
    long stale,
    Histogram latency) {
  private static final String PREFIX = "network.tree.";

  /** Of a run; null if its network has none. */
  public static @Nullable Trees of(Snapshot snapshot) {
    for (Snapshot.Value value : snapshot.values()) {
      if (value.path().equals(PREFIX + "rank_calls")) {
        return new Trees(
            count(snapshot, "rank_calls"),
            count(snapshot, "operations"),
            count(snapshot, "fallen_back"),
            count(snapshot, "late_members"),
            count(snapshot, "rebuilds"),
            count(snapshot, "contributions"),
            count(snapshot, "contributions_added"),
            count(snapshot, "contributions_late"),
            count(snapshot, "contributions_substituted"),
            count(snapshot, "stale_used"),
            snapshot.histogram(PREFIX + "all_reduce_latency"));
      }
    }
    return null;
  }

  private static long count(Snapshot snapshot, String name) {
    return (long) snapshot.number(PREFIX + name);
  }

  /** Share of the contributions that are not in results. */
  public double missingShare() {
    return contributions == 0 ? 0 : 1 - (double) added / contributions;
  }

  /** Time from call to result that so many of a hundred calls do not exceed, in microseconds. */
  public double latencyUs(double percentile) {
    return calls == 0 ? 0 : latency.getValueAtPercentile(percentile) * 1e-6;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("rank_calls", calls);
    json.writeNumberField("operations", operations);
    json.writeNumberField("fallen_back", fallenBack);
    json.writeNumberField("late_ranks", lateRanks);
    json.writeNumberField("rebuilds", rebuilds);
    json.writeNumberField("contributions", contributions);
    json.writeNumberField("added", added);
    json.writeNumberField("late", late);
    json.writeNumberField("substituted", substituted);
    json.writeNumberField("stale", stale);
    json.writeNumberField("missing_share", missingShare());
    json.writeNumberField("p50_us", latencyUs(50));
    json.writeNumberField("p99_us", latencyUs(99));
    json.writeEndObject();
  }
}
