package memwall.memory.flash.device;

/** Counters while they grow; {@link FlashCounters} says what they are. */
final class Counts {
  long reads;
  long readBytes;
  long senses;
  long retries;
  long bufferHits;
  long forwarded;
  long programs;
  long erases;
  long refusals;
  long suspensions;
  long senseBusyPs;
  long workBusyPs;
  long linkOutBusyPs;
  long linkInBusyPs;
  long capWaits;
  long stagingWaits;

  FlashCounters snapshot(long hostWaits) {
    return new FlashCounters(
        reads,
        readBytes,
        senses,
        retries,
        bufferHits,
        forwarded,
        programs,
        erases,
        refusals,
        suspensions,
        senseBusyPs,
        workBusyPs,
        linkOutBusyPs,
        linkInBusyPs,
        capWaits,
        stagingWaits,
        hostWaits);
  }
}
