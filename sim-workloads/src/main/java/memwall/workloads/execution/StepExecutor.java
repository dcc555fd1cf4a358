package memwall.workloads.execution;

import memwall.core.Completion;
import memwall.workloads.operator.OperatorPlan;

/** Executes steps, one at a time. */
public interface StepExecutor {
  /**
   * Starts a step.
   *
   * @param plan the operators with the amounts of this step; not changed until the step is done
   * @param done called when the last operator is complete on every rank
   * @param word passed to {@code done}
   * @throws IllegalStateException if a step is under way
   */
  void execute(OperatorPlan plan, Completion done, long word);

  /** What time can be spent on. */
  Parts parts();

  /** What one rank left to its memories since the start. */
  NearTotals near();

  /** Time spent on a part since the start, picoseconds; the sum over parts is the sum of steps. */
  long spentPs(int part);
}
