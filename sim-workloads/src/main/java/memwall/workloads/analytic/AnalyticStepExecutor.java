package memwall.workloads.analytic;

import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.resource.CompletionQueue;
import memwall.core.unit.Units;
import memwall.memory.Usage;
import memwall.workloads.execution.NearPlan;
import memwall.workloads.execution.NearTotals;
import memwall.workloads.execution.Parts;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.execution.SubBatches;
import memwall.workloads.execution.TierBytes;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.system.TierSpec;

/** Executes a step as one event after the time that the {@link Roofline} gives it. */
public final class AnalyticStepExecutor implements StepExecutor {
  private final Roofline roofline;
  private final Parts parts;
  private final long[] spentPs;
  private final Event done;
  private final Simulation simulation;
  private final ChipSpec chip;
  private final CompletionQueue copiesDone;
  private long copiesEndPs;
  private long stagedBytes;
  private Completion stepDone = word -> {};
  private long stepWord;
  private boolean busy;
  private long nearKernels;
  private NearTotals.Work nearWeights = NearTotals.Work.NONE;
  private NearTotals.Work nearKv = NearTotals.Work.NONE;

  /** An executor for a group of ranks. */
  public AnalyticStepExecutor(
      Simulation simulation, SystemSpec system, int ranks, Footprint footprint) {
    this.roofline = new Roofline(system, ranks, footprint);
    this.parts = new Parts(system.chip());
    this.spentPs = new long[parts.size()];
    this.simulation = simulation;
    this.chip = system.chip();
    this.copiesDone = new CompletionQueue(simulation, "analytic.copies");
    this.done = simulation.event("analytic.step", this::done);
  }

  @Override
  public void execute(OperatorPlan plan, Completion newDone, long word) {
    if (busy) {
      throw new IllegalStateException("a step is under way");
    }
    busy = true;
    stepDone = newDone;
    stepWord = word;
    roofline.stepPs(plan);
    stagedBytes += TierBytes.totalStaged(chip, plan);
    SubBatches batches = roofline.batches();
    for (int batch = 0; batch < batches.count(); batch++) {
      countNear(batches.plan(batch), batches.near(batch));
    }
    long stepPs = 0;
    for (int part = 0; part < spentPs.length; part++) {
      // Each part is rounded, and the step is their sum, so that the attribution stays exact.
      long partPs = Math.round(roofline.spentPs(part));
      spentPs[part] += partPs;
      stepPs += partPs;
    }
    done.in(stepPs, 0);
  }

  /** Copies take the time of the slower memory, one after the other, and slow nothing down. */
  @Override
  public void storeKv(long bytes, Completion copied, long word) {
    KvTieringSpec tiering = chip.tiering().kv();
    if (tiering == null) {
      throw new IllegalStateException("there is no second memory for KV entries");
    }
    TierSpec second = chip.tiers().get(tiering.tier());
    long rate =
        Math.min(
            chip.tier(Usage.KV).readBytesPerSec(),
            second.device().writeBytesPerSec(Usage.KV) * second.count());
    copiesEndPs =
        Math.max(simulation.nowPs(), copiesEndPs) + Units.transferPs(bytes, Math.max(1, rate));
    copiesDone.add(copiesEndPs, copied, word);
  }

  private void countNear(OperatorPlan plan, NearPlan left) {
    for (int segment = 0; segment < plan.segments(); segment++) {
      long repeat = plan.segmentRepeat(segment);
      for (int i = plan.segmentFirst(segment); i < plan.segmentEnd(segment); i++) {
        for (NearPlan.Work work : left.works(i)) {
          nearKernels += repeat * work.times();
        }
        if (!left.isNear(i)) {
          continue;
        }
        boolean isKv = NearPlan.usage(plan.kind(i)) == Usage.KV;
        NearTotals.Work more =
            (isKv ? nearKv : nearWeights)
                .plus(
                    repeat,
                    isKv ? plan.kvReadBytes(i) : plan.weightBytes(i),
                    plan.flops(i),
                    left.inputBytes(i),
                    left.resultBytes(i));
        nearKv = isKv ? more : nearKv;
        nearWeights = isKv ? nearWeights : more;
      }
    }
  }

  @Override
  public List<OperatorPlan> plans() {
    return roofline.batches().plans();
  }

  @Override
  public long stagedBytes() {
    return stagedBytes;
  }

  @Override
  public NearTotals near() {
    return new NearTotals(nearKernels, nearWeights, nearKv);
  }

  private void done(long ignored) {
    busy = false;
    stepDone.complete(stepWord);
  }

  @Override
  public Parts parts() {
    return parts;
  }

  @Override
  public long spentPs(int part) {
    return spentPs[part];
  }
}
