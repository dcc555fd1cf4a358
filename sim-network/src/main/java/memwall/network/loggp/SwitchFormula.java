package memwall.network.loggp;

/**
 * Closed forms of all-reduces that switches carry out, without contention, in seconds.
 *
 * @param overheadSec of the processor at each end, o
 * @param linkSec of one link, first bit
 * @param switchSec through one switch
 * @param reduceSec of adding, in a switch
 * @param radix ports of a switch towards the ranks, at least 2
 * @param betaSecPerByte of a byte on a link
 */
public record SwitchFormula(
    double overheadSec,
    double linkSec,
    double switchSec,
    double reduceSec,
    int radix,
    double betaSecPerByte) {
  /** Checks the radix. */
  public SwitchFormula {
    if (radix < 2) {
      throw new IllegalArgumentException("switches with " + radix + " ports: at least 2");
    }
  }

  /** Levels of switches above so many ranks: ceil(log_radix P), at least 1. */
  public int levels(int ranks) {
    int levels = 1;
    for (long below = radix; below < ranks; below *= radix) {
      levels++;
    }
    return levels;
  }

  /**
   * Up a tree of switches, added in each, and down again, in a stream that is never stored: with d
   * levels 2 o + 2 d t_link + (2 d - 1) t_switch + d t_reduce + m beta.
   */
  public double tree(int ranks, long bytes) {
    int levels = levels(ranks);
    return 2 * overheadSec
        + 2 * levels * linkSec
        + (2 * levels - 1) * switchSec
        + levels * reduceSec
        + bytes * betaSecPerByte;
  }

  /**
   * As NVLink SHARP does it: each rank asks the switch for the sum of its piece, which comes to it,
   * and multicasts it then: 2 (2 o + 2 t_link + t_switch) + t_reduce + m beta (1 + 1/P).
   */
  public double throughRanks(int ranks, long bytes) {
    return 2 * (2 * overheadSec + 2 * linkSec + switchSec)
        + reduceSec
        + bytes * betaSecPerByte * (1 + 1.0 / ranks);
  }
}
