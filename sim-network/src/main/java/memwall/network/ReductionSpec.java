package memwall.network;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * The unit in a switch that adds vectors.
 *
 * @param bytesPerSec operand bytes that are added per second, over all ports, at least 1
 * @param latencyPs pipeline from the last operand to the result
 * @param slots chunks that a group may have under way; a rank sends chunk i when it has the result
 *     of chunk i - slots (SwitchML's self-clocked pool, network facts section 5), at least 1
 * @param slotBytes payload of a slot; longer vectors are cut into chunks of this size, at least 1
 */
public record ReductionSpec(long bytesPerSec, long latencyPs, int slots, long slotBytes) {
  /** Most slots that a switch may have; more would be a mistake of unit. */
  static final int MAX_SLOTS = 1 << 20;

  /** Checks the ranges given above. */
  public ReductionSpec {
    if (bytesPerSec < 1 || latencyPs < 0 || slots < 1 || slots > MAX_SLOTS || slotBytes < 1) {
      throw new IllegalArgumentException(
          "reduction at "
              + bytesPerSec
              + " B/s, latency "
              + latencyPs
              + " ps, "
              + slots
              + " slots of "
              + slotBytes
              + " B: needs rate >= 1 B/s, latency >= 0 ps, 1 to "
              + MAX_SLOTS
              + " slots of at least 1 B");
    }
  }

  static ReductionSpec read(Config config) {
    long slotBytes = config.quantity("slot_size", Dimension.SIZE, "Payload of one slot");
    if (slotBytes < 1) {
      config.fault("slot_size", "must be at least 1 B");
      slotBytes = 1;
    }
    long bytesPerSec =
        config.quantity("rate", Dimension.BYTE_RATE, "Operand bytes added per second, all ports");
    if (bytesPerSec < 1) {
      config.fault("rate", "must be at least 1 B/s");
      bytesPerSec = 1;
    }
    ReductionSpec spec =
        new ReductionSpec(
            bytesPerSec,
            config.quantity("latency", Dimension.TIME, "Pipeline from last operand to result"),
            (int) config.integer("slots", 1, MAX_SLOTS, "Chunks under way per group"),
            slotBytes);
    config.finish();
    return spec;
  }
}
