package memwall.memory.pnm;

/**
 * Latencies of the host's reads, from arrival to the last data beat.
 *
 * @param reads how many
 * @param meanPs mean, rounded
 * @param p50Ps median
 * @param p99Ps 99th percentile
 * @param maxPs longest
 */
public record HostLatency(long reads, long meanPs, long p50Ps, long p99Ps, long maxPs) {
  /** Of nobody. */
  public static final HostLatency NONE = new HostLatency(0, 0, 0, 0, 0);
}
