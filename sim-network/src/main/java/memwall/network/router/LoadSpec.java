package memwall.network.router;

/**
 * Synthetic traffic and how long it is measured.
 *
 * <p>Each node creates a packet in a cycle with the probability that makes the offered load
 * (Bernoulli). After {@code warmupCycles} the packets created in the next {@code sampleCycles} are
 * measured; the load goes on until the last of them has arrived, at most {@code drainCycles} more.
 *
 * @param pattern who sends to whom
 * @param hotShare share that goes to the hot node, for {@link TrafficPattern#HOTSPOT}
 * @param packetFlits length of a packet
 * @param warmupCycles cycles before measuring
 * @param sampleCycles cycles whose packets are measured
 * @param drainCycles most cycles after that
 * @param seed of all that is drawn
 */
public record LoadSpec(
    TrafficPattern pattern,
    double hotShare,
    int packetFlits,
    long warmupCycles,
    long sampleCycles,
    long drainCycles,
    long seed) {
  /** Longest packet. */
  public static final int MAX_PACKET_FLITS = 1 << 16;

  /** Checks the ranges. */
  public LoadSpec {
    if (packetFlits < 1 || packetFlits > MAX_PACKET_FLITS) {
      throw new IllegalArgumentException(
          "packets of " + packetFlits + " flits: allowed are 1 to " + MAX_PACKET_FLITS);
    }
    if (warmupCycles < 0 || sampleCycles < 1 || drainCycles < 0) {
      throw new IllegalArgumentException(
          "warm-up "
              + warmupCycles
              + ", sample "
              + sampleCycles
              + ", drain "
              + drainCycles
              + " cycles: the sample needs at least 1, the others 0");
    }
    if (!(hotShare >= 0 && hotShare <= 1)) {
      throw new IllegalArgumentException("a share of " + hotShare + " is not in 0 to 1");
    }
  }
}
