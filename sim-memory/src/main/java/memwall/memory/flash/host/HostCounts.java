package memwall.memory.flash.host;

/** What a store has done since it was made. */
public final class HostCounts {
  private static final int CAUSES = WriteCause.values().length;

  private final long[] programs = new long[CAUSES];
  long invalidated;
  long failedPrograms;
  long zonesErased;
  long blocksErased;
  long blocksReplayed;
  long blocksRetired;
  long zonesRetired;
  long readPages;
  long erasedReads;
  long expiredReads;
  long lostReads;
  long refusedPages;
  long restoredPages;
  long postponed;

  HostCounts() {}

  private static int index(WriteCause cause) {
    return switch (cause) {
      case HOST -> 0;
      case AGE -> 1;
      case READS -> 2;
      case SWAP -> 3;
      case REPLAY -> 4;
    };
  }

  void programmed(WriteCause cause, long pages) {
    programs[index(cause)] += pages;
  }

  /** Pages programmed for a cause. */
  public long programs(WriteCause cause) {
    return programs[index(cause)];
  }

  /** Pages programmed for all causes; those that failed are not among them. */
  public long programs() {
    long sum = 0;
    for (long pages : programs) {
      sum += pages;
    }
    return sum;
  }

  /** Programmed pages whose data were freed, or written anew elsewhere. */
  public long invalidated() {
    return invalidated;
  }

  /** Programs that failed. */
  public long failedPrograms() {
    return failedPrograms;
  }

  /** Times that zones were erased, all blocks of each. */
  public long zonesErased() {
    return zonesErased;
  }

  /** Blocks erased: those of zones, and single ones for replays. */
  public long blocksErased() {
    return blocksErased;
  }

  /** Blocks among those erased alone, for replays. */
  public long blocksReplayed() {
    return blocksReplayed;
  }

  /** Blocks retired one by one; those of retired banks, dies and channels are not among them. */
  public long blocksRetired() {
    return blocksRetired;
  }

  /** Zones retired before their time, because a block had no spare. */
  public long zonesRetired() {
    return zonesRetired;
  }

  /** Pages read for the host. */
  public long readPages() {
    return readPages;
  }

  /** Pages asked for that were never written. */
  public long erasedReads() {
    return erasedReads;
  }

  /** Pages read whose data were older than they last. */
  public long expiredReads() {
    return expiredReads;
  }

  /** Pages read in retired blocks, before they were written anew. */
  public long lostReads() {
    return lostReads;
  }

  /** Pages whose append was refused for want of a free zone. */
  public long refusedPages() {
    return refusedPages;
  }

  /** Pages of retired blocks that were written anew from the host's own copy. */
  public long restoredPages() {
    return restoredPages;
  }

  /** Times that data could not be written anew when due for want of a zone. */
  public long postponed() {
    return postponed;
  }

  /**
   * Pages that the host itself has programmed because of the flash below, per page appended: 1
   * without refresh, swaps and replays; NaN before the first.
   */
  public double writeAmplification() {
    return programs() / (double) programs(WriteCause.HOST);
  }
}
