package memwall.memory;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the regions of a memory come to lie in its tiers, as they are reserved one by one. */
public final class TierLayout {
  private final MemorySpec spec;
  private final @Nullable MemoryTiers tiers;
  private final int devices;
  private final Map<Usage, Long> taken = new EnumMap<>(Usage.class);

  /** Of so many identical devices, over all of which each region is striped. */
  public TierLayout(MemorySpec spec, int devices) {
    this.spec = spec;
    this.devices = devices;
    tiers = spec.tiers().orElse(null);
  }

  /**
   * First byte of the next region of a usage, counted through all devices: tiers of all devices
   * first, then the next tiers of all.
   */
  public long next(Usage usage) {
    long first = tiers == null ? 0 : Math.multiplyExact(tiers.firstByte(usage), (long) devices);
    for (Map.Entry<Usage, Long> other : taken.entrySet()) {
      first += spec.sharesCapacity(usage, other.getKey()) ? other.getValue() : 0;
    }
    return first;
  }

  /** Reserves bytes of a usage. */
  public void take(Usage usage, long bytes) {
    taken.merge(usage, bytes, Math::addExact);
  }

  /**
   * Sustained read rate of one device in the next region of a usage, if each of its bytes is read
   * as often as any other; the rate of the link where the memory has no tiers.
   *
   * @param bytes of all devices
   */
  public long bytesPerSec(Usage usage, long bytes) {
    if (tiers == null) {
      return spec.linkBytesPerSec();
    }
    Place place = place(usage, bytes);
    return tiers.meanBytesPerSec(place.from, place.to, 1, spec.linkBytesPerSec());
  }

  /**
   * Bytes of each device.
   *
   * @param from first of them
   * @param to behind the last
   */
  public record Place(long from, long to) {}

  /** Where the next region of a usage comes to lie; one of no bytes, anywhere in its tiers. */
  public Place place(Usage usage, long bytes) {
    long from = next(usage) / devices;
    if (bytes == 0 && tiers != null) {
      from = tiers.firstByte(usage);
      return new Place(from, from + tiers.capacityBytes(usage));
    }
    return new Place(from, from + bytes / devices);
  }
}
