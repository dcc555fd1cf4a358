package memwall.memory.flash.law;

/**
 * Read bandwidth of a flash device in steady state: the least of what each part can do. The planes
 * sense in parallel, planes x page / tR; the link carries so much; error correction decodes so
 * much; a staging buffer that is filled while its other half is emptied needs 2 x bandwidth x tR;
 * and so many pages in flight carry pages x page bytes / latency (Little's law). The widely quoted
 * numbers of High-Bandwidth Flash differ because planes, tR and link are mixed up: see the Open
 * Compute HBF specification 0.7, tables 2 to 4.
 *
 * @param planes that sense independently (planes, or banks), at least 1
 * @param pageBytes sensed at once by a plane, at least 1
 * @param sensePs time of a sense (tR), at least 1
 * @param linkBytesPerSec payload rate of all channels, at least 1
 * @param eccBytesPerSec rate of all decoders, or {@link #UNLIMITED}
 * @param stagingBytes of the buffer, or {@link #UNLIMITED}
 * @param outstandingPages most pages in flight, or {@link #UNLIMITED}
 * @param readLatencyPs of a page in flight from request to answer; only used if the pages in flight
 *     are limited, at least 1
 */
public record BandwidthLaw(
    long planes,
    long pageBytes,
    long sensePs,
    long linkBytesPerSec,
    long eccBytesPerSec,
    long stagingBytes,
    long outstandingPages,
    long readLatencyPs) {
  /** No limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** What limits bandwidth. */
  public enum Limit {
    /** Planes, their pages and the time of a sense. */
    ARRAY,
    /** The channels to the host. */
    LINK,
    /** The decoders. */
    ECC,
    /** The staging buffer. */
    STAGING,
    /** The pages in flight. */
    OUTSTANDING
  }

  /** Checks the ranges. */
  public BandwidthLaw {
    Args.positive("planes", planes);
    Args.positive("pageBytes", pageBytes);
    Args.positive("sensePs", sensePs);
    Args.positive("linkBytesPerSec", linkBytesPerSec);
    Args.positive("eccBytesPerSec", eccBytesPerSec);
    Args.positive("stagingBytes", stagingBytes);
    Args.positive("outstandingPages", outstandingPages);
    Args.positive("readLatencyPs", readLatencyPs);
  }

  /** Array and link only. */
  public static BandwidthLaw of(long planes, long pageBytes, long sensePs, long linkBytesPerSec) {
    return new BandwidthLaw(
        planes, pageBytes, sensePs, linkBytesPerSec, UNLIMITED, UNLIMITED, UNLIMITED, sensePs);
  }

  /** The same with decoders of a rate. */
  public BandwidthLaw withEcc(long bytesPerSec) {
    return new BandwidthLaw(
        planes,
        pageBytes,
        sensePs,
        linkBytesPerSec,
        bytesPerSec,
        stagingBytes,
        outstandingPages,
        readLatencyPs);
  }

  /** The same with a staging buffer. */
  public BandwidthLaw withStaging(long bytes) {
    return new BandwidthLaw(
        planes,
        pageBytes,
        sensePs,
        linkBytesPerSec,
        eccBytesPerSec,
        bytes,
        outstandingPages,
        readLatencyPs);
  }

  /** The same with a limit of pages in flight. */
  public BandwidthLaw withOutstanding(long pages, long latencyPs) {
    return new BandwidthLaw(
        planes,
        pageBytes,
        sensePs,
        linkBytesPerSec,
        eccBytesPerSec,
        stagingBytes,
        pages,
        latencyPs);
  }

  /** What the planes can sense. */
  public double arrayBytesPerSec() {
    return (double) planes * pageBytes / Args.seconds(sensePs);
  }

  /** What a part allows; infinite if it is not limited. */
  public double bytesPerSec(Limit limit) {
    return switch (limit) {
      case ARRAY -> arrayBytesPerSec();
      case LINK -> linkBytesPerSec;
      case ECC -> eccBytesPerSec == UNLIMITED ? Double.POSITIVE_INFINITY : eccBytesPerSec;
      case STAGING ->
          stagingBytes == UNLIMITED
              ? Double.POSITIVE_INFINITY
              : stagingBytes / (2 * Args.seconds(sensePs));
      case OUTSTANDING ->
          outstandingPages == UNLIMITED
              ? Double.POSITIVE_INFINITY
              : (double) outstandingPages * pageBytes / Args.seconds(readLatencyPs);
    };
  }

  /** The part that allows least; of equals the first in the order of {@link Limit}. */
  public Limit binding() {
    Limit least = Limit.ARRAY;
    for (Limit limit : Limit.values()) {
      if (bytesPerSec(limit) < bytesPerSec(least)) {
        least = limit;
      }
    }
    return least;
  }

  /** The bandwidth that is reached. */
  public double achievedBytesPerSec() {
    return bytesPerSec(binding());
  }

  /** How many planes the link needs, link x tR / page; not a whole number. */
  public double planesForLink() {
    return linkBytesPerSec * Args.seconds(sensePs) / pageBytes;
  }

  /** Bytes that are being sensed while the link is full, link x tR, to the nearest byte. */
  public long inFlightBytes() {
    return Math.round(linkBytesPerSec * Args.seconds(sensePs));
  }

  /**
   * Bytes of a double buffer that hides the sense at the bandwidth reached, 2 x bandwidth x tR, to
   * the nearest byte.
   */
  public long doubleBufferBytes() {
    return Math.round(2 * achievedBytesPerSec() * Args.seconds(sensePs));
  }

  /**
   * What the planes can program.
   *
   * @param programPs time of a program (tPROG), at least 1
   */
  public double programBytesPerSec(long programPs) {
    return (double) planes * pageBytes / Args.seconds(Args.positive("programPs", programPs));
  }
}
