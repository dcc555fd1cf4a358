package memwall.memory.flash;

import memwall.core.unit.Units;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;

/**
 * What bounds the rate at which a flash device reads whole pages that lie evenly over its planes:
 * the least of what each of its parts allows. Where pages are held for a time, Little's law: so
 * many pages in so much time.
 *
 * @param spec the device
 */
public record ReadLimits(FlashSpec spec) {
  private static final double SECONDS = 1e-12;

  /** A part that bounds. */
  public enum Limit {
    /** Planes and the time of a sense; with one page buffer also the way of the page. */
    ARRAY("array"),
    /** Wires between dies and base die. */
    LANE("lanes"),
    /** Decoders. */
    ECC("decoders"),
    /** Links to the host. */
    LINK("links"),
    /** Pages that the staging buffer holds. */
    STAGING("staging buffer"),
    /** Reads that the channels accept. */
    OUTSTANDING("outstanding reads"),
    /** Planes that may be active. */
    ACTIVE_PLANES("active planes");

    private final String label;

    Limit(String label) {
      this.label = label;
    }

    /** In reports. */
    public String label() {
      return label;
    }
  }

  /** Least time from the beginning of a page's command until it has left over the link. */
  public long holdPs() {
    FlashPaths paths = spec.paths();
    return activePs() + lanePs() + paths.eccLatencyPs() + linkPs();
  }

  private long activePs() {
    FlashTimings timings = spec.timings();
    return timings.commandPs() + timings.readPs() + timings.readyPs();
  }

  private long lanePs() {
    long rate = spec.paths().laneBytesPerSec();
    return rate == 0 ? 0 : Units.transferPs(spec.geometry().pageBytes(), rate);
  }

  private long linkPs() {
    return Units.transferPs(spec.geometry().pageBytes(), spec.paths().linkBytesPerSec());
  }

  /** Pages a second that a part allows; infinite if it sets no limit. */
  public double pagesPerSec(Limit limit) {
    FlashGeometry geometry = spec.geometry();
    FlashRules rules = spec.rules();
    double channels = geometry.channels();
    return switch (limit) {
      case ARRAY -> channels * rate(geometry.planesPerChannel(), planePs());
      case LANE -> rate(geometry.dies(), lanePs());
      case ECC -> rate(channels, spec.paths().eccIssuePs());
      case LINK -> rate(channels, linkPs() + (spec.paths().sharedBus() ? commandPs() : 0));
      case STAGING ->
          rules.stagingPages() == 0
              ? Double.POSITIVE_INFINITY
              : rate(channels * rules.stagingPages(), holdPs());
      case OUTSTANDING -> rate(channels * rules.outstandingReads(), holdPs());
      case ACTIVE_PLANES ->
          rules.activePlanes() == 0
              ? Double.POSITIVE_INFINITY
              : rate(rules.activePlanes(), activePs());
    };
  }

  private long commandPs() {
    return spec.timings().commandPs();
  }

  /**
   * A plane's time for a page. On a shared bus data go first, so the planes of a channel come to
   * sense together and to transfer one after the other.
   */
  private long planePs() {
    if (spec.paths().sharedBus()) {
      return activePs() + spec.geometry().planesPerChannel() * linkPs();
    }
    return spec.rules().pageBuffers() == 1 ? holdPs() : activePs();
  }

  private static double rate(double pages, long ps) {
    return ps == 0 ? Double.POSITIVE_INFINITY : pages / (ps * SECONDS);
  }

  /** Bytes a second that a part allows; infinite if it sets no limit. */
  public double bytesPerSec(Limit limit) {
    return pagesPerSec(limit) * spec.geometry().pageBytes();
  }

  /** The part that allows least; of equals the first in the order of {@link Limit}. */
  public Limit binding() {
    Limit least = Limit.ARRAY;
    for (Limit limit : Limit.values()) {
      if (pagesPerSec(limit) < pagesPerSec(least)) {
        least = limit;
      }
    }
    return least;
  }

  /** What all parts together allow. */
  public double bytesPerSec() {
    return bytesPerSec(binding());
  }

  /**
   * How much of a part a device has used, 0 to about 1. Programs and erases keep planes busy, and
   * data that are written links and buses.
   *
   * @param counters what it did
   * @param spanPs in this time, more than 0
   */
  public double usedShare(Limit limit, FlashCounters counters, long spanPs) {
    FlashGeometry geometry = spec.geometry();
    double span = spanPs * SECONDS;
    double sensed = counters.senses() + (double) counters.retries() * retryShare();
    return switch (limit) {
      case ARRAY ->
          sensed / (pagesPerSec(limit) * span)
              + counters.workBusyPs() / ((double) geometry.planes() * spanPs);
      case LANE, ECC, STAGING -> counters.senses() / (pagesPerSec(limit) * span);
      case LINK ->
          Math.max(counters.linkOutBusyPs(), counters.linkInBusyPs())
              / ((double) geometry.channels() * spanPs);
      case OUTSTANDING -> counters.reads() / (pagesPerSec(limit) * span);
      case ACTIVE_PLANES ->
          spec.rules().activePlanes() == 0
              ? 0
              : (double) (counters.senseBusyPs() + counters.workBusyPs())
                  / ((double) spec.rules().activePlanes() * spanPs);
    };
  }

  /** What a further sense costs of a plane's time for a page. */
  private double retryShare() {
    return (double) spec.timings().retryPs() / planePs();
  }

  /** The part that a device has used most; of equals the first in the order of {@link Limit}. */
  public Limit busiest(FlashCounters counters, long spanPs) {
    Limit most = Limit.ARRAY;
    for (Limit limit : Limit.values()) {
      if (usedShare(limit, counters, spanPs) > usedShare(most, counters, spanPs)) {
        most = limit;
      }
    }
    return most;
  }
}
