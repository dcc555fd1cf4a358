package memwall.memory.replay;

/** Reads the accesses of one format; faults go to the faults of the file. */
interface AccessReader {
  /** What the times of this file count. */
  TraceClock clock();

  /**
   * Reads up to the next access without fault; false at the end of the file.
   *
   * @param into what is filled
   */
  boolean next(MemoryAccess into);
}
