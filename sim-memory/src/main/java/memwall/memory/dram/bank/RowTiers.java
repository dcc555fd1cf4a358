package memwall.memory.dram.bank;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import memwall.memory.MemoryTier;
import memwall.memory.MemoryTiers;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.RowTier;

/** The tiers of a device's rows as parts of its capacity, each with what a stream inside sees. */
final class RowTiers {
  /** Rows behind the last tier. */
  private static final String REST = "rest";

  private RowTiers() {}

  /** Whether addresses that follow each other are spread over all rows, and so over all tiers. */
  static boolean areScattered(DramDevice device, ControllerSpec controller) {
    AddressMapping mapping =
        AddressMapping.of(device.standard(), controller.mapping(), controller.bankHash());
    return mapping.rowBursts() == 0 || mapping.segments() > 1;
  }

  /** The tiers, without a placement; empty if the device has none. */
  static Optional<MemoryTiers> of(DramDevice device, ControllerSpec controller) {
    DramStandard standard = device.standard();
    if (standard.tiers().isEmpty()) {
      return Optional.empty();
    }
    ImmutableList.Builder<MemoryTier> tiers = ImmutableList.builder();
    int end = 0;
    for (RowTier tier : standard.tiers()) {
      int kind = standard.rowKind(tier.firstRow());
      tiers.add(tier(device, controller, tier.name(), tier.rows(), kind));
      end = tier.endRow();
    }
    if (end < standard.rows()) {
      tiers.add(tier(device, controller, REST, standard.rows() - end, 0));
    }
    return Optional.of(new MemoryTiers(tiers.build(), ImmutableMap.of()));
  }

  /** Rate of long writes, the time of each row as in its tier. */
  static long writeBytesPerSec(DramDevice device, ControllerSpec controller) {
    DramStandard standard = device.standard();
    int untiered = standard.rows();
    double time = 0;
    for (RowTier tier : standard.tiers()) {
      time += tier.rows() / writeShare(standard, controller, standard.rowKind(tier.firstRow()));
      untiered -= tier.rows();
    }
    if (untiered > 0) {
      time += untiered / writeShare(standard, controller, 0);
    }
    return Math.max(1, (long) (device.peakBytesPerSec() * (standard.rows() / time)));
  }

  private static double writeShare(DramStandard standard, ControllerSpec controller, int kind) {
    return new StreamRate(standard.ofKind(kind), controller).share(true);
  }

  private static MemoryTier tier(
      DramDevice device, ControllerSpec controller, String name, int rows, int kind) {
    DramStandard alone = device.standard().ofKind(kind);
    StreamRate stream = new StreamRate(alone, controller);
    long rate = (long) (device.peakBytesPerSec() * stream.share(false));
    return new MemoryTier(
        name,
        device.capacityBytes() / alone.rows() * rows,
        Math.max(1, rate),
        new TickClock(alone.tickFemtos()).ps(stream.idleReadTicks()));
  }
}
