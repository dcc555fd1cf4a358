package memwall.workloads.system;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.network.InterconnectSpec;
import org.jspecify.annotations.Nullable;

/**
 * A machine: nodes of equal chips on one network.
 *
 * @param chips number of chips of a node, at least 1
 * @param chip what one chip is made of
 * @param network what connects them
 * @param stepOverheadPs time of the host per step (scheduling, sampling, launch) during which the
 *     chips wait
 * @param nodes number of nodes, at least 1
 * @param scaleOut what connects the nodes; null if there is but one
 */
public record SystemSpec(
    int chips,
    ChipSpec chip,
    InterconnectSpec network,
    long stepOverheadPs,
    int nodes,
    @Nullable ScaleOutSpec scaleOut) {

  /** A machine of one node. */
  public SystemSpec(int chips, ChipSpec chip, InterconnectSpec network, long stepOverheadPs) {
    this(chips, chip, network, stepOverheadPs, 1, null);
  }

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
                "Host time per step during which the chips wait"),
            (int) config.integer("nodes", 1, 1 << 16, 1, "Number of nodes of so many chips"),
            config
                .optionalSection("scale_out", "What connects the chips of different nodes")
                .map(ScaleOutSpec::read)
                .orElse(null));
    if (spec.nodes() > 1 && spec.scaleOut() == null) {
      config.fault(
          "nodes",
          spec.nodes()
              + " nodes need a connection: give 'scale_out: { link_rate: ..., latency: ... }'");
    }
    config.finish();
    return spec;
  }

  /** Chips of all nodes. */
  public int allChips() {
    return Math.multiplyExact(chips, nodes);
  }

  /** The same machine with another number of nodes. */
  public SystemSpec withNodes(int newNodes) {
    return new SystemSpec(chips, chip, network, stepOverheadPs, newNodes, scaleOut);
  }

  /** The same machine with another chip. */
  public SystemSpec withChip(ChipSpec newChip) {
    return new SystemSpec(chips, newChip, network, stepOverheadPs, nodes, scaleOut);
  }
}
