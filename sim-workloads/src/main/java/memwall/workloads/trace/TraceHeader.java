package memwall.workloads.trace;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the first line of a trace says about it; immutable.
 *
 * @param kind {@code requests} or {@code tokens}
 * @param timeUnitPs picoseconds in one unit of the times in the file: 1 or 1000
 * @param blockTokens prompt tokens per hash id; 0 if not given
 * @param moeLayers MoE layers per token of a token trace; 0 if not given
 * @param experts experts per MoE layer of a token trace; 0 if not given
 * @param texts the descriptive fields that are given, see {@link #TEXTS}
 * @param x the JSON object of fields that the format does not know, as written
 */
public record TraceHeader(
    String kind,
    int timeUnitPs,
    int blockTokens,
    int moeLayers,
    int experts,
    Map<String, String> texts,
    @Nullable String x) {
  /** The version of the format that this program reads and writes. */
  public static final int VERSION = 1;

  /** The kind of a request trace. */
  public static final String REQUESTS = "requests";

  /** The kind of a token trace. */
  public static final String TOKENS = "tokens";

  /** The descriptive fields, in the order in which they are written. */
  public static final List<String> TEXTS =
      List.of("source", "license", "epoch", "model", "tokenizer", "hash_space", "jitter");

  /** Copies the texts. */
  public TraceHeader {
    if (timeUnitPs != 1 && timeUnitPs != 1000) {
      throw new IllegalArgumentException("time unit " + timeUnitPs + " ps, expected 1 or 1000");
    }
    texts = Collections.unmodifiableMap(new TreeMap<>(texts));
  }

  /** A request trace in nanoseconds. */
  public static TraceHeader requests(Map<String, String> texts) {
    return new TraceHeader(REQUESTS, 1000, 0, 0, 0, texts, null);
  }

  /** A token trace in picoseconds. */
  public static TraceHeader tokens(Map<String, String> texts) {
    return new TraceHeader(TOKENS, 1, 0, 0, 0, texts, null);
  }

  /** The same header for a request trace whose times are written in units of so many ps. */
  public TraceHeader asRequests(int newTimeUnitPs) {
    return new TraceHeader(REQUESTS, newTimeUnitPs, blockTokens, 0, 0, texts, x);
  }

  /** The same header with one of {@link #TEXTS} set. */
  TraceHeader withText(String name, String text) {
    Map<String, String> more = new TreeMap<>(texts);
    more.put(name, text);
    return new TraceHeader(kind, timeUnitPs, blockTokens, moeLayers, experts, more, x);
  }

  /** The word for the time unit: {@code ps} or {@code ns}. */
  public String timeUnit() {
    return timeUnitPs == 1 ? "ps" : "ns";
  }
}
