package memwall.network.graph;

/**
 * What all links of a graph are like, and how messages go over them.
 *
 * @param bytesPerSec at least 1
 * @param latencyPs from end to end, for the first bit
 * @param passing when a message goes on to the next link
 */
public record LinkSpec(long bytesPerSec, long latencyPs, Passing passing) {
  /** When a message goes on to the next link. */
  public enum Passing {
    /** When all of it has come. */
    STORE_AND_FORWARD,
    /** When its first bit has come; the rest follows, and waits here if the next link is busy. */
    CUT_THROUGH
  }

  /** Checks the ranges given above. */
  public LinkSpec {
    if (bytesPerSec < 1 || latencyPs < 0) {
      throw new IllegalArgumentException(
          "links of " + bytesPerSec + " B/s and " + latencyPs + " ps: rate >= 1, latency >= 0");
    }
  }
}
