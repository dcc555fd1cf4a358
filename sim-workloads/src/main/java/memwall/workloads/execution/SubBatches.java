package memwall.workloads.execution;

import java.util.List;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.OffloadSpec;
import org.jspecify.annotations.Nullable;

/**
 * What a step is carried out as: one batch, or sub-batches that take turns in the chip while the
 * attention of the other is in the memory (sub-batch interleaving). A step is cut if the chip's
 * rules say so, it has no prompts, enough sequences, and the attention of its halves is left to a
 * memory.
 *
 * <p>Halves have the same number of sequences, or one more, and the step's mean context. Each is a
 * batch of its own: it reads all weights, and of routed experts those that it visits.
 */
public final class SubBatches {
  private final OffloadSpec.Interleaving rule;
  private final NearPlan whole;
  private final NearPlan[] nears;
  private final @Nullable OperatorPlan[] plans = new OperatorPlan[2];
  private @Nullable OperatorPlan decided;

  /** The plan whose operators the halves have. */
  private @Nullable OperatorPlan cut;

  private long decidedFill = -1;
  private int count = 1;

  /** For the steps of a chip. */
  public SubBatches(ChipSpec chip) {
    rule = chip.offload().interleaving();
    whole = new NearPlan(chip);
    nears = new NearPlan[] {whole, whole};
    if (rule.subBatches() > 1) {
      nears[0] = new NearPlan(chip);
      nears[1] = new NearPlan(chip);
    }
  }

  /**
   * Decides for the amounts that a plan has now; a plan that was not filled anew costs nothing.
   *
   * @param plan not filled anew as long as it is asked what was decided
   */
  public void decide(OperatorPlan plan) {
    if (plan == decided && plan.fills() == decidedFill) {
      return;
    }
    decided = plan;
    decidedFill = plan.fills();
    count = isCut(plan) ? 2 : 1;
    if (count == 1) {
      whole.decide(plan);
    }
  }

  private boolean isCut(OperatorPlan plan) {
    long sequences = plan.decodeTokens();
    if (rule.subBatches() == 1
        || plan.tokens() != sequences
        || sequences < rule.sequencesAtLeast()) {
      return false;
    }
    boolean leavesAttention = true;
    if (plan != cut) {
      plans[0] = null;
      plans[1] = null;
      cut = plan;
    }
    for (int i = 0; i < 2; i++) {
      OperatorPlan half = half(plan, i);
      half.fillShare(plan, i * (sequences / 2), i == 0 ? sequences / 2 : sequences);
      nears[i].decide(half);
      leavesAttention &= leavesAttention(half, nears[i]);
    }
    return leavesAttention;
  }

  private OperatorPlan half(OperatorPlan like, int i) {
    OperatorPlan half = plans[i];
    if (half == null) {
      half = like.emptyCopy();
      plans[i] = half;
    }
    return half;
  }

  private static boolean leavesAttention(OperatorPlan plan, NearPlan near) {
    for (int i = 0; i < plan.size(); i++) {
      if (plan.attention(i) != null && near.isNear(i)) {
        return true;
      }
    }
    return false;
  }

  /** Batches that the step decided last is carried out as: 1 or 2. */
  public int count() {
    return count;
  }

  /** The operators of a batch. */
  public OperatorPlan plan(int batch) {
    OperatorPlan plan = count == 1 ? decided : plans[batch];
    if (plan == null) {
      throw new IllegalStateException("nothing was decided");
    }
    return plan;
  }

  /** The operators of all batches. */
  public List<OperatorPlan> plans() {
    return count == 1 ? List.of(plan(0)) : List.of(plan(0), plan(1));
  }

  /** Which of them are left to memories. */
  public NearPlan near(int batch) {
    return count == 1 ? whole : nears[batch];
  }
}
