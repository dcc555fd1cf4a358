package memwall.memory.dram.reference;

import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;

/** Our channel, built from the shipped presets, as the reference runs were configured. */
public final class DramReferenceDevice implements ReferenceDevice {
  private static final int ENTRIES = 32;

  private final DramChannel channel;

  private DramReferenceDevice(DramChannel channel, Sink sink) {
    this.channel = channel;
    channel.onCompletion(sink::completed);
  }

  /** Makes channels for a run. */
  public static Factory of(ReferenceRun run) {
    return of(run.config(), run.mapping(), run.refresh());
  }

  /** Makes channels of a configuration. */
  public static Factory of(ReferenceConfig config, ReferenceMapping mapping, String refresh) {
    DramStandard standard = standard(config);
    ControllerSpec spec = controller(mapping, refresh);
    return sink -> new DramReferenceDevice(new DramChannel(standard, spec), sink);
  }

  /** Makes channels of a standard. */
  static Factory of(DramStandard standard, ControllerSpec spec) {
    return sink -> new DramReferenceDevice(new DramChannel(standard, spec), sink);
  }

  /** Devices by their key in a text of ours. */
  interface Standards {
    /** The device, which must be there. */
    DramStandard get(String key);
  }

  /** The preset that a configuration is. */
  public static DramStandard standard(ReferenceConfig config) {
    String preset =
        switch (config) {
          case HBM3_6400 -> "hbm3-6400-16gb-8hi";
          case DDR5_4800 -> "ddr5-4800an-16gb-x8";
          case LPDDR5_6400 -> "lpddr5-6400-8gb-x16";
        };
    return DramDevice.builtIn(preset).standard();
  }

  /** The controller of the reference runs. */
  public static ControllerSpec controller(ReferenceMapping mapping, String refresh) {
    RefreshPolicy policy =
        switch (refresh) {
          case "AB" -> RefreshPolicy.ALL_BANK;
          case "PB" -> RefreshPolicy.PER_BANK;
          case "none" -> RefreshPolicy.NONE;
          default -> throw new IllegalArgumentException(refresh);
        };
    String order =
        switch (mapping) {
          case M1 -> AddressMapping.ROW_CONTIGUOUS;
          case M2 -> AddressMapping.BANK_INTERLEAVED;
        };
    return ControllerSpec.usual(order).queues(ENTRIES, ENTRIES).refresh(policy).build();
  }

  @Override
  public long nowTicks() {
    return channel.nowTicks();
  }

  @Override
  public boolean offer(long address, boolean write, long word) {
    return channel.offer(address, write, word);
  }

  @Override
  public void advanceTo(long ticks) {
    channel.advanceTo(ticks);
  }

  @Override
  public long advanceToChange(long mostTicks) {
    return channel.advanceToChange(mostTicks);
  }

  @Override
  public long count(ReferenceCounter counter) {
    return switch (counter) {
      case ROW_HITS -> channel.rowHits();
      case ROW_MISSES -> channel.rowMisses();
      case ROW_CONFLICTS -> channel.rowConflicts();
      case ACTIVATES -> channel.commands(Command.ACT) + channel.commands(Command.ACT1);
      case PRECHARGES -> channel.commands(Command.PREPB);
      case PRECHARGES_ALL -> channel.commands(Command.PREAB);
      case READS -> channel.commands(Command.RD) + channel.commands(Command.RDA);
      case WRITES -> channel.commands(Command.WR) + channel.commands(Command.WRA);
      case REFRESHES_ALL -> channel.commands(Command.REFAB);
      case REFRESHES_BANK -> channel.commands(Command.REFPB);
    };
  }
}
