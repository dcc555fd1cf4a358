package memwall.memory.dram.channel;

/** How a channel is refreshed. */
public enum RefreshPolicy {
  /** Not at all: for bounds and for tests. */
  NONE,
  /** All banks of each rank or pseudo-channel at once, every tREFI. */
  ALL_BANK,
  /** Bank by bank, every tREFIpb; with pseudo-channels one bank of each of them, stack by stack. */
  PER_BANK,
  /** The same bank of every bank group of each rank, the next one of each group every tREFIsb. */
  SAME_BANK;

  /** Whether one bank or a few are refreshed at a time, in turn. */
  public boolean isInTurn() {
    return this == PER_BANK || this == SAME_BANK;
  }
}
