package memwall.memory.dram.channel;

/** Whom a refresh that is due but cannot be issued yet keeps waiting. */
public enum RefreshBlocking {
  /** Every request of the channel that is not activated yet: head of line, as in Ramulator 2.1. */
  CHANNEL,
  /** Only requests for the banks that the refresh covers. */
  BANK
}
