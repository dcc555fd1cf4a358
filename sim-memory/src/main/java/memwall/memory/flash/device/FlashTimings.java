package memwall.memory.flash.device;

/**
 * How long the array of a flash device takes, in picoseconds.
 *
 * @param commandPs command and address on their way to the die; occupies a shared bus, else the
 *     command wires of the channel, one command after the other (0: as fast as it takes). What is
 *     resumed needs none
 * @param readPs time to sense a page (tR), 1 or more
 * @param readyPs from the end of sensing to the first byte that can leave (tRR), 0 or more; the
 *     plane is busy until then
 * @param retryPs what each further sense of a read retry costs, 0 or more
 * @param programPs time to program a page (tPROG), 1 or more
 * @param erasePs time to erase a block (tBERS), 0 or more
 * @param suspendPs from the request until a suspended program or erase lets a read in (tSUSP)
 * @param resumePs what a resumption adds to what was left
 */
public record FlashTimings(
    long commandPs,
    long readPs,
    long readyPs,
    long retryPs,
    long programPs,
    long erasePs,
    long suspendPs,
    long resumePs) {

  /** Longest of these times: an hour. */
  public static final long MOST_PS = 3_600_000_000_000_000L;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a time is negative or above {@link #MOST_PS}, or those for
   *     reading and programming are 0
   */
  public FlashTimings {
    check(commandPs, 0);
    check(readPs, 1);
    check(readyPs, 0);
    check(retryPs, 0);
    check(programPs, 1);
    check(erasePs, 0);
    check(suspendPs, 0);
    check(resumePs, 0);
  }

  private static void check(long ps, long least) {
    if (ps < least || ps > MOST_PS) {
      throw new IllegalArgumentException(
          "a time of " + ps + " ps; must be from " + least + " to " + MOST_PS);
    }
  }
}
