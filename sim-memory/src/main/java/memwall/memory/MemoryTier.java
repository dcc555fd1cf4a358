package memwall.memory;

/**
 * A part of a memory's capacity with a speed of its own, such as rows close to the sense amplifiers
 * or layers close to the logic die.
 *
 * @param name unique in the memory
 * @param bytes capacity in one device, at least 1
 * @param bytesPerSec sustained read rate of one device while it reads here, at least 1
 * @param latencyPs what an access takes here beyond the memory's own latency, 0 or more
 */
public record MemoryTier(String name, long bytes, long bytesPerSec, long latencyPs) {
  /** Checks the ranges. */
  public MemoryTier {
    if (bytes < 1 || bytesPerSec < 1 || latencyPs < 0) {
      throw new IllegalArgumentException("a tier needs bytes, a rate and a latency");
    }
  }
}
