package memwall.workloads.analytic;

import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.memory.Usage;
import memwall.workloads.execution.NearPlan;
import memwall.workloads.execution.NearTotals;
import memwall.workloads.execution.Parts;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.execution.SubBatches;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.SystemSpec;

/** Executes a step as one event after the time that the {@link Roofline} gives it. */
public final class AnalyticStepExecutor implements StepExecutor {
  private final Roofline roofline;
  private final Parts parts;
  private final long[] spentPs;
  private final Event done;
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
