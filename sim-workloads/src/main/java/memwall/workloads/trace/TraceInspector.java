package memwall.workloads.trace;

import it.unimi.dsi.fastutil.ints.Int2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ByteOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Measures a trace in one pass; memory grows with the number of different lengths and blocks, not
 * with the number of requests.
 */
public final class TraceInspector {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;

  private final Int2LongOpenHashMap prompts = new Int2LongOpenHashMap();
  private final Int2LongOpenHashMap outputs = new Int2LongOpenHashMap();
  private final Windows seconds = new Windows(PS_PER_SECOND);
  private final Windows minutes = new Windows(60 * PS_PER_SECOND);
  private long requests;
  private long promptTokens;
  private long outputTokens;
  private long thinkTokens;
  private long firstPs;
  private long lastPs;
  private long zeroGaps;
  private int maxContext;

  /** By id of a block: 1, or 2 for more often. */
  private final Long2ByteOpenHashMap timesSeen = new Long2ByteOpenHashMap();

  private long blocks;
  private long hits;

  // Welford's running mean and sum of squared deviations of the gaps, in seconds.
  private double gapMean;
  private double gapSquares;

  private TraceInspector() {}

  /**
   * Measures all requests of a trace, which stays open.
   *
   * @throws memwall.core.config.ConfigException if the trace has faults
   */
  public static TraceStatistics inspect(RequestTrace trace) {
    TraceInspector inspector = new TraceInspector();
    for (Request request = trace.next(); request != null; request = trace.next()) {
      inspector.add(request);
    }
    return inspector.result();
  }

  private void add(Request request) {
    long arrivalPs = request.arrivalPs();
    if (requests == 0) {
      firstPs = arrivalPs;
    } else {
      long gapPs = arrivalPs - lastPs;
      zeroGaps += gapPs == 0 ? 1 : 0;
      double gap = (double) gapPs / PS_PER_SECOND;
      double delta = gap - gapMean;
      gapMean += delta / requests;
      gapSquares += delta * (gap - gapMean);
    }
    lastPs = arrivalPs;
    requests++;
    seconds.add(arrivalPs - firstPs);
    minutes.add(arrivalPs - firstPs);
    promptTokens += request.promptTokens();
    outputTokens += request.outputTokens();
    thinkTokens += request.phases().count(Phase.THINK, request.outputTokens());
    prompts.addTo(request.promptTokens(), 1);
    outputs.addTo(request.outputTokens(), 1);
    maxContext = Math.max(maxContext, request.maxContextTokens());
    RequestExtras extras = request.extras();
    if (extras != null) {
      addBlocks(extras.hashIds());
    }
  }

  private void addBlocks(LongImmutableList ids) {
    blocks += ids.size();
    int known = 0;
    while (known < ids.size() && timesSeen.containsKey(ids.getLong(known))) {
      known++;
    }
    hits += known;
    for (int i = 0; i < ids.size(); i++) {
      long id = ids.getLong(i);
      timesSeen.put(id, (byte) Math.min(2, 1 + timesSeen.getOrDefault(id, (byte) 0)));
    }
  }

  private TraceStatistics.@Nullable Prefix prefix() {
    if (blocks == 0) {
      return null;
    }
    long once = 0;
    for (byte times : timesSeen.values()) {
      once += times == 1 ? 1 : 0;
    }
    return new TraceStatistics.Prefix(blocks, timesSeen.size(), hits, once);
  }

  private TraceStatistics result() {
    if (requests == 0) {
      throw new IllegalArgumentException("a trace without requests has no statistics");
    }
    long gaps = requests - 1;
    long durationPs = lastPs - firstPs;
    return new TraceStatistics(
        requests,
        promptTokens,
        outputTokens,
        thinkTokens,
        durationPs,
        durationPs == 0 ? 0 : gaps / ((double) durationPs / PS_PER_SECOND),
        gaps == 0 || gapMean == 0 ? 0 : StrictMath.sqrt(gapSquares / gaps) / gapMean,
        gaps == 0 ? 0 : (double) zeroGaps / gaps,
        seconds.dispersion(),
        minutes.dispersion(),
        seconds.peak(),
        minutes.peak(),
        lengths(prompts, promptTokens),
        lengths(outputs, outputTokens),
        maxContext,
        prefix());
  }

  private TraceStatistics.Lengths lengths(Int2LongOpenHashMap counts, long sum) {
    int[] values = counts.keySet().toIntArray();
    Arrays.sort(values);
    double mean = (double) sum / requests;
    double squares = 0;
    for (int value : values) {
      squares += counts.get(value) * (value - mean) * (value - mean);
    }
    return new TraceStatistics.Lengths(
        mean,
        StrictMath.sqrt(squares / requests) / mean,
        values[0],
        quantile(values, counts, 0.01),
        quantile(values, counts, 0.05),
        quantile(values, counts, 0.25),
        quantile(values, counts, 0.5),
        quantile(values, counts, 0.75),
        quantile(values, counts, 0.9),
        quantile(values, counts, 0.95),
        quantile(values, counts, 0.99),
        quantile(values, counts, 0.999),
        values[values.length - 1]);
  }

  private double quantile(int[] values, Int2LongOpenHashMap counts, double probability) {
    double position = (requests - 1) * probability;
    long rank = (long) position;
    double low = atRank(values, counts, rank);
    double high = atRank(values, counts, Math.min(rank + 1, requests - 1));
    return low + (high - low) * (position - rank);
  }

  private static int atRank(int[] values, Int2LongOpenHashMap counts, long rank) {
    long before = 0;
    for (int value : values) {
      before += counts.get(value);
      if (before > rank) {
        return value;
      }
    }
    throw new IllegalStateException("rank " + rank + " of " + before);
  }

  /** Arrivals per window of fixed length; only complete windows enter the dispersion. */
  private static final class Windows {
    private final long lengthPs;
    private long current;
    private long inCurrent;
    private long peak;
    private double sum;
    private double squares;

    Windows(long lengthPs) {
      this.lengthPs = lengthPs;
    }

    void add(long sinceFirstPs) {
      long window = sinceFirstPs / lengthPs;
      if (window > current) {
        sum += inCurrent;
        squares += (double) inCurrent * inCurrent;
        current = window;
        inCurrent = 0;
      }
      inCurrent++;
      peak = Math.max(peak, inCurrent);
    }

    long peak() {
      return peak;
    }

    double dispersion() {
      if (current < 2) {
        return Double.NaN;
      }
      double mean = sum / current;
      return (squares / current - mean * mean) / mean;
    }
  }
}
