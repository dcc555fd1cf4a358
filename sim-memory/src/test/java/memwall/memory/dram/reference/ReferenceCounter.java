package memwall.memory.dram.reference;

/** What a run counts, with the column of the table that has it. */
public enum ReferenceCounter {
  /** Requests whose first command was a read or write. */
  ROW_HITS("row_hits"),
  /** Requests whose first command was an activate. */
  ROW_MISSES("row_misses"),
  /** Requests whose first command was a precharge. */
  ROW_CONFLICTS("row_conflicts"),
  /** Activates. */
  ACTIVATES("n_act"),
  /** Precharges of one bank. */
  PRECHARGES("n_pre_bank"),
  /** Precharges of all banks. */
  PRECHARGES_ALL("n_pre_all"),
  /** Read commands. */
  READS("n_rd_cmd"),
  /** Write commands. */
  WRITES("n_wr_cmd"),
  /** Refreshes of all banks. */
  REFRESHES_ALL("n_ref_all"),
  /** Refreshes of one bank or set of banks. */
  REFRESHES_BANK("n_ref_bank");

  private final String column;

  ReferenceCounter(String column) {
    this.column = column;
  }

  /** Its column in the table of runs. */
  public String column() {
    return column;
  }
}
