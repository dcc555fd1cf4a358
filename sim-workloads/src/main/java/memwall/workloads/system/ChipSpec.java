package memwall.workloads.system;

import com.google.common.collect.ImmutableList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.Usage;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.operator.OperatorKind;

/**
 * One accelerator: compute engines, memories, and which of them holds what.
 *
 * @param compute matrix engines
 * @param overhead fixed time per operator
 * @param tiers memories, in the order of the preset
 * @param weightsTier index of the tier that holds weights
 * @param kvTier index of the tier that holds the KV cache
 * @param activationsTier index of the tier that holds activations
 * @param offload operators that memories carry out where their data lies
 * @param tiering what lies in more than one tier
 * @param watts board power at full load, for orientation in reports; 0 if unknown
 */
public record ChipSpec(
    ComputeSpec compute,
    OverheadSpec overhead,
    ImmutableList<TierSpec> tiers,
    int weightsTier,
    int kvTier,
    int activationsTier,
    OffloadSpec offload,
    Tiering tiering,
    double watts) {

  /** A chip on which all data of a usage lie in one tier. */
  public ChipSpec(
      ComputeSpec compute,
      OverheadSpec overhead,
      ImmutableList<TierSpec> tiers,
      int weightsTier,
      int kvTier,
      int activationsTier,
      OffloadSpec offload,
      double watts) {
    this(
        compute,
        overhead,
        tiers,
        weightsTier,
        kvTier,
        activationsTier,
        offload,
        Tiering.NONE,
        watts);
  }

  static ChipSpec read(Config config) {
    Config memory = config.section("memory", "The memories of the chip, by a name of your choice");
    ImmutableList.Builder<TierSpec> tiers = ImmutableList.builder();
    List<String> names = memory.keys();
    for (String name : names) {
      tiers.add(TierSpec.read(name, memory.section(name, "One memory of the chip")));
    }
    if (names.isEmpty()) {
      config.fault("memory", "a chip needs at least one memory");
    }
    ImmutableList<TierSpec> built = tiers.build();
    checkEngines(memory, built);
    for (String name : names) {
      checkChain(memory, name, built);
    }
    memory.finish();
    Config placement = config.section("placement", "Which memory holds what");
    int weights = tier(placement, Usage.WEIGHTS, "Memory that holds the weights", built);
    int kv = tier(placement, Usage.KV, "Memory that holds the KV cache", built);
    int activations = tier(placement, Usage.ACTIVATIONS, "Memory that holds activations", built);
    Tiering tiering = Tiering.read(placement, built, weights, kv);
    placement.finish();
    OffloadSpec offload =
        config
            .optionalSection("offload", "Operators that run where their data lies")
            .map(section -> OffloadSpec.read(section, built, weights, kv))
            .orElse(OffloadSpec.NONE);
    ChipSpec chip =
        new ChipSpec(
            ComputeSpec.read(config.section("compute", "Matrix engines")),
            OverheadSpec.read(config.section("overhead", "Fixed time at the start of operators")),
            built,
            weights,
            kv,
            activations,
            offload,
            tiering,
            config.reportQuantity("power", Dimension.POWER, "0 W", "Board power at full load"));
    tiering.checkOffload(config, offload);
    config.finish();
    return chip;
  }

  /** Engines have one clock, so that the heat of one memory can set it. */
  private static void checkEngines(Config memory, List<TierSpec> tiers) {
    String carrier = "";
    for (TierSpec tier : tiers) {
      if (tier.device().carriesEngines() && !carrier.isEmpty()) {
        memory.fault(
            tier.name(),
            "the stacks of '"
                + carrier
                + "' and of '"
                + tier.name()
                + "' have engines on their logic dies (energy.compute); those of one memory can");
      } else if (tier.device().carriesEngines()) {
        carrier = tier.name();
      }
    }
  }

  private static void checkChain(Config memory, String name, List<TierSpec> tiers) {
    TierSpec.Chain chain = tiers.get(find(tiers, name)).chain();
    if (chain == null) {
      return;
    }
    int index = find(tiers, chain.front());
    if (index < 0) {
      memory.fault(name, "behind " + unknown(chain.front(), tiers));
      return;
    }
    TierSpec front = tiers.get(index);
    TierSpec.Chain before = front.chain();
    if (front.name().equals(name)) {
      memory.fault(name, "behind itself; another memory can be in front");
    } else if (before != null) {
      memory.fault(
          name,
          "behind '"
              + front.name()
              + "', which lies behind '"
              + before.front()
              + "' itself; a chain has two memories");
    } else if (OffloadSpec.near(front) != null) {
      memory.fault(
          name,
          "behind '"
              + front.name()
              + "', which computes: what that leaves of its link is not modelled");
    }
  }

  private static int find(List<TierSpec> tiers, String name) {
    for (int i = 0; i < tiers.size(); i++) {
      if (tiers.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static String unknown(String name, List<TierSpec> tiers) {
    return "'"
        + name
        + "' is not a memory of this chip (known: "
        + tiers.stream().map(TierSpec::name).toList()
        + ")";
  }

  private static int tier(Config placement, Usage usage, String sentence, List<TierSpec> tiers) {
    return holder(placement, usage.label(), usage, sentence, tiers);
  }

  /** Reads the name of a memory that can hold a usage; 0 after a fault. */
  static int holder(
      Config placement, String key, Usage usage, String sentence, List<TierSpec> tiers) {
    return holder(placement, key, placement.text(key, sentence), usage, tiers);
  }

  /** The memory of a name that was read at a key; 0 after a fault. */
  static int holder(Config placement, String key, String name, Usage usage, List<TierSpec> tiers) {
    for (int i = 0; i < tiers.size(); i++) {
      TierSpec tier = tiers.get(i);
      if (tier.name().equals(name)) {
        if (tier.capacityBytes(usage) == 0) {
          placement.fault(
              key,
              "'"
                  + name
                  + "' cannot hold "
                  + usage.label()
                  + ": flash wears out; give its devices 'scratch' SRAM or place them elsewhere");
        }
        return i;
      }
    }
    if (!tiers.isEmpty()) {
      placement.fault(key, unknown(name, tiers));
    }
    return 0;
  }

  /** Index of the memory in front of a tier; -1 if it has a link of its own. */
  public int frontOf(int tier) {
    TierSpec.Chain chain = tiers.get(tier).chain();
    return chain == null ? -1 : find(tiers, chain.front());
  }

  /** The tier that holds a usage; of weights, those that all tokens share. */
  public TierSpec tier(Usage usage) {
    return tiers.get(tierIndex(usage));
  }

  /** Index of the tier that holds a usage. */
  public int tierIndex(Usage usage) {
    return switch (usage) {
      case WEIGHTS -> weightsTier;
      case KV -> kvTier;
      case ACTIVATIONS -> activationsTier;
    };
  }

  /** The same chip with all KV entries in one memory. */
  public ChipSpec withoutKvTiering() {
    return new ChipSpec(
        compute,
        overhead,
        tiers,
        weightsTier,
        kvTier,
        activationsTier,
        offload,
        tiering.withoutKv(),
        watts);
  }

  /** Whether data of a usage may lie in a tier. */
  public boolean holds(int tier, Usage usage) {
    ExpertPlacement experts = tiering.experts();
    KvTieringSpec kv = tiering.kv();
    return tier == tierIndex(usage)
        || (usage == Usage.WEIGHTS
            && experts != null
            && (tier == experts.tier() || tier == experts.hotTier()))
        || (usage == Usage.KV && kv != null && tier == kv.tier())
        || (usage == Usage.WEIGHTS && tier == stagingTier());
  }

  /** Index of the tier that has a staging buffer for weights; -1 if none has. */
  public int stagingTier() {
    StagingSpec staging = tiering.staging();
    return staging == null ? -1 : staging.tier();
  }

  /**
   * Whether an operator's weights in a tier are copied into the staging buffer ahead of their use,
   * and read from there: those whose addresses are known early, of the tier that holds weights.
   */
  public boolean stages(OperatorKind kind, int tier) {
    return tiering.staging() != null && tier == weightsTier && knowsEarly(kind);
  }

  /**
   * What a tier has of an amount of KV entries.
   *
   * @param allBytes the amount
   * @param tieredBytes of these, entries in the second memory
   */
  public long kvIn(int tier, long allBytes, long tieredBytes) {
    KvTieringSpec kv = tiering.kv();
    if (kv == null) {
      return tier == kvTier ? allBytes : 0;
    }
    return (tier == kvTier ? allBytes - tieredBytes : 0) + (tier == kv.tier() ? tieredBytes : 0);
  }

  /**
   * What a tier has of an amount of weights.
   *
   * @param allBytes the amount
   * @param routedBytes of these, weights of routed experts
   * @param popularBytes of these, weights of the most popular ones
   */
  public long weightsIn(int tier, long allBytes, long routedBytes, long popularBytes) {
    ExpertPlacement experts = tiering.experts();
    if (experts == null) {
      return tier == weightsTier ? allBytes : 0;
    }
    return (tier == weightsTier ? allBytes - routedBytes : 0)
        + (tier == experts.tier() ? routedBytes - popularBytes : 0)
        + (tier == experts.hotTier() ? popularBytes : 0);
  }

  /** Of the routed experts of a layer, how many lie in a tier for the most popular ones. */
  public int hotExperts(ModelSpec model) {
    ExpertPlacement experts = tiering.experts();
    return experts == null ? 0 : experts.hotExperts(model.moe());
  }

  /**
   * Whether the addresses of an operator's weights are known before the operators in front of it
   * are done.
   */
  public boolean knowsEarly(OperatorKind kind) {
    ExpertPlacement experts = tiering.experts();
    return kind.addressKnownEarly()
        || (kind == OperatorKind.EXPERTS
            && experts != null
            && experts.routing() == ExpertPlacement.Routing.KNOWN);
  }
}
