package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import memwall.core.config.Config;

/**
 * A DRAM device type at a speed: what a channel consists of and which commands may follow each
 * other when. All times are in ticks; a tick is a clock, or half a clock where commands begin on
 * both edges.
 *
 * @param name as in the preset, such as {@code ddr5-4800an-16gb-x8}
 * @param bus how commands are issued
 * @param levels from the channel down to the banks
 * @param refreshLevel index of the level whose nodes an all-bank refresh covers one by one
 * @param rows rows per bank, a power of two or (dies of 12, 24 or 48 Gb) three times one
 * @param bursts bursts (column accesses) per row, a power of two
 * @param burstBytes bytes that one burst moves, a power of two
 * @param tickFemtos length of a tick in femtoseconds, exact (HBM3-6400: 312,500)
 * @param readLatencyTicks from the issue of a read to its last beat (CL + BL)
 * @param writeLatencyTicks from the issue of a write to its last beat (CWL + BL)
 * @param burstTicks data bus time of one burst
 * @param refreshTicks tREFI
 * @param bankRefreshTicks tREFIpb; 0 if the standard has no per-bank refresh
 * @param timings every timing parameter by JEDEC name, in ticks, for the controller (nAAD, nWCKPST)
 *     and for reports
 * @param rules all constraints
 */
public record DramStandard(
    String name,
    BusKind bus,
    ImmutableList<Level> levels,
    int refreshLevel,
    int rows,
    int bursts,
    int burstBytes,
    long tickFemtos,
    int readLatencyTicks,
    int writeLatencyTicks,
    int burstTicks,
    long refreshTicks,
    long bankRefreshTicks,
    ImmutableMap<String, Integer> timings,
    ImmutableList<TimingRule> rules) {

  /**
   * Reads a {@code dram} preset; faults are recorded there.
   *
   * @see DramDevice#read
   */
  public static DramStandard read(Config config) {
    return DramDevice.read(config).standard();
  }

  /** Banks of the channel. */
  public int banks() {
    int banks = 1;
    // Asked for each transfer: no iterator.
    for (int level = 0; level < levels.size(); level++) {
      banks *= levels.get(level).count();
    }
    return banks;
  }

  /** Data buses of the channel: one, or one for each pseudo-channel. */
  public int dataBuses() {
    int buses = 1;
    for (Level level : levels) {
      buses *= level.name().equals("pseudochannel") ? level.count() : 1;
    }
    return buses;
  }

  /** Capacity of the channel in bytes. */
  public long capacityBytes() {
    return (long) banks() * rows * bursts * burstBytes;
  }
}
