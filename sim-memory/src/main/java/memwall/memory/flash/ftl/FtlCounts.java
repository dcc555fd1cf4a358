package memwall.memory.flash.ftl;

/** What a translation layer has done since it was made, or since its counts were last reset. */
public final class FtlCounts {
  private static final int CAUSES = ProgramCause.values().length;
  private static final int READS = CAUSES;
  private static final int ERASES = CAUSES + 1;
  private static final int FAILED_PROGRAMS = CAUSES + 2;
  private static final int FAILED_ERASES = CAUSES + 3;
  private static final int TRIMS = CAUSES + 4;

  private final long[] all = new long[CAUSES + 5];
  private final long[] before = new long[all.length];

  FtlCounts() {}

  private static int index(ProgramCause cause) {
    return switch (cause) {
      case HOST -> 0;
      case CLEANING -> 1;
      case LEVELLING -> 2;
      case REFRESH -> 3;
      case REPLAY -> 4;
    };
  }

  private long since(int index) {
    return all[index] - before[index];
  }

  /** Pages programmed for a cause; programs that failed are not among them. */
  public long programs(ProgramCause cause) {
    return since(index(cause));
  }

  /** Pages programmed for all causes; programs that failed are not among them. */
  public long programs() {
    long sum = 0;
    for (int i = 0; i < CAUSES; i++) {
      sum += since(i);
    }
    return sum;
  }

  /** Pages read for the host. */
  public long reads() {
    return since(READS);
  }

  /** Blocks erased, failures included. */
  public long erases() {
    return since(ERASES);
  }

  /** Programs that failed. */
  public long failedPrograms() {
    return since(FAILED_PROGRAMS);
  }

  /** Erases that failed. */
  public long failedErases() {
    return since(FAILED_ERASES);
  }

  /** Logical pages trimmed that had data. */
  public long trims() {
    return since(TRIMS);
  }

  /** Pages programmed per page that the host wrote; NaN before the first. */
  public double writeAmplification() {
    return programs() / (double) programs(ProgramCause.HOST);
  }

  /** Counts from 0 again; wear is kept. */
  public void reset() {
    System.arraycopy(all, 0, before, 0, all.length);
  }

  /** Pages that the host ever wrote, whatever was reset. */
  long hostPagesEver() {
    return all[index(ProgramCause.HOST)];
  }

  void programmed(ProgramCause cause) {
    all[index(cause)]++;
  }

  void read() {
    all[READS]++;
  }

  void erased(boolean worked) {
    all[ERASES]++;
    all[FAILED_ERASES] += worked ? 0 : 1;
  }

  void programFailed() {
    all[FAILED_PROGRAMS]++;
  }

  void trimmed() {
    all[TRIMS]++;
  }
}
