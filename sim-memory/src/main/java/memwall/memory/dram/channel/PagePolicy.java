package memwall.memory.dram.channel;

/** What happens to a row after its accesses. */
public enum PagePolicy {
  /** A row stays open until another row of its bank is wanted or a refresh is due. */
  OPEN,
  /**
   * After a number of bursts a row is closed: by auto-precharge with the next burst, or by a
   * precharge as soon as one is allowed.
   */
  CLOSED
}
