package memwall.workloads.run;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Longs;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.unit.Quantities;
import memwall.memory.Usage;
import memwall.workloads.model.GroupedQueryAttention;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.serving.ServingSpec;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.system.TierSpec;

/**
 * What each chip holds and what is left for keys and values.
 *
 * @param footprint bytes per chip of weights, KV cache and activations
 * @param shortBytes bytes per chip that are missing for weights and activations, by tier in the
 *     order of the chip; 0 where they fit
 */
public record Capacity(Footprint footprint, ImmutableList<Long> shortBytes) {

  /**
   * Activations of the largest step on one rank: per token the residual stream and its copy (4 x
   * hidden), queries, keys and values, and the gated feed-forward rows of the rank; per sequence a
   * row of logits of the rank (as in the SRAM account of Son et al., IEEE CAL 2026, with the
   * feed-forward rows added).
   */
  static long activationBytes(
      ModelSpec model, Precision precision, ShardingPlan sharding, ServingSpec serving) {
    return activationBytes(
        model,
        precision,
        sharding,
        serving.maxBatchedTokens(),
        serving.maxBatch(),
        LiveActivations.DEFAULT);
  }

  private static long activationBytes(
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      long tokens,
      long sequences,
      LiveActivations live) {
    long ranks = sharding.tensorParallel();
    long heads =
        model.attention() instanceof GroupedQueryAttention grouped
            ? ((long) grouped.heads() + 2L * grouped.kvHeads()) * grouped.headSize()
            : model.hiddenSize() * 2L;
    long perToken =
        (long) live.hidden() * model.hiddenSize()
            + ceilDiv(live.attention() * heads, ranks)
            + ceilDiv((long) live.ffn() * model.ffnSize(), ranks);
    long logits =
        Math.multiplyExact(sequences, (long) live.logits() * sharding.vocabularyPerRank(model));
    long elements = Math.addExact(Math.multiplyExact(tokens, perToken), logits);
    return Math.multiplyExact(elements, precision.activations().bits() / 8L);
  }

  static Capacity of(
      SystemSpec system,
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      ServingSpec serving) {
    Capacity capacity =
        of(
            system,
            model,
            precision,
            sharding,
            serving.memoryShare(),
            activationBytes(model, precision, sharding, serving));
    return serving.kvBlocks() == 0
        ? capacity
        : capacity.withKv(kvBytes(model, precision, sharding, serving));
  }

  private Capacity withKv(long kvBytes) {
    Footprint other =
        new Footprint(
            footprint.weightBytes(),
            footprint.routedBytes(),
            footprint.popularBytes(),
            kvBytes,
            footprint.tieredKvBytes(),
            footprint.activationBytes());
    return new Capacity(other, shortBytes);
  }

  /**
   * The same for steps of a known size.
   *
   * @param memoryShare share of a memory's capacity that may be used
   * @param tokens of a step on one rank
   * @param sequences of a step on one rank
   * @param live activations that exist at the same time
   */
  public static Capacity of(
      SystemSpec system,
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      double memoryShare,
      long tokens,
      long sequences,
      LiveActivations live) {
    return of(
        system,
        model,
        precision,
        sharding,
        memoryShare,
        activationBytes(model, precision, sharding, tokens, sequences, live));
  }

