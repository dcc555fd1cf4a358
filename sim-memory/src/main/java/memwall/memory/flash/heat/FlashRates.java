package memwall.memory.flash.heat;

import memwall.core.unit.Units;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;

/** Rates of a device at its best: planes, lanes, decoders and links, whole pages, full duplex. */
final class FlashRates {
  private static final double PS_PER_S = 1e12;

  private FlashRates() {}

  /** Time for which a plane is active for a page that is read. */
  static long sensePs(FlashSpec device) {
    return device.timings().readPs() + device.timings().readyPs();
  }

  /** Likewise for one that is written: its share of the erase included. */
  static double programPs(FlashSpec device) {
    FlashTimings timings = device.timings();
    return timings.programPs() + (double) timings.erasePs() / device.geometry().pagesPerBlock();
  }

  /** Planes of a channel that may be active by the device's rules. */
  static int allowedPlanes(FlashSpec device) {
    FlashGeometry geometry = device.geometry();
    int most = device.rules().activePlanes();
    int all = geometry.planesPerChannel();
    return most == 0 ? all : Math.max(1, Math.min(all, most / geometry.channels()));
  }

  /** Planes of a channel that must be active to read as fast as decoder and link allow. */
  static int neededPlanes(FlashSpec device) {
    long leastPs = pagePs(device);
    long needed = (sensePs(device) + leastPs - 1) / leastPs;
    return (int) Math.min(allowedPlanes(device), needed);
  }

  /** Least distance of pages in decoder and link of a channel. */
  private static long pagePs(FlashSpec device) {
    FlashPaths paths = device.paths();
    long onLinkPs = Units.transferPs(device.geometry().pageBytes(), paths.linkBytesPerSec());
    return Math.max(onLinkPs, paths.eccIssuePs());
  }

  /**
   * Bandwidth of the device, reads and writes together, if heat does not matter.
   *
   * @param writeShare of the bytes
   * @param planes of a channel that may be active
   */
  static double bytesPerSec(FlashSpec device, double writeShare, int planes) {
    FlashGeometry geometry = device.geometry();
    double page = geometry.pageBytes();
    double planePs = (1 - writeShare) * sensePs(device) + writeShare * programPs(device);
    double array = planes * page * PS_PER_S / planePs;
    double wayPs = pagePs(device);
    // Full duplex: the direction that carries more binds; on a shared bus both add up.
    double busier = device.paths().sharedBus() ? 1 : Math.max(writeShare, 1 - writeShare);
    double link = page * PS_PER_S / wayPs / busier;
    double lanes =
        device.paths().laneBytesPerSec() == 0
            ? Double.POSITIVE_INFINITY
            : (double) device.paths().laneBytesPerSec() * geometry.diesPerChannel();
    return geometry.channels() * Math.min(array, Math.min(link, lanes));
  }
}
