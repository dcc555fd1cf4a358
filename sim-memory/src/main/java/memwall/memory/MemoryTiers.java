package memwall.memory;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import memwall.core.config.Config;

/**
 * The tiers of a memory from the first address on, and which of them each usage may take. Regions
 * follow each other from the first tier of theirs on, in the order in which they are reserved; so
 * the first to be reserved gets the fastest part if tiers are listed from the fastest on.
 *
 * @param tiers at least one
 * @param placement of every usage; empty if each may take all tiers
 */
public record MemoryTiers(ImmutableList<MemoryTier> tiers, ImmutableMap<Usage, Range> placement) {
  private static final String TO = "..";

  /**
   * Consecutive tiers.
   *
   * @param first index of the first
   * @param last index of the last, not before the first
   */
  public record Range(int first, int last) {
    /** Whether both have a tier. */
    boolean meets(Range other) {
      return first <= other.last && other.first <= last;
    }
  }

  /** Checks that tiers are shared as a whole or not at all. */
  public MemoryTiers {
    if (tiers.isEmpty() || (placement.size() % Usage.values().length) != 0) {
      throw new IllegalArgumentException("at least one tier, and a place for all usages or none");
    }
    for (Range one : placement.values()) {
      if (one.first < 0 || one.first > one.last || one.last >= tiers.size()) {
        throw new IllegalArgumentException("placement in tiers " + one);
      }
      for (Range other : placement.values()) {
        if (one.meets(other) && !one.equals(other)) {
          throw new IllegalArgumentException("placements in " + one + " and " + other);
        }
      }
    }
  }

  /**
   * Reads the optional key {@code placement}: by usage, the name of a tier or two names with two
   * dots between them. Faults are recorded there.
   */
  public static MemoryTiers read(Config config, ImmutableList<MemoryTier> tiers) {
    Map<Usage, Range> placement = new EnumMap<>(Usage.class);
    config
        .optionalSection("placement", "In which tiers each usage lies: a name, or first..last")
        .ifPresent(
            section -> {
              for (Usage usage : Usage.values()) {
                String text = section.text(usage.label(), "Tiers in which it lies");
                if (!section.isPlaceholder(usage.label())) {
                  place(section, usage, text, tiers, placement);
                }
              }
              section.finish();
            });
    boolean isWhole = placement.size() == Usage.values().length;
    return new MemoryTiers(tiers, isWhole ? ImmutableMap.copyOf(placement) : ImmutableMap.of());
  }

  private static void place(
      Config section,
      Usage usage,
      String text,
      ImmutableList<MemoryTier> tiers,
      Map<Usage, Range> placement) {
    List<String> names = Splitter.on(TO).trimResults().splitToList(text);
    int first = index(tiers, names.get(0));
    int last = index(tiers, names.get(names.size() - 1));
    if (names.size() > 2 || first < 0 || last < first) {
      section.fault(
          usage.label(),
          "'"
              + text
              + "' is no tier and no range first..last of them (known, in this order: "
              + tiers.stream().map(MemoryTier::name).toList()
              + ")");
      return;
    }
    Range range = new Range(first, last);
    for (Map.Entry<Usage, Range> other : placement.entrySet()) {
      if (range.meets(other.getValue()) && !range.equals(other.getValue())) {
        section.fault(
            usage.label(),
            "'"
                + text
                + "' shares a part of the tiers of "
                + other.getKey().label()
                + "; allowed are the same tiers or other ones");
        return;
      }
    }
    placement.put(usage, range);
  }

  private static int index(List<MemoryTier> tiers, String name) {
    for (int i = 0; i < tiers.size(); i++) {
      if (tiers.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Tiers of a usage. */
  public Range range(Usage usage) {
    Range all = new Range(0, tiers.size() - 1);
    return placement.getOrDefault(usage, all);
  }

  /** Bytes of one device that a usage may take. */
  public long capacityBytes(Usage usage) {
    Range range = range(usage);
    return startBytes(range.last + 1) - startBytes(range.first);
  }

  /** First byte of one device that a usage may take. */
  public long firstByte(Usage usage) {
    return startBytes(range(usage).first);
  }

  private long startBytes(int tier) {
    long bytes = 0;
    for (int i = 0; i < tier; i++) {
      bytes += tiers.get(i).bytes();
    }
    return bytes;
  }

  /** Whether two usages may take the same bytes. */
  public boolean shares(Usage one, Usage other) {
    return range(one).meets(range(other));
  }

  /** The longest extra latency in the tiers of a usage. */
  public long latencyPs(Usage usage) {
    long longest = 0;
    for (int i = range(usage).first; i <= range(usage).last; i++) {
      longest = Math.max(longest, tiers.get(i).latencyPs());
    }
    return longest;
  }

  /** Sustained read rate of a device whose bytes are all read once, rounded down. */
  public long meanBytesPerSec() {
    return meanBytesPerSec(0, startBytes(tiers.size()), 1, Long.MAX_VALUE);
  }

  /** The highest rate of any tier. */
  public long bestBytesPerSec() {
    return tiers.stream().mapToLong(MemoryTier::bytesPerSec).max().orElseThrow();
  }

  /**
   * Sustained rate at which the bytes of a device from one address to another are read, each as
   * often as any other: the harmonic mean of the tiers' rates, by bytes. Of no bytes: the rate at
   * that address.
   *
   * @param scale factor on each tier's rate
   * @param mostBytesPerSec what something beside the tiers lets pass
   */
  public long meanBytesPerSec(long from, long to, double scale, long mostBytesPerSec) {
    double seconds = 0;
    double sum = 0;
    double atFrom = 1;
    long start = 0;
    // By index: asked for each transfer.
    for (int i = 0; i < tiers.size(); i++) {
      MemoryTier tier = tiers.get(i);
      double rate = Math.min(tier.bytesPerSec() * scale, (double) mostBytesPerSec);
      double inside = (double) Math.min(to, start + tier.bytes()) - Math.max(from, start);
      if (inside > 0) {
        sum += inside;
        seconds += inside / rate;
      }
      if (start <= from) {
        atFrom = rate;
      }
      start += tier.bytes();
    }
    return Math.max(1, (long) (seconds > 0 ? sum / seconds : atFrom));
  }
}
