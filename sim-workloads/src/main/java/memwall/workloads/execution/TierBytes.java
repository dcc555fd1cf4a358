package memwall.workloads.execution;

import memwall.memory.Usage;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.ChipSpec;

/** What operators ask of each memory of a chip, according to what lies where. */
public final class TierBytes {
  private TierBytes() {}

  /** Bytes of stored data that an operator reads from a tier; 0 for activations. */
  public static long stored(ChipSpec chip, OperatorPlan plan, int i, int tier, Usage usage) {
    return switch (usage) {
      case WEIGHTS ->
          chip.weightsIn(
              tier, plan.weightBytes(i), plan.routedWeightBytes(i), plan.popularWeightBytes(i));
      case KV -> chip.kvIn(tier, plan.kvReadBytes(i), plan.tieredKvReadBytes(i));
      case ACTIVATIONS -> 0;
    };
  }

  /** Bytes of weights that a whole step copies into the staging buffer; 0 without one. */
  public static long totalStaged(ChipSpec chip, OperatorPlan plan) {
    if (chip.stagingTier() < 0) {
      return 0;
    }
    long sum = 0;
    int from = chip.weightsTier();
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        if (chip.stages(plan.kind(i), from)) {
          sum += plan.segmentRepeat(s) * stored(chip, plan, i, from, Usage.WEIGHTS);
        }
      }
    }
    return sum;
  }

  /** Bytes of stored data that a whole step reads from a tier; 0 for activations. */
  public static long totalStored(ChipSpec chip, OperatorPlan plan, int tier, Usage usage) {
    return switch (usage) {
      case WEIGHTS ->
          chip.weightsIn(
              tier,
              plan.totalWeightBytes(),
              plan.totalRoutedWeightBytes(),
              plan.totalPopularWeightBytes());
      case KV -> chip.kvIn(tier, plan.totalKvReadBytes(), plan.totalTieredKvReadBytes());
      case ACTIVATIONS -> 0;
    };
  }
}
