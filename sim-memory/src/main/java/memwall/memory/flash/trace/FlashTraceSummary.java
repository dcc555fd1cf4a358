package memwall.memory.flash.trace;

/**
 * What a flash trace has in it.
 *
 * @param format of the file
 * @param timed whether accesses have arrivals
 * @param reads accesses that read
 * @param writes accesses that write
 * @param trims accesses that trim
 * @param readBytes of the reads; this and the others at most {@link Long#MAX_VALUE}
 * @param writtenBytes of the writes
 * @param trimmedBytes of the trims
 * @param endBytes end of the highest access: a device has to be at least so large
 * @param streams highest stream, plus 1
 * @param firstPs arrival of the first access
 * @param lastPs arrival of the last
 * @param sha256 of the file as stored
 */
public record FlashTraceSummary(
    FlashTraceFormat format,
    boolean timed,
    long reads,
    long writes,
    long trims,
    long readBytes,
    long writtenBytes,
    long trimmedBytes,
    long endBytes,
    int streams,
    long firstPs,
    long lastPs,
    String sha256) {
  /** All accesses. */
  public long accesses() {
    return reads + writes + trims;
  }
}
