package memwall.workloads.execution;

import com.google.common.collect.ImmutableList;
import java.util.List;
import memwall.memory.Usage;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.TierSpec;

/**
 * What the time of a step is spent on: a fixed list of parts for a chip, to one of which every
 * picosecond belongs.
 */
public final class Parts {
  /** Fixed time at the start of operators. */
  public static final int OVERHEAD = 0;

  /** Host time per step. */
  public static final int HOST = 1;

  /** The compute engine finished last. */
  public static final int COMPUTE = 2;

  /** Collectives. */
  public static final int NETWORK = 3;

  private static final int FIRST_TIER = 4;
  private static final int PER_TIER = 5;
  private static final int LATENCY = 3;
  private static final int WRITE = 4;

  private final ImmutableList<Part> parts;
  private final int firstNear;
  private final int overlap;

  /** By tier; 0 for those that are left no operators. */
  private final int[] nears;

  /**
   * One part.
   *
   * @param key short name for files, for example {@code hbm.weights}
   * @param label name for people
   * @param sentence what is counted here
   */
  public record Part(String key, String label, String sentence) {}

  /** The parts of a chip. */
  public Parts(ChipSpec chip) {
    ImmutableList.Builder<Part> list = ImmutableList.builder();
    list.add(
        new Part(
            "overhead",
            "Launch overhead",
            "Fixed time at the start of operators (launch, set-up)"));
    list.add(new Part("host", "Host", "Host time per step: scheduling and sampling"));
    list.add(
        new Part("compute", "Compute", "Operators whose matrix engine was the last to finish"));
    list.add(new Part("network", "Network", "Collectives between chips"));
    for (TierSpec tier : chip.tiers()) {
      String name = tier.name();
      for (Usage usage : Usage.values()) {
        list.add(
            new Part(
                name + '.' + usage.label(),
                name.toUpperCase(java.util.Locale.ROOT)
                    + ' '
                    + (usage == Usage.KV ? "KV cache" : usage.label()),
                "Operators that waited longest for " + usage.label() + " of " + name));
      }
      list.add(
          new Part(
              name + ".latency",
              name.toUpperCase(java.util.Locale.ROOT) + " access latency",
              "The part of such waits that passed before the first byte"));
      list.add(
          new Part(
              name + ".kv_write",
              name.toUpperCase(java.util.Locale.ROOT) + " KV write back-pressure",
              "Operators that waited for room in the write buffer of " + name));
    }
    this.firstNear = FIRST_TIER + PER_TIER * chip.tiers().size();
    this.nears = new int[chip.tiers().size()];
    int next = firstNear;
    for (int tier = 0; tier < nears.length; tier++) {
      if (takesOperators(chip, tier)) {
        nears[tier] = next++;
        String name = chip.tiers().get(tier).name();
        list.add(
            new Part(
                name + ".near",
                name.toUpperCase(java.util.Locale.ROOT) + " near-memory compute",
                "Operators done in or beside " + name + ", until their results were on the chip"));
      }
    }
    this.overlap = chip.compute().kernels() == null ? 0 : next;
    if (overlap > 0) {
      list.add(
          new Part(
              "overlap",
              "Partial overlap",
              "What kernels take longer than the longer of their memory and compute time"));
    }
    this.parts = list.build();
  }

  /** Parts of steps that are not those of a chip, such as operators of measured times. */
  public Parts(List<Part> parts) {
    this.parts = ImmutableList.copyOf(parts);
    this.firstNear = Integer.MAX_VALUE;
    this.nears = new int[0];
    this.overlap = 0;
  }

  private static boolean takesOperators(ChipSpec chip, int tier) {
    return (tier == chip.kvTier() && chip.offload().uses(Usage.KV))
        || (tier == chip.weightsTier() && chip.offload().uses(Usage.WEIGHTS));
  }

  /** All parts in order of index. */
  public ImmutableList<Part> list() {
    return parts;
  }

  /** Number of parts. */
  public int size() {
    return parts.size();
  }

  /** Index of waiting for data of a usage in a tier. */
  public static int read(int tier, Usage usage) {
    return FIRST_TIER + PER_TIER * tier + index(usage);
  }

  /** Index of waiting for the first byte from a tier. */
  public static int latency(int tier) {
    return FIRST_TIER + PER_TIER * tier + LATENCY;
  }

  /** Index of waiting for room in a tier's write buffer. */
  public static int write(int tier) {
    return FIRST_TIER + PER_TIER * tier + WRITE;
  }

  /** Index of waiting for operators that a tier carries out; 0 if it is left none. */
  public int near(int tier) {
    return nears[tier];
  }

  /** Index of what partial overlap of memory and compute adds; 0 if there are no such kernels. */
  public int overlap() {
    return overlap;
  }

  /** Whether a part is a wait for data of a tier. */
  boolean isRead(int part) {
    return part >= FIRST_TIER && part < firstNear && (part - FIRST_TIER) % PER_TIER < LATENCY;
  }

  /** The tier of a part for which {@link #isRead} holds. */
  static int tierOf(int part) {
    return (part - FIRST_TIER) / PER_TIER;
  }

  private static int index(Usage usage) {
    return switch (usage) {
      case WEIGHTS -> 0;
      case KV -> 1;
      case ACTIVATIONS -> 2;
    };
  }
}
