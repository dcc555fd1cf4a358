package memwall.workloads.system;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.unit.Units;

/**
 * What connects the chips of one node with those of others: a port of each chip into a network that
 * gives every port its rate.
 *
 * @param bytesPerSec rate of a chip's port, at least 1
 * @param latencyPs from chip to chip, software included
 * @param duplex whether a port sends and receives at that rate at once, or both share it
 */
public record ScaleOutSpec(long bytesPerSec, long latencyPs, Duplex duplex) {
  /** How the two directions of a port share its rate. */
  public enum Duplex {
    /** Each direction has the whole rate. */
    FULL,
    /** What is sent and what is received share the rate. */
    HALF
  }

  static ScaleOutSpec read(Config config) {
    ScaleOutSpec spec =
        new ScaleOutSpec(
            Math.max(
                1, config.quantity("link_rate", Dimension.BYTE_RATE, "Rate of the port of a chip")),
            config.quantity("latency", Dimension.TIME, "From chip to chip, software included"),
            config.choice("duplex", Duplex.FULL, "Whether both directions share the rate"));
    config.finish();
    return spec;
  }

  /** Time in which a chip sends so many bytes and receives as many. */
  public long exchangePs(long bytes) {
    return latencyPs + Units.transferPs(duplex == Duplex.HALF ? 2 * bytes : bytes, bytesPerSec);
  }
}
