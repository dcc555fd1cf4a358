package memwall.workloads.system;

/**
 * What one chip has to hold.
 *
 * @param weightBytes weights of its shard
 * @param kvBytes room for the KV cache
 * @param activationBytes activations of the largest step
 */
public record Footprint(long weightBytes, long kvBytes, long activationBytes) {}
