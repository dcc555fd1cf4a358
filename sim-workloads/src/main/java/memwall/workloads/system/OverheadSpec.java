package memwall.workloads.system;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.operator.OperatorKind;

/**
 * Fixed time at the start of each operator: launch, tile set-up, wind-down. Added before its memory
 * and compute work begins.
 *
 * @param gemmPs matrix products
 * @param attentionPs attention of decode and of prefill
 * @param elementwisePs norms, residuals, activations, embedding look-up
 * @param expertsPs grouped matrix products of experts
 */
public record OverheadSpec(long gemmPs, long attentionPs, long elementwisePs, long expertsPs) {

  static OverheadSpec read(Config config) {
    OverheadSpec spec =
        new OverheadSpec(
            config.quantity("gemm", Dimension.TIME, "Fixed time per matrix product"),
            config.quantity("attention", Dimension.TIME, "Fixed time per attention operator"),
            config.quantity(
                "elementwise", Dimension.TIME, "Fixed time per norm, residual or activation"),
            config.quantity("experts", Dimension.TIME, "Fixed time per group of experts"));
    config.finish();
    return spec;
  }

  /** Fixed time of an operator kind, picoseconds; collectives bring their own. */
  public long ofPs(OperatorKind kind) {
    return switch (kind) {
      case GEMM, HEAD -> gemmPs;
      case ATTENTION, PREFILL_ATTENTION -> attentionPs;
      case EMBEDDING, ELEMENTWISE -> elementwisePs;
      case EXPERTS -> expertsPs;
      case ALL_REDUCE, ALL_TO_ALL, SEND -> 0;
    };
  }
}
