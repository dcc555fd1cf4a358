package memwall.memory.dram.channel;

/** How a channel is refreshed. */
public enum RefreshPolicy {
  /** Not at all: for bounds and for tests. */
  NONE,
  /** All banks of each rank or pseudo-channel at once, every tREFI. */
  ALL_BANK,
  /** Bank by bank, every tREFIpb; with pseudo-channels one bank of each of them, stack by stack. */
  PER_BANK
}
