package memwall.workloads.system;

import memwall.memory.Usage;

/**
 * What one chip has to hold.
 *
 * @param weightBytes weights of its shard
 * @param kvBytes room for the KV cache
 * @param activationBytes activations of the largest step
 */
public record Footprint(long weightBytes, long kvBytes, long activationBytes) {
  /** Bytes of a usage. */
  public long bytes(Usage usage) {
    return switch (usage) {
      case WEIGHTS -> weightBytes;
      case KV -> kvBytes;
      case ACTIVATIONS -> activationBytes;
    };
  }
}
