package memwall.memory.flash.page;

import memwall.core.unit.Units;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.law.ChannelPipelining;

/**
 * Closed forms of a channel that reads or writes pages of all its planes in turn, for ever, without
 * retries.
 *
 * <p>A page is sensed in command + tR + tRR and then passes lane, decoder and link (d). A plane
 * that holds b pages senses one each max(tR, (tR + d) / b): it begins no sense before a buffer is
 * free. Places in the staging buffer and outstanding reads are taken for tR + d, leave to be active
 * for tR (Little's law); lanes, decoder, link and commands pass so many pages a second. The least
 * of all that is reached.
 *
 * <p>On a bus that commands and data share data goes first: no plane begins a sense before all
 * pages that were sensed have left, however many buffers it has, so that all that are under way are
 * sensed together and leave together ({@link ChannelPipelining}, lock step).
 */
final class PageRates {
  private final FlashGeometry geometry;
  private final FlashTimings timings;
  private final FlashPaths paths;
  private final FlashRules rules;
  private final long linkPs;
  private final long lanePs;

  /** From the beginning of a command until its page is sensed. */
  private final long sensePs;

  /** From there until its last byte has left, with nothing else under way. */
  private final long leavePs;

  PageRates(FlashSpec channel) {
    geometry = channel.geometry();
    timings = channel.timings();
    paths = channel.paths();
    rules = channel.rules();
    linkPs = Units.transferPs(geometry.pageBytes(), paths.linkBytesPerSec());
    lanePs =
        paths.laneBytesPerSec() == 0
            ? 0
            : Units.transferPs(geometry.pageBytes(), paths.laneBytesPerSec());
    sensePs = timings.commandPs() + timings.readPs() + timings.readyPs();
    leavePs = lanePs + paths.eccLatencyPs() + linkPs;
  }

  /** From the request to the first byte on the host's side of the link, of an idle channel. */
  long firstBytePs() {
    return sensePs + lanePs + paths.eccLatencyPs() + paths.hostPs();
  }

  /** Pages a second that a limit allows; infinite if there is none. */
  double pagesPerSec(ReadLimit limit) {
    return switch (limit) {
      case ARRAY -> arrayPagesPerSec();
      case LINK -> paths.sharedBus() ? perSec(1, timings.commandPs() + linkPs) : perSec(1, linkPs);
      case ECC -> perSec(1, paths.eccIssuePs());
      case LANE -> perSec(geometry.dies(), lanePs);
      case COMMAND -> paths.sharedBus() ? perSec(1, 0) : perSec(1, timings.commandPs());
      case STAGING -> perSec(rules.stagingPages(), rules.stagingPages() == 0 ? 0 : pagePs());
      case OUTSTANDING -> perSec(rules.outstandingReads(), pagePs());
      case POWER_CAP -> perSec(rules.activePlanes(), rules.activePlanes() == 0 ? 0 : sensePs);
    };
  }

  private long pagePs() {
    return sensePs + leavePs;
  }

  private double arrayPagesPerSec() {
    if (paths.sharedBus()) {
      return new ChannelPipelining(
              pagesTogether(), timings.readPs() + timings.readyPs(), linkPs, timings.commandPs())
          .lockStepPagesPerSec();
    }
    double heldPs = (double) pagePs() / rules.pageBuffers();
    return perSec(geometry.planes(), Math.max((double) sensePs, heldPs));
  }

  /** Pages that are sensed side by side at most. */
  private int pagesTogether() {
    int pages = Math.min(geometry.planes(), rules.outstandingReads());
    pages = rules.stagingPages() == 0 ? pages : Math.min(pages, rules.stagingPages());
    return rules.activePlanes() == 0 ? pages : Math.min(pages, rules.activePlanes());
  }

  private static double perSec(long pages, long ps) {
    return perSec((double) pages, (double) ps);
  }

  private static double perSec(double pages, double ps) {
    return ps == 0 ? Double.POSITIVE_INFINITY : pages * 1e12 / ps;
  }

  /** The limit that allows least. */
  ReadLimit binding() {
    ReadLimit least = ReadLimit.ARRAY;
    for (ReadLimit limit : ReadLimit.values()) {
      if (pagesPerSec(limit) < pagesPerSec(least)) {
        least = limit;
      }
    }
    return least;
  }

  /** Pages a second that are ready for the link, which is left aside. */
  double readyPagesPerSec() {
    double least = Double.POSITIVE_INFINITY;
    for (ReadLimit limit : ReadLimit.values()) {
      if (limit != ReadLimit.LINK) {
        least = Math.min(least, pagesPerSec(limit));
      }
    }
    return least;
  }

  /**
   * Pages a second that all planes program, block after block: the erase of a block comes with its
   * first page.
   */
  double programPagesPerSec() {
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
}
