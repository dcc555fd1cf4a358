package memwall.workloads.system;

import memwall.memory.Usage;

/**
 * What one chip has to hold.
 *
 * @param weightBytes weights of its shard
 * @param routedBytes of these, weights of routed experts
 * @param popularBytes of these, weights of the most popular experts, as many as a chip keeps apart
 * @param kvBytes room for the KV cache
 * @param tieredKvBytes room for KV entries in the second memory
 * @param activationBytes activations of the largest step
 */
public record Footprint(
    long weightBytes,
    long routedBytes,
    long popularBytes,
    long kvBytes,
    long tieredKvBytes,
    long activationBytes) {

  /** Without routed experts and with one memory for KV entries. */
  public Footprint(long weightBytes, long kvBytes, long activationBytes) {
    this(weightBytes, 0, 0, kvBytes, 0, activationBytes);
  }

  private static long stagingBytes(ChipSpec chip, int tier) {
    StagingSpec staging = chip.tiering().staging();
    return staging == null || tier != staging.tier() ? 0 : staging.sizeBytes();
  }

  /** Bytes of a usage in a tier of a chip; the staging buffer counts as weights. */
  public long bytes(ChipSpec chip, int tier, Usage usage) {
    return switch (usage) {
      case WEIGHTS ->
          chip.weightsIn(tier, weightBytes, routedBytes, popularBytes) + stagingBytes(chip, tier);
      case KV -> tier == chip.kvTier() ? kvBytes : chip.holds(tier, usage) ? tieredKvBytes : 0;
      case ACTIVATIONS -> tier == chip.activationsTier() ? activationBytes : 0;
    };
  }
}
