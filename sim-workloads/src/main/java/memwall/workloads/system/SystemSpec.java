package memwall.workloads.system;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.network.InterconnectSpec;

/**
 * A machine: equal chips on one network.
 *
 * @param chips number of chips, at least 1
 * @param chip what one chip is made of
 * @param network what connects them
 * @param stepOverheadPs time of the host per step (scheduling, sampling, launch) during which the
 *     chips wait
 */
public record SystemSpec(int chips, ChipSpec chip, InterconnectSpec network, long stepOverheadPs) {

  /** Reads a preset of kind {@code system}; faults are recorded there. */
  public static SystemSpec read(Config config) {
    SystemSpec spec =
        new SystemSpec(
            (int) config.integer("chips", 1, 1 << 20, "Number of chips"),
            ChipSpec.read(config.preset("chip", "chip", "The chip, of which all are equal")),
            InterconnectSpec.read(config.preset("network", "network", "What connects the chips")),
            config.quantity(
                "step_overhead",
                Dimension.TIME,
                "0 ps",
                "Host time per step during which the chips wait"));
    config.finish();
    return spec;
  }
}
