package memwall.memory.dram.channel;

/** Which queued request goes first; always one whose next command is allowed, and of those... */
public enum QueueOrder {
  /** ...the oldest, but no row is closed while an older or equally old request for it waits. */
  FR_FCFS_ROW_HIT,
  /** ...the oldest, even if it closes a row that older requests wait for. */
  FR_FCFS
}
