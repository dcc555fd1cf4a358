package memwall.workloads.kernel;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * How fast a kernel reads: from the memory at a share of its peak rate; what was read just before
 * and fits the cache, from there.
 *
 * @param efficiency share of the memory's peak rate, in (0, 1]
 * @param cacheBytesPerSec rate of the last-level cache, at least 1
 * @param cacheShare share of the cache up to which data are found there, positive
 * @param overlap exponent p of the overlap with the work of the multiprocessors, at least 1
 */
public record MemoryLimit(
    double efficiency, long cacheBytesPerSec, double cacheShare, double overlap) {
  private static final double LARGEST_OVERLAP = 100;

  static MemoryLimit read(Config config) {
    return new MemoryLimit(
        config.number(
            "memory_efficiency", 0.01, 1, "Share of the memory's peak rate that the kernel reads"),
        Math.max(
            1,
            config.quantity(
                "cache_rate", Dimension.BYTE_RATE, "Rate at which data in the cache are read")),
        config.number(
            "cache_share", 0.001, 10, "Share of the cache up to which data are found there"),
        overlap(config));
  }

  static double overlap(Config config) {
    return config.number(
        "overlap",
        1,
        LARGEST_OVERLAP,
        "Exponent of the overlap of memory and chip: 1 is one after the other");
  }

  /**
   * Time to read.
   *
   * @param warm whether the same data were read just before
   * @param steepness exponent of the transition at the cache's edge
   */
  double readPs(KernelChip chip, double bytes, boolean warm, int steepness) {
    double memoryPs = bytes * 1e12 / (efficiency * chip.memoryBytesPerSec());
    if (!warm || bytes == 0) {
      return memoryPs;
    }
    double ratio = bytes / (cacheShare * chip.cacheBytes());
    double hit = 1 / (1 + StrictMath.pow(ratio, steepness));
    return memoryPs * (1 - hit) + bytes * 1e12 / cacheBytesPerSec * hit;
  }
}
