package memwall.workloads.model;

import memwall.core.config.Faults;

/**
 * Which layers replace their feed-forward network by a choice of experts.
 *
 * @param experts routed experts of an MoE layer; 0 if the model has no MoE layer
 * @param activeExperts routed experts that one token visits (top-k)
 * @param sharedExperts experts that every token visits in addition, each of {@code ffnSize}
 * @param ffnSize feed-forward size of one expert
 * @param firstDenseLayers layers at the start without experts
 * @param interleave of the layers after these, the last one of each group of so many has experts;
 *     1: all of them
 * @param popularity how unevenly tokens choose: the r-th most popular expert is visited in
 *     proportion to {@code r^-popularity}, by every token at most (Zipf); 0: all alike
 */
public record MixtureOfExperts(
    int experts,
    int activeExperts,
    int sharedExperts,
    int ffnSize,
    int firstDenseLayers,
    int interleave,
    double popularity) {
  /** All layers are dense. */
  public static final MixtureOfExperts NONE = new MixtureOfExperts(0, 0, 0, 0, 0, 1);

  /** The largest exponent of {@link #popularity}. */
  static final double MAX_POPULARITY = 4;

  /**
   * Checks the numbers.
   *
   * @throws memwall.core.config.ConfigException if one is out of range
   */
  public MixtureOfExperts {
    Faults faults = new Faults();
    if (experts == 0) {
      if (activeExperts != 0 || sharedExperts != 0 || ffnSize != 0) {
        faults.add("moe.experts: 0 is not allowed with active or shared experts");
      }
    } else {
      Checks.atLeastOne("moe.experts", experts, faults);
      Checks.atLeastOne("moe.active_experts", activeExperts, faults);
      Checks.atLeastOne("moe.ffn_size", ffnSize, faults);
      if (activeExperts > experts) {
        faults.add("moe.experts: " + experts + " are fewer than active_experts, " + activeExperts);
      }
    }
    Checks.notNegative("moe.shared_experts", sharedExperts, faults);
    Checks.notNegative("moe.first_dense_layers", firstDenseLayers, faults);
    Checks.atLeastOne("moe.interleave", interleave, faults);
    if (!(popularity >= 0 && popularity <= MAX_POPULARITY)) {
      faults.add("moe.popularity: " + popularity + " is not allowed, 0 to " + MAX_POPULARITY);
    }
    faults.throwIfAny();
  }

  /** Experts that are all alike. */
  public MixtureOfExperts(
      int experts,
      int activeExperts,
      int sharedExperts,
      int ffnSize,
      int firstDenseLayers,
      int interleave) {
    this(experts, activeExperts, sharedExperts, ffnSize, firstDenseLayers, interleave, 0);
  }

  /** Whether the layer (counted from 0) has experts. */
  public boolean isMoe(int layer) {
    return experts > 0
        && layer >= firstDenseLayers
        && (layer - firstDenseLayers + 1) % interleave == 0;
  }
}
