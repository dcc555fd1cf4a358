package memwall.workloads.system;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.Usage;

/**
 * A buffer in one memory into which weights of another one are copied ahead of their use.
 *
 * @param tier index of the memory that has the buffer
 * @param sizeBytes of the buffer, per chip
 * @param depth operators whose weights may be on their way or in the buffer before their turn, at
 *     least 1
 * @param policy how far ahead it copies
 */
public record StagingSpec(int tier, long sizeBytes, int depth, Policy policy) {
  /** How far ahead weights are copied. */
  public enum Policy {
    /** Operator after operator, as long as there is room and depth allows. */
    SEQUENTIAL,
    /** Those of the next layer, or repeated block of layers, from the beginning of one on. */
    LAYER
  }

  static StagingSpec read(Config config, List<TierSpec> tiers, int weightsTier) {
    String name = config.text("memory", "Memory that has the buffer");
    int tier = ChipSpec.holder(config, "memory", name, Usage.WEIGHTS, tiers);
    StagingSpec spec =
        new StagingSpec(
            tier,
            config.quantity("size", Dimension.SIZE, "Bytes of the buffer, per chip"),
            (int)
                config.integer(
                    "depth",
                    1,
                    1 << 16,
                    8,
                    "Operators whose weights may be there before their turn"),
            config.choice("policy", Policy.SEQUENTIAL, "How far ahead weights are copied"));
    if (!tiers.isEmpty()) {
      check(config, spec, name, tiers.get(weightsTier));
    }
    config.finish();
    return spec;
  }

  private static void check(Config config, StagingSpec spec, String name, TierSpec source) {
    long page = source.device().accessBytes(Usage.WEIGHTS);
    if (name.equals(source.name())) {
      config.fault("memory", "'" + name + "' holds the weights themselves");
    } else if (spec.sizeBytes() < page) {
      config.fault(
          "size",
          spec.sizeBytes() + " bytes are less than a page of '" + source.name() + "', " + page);
    }
  }
}
