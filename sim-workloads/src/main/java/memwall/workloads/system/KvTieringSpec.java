package memwall.workloads.system;

import java.util.List;
import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Which KV entries are written to a second memory, from where later steps read them. Entries are
 * made in the first memory; entries of decoded tokens stay there.
 *
 * @param tier index of the second memory
 * @param policy who decides
 * @param minContext {@link Policy#LONG_CONTEXT}: prompts of more tokens are stored
 * @param minUses {@link Policy#SHARED_PREFIX}: blocks that so many requests began with are stored
 * @param minReads {@link Policy#WRITE_BACK}: prompts of which each byte is expected to be read more
 *     often are stored
 * @param expectedOutput {@link Policy#WRITE_BACK}: output tokens that a request is expected to
 *     have; 0 for the mean of those that are complete
 * @param dailyWriteBytes bytes that may be written to the second memory of one chip in a day; 0
 *     without limit
 * @param burstBytes bytes of it that may be saved up and written at once
 */
public record KvTieringSpec(
    int tier,
    Policy policy,
    int minContext,
    int minUses,
    double minReads,
    double expectedOutput,
    long dailyWriteBytes,
    long burstBytes) {

  /** Who decides what is stored in the second memory. */
  public enum Policy {
    /** Nothing is. */
    NONE,
    /** The prompts of sequences with long prompts, when they are processed. */
    LONG_CONTEXT,
    /** Prefixes that several requests share, once for all of them. */
    SHARED_PREFIX,
    /** Prompts whose bytes are expected to be read often enough to be worth a write. */
    WRITE_BACK
  }

  private static final long HOURS_PER_DAY = 24;

  /** The simulated clock ends after 106 days. */
  private static final long MOST_DAYS = 30;

  /** Reads the section; null after policy {@code none}. */
  static @Nullable KvTieringSpec read(Config config, List<TierSpec> tiers, int kvTier) {
    Policy policy =
        config.choice("policy", Policy.class, "Who decides what is stored in the second memory");
    String name = config.text("memory", "The second memory");
    int tier = ChipSpec.holder(config, "memory", name, Usage.KV, tiers);
    long daily =
        config.has("daily_writes")
            ? config.quantity(
                "daily_writes", Dimension.SIZE, "Bytes that one chip may write to it in a day")
            : 0;
    if (config.has("daily_writes") && daily == 0) {
      config.fault("daily_writes", "nothing may be written; policy 'none' says so");
    }
    KvTieringSpec spec =
        new KvTieringSpec(
            tier,
            policy,
            (int)
                config.integer(
                    "min_context",
                    0,
                    Integer.MAX_VALUE,
                    8192,
                    "long-context: prompts of more tokens are stored"),
            (int)
                config.integer(
                    "min_uses",
                    1,
                    Integer.MAX_VALUE,
                    2,
                    "shared-prefix: blocks that so many requests began with are stored"),
            config.number(
                "min_reads",
                0,
                1e9,
                100,
                "write-back: bytes expected to be read more often are stored"),
            config.number(
                "expected_output",
                0,
                1e9,
                0,
                "write-back: output tokens expected of a request; 0: the mean of those complete"),
            daily,
            burst(config, daily));
    checkTiers(config, name, tiers, kvTier);
    config.finish();
    return policy == Policy.NONE ? null : spec;
  }

  private static long burst(Config config, long daily) {
    if (!config.has("burst")) {
      return daily == 0 ? 0 : Math.max(1, daily / HOURS_PER_DAY);
    }
    long burst =
        config.quantity("burst", Dimension.SIZE, "Bytes of the daily writes that may be saved up");
    if (!config.has("daily_writes")) {
      config.fault("burst", "a part of the daily writes; give 'daily_writes' too");
    } else if (burst / MOST_DAYS > daily || (burst / MOST_DAYS == daily && burst % MOST_DAYS > 0)) {
      config.fault("burst", "more than is written in " + MOST_DAYS + " days");
    }
    return burst;
  }

  private static void checkTiers(Config config, String name, List<TierSpec> tiers, int kvTier) {
    if (tiers.isEmpty()) {
      return;
    }
    TierSpec first = tiers.get(kvTier);
    if (first.name().equals(name)) {
      config.fault("memory", "'" + name + "' is the first memory of KV entries already");
    } else if (first.announces(Usage.KV) || first.announces(Usage.WEIGHTS)) {
      Optional<TierSpec> quiet =
          tiers.stream().filter(tier -> !tier.device().usesAnnouncements()).findFirst();
      config.fault(
          "memory",
          "entries are copied out of '"
              + first.name()
              + "' at any time, but its reads are announced in the order of a step; 'placement.kv'"
              + " must name a memory without announcements"
              + quiet.map(tier -> " (for example '" + tier.name() + "')").orElse(""));
    }
  }
}
