package memwall.workloads.analytic.study;

import java.nio.file.Path;
import java.util.List;
import memwall.workloads.analytic.plan.Mapping;
import org.jspecify.annotations.Nullable;

/**
 * A published value.
 *
 * @param line of the file that it stands in
 * @param group what it is compared with others of, a group of the study
 * @param plan the question to the planner that answers it
 * @param sets overrides of that question, {@code path=value}
 * @param chips of the machine in question
 * @param quantity what is published
 * @param baseline the question whose answer divides ours; null if the value is no ratio
 * @param baselineChips chips of that machine; 0 if there is no baseline
 * @param expected the published value
 */
record Target(
    long line,
    String group,
    Path plan,
    List<String> sets,
    int chips,
    Quantity quantity,
    @Nullable Path baseline,
    int baselineChips,
    double expected) {
  /** What a study publishes. */
  enum Quantity {
    /** Sequences that are decoded at the same time, per chip. */
    SEQUENCES_PER_CHIP,
    /** Output tokens per second, per chip. */
    TOKENS_PER_SECOND_AND_CHIP,
    /** Share of the time between two tokens, in per cent. */
    SHARE_ATTENTION,
    SHARE_FFN,
    SHARE_KV_WRITE,
    SHARE_COMMUNICATION,
    SHARE_OTHER;

    /** Its value of a mapping. */
    double of(Mapping mapping) {
      return switch (this) {
        case SEQUENCES_PER_CHIP -> (double) mapping.sequences() / mapping.chips();
        case TOKENS_PER_SECOND_AND_CHIP -> mapping.tokensPerSecAndChip();
        case SHARE_ATTENTION -> share(mapping, Mapping.Kind.ATTENTION);
        case SHARE_FFN -> share(mapping, Mapping.Kind.FFN);
        case SHARE_KV_WRITE -> share(mapping, Mapping.Kind.KV_WRITE);
        case SHARE_COMMUNICATION -> share(mapping, Mapping.Kind.COMMUNICATION);
        case SHARE_OTHER -> share(mapping, Mapping.Kind.OTHER);
      };
    }

    private static double share(Mapping mapping, Mapping.Kind kind) {
      return 100 * mapping.timePs(kind) / mapping.tpotPs();
    }
  }
}
