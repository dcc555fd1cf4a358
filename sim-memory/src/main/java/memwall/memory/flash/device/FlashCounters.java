package memwall.memory.flash.device;

/**
 * What a flash device has done so far.
 *
 * @param reads requests to read that were made
 * @param readBytes bytes of those
 * @param senses pages sensed
 * @param senseCommands array commands that sensed them; fewer if planes sense together ({@link
 *     MultiPlane})
 * @param retries further senses of the same pages
 * @param uncorrectable pages sensed that were lost after all retries
 * @param expired pages sensed whose data had outlived their retention
 * @param bufferHits reads served from a page buffer without a sense of their own
 * @param forwarded reads served from a program that had not ended
 * @param programs pages programmed, failures included
 * @param erases blocks erased
 * @param programFailures programs that failed
 * @param refusals programs and erases that the state of their block forbade
 * @param shutOut requests refused because the device had stopped
 * @param suspensions of programs and erases
 * @param senseBusyPs time of planes in sensing, added up
 * @param workBusyPs time of planes in programming and erasing, added up
 * @param linkOutBusyPs time of links towards the host, added up; of buses in all, if shared
 * @param linkInBusyPs time of links from the host, added up; 0 on a shared bus
 * @param capWaits how often a plane had to wait for {@link FlashRules#activePlanes}, or for fewer
 *     that heat allows
 * @param longestCapWaitPs longest of those waits; that of a plane that waits now counts up to now
 * @param stagingWaits how often a plane had to wait for {@link FlashRules#stagingPages}
 * @param hostWaits how often a request had to wait for the limits of outstanding requests
 */
public record FlashCounters(
    long reads,
    long readBytes,
    long senses,
    long senseCommands,
    long retries,
    long uncorrectable,
    long expired,
    long bufferHits,
    long forwarded,
    long programs,
    long erases,
    long programFailures,
    long refusals,
    long shutOut,
    long suspensions,
    long senseBusyPs,
    long workBusyPs,
    long linkOutBusyPs,
    long linkInBusyPs,
    long capWaits,
    long longestCapWaitPs,
    long stagingWaits,
    long hostWaits) {

  /** Whether every sense since then was the only one of its page, and its data good. */
  public boolean isCleanSince(FlashCounters before) {
    return retries == before.retries
        && uncorrectable == before.uncorrectable
        && expired == before.expired;
  }
}
