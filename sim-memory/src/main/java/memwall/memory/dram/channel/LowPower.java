package memwall.memory.dram.channel;

/** States of low power of a rank or pseudo-channel. */
public enum LowPower {
  /** Power-down with all banks closed. */
  PRECHARGE_POWER_DOWN,
  /** Power-down with a row open; the row stays open. */
  ACTIVE_POWER_DOWN,
  /** All banks closed; the device refreshes itself. */
  SELF_REFRESH
}
