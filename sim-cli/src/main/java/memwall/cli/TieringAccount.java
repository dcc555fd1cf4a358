package memwall.cli;

import java.util.Locale;
import memwall.cli.report.Tiering;
import memwall.core.stat.Snapshot;
import memwall.memory.Usage;
import memwall.workloads.execution.Parts;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.run.Fidelity;
import memwall.workloads.run.RunSpec;
import memwall.workloads.serving.ServingOutcome;
import memwall.workloads.serving.TierOutcome;
import memwall.workloads.serving.WorkTotals;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.StagingSpec;
import org.jspecify.annotations.Nullable;

/**
 * What passed between the memories of one chip, from the counts of a run.
 *
 * @param spec the run
 * @param outcome what the serving engine counted
 * @param executor what steps spent their time on
 * @param snapshot all statistics
 */
record TieringAccount(
    RunSpec spec, ServingOutcome outcome, StepExecutor executor, Snapshot snapshot) {
  /** Null if everything is in one memory. */
  @Nullable Tiering tiering() {
    Tiering.Kv kv = kv();
    Tiering.Staging staging = staging();
    return kv == null && staging == null ? null : new Tiering(kv, staging);
  }

  private ChipSpec chip() {
    return spec.system().chip();
  }

  private Tiering.@Nullable Kv kv() {
    KvTieringSpec second = chip().tiering().kv();
    TierOutcome tiered = outcome.tiered();
    if (second == null || tiered == null) {
      return null;
    }
    WorkTotals work = outcome.work();
    return new Tiering.Kv(
        tiered.policy(),
        kvTier(chip().kvTier(), work.kvReadBytes() - work.tieredKvReadBytes()),
        kvTier(second.tier(), work.tieredKvReadBytes()),
        tiered.storedBytes(),
        tiered.refusedBudgetBytes(),
        tiered.refusedRoomBytes(),
        tiered.evictedBytes(),
        tiered.reusedTokens(),
        tiered.peakBytes(),
        tiered.meanBytes());
  }

  private Tiering.KvTier kvTier(int tier, long readBytes) {
    return new Tiering.KvTier(
        chip().tiers().get(tier).name(), readBytes, executor.spentPs(Parts.read(tier, Usage.KV)));
  }

  private Tiering.@Nullable Staging staging() {
    StagingSpec staging = chip().tiering().staging();
    if (staging == null) {
      return null;
    }
    return new Tiering.Staging(
        chip().tiers().get(staging.tier()).name(),
        chip().tier(Usage.WEIGHTS).name(),
        staging.policy().name().toLowerCase(Locale.ROOT),
        staging.depth(),
        staging.sizeBytes(),
        executor.stagedBytes(),
        outcome.work().weightBytes() - executor.stagedBytes(),
        spec.fidelity() == Fidelity.ANALYTIC
            ? null
            : new Tiering.Waits(
                count("hit_bytes"), count("missed_bytes"), count("stalls"), count("stall_ps")));
  }

  private long count(String name) {
    return Math.round(snapshot.number("rank0.staging." + name));
  }
}
