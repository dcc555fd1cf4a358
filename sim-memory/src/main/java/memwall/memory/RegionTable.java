package memwall.memory;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import memwall.core.stat.Stats;

/** The regions of one memory: at most one per usage, together within the capacity. */
public final class RegionTable {
  private final MemorySpec spec;
  private final int devices;
  private final Stats stats;
  private final Map<Usage, Region> regions = new EnumMap<>(Usage.class);

  /** An empty table for this many identical devices. */
  public RegionTable(MemorySpec spec, int devices, Stats stats) {
    this.spec = spec;
    this.devices = devices;
    this.stats = stats;
  }

  /** See {@link Memory#reserve}. */
  public Region reserve(Usage usage, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException(stats.path() + ": cannot reserve " + bytes + " bytes");
    }
    long capacity = Math.multiplyExact(spec.capacityBytes(usage), (long) devices);
    long taken = 0;
    for (Region region : regions.values()) {
      if (spec.sharesCapacity(region.usage(), usage)) {
        taken += region.bytes();
      }
    }
    if (bytes > capacity - taken) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %s needs %d bytes, but only %d of %d are free: %d bytes too many",
              stats.path(),
              usage.label(),
              bytes,
              capacity - taken,
              capacity,
              bytes - (capacity - taken)));
    }
    if (regions.containsKey(usage)) {
      throw new IllegalArgumentException(stats.path() + ": " + usage.label() + " reserved twice");
    }
    Region region = new Region(usage, bytes, stats);
    regions.put(usage, region);
    return region;
  }

  /** Bytes that users of all regions have read. */
  public long readBytes() {
    long sum = 0;
    for (Region region : regions.values()) {
      sum += region.readBytes();
    }
    return sum;
  }

  /** Bytes that users of all regions have written. */
  public long writtenBytes() {
    long sum = 0;
    for (Region region : regions.values()) {
      sum += region.writtenBytes();
    }
    return sum;
  }

  /**
   * The law that every device keeps: what users asked for is what was moved for them.
   *
   * @param movedBytes bytes that the device moved, less the padding to whole access units
   * @param movers what moved them, for the message: {@code channels}, {@code links}
   * @param broken takes a sentence if the law is broken
   */
  public void checkMoved(long movedBytes, String movers, List<String> broken) {
    long asked = readBytes() + writtenBytes();
    if (asked != movedBytes) {
      broken.add(
          String.format(
              Locale.ROOT,
              "%s: users asked for %d bytes, %s moved %d without padding",
              stats.path(),
              asked,
              movers,
              movedBytes));
    }
  }
}
