package memwall.memory.flash.page;

import memwall.core.unit.Units;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;

/**
 * Closed form of a channel that writes pages of all its planes in turn, for ever. Those of reads
 * are {@link memwall.memory.flash.ReadLimits}.
 *
 * @param channel one channel
 */
record ProgramRate(FlashSpec channel) {
  /**
   * Pages a second that all planes program, block after block: the erase of a block comes with its
   * first page.
   */
  double pagesPerSec() {
    FlashGeometry geometry = channel.geometry();
    FlashTimings timings = channel.timings();
    FlashPaths paths = channel.paths();
    FlashRules rules = channel.rules();
    long linkPs = Units.transferPs(geometry.pageBytes(), paths.linkBytesPerSec());
    long laneRate = paths.laneBytesPerSec();
    long lanePs = laneRate == 0 ? 0 : Units.transferPs(geometry.pageBytes(), laneRate);
    double workPs =
        timings.programPs() + lanePs + (double) timings.erasePs() / geometry.pagesPerBlock();
    double dataPs = (double) linkPs + (paths.sharedBus() ? timings.commandPs() : 0);
    int planes = geometry.planes();
    if (rules.activePlanes() > 0) {
      planes = Math.min(planes, rules.activePlanes());
    }
    return Math.min(
        Math.min(perSec(planes, workPs), perSec(1, dataPs)),
        perSec(rules.pendingWrites(), workPs + dataPs));
  }

  private static double perSec(double pages, double ps) {
    return ps == 0 ? Double.POSITIVE_INFINITY : pages * 1e12 / ps;
  }
}
