package memwall.memory.flash.host;

import memwall.memory.flash.FlashWear;

/**
 * How the host manages a flash device.
 *
 * @param diesPerZone dies of a channel that a zone lies in, a divisor of the channel's dies; all of
 *     them as OCP HBF 0.7 stripes addresses (5.7)
 * @param spareBlocks of each plane that stand in for retired ones, 0 or more
 * @param reservedZones of each die set that only refresh, swaps and replays use, 1 or more
 * @param levellingThreshold erases by which the most worn zone may lead the least worn before cold
 *     data change places, 1 or more; {@link Integer#MAX_VALUE}: never
 * @param refreshS after which data are written anew whatever the temperature; 0: never
 * @param retentionShare of the time for which data last, after which they are written anew, above 0
 *     to 1
 * @param readLimit reads of a block after which its zone is written anew, 1 or more; {@link
 *     Integer#MAX_VALUE}: never
 * @param failuresToRetire failed programs after which a block is retired instead of being erased
 *     and written again, 1 or more
 */
public record HostSpec(
    int diesPerZone,
    int spareBlocks,
    int reservedZones,
    int levellingThreshold,
    double refreshS,
    double retentionShare,
    int readLimit,
    int failuresToRetire) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public HostSpec {
    if (diesPerZone < 1 || spareBlocks < 0 || reservedZones < 1) {
      throw new IllegalArgumentException(
          "a zone needs a die, a die set a zone in reserve; spare blocks must be 0 or more");
    }
    if (levellingThreshold < 1 || readLimit < 1 || failuresToRetire < 1) {
      throw new IllegalArgumentException(
          "threshold of levelling, limit of reads and failures must be 1 or more");
    }
    if (!(refreshS >= 0) || !(retentionShare > 0 && retentionShare <= 1)) {
      throw new IllegalArgumentException(
          "refresh must be 0 s or more, the share of retention above 0, at most 1");
    }
  }

  /**
   * What follows from the blocks: refresh and limit of reads as stated for the part, one zone in
   * reserve, levelling at a hundredth of the endurance, a block retired at its first failure.
   * Levelling at a threshold costs at most 1 / (threshold + 1) of what the host writes, and leaves
   * at most that many cycles unused in the end.
   *
   * @param diesPerZone see {@link #diesPerZone}
   * @param spareBlocks see {@link #spareBlocks}
   */
  public static HostSpec of(FlashWear wear, int diesPerZone, int spareBlocks) {
    return new HostSpec(
        diesPerZone,
        spareBlocks,
        1,
        Math.max(1, wear.endurance() / 100),
        wear.refreshS(),
        1,
        wear.readLimit(),
        1);
  }

  /**
   * Seconds at one temperature after which data are written anew: the refresh interval, or the
   * share of the retention if that is less; endless if there is neither.
   */
  public double refreshS(FlashWear wear, double celsius) {
    double kept = retentionShare * Aging.of(wear).keptS(celsius);
    return refreshS == 0 ? kept : Math.min(refreshS, kept);
  }
}
