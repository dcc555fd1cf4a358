package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

/**
 * Rows of every bank that answer at a speed of their own, because their word lines or bit lines are
 * shorter or longer than others' (tiered-latency DRAM; the tiers of a monolithic 3D stack).
 *
 * @param name unique in the device
 * @param firstRow first of its rows, the same in every bank
 * @param rows how many, at least 1
 * @param timings every timing by JEDEC name, in ticks, those of the device included that the tier
 *     does not change
 * @param rules all constraints that a command starts which goes to one of these rows
 */
public record RowTier(
    String name,
    int firstRow,
    int rows,
    ImmutableMap<String, Integer> timings,
    ImmutableList<TimingRule> rules) {
  /**
   * Timings that depend on where in its bank a row lies: sensing and restoring it, and precharging
   * its bit lines. All others are those of buses and of the device.
   */
  static final ImmutableSet<String> OWN_TIMINGS =
      ImmutableSet.of("nRCD", "nRCDRD", "nRCDWR", "nRAS", "nRP", "nRPab", "nRC", "nWR", "nRTP");

  /** The row behind its last one. */
  public int endRow() {
    return firstRow + rows;
  }
}
