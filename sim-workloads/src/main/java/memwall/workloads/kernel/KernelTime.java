package memwall.workloads.kernel;

/**
 * Time of one kernel and its parts, picoseconds: {@code fixed + (memory^p + chip^p)^(1/p)}. A
 * kernel writes it, so that asking for a time allocates nothing.
 */
public final class KernelTime {
  private double fixedPs;
  private double memoryPs;
  private double chipPs;
  private double overlap = 1;

  void set(double newFixedPs, double newMemoryPs, double newChipPs, double newOverlap) {
    fixedPs = newFixedPs;
    memoryPs = newMemoryPs;
    chipPs = newChipPs;
    overlap = newOverlap;
  }

  /** Launch and all else that overlaps with nothing. */
  public double fixedPs() {
    return fixedPs;
  }

  /** What the memory, or the links, need at their sustained rate. */
  public double memoryPs() {
    return memoryPs;
  }

  /** What the multiprocessors need: waves of units of work. */
  public double chipPs() {
    return chipPs;
  }

  /** The exponent p, at least 1: 1 adds memory and chip, a large one takes the longer. */
  public double overlap() {
    return overlap;
  }

  /** All of it. */
  public double totalPs() {
    return fixedPs + Overlap.of(memoryPs, chipPs, overlap);
  }
}
