package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
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
 * @param rules all constraints; where the device has tiers, those that a command starts which goes
 *     to a row of none
 * @param tiers rows with timings of their own, from row 0 on without gaps; none on most devices
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
    ImmutableList<TimingRule> rules,
    ImmutableList<RowTier> tiers) {

  private static final ImmutableSet<String> LOW_POWER =
      ImmutableSet.of("nXP", "nCKE", "nXS", "nCKESR");

  /** A copy of which parts can be replaced. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Kinds of rows: those of no tier, and one for each tier. */
  public int rowKinds() {
    return tiers.size() + 1;
  }

  /** Kind of a row: 0 for one of no tier, 1 for one of the first tier, and so on. */
  public int rowKind(int row) {
    int kind = 0;
    for (int i = 0; i < tiers.size(); i++) {
      kind = row >= tiers.get(i).firstRow() && row < tiers.get(i).endRow() ? i + 1 : kind;
    }
    return kind;
  }

  /** Constraints that a command starts which goes to a row of this kind. */
  public ImmutableList<TimingRule> rules(int kind) {
    return kind == 0 ? rules : tiers.get(kind - 1).rules();
  }

  /** Timings of a row of this kind, in ticks. */
  public ImmutableMap<String, Integer> timings(int kind) {
    return kind == 0 ? timings : tiers.get(kind - 1).timings();
  }

  /** The same device with all rows as those of this kind: what a stream inside of them sees. */
  public DramStandard ofKind(int kind) {
    return toBuilder().timings(timings(kind)).rules(rules(kind)).tiers(ImmutableList.of()).build();
  }

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

  /** tREFIsb in ticks; 0 if the standard has no refresh of the same bank of all groups. */
  public long sameBankRefreshTicks() {
    return timings.getOrDefault("nREFIsb", 0);
  }

  /** Banks of a group: so many same-bank refreshes cover a rank. */
  public int groupBanks() {
    return levels.get(levels.size() - 1).count();
  }

  /**
   * Refreshes of single banks that a same-bank refresh is worth: what renews each row as often in
   * the end takes as much energy.
   */
  public long bankRefreshesOfSameBank() {
    int unitBanks = banks();
    for (int level = 0; level <= refreshLevel; level++) {
      unitBanks /= levels.get(level).count();
    }
    return Math.round((double) unitBanks * sameBankRefreshTicks() / refreshTicks);
  }

  /** Whether the times of power-down and self-refresh are stated: nXP, nCKE, nXS, nCKESR. */
  public boolean hasLowPower() {
    return timings.keySet().containsAll(LOW_POWER);
  }

  /** Capacity of the channel in bytes. */
  public long capacityBytes() {
    return (long) banks() * rows * bursts * burstBytes;
  }

  /** A standard like another, but for what is said. */
  public static final class Builder {
    private final DramStandard from;
    private String name;
    private BusKind bus;
    private ImmutableList<Level> levels;
    private long refreshTicks;
    private long bankRefreshTicks;
    private ImmutableMap<String, Integer> timings;
    private ImmutableList<TimingRule> rules;
    private ImmutableList<RowTier> tiers;

    private Builder(DramStandard from) {
      this.from = from;
      name = from.name;
      bus = from.bus;
      levels = from.levels;
      refreshTicks = from.refreshTicks;
      bankRefreshTicks = from.bankRefreshTicks;
      timings = from.timings;
      rules = from.rules;
      tiers = from.tiers;
    }

    /** Replaces {@link DramStandard#name}. */
    @CanIgnoreReturnValue
    public Builder name(String itsName) {
      name = itsName;
      return this;
    }

    /** Replaces {@link DramStandard#bus}. */
    @CanIgnoreReturnValue
    public Builder bus(BusKind kind) {
      bus = kind;
      return this;
    }

    /** Replaces {@link DramStandard#levels}. */
    @CanIgnoreReturnValue
    public Builder levels(ImmutableList<Level> fromChannelToBank) {
      levels = fromChannelToBank;
      return this;
    }

    /** Replaces {@link DramStandard#refreshTicks} and {@link DramStandard#bankRefreshTicks}. */
    @CanIgnoreReturnValue
    public Builder refreshTicks(long allBanks, long oneBank) {
      refreshTicks = allBanks;
      bankRefreshTicks = oneBank;
      return this;
    }

    /** Replaces {@link DramStandard#timings}; the rules stay as they are. */
    @CanIgnoreReturnValue
    public Builder timings(ImmutableMap<String, Integer> ticksByName) {
      timings = ticksByName;
      return this;
    }

    /** Replaces {@link DramStandard#rules}. */
    @CanIgnoreReturnValue
    public Builder rules(ImmutableList<TimingRule> all) {
      rules = all;
      return this;
    }

    /** Replaces {@link DramStandard#tiers}. */
    @CanIgnoreReturnValue
    public Builder tiers(ImmutableList<RowTier> all) {
      tiers = all;
      return this;
    }

    /** The standard. */
    public DramStandard build() {
      return new DramStandard(
          name,
          bus,
          levels,
          from.refreshLevel,
          from.rows,
          from.bursts,
          from.burstBytes,
          from.tickFemtos,
          from.readLatencyTicks,
          from.writeLatencyTicks,
          from.burstTicks,
          refreshTicks,
          bankRefreshTicks,
          timings,
          rules,
          tiers);
    }
  }
}
