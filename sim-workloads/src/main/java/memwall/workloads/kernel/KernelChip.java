package memwall.workloads.kernel;

/**
 * What kernels have to know of a chip, from its data sheet. Kept apart from the parameters of
 * libraries, so that those of one chip can be tried on its sister.
 *
 * @param sms streaming multiprocessors that can hold units of work at the same time, at least 1
 * @param cacheBytes last-level cache, at least 1
 * @param memoryBytesPerSec peak rate of the memory, at least 1
 * @param linkBytesPerSec peak rate of the links to other chips, one direction; 0 if it has none
 */
public record KernelChip(int sms, long cacheBytes, long memoryBytesPerSec, long linkBytesPerSec) {
  /** Checks the ranges. */
  public KernelChip {
    if (sms < 1 || cacheBytes < 1 || memoryBytesPerSec < 1 || linkBytesPerSec < 0) {
      throw new IllegalArgumentException(
          "chip of "
              + sms
              + " SMs, cache "
              + cacheBytes
              + " B, memory "
              + memoryBytesPerSec
              + " B/s, links "
              + linkBytesPerSec
              + " B/s; SMs, cache and memory must be at least 1, links not negative");
    }
  }
}
