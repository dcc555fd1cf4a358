package memwall.memory.flash.device;

/**
 * What a flash device allows and whom it prefers.
 *
 * @param pageBuffers pages that a plane holds for the host, sensed or being sensed, 1 to 4; with 2
 *     it senses a page while the one before leaves (cache read; OCP HBF 0.7, 5.3.1: two cache
 *     buffers for each bank)
 * @param bufferHits whether a read of a page that a buffer still holds is served from there
 * @param stagingPages pages that the buffers of one channel hold together; 0: no limit of its own.
 *     With a limit a page is forgotten when the last request for it was served
 * @param activePlanes planes of the device that may sense, program or erase at once; 0: all
 * @param outstandingReads reads that a channel accepts at once, from when they are no longer
 *     gathered until their last byte has left; more wait in front of it
 * @param pendingWrites writes that a channel accepts at once; more wait in front of it
 * @param postedWrites whether a write is done when the device has taken its data: at the end of its
 *     link, on a shared bus at once, since its controller keeps them until the bus brings them to
 *     the plane; else when it is programmed (OCP HBF 0.7, 5.4.1: non-posted)
 * @param priority who goes first in a plane
 * @param suspensions how often one program or erase may be suspended
 * @param leastSuspendedPs what must be left of it for that
 * @param gatherPs how long a regular read waits for others, 0: not at all; a batch read releases
 *     all that wait (OCP HBF 0.7, 5.3.2)
 */
public record FlashRules(
    int pageBuffers,
    boolean bufferHits,
    int stagingPages,
    int activePlanes,
    int outstandingReads,
    int pendingWrites,
    boolean postedWrites,
    ReadPriority priority,
    int suspensions,
    long leastSuspendedPs,
    long gatherPs) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if there are not 1 to 4 page buffers, no read or no write may
   *     be outstanding, or another number is negative
   */
  public FlashRules {
    if (pageBuffers < 1 || pageBuffers > 4) {
      throw new IllegalArgumentException(pageBuffers + " page buffers; must be from 1 to 4");
    }
    if (outstandingReads < 1 || pendingWrites < 1) {
      throw new IllegalArgumentException("at least 1 read and 1 write must be allowed at once");
    }
    if (stagingPages < 0 || activePlanes < 0 || suspensions < 0) {
      throw new IllegalArgumentException("limits must not be negative");
    }
    if (leastSuspendedPs < 0 || gatherPs < 0) {
      throw new IllegalArgumentException("times must not be negative");
    }
  }
}
