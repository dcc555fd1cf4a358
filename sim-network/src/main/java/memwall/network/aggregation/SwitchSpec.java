package memwall.network.aggregation;

/**
 * What all switches have in common.
 *
 * @param latencyPs from a packet's arrival to its way out or into the adder, at least 0
 * @param addBytesPerSec operand bytes added per second, all ports together, at least 1
 * @param addLatencyPs pipeline from the last operand to the sum, at least 0
 * @param slots sums that a switch can hold at once, all groups together, at least 1
 * @param slotBytes room of a slot for numbers in the form in which they are added, at least 1
 * @param mostFanIn children that a switch may have in a tree, at least 1
 * @param ordered whether operands are added in the order of the children (reproducible) and not as
 *     they arrive
 */
public record SwitchSpec(
    long latencyPs,
    long addBytesPerSec,
    long addLatencyPs,
    int slots,
    long slotBytes,
    int mostFanIn,
    boolean ordered) {
  /** Checks the ranges given above. */
  public SwitchSpec {
    if (latencyPs < 0
        || addBytesPerSec < 1
        || addLatencyPs < 0
        || slots < 1
        || slotBytes < 1
        || mostFanIn < 1) {
      throw new IllegalArgumentException(
          "switch with latency "
              + latencyPs
              + " ps, adder at "
              + addBytesPerSec
              + " B/s and latency "
              + addLatencyPs
              + " ps, "
              + slots
              + " slots of "
              + slotBytes
              + " B, fan-in "
              + mostFanIn
              + ": needs latencies >= 0 and the rest >= 1");
    }
  }
}
