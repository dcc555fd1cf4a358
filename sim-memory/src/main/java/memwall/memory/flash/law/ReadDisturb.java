package memwall.memory.flash.law;

/**
 * Wear by reading: a block is rewritten once so many of its pages have been read, because reads
 * disturb their neighbours. All blocks are read alike, as when weights are streamed. Derived in
 * closed form; thresholds are specific to a product (planar SLC about 10^6, MLC 10^5, 20 nm MLC
 * 2x10^4; 3D weaker by about 30, Luo et al., SIGMETRICS 2018).
 *
 * @param capacityBytes of all blocks that are read, at least 1
 * @param pageBytes at least 1
 * @param pagesPerBlock at least 1
 * @param thresholdReads page reads of a block after which it is rewritten, at least 1
 */
public record ReadDisturb(
    long capacityBytes, long pageBytes, long pagesPerBlock, long thresholdReads) {
  /** Checks the ranges. */
  public ReadDisturb {
    Args.positive("capacityBytes", capacityBytes);
    Args.positive("pageBytes", pageBytes);
    Args.positive("pagesPerBlock", pagesPerBlock);
    Args.positive("thresholdReads", thresholdReads);
  }

  private double blocks() {
    return (double) capacityBytes / pageBytes / pagesPerBlock;
  }

  /** Seconds to read everything once. */
  public double scanSeconds(double readBytesPerSec) {
    return capacityBytes / Args.positive("readBytesPerSec", readBytesPerSec);
  }

  /** Page reads of one block a second. */
  public double blockReadsPerSec(double readBytesPerSec) {
    return Args.positive("readBytesPerSec", readBytesPerSec) / pageBytes / blocks();
  }

  /** Seconds between two rewrites of a block. */
  public double refreshSeconds(double readBytesPerSec) {
    return thresholdReads / blockReadsPerSec(readBytesPerSec);
  }

  /** P/E cycles of every block in a year of 365.25 days of reading. */
  public double cyclesPerYear(double readBytesPerSec) {
    return Args.SECONDS_PER_YEAR / refreshSeconds(readBytesPerSec);
  }

  /** Bytes a second that the rewrites write. */
  public double refreshBytesPerSec(double readBytesPerSec) {
    return capacityBytes / refreshSeconds(readBytesPerSec);
  }

  /** Years until reading alone has used up the cycles of every block. */
  public double years(double cycles, double readBytesPerSec) {
    return Args.positive("cycles", cycles) / cyclesPerYear(readBytesPerSec);
  }

  /** The highest mean read rate at which reading alone does not use up the cycles before. */
  public double maxReadBytesPerSec(double cycles, double years) {
    return Args.positive("cycles", cycles)
        * thresholdReads
        * capacityBytes
        / (pagesPerBlock * Args.positive("years", years) * Args.SECONDS_PER_YEAR);
  }
}
