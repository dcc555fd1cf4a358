package memwall.workloads.trace;

import org.jspecify.annotations.Nullable;

/**
 * What a trace looks like.
 *
 * @param requests number of requests
 * @param promptTokens sum over all requests
 * @param outputTokens sum over all requests
 * @param thinkTokens those of the output tokens that are thinking
 * @param durationPs from the first arrival to the last
 * @param requestsPerSec gaps divided by the duration; 0 for a single request
 * @param gapCv coefficient of variation of the gaps between arrivals; 1 for a Poisson process
 * @param zeroGapShare share of the gaps that are 0: large where timestamps are coarse
 * @param dispersion1s index of dispersion (variance / mean) of the arrivals in the complete windows
 *     of 1 s; 1 for a Poisson process; NaN with fewer than two windows
 * @param dispersion60s the same for windows of 60 s
 * @param peak1s most arrivals in a window of 1 s
 * @param peak60s most arrivals in a window of 60 s
 * @param prompt lengths of prompts
 * @param output lengths of outputs
 * @param maxContextTokens longest prompt and output of one request together
 * @param prefix blocks that prompts share; null if the trace has no ids of blocks
 */
public record TraceStatistics(
    long requests,
    long promptTokens,
    long outputTokens,
    long thinkTokens,
    long durationPs,
    double requestsPerSec,
    double gapCv,
    double zeroGapShare,
    double dispersion1s,
    double dispersion60s,
    long peak1s,
    long peak60s,
    Lengths prompt,
    Lengths output,
    int maxContextTokens,
    @Nullable Prefix prefix) {

  /**
   * Blocks of prompts, as a cache without limit sees them: a block hits if it and all before it in
   * its prompt have been seen in a request before.
   *
   * @param blocks of all prompts
   * @param distinct among them
   * @param hits blocks that hit
   * @param once those of the distinct that one prompt has, once
   */
  public record Prefix(long blocks, long distinct, long hits, long once) {
    /** Share of the blocks that hit. */
    public double hitShare() {
      return (double) hits / blocks;
    }
  }

  /**
   * A distribution of lengths in tokens; quantiles are linear between the two nearest requests.
   *
   * @param mean arithmetic mean
   * @param cv coefficient of variation
   * @param min shortest
   * @param p1 1 % are not longer
   * @param p5 5 %
   * @param p25 25 %
   * @param p50 median
   * @param p75 75 %
   * @param p90 90 %
   * @param p95 95 %
   * @param p99 99 %
   * @param p999 99.9 %
   * @param max longest
   */
  public record Lengths(
      double mean,
      double cv,
      int min,
      double p1,
      double p5,
      double p25,
      double p50,
      double p75,
      double p90,
      double p95,
      double p99,
      double p999,
      int max) {}
}
