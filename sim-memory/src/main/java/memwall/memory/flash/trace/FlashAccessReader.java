package memwall.memory.flash.trace;

/** Reads the accesses of one format; faults go to the faults of the file. */
interface FlashAccessReader {
  /** Whether the accesses have arrivals. */
  boolean timed();

  /**
   * Reads up to the next access without fault; false at the end of the file.
   *
   * @param into what is filled
   */
  boolean next(FlashAccess into);
}
