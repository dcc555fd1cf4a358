package memwall.workloads.analytic.plan;

import com.google.common.collect.ImmutableList;
import memwall.workloads.shard.ShardingPlan;

/**
 * What the planner found for one number of chips.
 *
 * @param chips number of chips
 * @param best mappings of this many chips that keep all limits, the one with most tokens per second
 *     first
 * @param rejected mappings that do not, with the reason
 */
public record PlanResult(int chips, ImmutableList<Mapping> best, ImmutableList<Rejected> rejected) {
  /** A mapping that does not keep a limit even with one sequence. */
  public record Rejected(ShardingPlan sharding, String reason) {}

  /**
   * Mappings within some per cent of the best; empty if there is none.
   *
   * @param percent of tokens per second
   */
  public ImmutableList<Mapping> ties(double percent) {
    if (best.isEmpty()) {
      return best;
    }
    double least = best.get(0).tokensPerSec() * (1 - percent / 100);
    return best.stream()
        .filter(mapping -> mapping.tokensPerSec() >= least)
        .collect(ImmutableList.toImmutableList());
  }
}
