package memwall.workloads.system;

import java.util.List;
import memwall.core.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * What of a chip's data lies in more than one of its memories.
 *
 * @param experts where routed experts lie; null if with all other weights
 * @param kv which KV entries lie in a second memory; null if none
 */
public record Tiering(@Nullable ExpertPlacement experts, @Nullable KvTieringSpec kv) {
  /** All data of a usage lie in one memory. */
  public static final Tiering NONE = new Tiering(null, null);

  static Tiering read(Config placement, List<TierSpec> tiers, int kvTier) {
    return new Tiering(
        placement
            .optionalSection("experts", "Where the weights of routed experts lie")
            .map(section -> ExpertPlacement.read(section, tiers))
            .orElse(null),
        placement
            .optionalSection("kv_tiering", "Which KV entries lie in a second memory")
            .map(section -> KvTieringSpec.read(section, tiers, kvTier))
            .orElse(null));
  }

  /** The same with all KV entries in one memory. */
  Tiering withoutKv() {
    return new Tiering(experts, null);
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
  }
}
