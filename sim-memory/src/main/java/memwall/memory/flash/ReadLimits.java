package memwall.memory.flash;

import memwall.core.unit.Units;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.MultiPlane;
import memwall.memory.flash.law.MultiPlaneSensing;

/**
 * What bounds the rate at which a flash device reads whole pages that lie evenly over its planes,
 * for ever, without retries: the least of what each of its parts allows.
 *
 * <p>A page is sensed in command + tR + tRR and then passes lane, decoder and link (d). A plane
 * that holds b pages senses one each max(tR, (tR + d) / b): it begins no sense before a buffer is
 * free. Places in the staging buffer and outstanding reads are taken for tR + d, leave to be active
 * for tR (Little's law: so many pages in so much time); lanes, decoder, link and commands pass so
 * many pages a second.
 *
 * <p>On a bus that commands and data share data goes first: no plane begins a sense before all
 * pages that were sensed have left, however many buffers it has, so that all that are under way are
 * sensed together and leave together (lock step, {@link
 * memwall.memory.flash.law.ChannelPipelining}).
 *
 * <p>Planes that work in groups ({@link MultiPlane}) sense together if there is room for all of
 * them, else as many as there is room for, which then wait for the window ({@link
 * MultiPlaneSensing}); their pages pass lane, decoder and link one after the other. That needs
 * pages that may go together, and with one page buffer a window in which all pages of a group
 * leave.
 *
 * @param spec the device
 */
public record ReadLimits(FlashSpec spec) {
  private static final double SECONDS = 1e-12;

  /** A part that bounds; of equals the first does. */
  public enum Limit {
    /** Planes, their page buffers and the time of a sense. */
    ARRAY("array"),
    /** Links to the host. */
    LINK("link"),
    /** Decoders. */
    ECC("ECC"),
    /** Wires between dies and base die. */
    LANE("lane"),
    /** Wires that bring commands to the dies. */
    COMMAND("command"),
    /** Places for pages that are on their way. */
    STAGING("staging buffer"),
    /** Reads that the channels accept. */
    OUTSTANDING("outstanding requests"),
    /** Planes that may be active. */
    POWER_CAP("power cap");

    private final String label;

    Limit(String label) {
      this.label = label;
    }

    /** In reports. */
    public String label() {
      return label;
    }
  }

  /**
   * Mean time from the beginning of a page's command until it has left over the link, if nothing
   * but the planes of its group is in its way.
   */
  private double holdSeconds() {
    long passesPs = lanePs() + spec.paths().eccLatencyPs() + linkPs();
    return activeSeconds() + (passesPs + behindPs() / 2.0) * SECONDS;
  }

  /** From the request for one page to its first byte on the host's side, of an idle device. */
  public long firstBytePs() {
    FlashPaths paths = spec.paths();
    return sensing().sensePs(1) + lanePs() + paths.eccLatencyPs() + paths.hostPs();
  }

  /** From the beginning of the first command of a group until its pages are sensed. */
  private long sensePs() {
    return sensing().sensePs(together());
  }

  /** Mean time from the beginning of a page's command until it is sensed. */
  private double activeSeconds() {
    double laterPs = (together() - 1) * (double) spec.timings().commandPs() / 2;
    return (sensePs() - laterPs) * SECONDS;
  }

  /** How much later the last page of a group leaves than the first. */
  private long behindPs() {
    long slowestPs = Math.max(Math.max(lanePs(), spec.paths().eccIssuePs()), linkPs());
    return (together() - 1) * slowestPs;
  }

  private MultiPlaneSensing sensing() {
    FlashTimings timings = spec.timings();
    MultiPlane groups = spec.multiPlane();
    return new MultiPlaneSensing(
        groups.planesPerGroup(),
        timings.commandPs(),
        timings.readPs() + timings.readyPs(),
        spec.hasGroups() ? groups.windowPs() : 0);
  }

