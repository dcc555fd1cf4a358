package memwall.workloads.analytic;

import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.workloads.execution.Parts;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.operator.OperatorPlan;
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

  /** An executor for a group of ranks. */
  public AnalyticStepExecutor(Simulation simulation, SystemSpec system, int ranks) {
    this.roofline = new Roofline(system, ranks);
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
    long stepPs = 0;
    for (int part = 0; part < spentPs.length; part++) {
      // Each part is rounded, and the step is their sum, so that the attribution stays exact.
      long partPs = Math.round(roofline.spentPs(part));
      spentPs[part] += partPs;
      stepPs += partPs;
    }
    done.in(stepPs, 0);
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
