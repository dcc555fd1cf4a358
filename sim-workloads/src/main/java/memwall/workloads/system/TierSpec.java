package memwall.workloads.system;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.catalog.MemoryModels;
import org.jspecify.annotations.Nullable;

/**
 * One memory of a chip: identical devices over which transfers are striped.
 *
 * @param name chosen by the preset, for example {@code hbm}; names statistics and placements
 * @param device what one device is made of
 * @param count devices per chip, at least 1
 * @param announceWeights whether weight reads are announced to the device ahead of time
 * @param announceKv whether KV reads are announced ahead of time
 * @param announceAhead how many reads may be announced and not yet issued, at least 1
 * @param writeBufferBytes KV writes accepted before they are stored for good; beyond it operators
 *     wait
 * @param chain the memory in front of it, whose link its transfers pass too; null if it has a link
 *     of its own to the chip
 */
public record TierSpec(
    String name,
    MemorySpec device,
    int count,
    boolean announceWeights,
    boolean announceKv,
    int announceAhead,
    long writeBufferBytes,
    @Nullable Chain chain) {

  /**
   * How a memory lies behind another one.
   *
   * @param front name of that one
   * @param hopPs time of a transfer between the two
   */
  public record Chain(String front, long hopPs) {}

  /** A memory with a link of its own. */
  public TierSpec(
      String name,
      MemorySpec device,
      int count,
      boolean announceWeights,
      boolean announceKv,
      int announceAhead,
      long writeBufferBytes) {
    this(name, device, count, announceWeights, announceKv, announceAhead, writeBufferBytes, null);
  }

  static TierSpec read(String name, Config config) {
    MemorySpec device =
        MemoryModels.spec(config.preset("device", "memory", "The device: a stack or module"));
    int count = (int) config.integer("count", 1, 1024, "Devices per chip");
    for (Usage usage : Usage.values()) {
      long most =
          Math.max(
              device.capacityBytes(usage),
              Math.max(device.linkBytesPerSec(), device.writeBytesPerSec(usage)));
      if (most > Long.MAX_VALUE / count) {
        config.fault(
            "count",
            count
                + " such devices together have more bytes or bytes per second than can be counted");
        count = 1;
      }
    }
    TierSpec tier =
        new TierSpec(
            name,
            device,
            count,
            config.bool(
                "announce_weights",
                true,
                "Announce weight reads to the device ahead of time, so that flash senses early"),
            config.bool("announce_kv", true, "Announce KV reads to the device ahead of time"),
            (int)
                config.integer(
                    "announce_ahead", 1, 64, 8, "Reads that may be announced and not yet issued"),
            config.quantity(
                "write_buffer",
                Dimension.SIZE,
                "64 MiB",
                "KV writes accepted before they are stored for good"),
            config.has("behind") ? chain(config) : null);
    config.finish();
    return tier;
  }

  private static Chain chain(Config config) {
    return new Chain(
        config.text("behind", "Memory in front of this one, whose link its transfers pass too"),
        config.quantity(
            "hop_latency", Dimension.TIME, "0 ps", "Time of a transfer between the two"));
  }

  /**
   * Whether reads of a usage are announced, so that the device can begin early. Only where the
   * device makes use of it.
   */
  public boolean announces(Usage usage) {
    return device.usesAnnouncements()
        && switch (usage) {
          case WEIGHTS -> announceWeights;
          case KV -> announceKv;
          case ACTIVATIONS -> false;
        };
  }

  /** Bytes per second of all devices of the tier. */
  public long readBytesPerSec() {
    return Math.multiplyExact(device.readBytesPerSec(), (long) count);
  }

  /** Capacity of all devices of the tier for a usage. */
  public long capacityBytes(Usage usage) {
    return Math.multiplyExact(device.capacityBytes(usage), (long) count);
  }
}
