package memwall.workloads.system;

import com.google.common.collect.ImmutableList;
import java.util.List;
import memwall.core.config.Config;
import memwall.memory.Usage;
import memwall.memory.pnm.NearSpec;
import memwall.memory.pnm.NumberFormat;
import memwall.workloads.operator.OperatorKind;
import org.jspecify.annotations.Nullable;

/**
 * Which operators a chip leaves to the memories that hold their data, and when.
 *
 * @param attention decode attention, done where the KV cache lies
 * @param gemm products with weight matrices that all tokens share, done where weights lie
 * @param experts products with the weights of routed experts
 * @param head logits
 * @param interleaving which steps are cut in two, so that one half is in the memory while the other
 *     is in the chip
 */
public record OffloadSpec(
    Rule attention, Rule gemm, Rule experts, Rule head, Interleaving interleaving) {
  /** Everything is done by the chip. */
  public static final OffloadSpec NONE =
      new OffloadSpec(Rule.NEVER, Rule.NEVER, Rule.NEVER, Rule.NEVER);

  /** Rules without sub-batches. */
  public OffloadSpec(Rule attention, Rule gemm, Rule experts, Rule head) {
    this(attention, gemm, experts, head, Interleaving.NONE);
  }

  /**
   * Sub-batch interleaving (G. Heo et al., "NeuPIMs", ASPLOS 2024): a decode step whose attention
   * is left to a memory is carried out as equal sub-batches; while the attention of one is in the
   * memory, the chip works for the other. Each of them reads the weights.
   *
   * @param subBatches 1 (steps stay whole) or 2
   * @param sequencesAtLeast steps with fewer sequences stay whole; at least 2
   */
  public record Interleaving(int subBatches, long sequencesAtLeast) {
    /** Steps stay whole. */
    public static final Interleaving NONE = new Interleaving(1, 2);

    /** Checks the ranges. */
    public Interleaving {
      if (subBatches < 1 || subBatches > 2 || sequencesAtLeast < 2) {
        throw new IllegalArgumentException("sub-batches of steps: one or two, of two sequences");
      }
    }

    static Interleaving read(Config config) {
      Interleaving interleaving =
          new Interleaving(
              (int)
                  config.integer(
                      "sub_batches", 1, 2, 2, "Sub-batches that a decode step is carried out as"),
              config.integer(
                  "sequences_at_least",
                  2,
                  Long.MAX_VALUE,
                  2,
                  "Steps with fewer sequences stay whole"));
      config.finish();
      return interleaving;
    }
  }

  /** How it is decided, step by step, whether an operator is left to its memory. */
  public enum When {
    /** The chip does it. */
    NEVER,
    /** Where the closed forms of an unloaded machine say that the memory takes less time. */
    AUTO,
    /** The memory does it. */
    ALWAYS
  }

  /**
   * The rule for one kind of operator.
   *
   * @param when how it is decided
   * @param tokensAtMost in steps with more tokens the chip does it
   */
  public record Rule(When when, long tokensAtMost) {
    static final Rule NEVER = new Rule(When.NEVER, 0);

    static Rule read(Config config) {
      Rule rule =
          new Rule(
              config.choice(
                  "when",
                  When.AUTO,
                  "Whether the memory does it: always, never, or where it takes less time"),
              config.integer(
                  "tokens_at_most",
                  1,
                  Long.MAX_VALUE,
                  Long.MAX_VALUE,
                  "In steps with more tokens the chip does it"));
      config.finish();
      return rule;
    }
  }

  static OffloadSpec read(Config config, ImmutableList<TierSpec> tiers, int weights, int kv) {
    OffloadSpec spec =
        new OffloadSpec(
            rule(config, "attention", "Attention of decode tokens", Usage.KV, tiers, kv),
            rule(config, "gemm", "Products with shared weights", Usage.WEIGHTS, tiers, weights),
            rule(config, "experts", "Products with routed experts", Usage.WEIGHTS, tiers, weights),
            rule(config, "head", "Logits", Usage.WEIGHTS, tiers, weights),
            config
                .optionalSection(
                    "interleave", "Sub-batches of decode steps, in memory and chip in turn")
                .map(Interleaving::read)
                .orElse(Interleaving.NONE));
    if (spec.interleaving().subBatches() > 1 && spec.attention().when() != When.NEVER) {
      checkInterleaving(config, tiers);
    }
    config.finish();
    return spec;
  }

  private static void checkInterleaving(Config config, List<TierSpec> tiers) {
    for (TierSpec tier : tiers) {
      if (tier.announces(Usage.WEIGHTS) || tier.announces(Usage.KV)) {
        config.fault(
            "interleave",
            "reads of memory '"
                + tier.name()
                + "' are announced in the order of one batch; sub-batches need memories without"
                + " announcements");
      }
    }
  }

  private static Rule rule(
      Config config, String key, String sentence, Usage usage, List<TierSpec> tiers, int holder) {
    Rule rule = config.optionalSection(key, sentence).map(Rule::read).orElse(Rule.NEVER);
    if (rule.when() != When.NEVER && !tiers.isEmpty() && near(tiers.get(holder)) == null) {
      config.fault(
          key,
          "memory '"
              + tiers.get(holder).name()
              + "', which holds "
              + usage.label()
              + ", does not compute; computing are "
              + tiers.stream().filter(tier -> near(tier) != null).map(TierSpec::name).toList());
    }
    return rule;
  }

  /** What a memory says of its compute; null if it does not compute. */
  public static @Nullable NearSpec near(TierSpec tier) {
    if (tier.device() instanceof NearSpec near) {
      for (NumberFormat format : NumberFormat.values()) {
        if (near.computes(format)) {
          return near;
        }
      }
    }
    return null;
  }

  /** The rule for a kind of operator. */
  public Rule rule(OperatorKind kind) {
    return switch (kind) {
      case ATTENTION -> attention;
      case GEMM -> gemm;
      case EXPERTS -> experts;
      case HEAD -> head;
      case EMBEDDING, ELEMENTWISE, PREFILL_ATTENTION, ALL_REDUCE, ALL_TO_ALL, SEND -> Rule.NEVER;
    };
  }

  /** Whether anything may be left to memories. */
  public boolean any() {
    return uses(Usage.KV) || uses(Usage.WEIGHTS);
  }

  /** Whether products with data of a usage may be left to the memory that holds it. */
  public boolean uses(Usage usage) {
    return switch (usage) {
      case KV -> attention.when() != When.NEVER;
      case WEIGHTS ->
          gemm.when() != When.NEVER || experts.when() != When.NEVER || head.when() != When.NEVER;
      case ACTIVATIONS -> false;
    };
  }
}
