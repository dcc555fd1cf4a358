package memwall.network.aggregation;

/**
 * A full-duplex link by itself.
 *
 * @param bytesPerSec rate of each direction, at least 1
 * @param latencyPs from end to end, at least 0
 */
public record Wire(long bytesPerSec, long latencyPs) {
  /** Checks the ranges given above. */
  public Wire {
    if (bytesPerSec < 1 || latencyPs < 0) {
      throw new IllegalArgumentException(
          "link at "
              + bytesPerSec
              + " B/s, latency "
              + latencyPs
              + " ps: needs a rate of at least 1 B/s and a latency of at least 0 ps");
    }
  }
}
