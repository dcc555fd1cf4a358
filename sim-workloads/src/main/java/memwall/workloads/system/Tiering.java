package memwall.workloads.system;

import java.util.List;
import memwall.core.config.Config;
import memwall.memory.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What of a chip's data lies in more than one of its memories.
 *
 * @param experts where routed experts lie; null if with all other weights
 * @param kv which KV entries lie in a second memory; null if none
 * @param staging where weights are copied ahead of their use; null if nowhere
 */
public record Tiering(
    @Nullable ExpertPlacement experts, @Nullable KvTieringSpec kv, @Nullable StagingSpec staging) {
  /** All data of a usage lie in one memory. */
  public static final Tiering NONE = new Tiering(null, null, null);

  static Tiering read(Config placement, List<TierSpec> tiers, int weightsTier, int kvTier) {
    return new Tiering(
        placement
            .optionalSection("experts", "Where the weights of routed experts lie")
            .map(section -> ExpertPlacement.read(section, tiers))
            .orElse(null),
        placement
            .optionalSection("kv_tiering", "Which KV entries lie in a second memory")
            .map(section -> KvTieringSpec.read(section, tiers, kvTier))
            .orElse(null),
        placement
            .optionalSection("staging", "Where weights are copied ahead of their use")
            .map(section -> StagingSpec.read(section, tiers, weightsTier))
            .orElse(null));
  }

  /** The same with all KV entries in one memory. */
  Tiering withoutKv() {
    return new Tiering(experts, null, staging);
  }

  /** Operators are left to memories where all data of their usage lie in one. */
  void checkOffload(Config chip, OffloadSpec offload) {
    if (experts != null && offload.experts().when() != OffloadSpec.When.NEVER) {
      chip.fault(
          "offload",
          "experts are left to the memory that holds all weights; leave out either"
              + " 'offload.experts' or 'placement.experts'");
    }
    if (kv != null && offload.attention().when() != OffloadSpec.When.NEVER) {
      chip.fault(
          "offload",
          "attention is left to the memory that holds all KV entries; leave out either"
              + " 'offload.attention' or 'placement.kv_tiering'");
    }
    if (staging != null
        && (offload.uses(Usage.WEIGHTS) || offload.interleaving().subBatches() > 1)) {
      chip.fault(
          "offload",
          "weights are copied in the order in which the chip needs them; leave out either products"
              + " and sub-batches of 'offload', or 'placement.staging'");
    }
  }
}