  private static Capacity of(
      SystemSpec system,
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      double memoryShare,
      long activations) {
    long weights = sharding.weightBytesPerRank(model, precision);
    long routed = sharding.expertBytesPerRank(model, precision, model.moe().experts());
    long popular = sharding.expertBytesPerRank(model, precision, system.chip().hotExperts(model));
    var chip = system.chip();
    long[] missing = new long[chip.tiers().size()];
    long kv = 0;
    long tieredKv = 0;
    KvTieringSpec second = chip.tiering().kv();
    for (int i = 0; i < missing.length; i++) {
      TierSpec tier = chip.tiers().get(i);
      long weightsHere =
          new Footprint(weights, routed, popular, 0, 0, 0).bytes(chip, i, Usage.WEIGHTS);
      long activationsHere = i == chip.activationsTier() ? activations : 0;
      long stored = (long) (tier.capacityBytes(Usage.WEIGHTS) * memoryShare);
      long needed = weightsHere;
      if (tier.device().sharesCapacity(Usage.WEIGHTS, Usage.ACTIVATIONS)) {
        needed = Math.addExact(needed, activationsHere);
      } else {
        missing[i] = Math.max(0, activationsHere - tier.capacityBytes(Usage.ACTIVATIONS));
      }
      missing[i] = Math.max(missing[i], needed - stored);
      if (chip.holds(i, Usage.KV)) {
        long room = (long) (tier.capacityBytes(Usage.KV) * memoryShare);
        room -= tier.device().sharesCapacity(Usage.KV, Usage.WEIGHTS) ? weightsHere : 0;
        room -= tier.device().sharesCapacity(Usage.KV, Usage.ACTIVATIONS) ? activationsHere : 0;
        boolean isSecond = second != null && i == second.tier();
        kv = isSecond ? kv : Math.max(0, room);
        // A second memory is filled by whole pages.
        long page = tier.device().accessBytes(Usage.KV);
        tieredKv = isSecond ? Math.max(0, room / page * page) : tieredKv;
      }
    }
    return new Capacity(
        new Footprint(weights, routed, popular, kv, tieredKv, activations),
        ImmutableList.copyOf(Longs.asList(missing)));
  }

  /** Bytes of one rank for the blocks that are given. */
  private static long kvBytes(
      ModelSpec model, Precision precision, ShardingPlan sharding, ServingSpec serving) {
    int block = serving.kvBlockTokens();
    return Math.multiplyExact(
        serving.kvBlocks(), sharding.kvEntryBytesPerRank(model, precision, block, block));
  }

  /** Records a fault for each tier that does not hold what is placed in it. */
  void report(Config config, SystemSpec system) {
    boolean fits = true;
    for (int i = 0; i < shortBytes.size(); i++) {
      if (shortBytes.get(i) > 0) {
        fits = false;
        TierSpec tier = system.chip().tiers().get(i);
        config.fault(
            "model",
            "does not fit: memory '"
                + tier.name()
                + "' of each chip is "
                + human(shortBytes.get(i))
                + " too small (weights "
                + (system.chip().holds(i, Usage.WEIGHTS)
                    ? human(footprint.bytes(system.chip(), i, Usage.WEIGHTS))
                    : "elsewhere")
                + ", activations "
                + (i == system.chip().activationsTier()
                    ? human(footprint.activationBytes())
                    : "elsewhere")
                + " per chip; capacity "
                + human(tier.capacityBytes(Usage.WEIGHTS))
                + ", of which 'serving.memory_share' may be used); use more chips"
                + " (sharding.tensor_parallel), narrower number formats or a smaller step");
      }
    }
    if (fits && footprint.kvBytes() == 0) {
      config.fault(
          "model",
          "the weights leave no room for keys and values in memory '"
              + system.chip().tier(Usage.KV).name()
              + "'");
    }
    KvTieringSpec second = system.chip().tiering().kv();
    if (fits && second != null && footprint.tieredKvBytes() == 0) {
      config.fault(
          "model",
          "the weights leave no room for keys and values in memory '"
              + system.chip().tiers().get(second.tier()).name()
              + "', which 'placement.kv_tiering' wants to hold some");
    }
  }

  /** What is too small, in words; empty if everything fits. */
  public String missing(SystemSpec system) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < shortBytes.size(); i++) {
      if (shortBytes.get(i) > 0) {
        words.add(
            "memory '"
                + system.chip().tiers().get(i).name()
                + "' of each chip is "
                + human(shortBytes.get(i))
                + " too small");
      }
    }
    return String.join(", ", words);
  }

  private static String human(long bytes) {
    return Quantities.SIZE.human((double) bytes);
  }

  private static long ceilDiv(long amount, long parts) {
    return (amount + parts - 1) / parts;
  }
}
