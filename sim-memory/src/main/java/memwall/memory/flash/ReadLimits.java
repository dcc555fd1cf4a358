package memwall.memory.flash;

import memwall.core.unit.Units;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;

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

  /** Least time from the beginning of a page's command until it has left over the link. */
  public long holdPs() {
    FlashPaths paths = spec.paths();
    return sensePs() + lanePs() + paths.eccLatencyPs() + linkPs();
  }

  /** From the request to the first byte on the host's side of the link, of an idle device. */
  public long firstBytePs() {
    FlashPaths paths = spec.paths();
    return sensePs() + lanePs() + paths.eccLatencyPs() + paths.hostPs();
  }

  /** From the beginning of a command until its page is sensed. */
  private long sensePs() {
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
    boolean isShared = spec.paths().sharedBus();
    long commandPs = spec.timings().commandPs();
    return switch (limit) {
      case ARRAY -> arrayPagesPerSec();
      case LINK -> rate(channels, linkPs() + (isShared ? commandPs : 0));
      case ECC -> rate(channels, spec.paths().eccIssuePs());
      case LANE -> rate(geometry.dies(), lanePs());
      case COMMAND -> rate(channels, isShared ? 0 : commandPs);
      case STAGING ->
          rules.stagingPages() == 0
              ? Double.POSITIVE_INFINITY
              : rate(channels * rules.stagingPages(), holdPs());
      case OUTSTANDING -> rate(channels * rules.outstandingReads(), holdPs());
      case POWER_CAP ->
          rules.activePlanes() == 0
              ? Double.POSITIVE_INFINITY
              : rate(rules.activePlanes(), sensePs());
    };
  }

  private double arrayPagesPerSec() {
    FlashGeometry geometry = spec.geometry();
    if (spec.paths().sharedBus()) {
      double together = pagesTogether();
      return geometry.channels() * together / ((sensePs() + together * linkPs()) * SECONDS);
    }
    double heldPs = (double) holdPs() / spec.rules().pageBuffers();
    return geometry.planes() / (Math.max((double) sensePs(), heldPs) * SECONDS);
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

  private static double rate(double pages, long ps) {
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
              : (double) (counters.senseBusyPs() + counters.workBusyPs())
                  / ((double) spec.rules().activePlanes() * spanPs);
    };
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