  /** Planes of a group that there is room for at once. */
  private int together() {
    FlashRules rules = spec.rules();
    int pages = Math.min(spec.multiPlane().planesPerGroup(), rules.outstandingReads());
    pages = rules.stagingPages() == 0 ? pages : Math.min(pages, rules.stagingPages());
    return rules.activePlanes() == 0 ? pages : Math.min(pages, rules.activePlanes());
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
    boolean isShared = spec.paths().sharedBus();
    long commandPs = spec.timings().commandPs();
    return switch (limit) {
      case ARRAY -> arrayPagesPerSec();
      case LINK -> rate(channels, (double) (linkPs() + (isShared ? commandPs : 0)));
      case ECC -> rate(channels, (double) spec.paths().eccIssuePs());
      case LANE -> rate(geometry.dies(), (double) lanePs());
      case COMMAND -> rate(channels, isShared ? 0.0 : (double) commandPs);
      case STAGING ->
          rules.stagingPages() == 0
              ? Double.POSITIVE_INFINITY
              : channels * rules.stagingPages() / holdSeconds();
      case OUTSTANDING -> channels * rules.outstandingReads() / holdSeconds();
      case POWER_CAP ->
          rules.activePlanes() == 0
              ? Double.POSITIVE_INFINITY
              : rules.activePlanes() / activeSeconds();
    };
  }

  private double arrayPagesPerSec() {
    FlashGeometry geometry = spec.geometry();
    if (spec.paths().sharedBus()) {
      double together = pagesTogether();
      return geometry.channels() * together / ((sensePs() + together * linkPs()) * SECONDS);
    }
    FlashPaths paths = spec.paths();
    long passesPs = lanePs() + paths.eccLatencyPs() + linkPs() + behindPs();
    double heldPs = (double) (sensePs() + passesPs) / spec.rules().pageBuffers();
    double planes = (double) geometry.planes() * together() / spec.multiPlane().planesPerGroup();
    return planes / (Math.max((double) sensePs(), heldPs) * SECONDS);
  }

  /** Pages of a channel that are sensed side by side at most. */
  private double pagesTogether() {
    FlashRules rules = spec.rules();
    FlashGeometry geometry = spec.geometry();
    double pages = Math.min(geometry.planesPerChannel(), rules.outstandingReads());
    if (rules.stagingPages() > 0) {
      pages = Math.min(pages, rules.stagingPages());
    }
    return rules.activePlanes() == 0
        ? pages
        : Math.min(pages, (double) rules.activePlanes() / geometry.channels());
  }

  private static double rate(double pages, double ps) {
    return ps == 0 ? Double.POSITIVE_INFINITY : pages / (ps * SECONDS);
  }

  /** Bytes a second that a part allows; infinite if it sets no limit. */
  public double bytesPerSec(Limit limit) {
    return pagesPerSec(limit) * spec.geometry().pageBytes();
  }

  /** The part that allows least. */
  public Limit binding() {
    Limit least = Limit.ARRAY;
    for (Limit limit : Limit.values()) {
      if (pagesPerSec(limit) < pagesPerSec(least)) {
        least = limit;
      }
    }
    return least;
  }

  /** Pages a second that are ready for the links, which are left aside. */
  public double readyPagesPerSec() {
    double least = Double.POSITIVE_INFINITY;
    for (Limit limit : Limit.values()) {
      if (limit != Limit.LINK) {
        least = Math.min(least, pagesPerSec(limit));
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
      case LANE, ECC, COMMAND, STAGING -> counters.senses() / (pagesPerSec(limit) * span);
      case LINK ->
          Math.max(counters.linkOutBusyPs(), counters.linkInBusyPs())
              / ((double) geometry.channels() * spanPs);
      case OUTSTANDING -> counters.reads() / (pagesPerSec(limit) * span);
      case POWER_CAP ->
          spec.rules().activePlanes() == 0
              ? 0
              : (counters.senses() * beforeSenseSeconds() + busySeconds(counters))
                  / (spec.rules().activePlanes() * span);
    };
  }

  /** Mean time from the beginning of a page's command until the array starts. */
  private double beforeSenseSeconds() {
    FlashTimings timings = spec.timings();
    return activeSeconds() - (timings.readPs() + timings.readyPs()) * SECONDS;
  }

  private static double busySeconds(FlashCounters counters) {
    return (counters.senseBusyPs() + counters.workBusyPs()) * SECONDS;
  }

  /** What a further sense costs of a plane's time for a page. */
  private double retryShare() {
    return spec.timings().retryPs() * SECONDS * arrayPagesPerSec() / spec.geometry().planes();
  }

  /** The part that a device has used most. */
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
