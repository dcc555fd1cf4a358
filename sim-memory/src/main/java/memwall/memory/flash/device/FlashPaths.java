package memwall.memory.flash.device;

/**
 * The way of a page between its plane and the host.
 *
 * <p>{@code sense -> lane of the die (TSVs) -> error correction -> link of the channel -> host}. A
 * stage of rate or time 0 is not there.
 *
 * @param linkBytesPerSec payload rate of a channel's link in each direction, 1 or more
 * @param sharedBus whether commands and data of both directions take turns on the link, as on an
 *     ONFI bus; else both directions are independent and commands have wires of their own (OCP HBF
 *     0.7, chapter 4: full duplex)
 * @param laneBytesPerSec rate of the wires between a die and the base die, for pages sensed and,
 *     but on a shared bus, pages to be programmed; 0: as fast as it takes
 * @param eccIssuePs least distance of pages in the decoder of a channel
 * @param eccLatencyPs time of a page in the decoder
 * @param hostPs fixed latency between link and host, for all bytes
 * @param hostBytesPerSec rate beyond the links, which adds latency only; 0: as fast as it takes
 */
public record FlashPaths(
    long linkBytesPerSec,
    boolean sharedBus,
    long laneBytesPerSec,
    long eccIssuePs,
    long eccLatencyPs,
    long hostPs,
    long hostBytesPerSec) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the link's rate is below 1 or another number negative
   */
  public FlashPaths {
    if (linkBytesPerSec < 1) {
      throw new IllegalArgumentException("a link of " + linkBytesPerSec + " B/s");
    }
    if (laneBytesPerSec < 0 || eccIssuePs < 0 || eccLatencyPs < 0) {
      throw new IllegalArgumentException(
          "rates and times of lane and decoder must not be negative");
    }
    if (hostPs < 0 || hostBytesPerSec < 0) {
      throw new IllegalArgumentException("latency and rate of the host must not be negative");
    }
  }
}
