package memwall.memory.flash.device;

/** Counters while they grow; {@link FlashCounters} says what they are. */
final class Counts {
  long reads;
  long readBytes;
  long senses;
  long senseCommands;
  long retries;
  long uncorrectable;
  long expired;
  long bufferHits;
  long forwarded;
  long programs;
  long erases;
  long programFailures;
  long refusals;
  long shutOut;
  long suspensions;
  long senseBusyPs;
  long workBusyPs;
  long linkOutBusyPs;
  long linkInBusyPs;
  long capWaits;
  long stagingWaits;

  /** Longest wait to be active that is over. */
  private long longestCapWaitPs;

  /** A plane has waited so long to be active. */
  void waitedForCap(long ps) {
    longestCapWaitPs = Math.max(longestCapWaitPs, ps);
  }

  /** Adds growth, which was measured over some time, so many times. */
  void add(FlashCounters after, FlashCounters before, long times) {
    reads += times * (after.reads() - before.reads());
    readBytes += times * (after.readBytes() - before.readBytes());
    senses += times * (after.senses() - before.senses());
    senseCommands += times * (after.senseCommands() - before.senseCommands());
    retries += times * (after.retries() - before.retries());
    uncorrectable += times * (after.uncorrectable() - before.uncorrectable());
    expired += times * (after.expired() - before.expired());
    bufferHits += times * (after.bufferHits() - before.bufferHits());
    forwarded += times * (after.forwarded() - before.forwarded());
    programs += times * (after.programs() - before.programs());
    erases += times * (after.erases() - before.erases());
    programFailures += times * (after.programFailures() - before.programFailures());
    refusals += times * (after.refusals() - before.refusals());
    shutOut += times * (after.shutOut() - before.shutOut());
    suspensions += times * (after.suspensions() - before.suspensions());
    senseBusyPs += times * (after.senseBusyPs() - before.senseBusyPs());
    workBusyPs += times * (after.workBusyPs() - before.workBusyPs());
    linkOutBusyPs += times * (after.linkOutBusyPs() - before.linkOutBusyPs());
    linkInBusyPs += times * (after.linkInBusyPs() - before.linkInBusyPs());
    capWaits += times * (after.capWaits() - before.capWaits());
    stagingWaits += times * (after.stagingWaits() - before.stagingWaits());
    // Of waits that come again, none is longer than those that were met.
    waitedForCap(after.longestCapWaitPs());
  }

  FlashCounters snapshot(long hostWaits, long capWaitPs) {
    return new FlashCounters(
        reads,
        readBytes,
        senses,
        senseCommands,
        retries,
        uncorrectable,
        expired,
        bufferHits,
        forwarded,
        programs,
        erases,
        programFailures,
        refusals,
        shutOut,
        suspensions,
        senseBusyPs,
        workBusyPs,
        linkOutBusyPs,
        linkInBusyPs,
        capWaits,
        Math.max(longestCapWaitPs, capWaitPs),
        stagingWaits,
        hostWaits);
  }
}
