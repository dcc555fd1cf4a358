package memwall.workloads.execution;

import java.util.List;
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

  /**
   * Copies KV entries of every rank from the first memory into the second, beside steps and between
   * them; copies are done in the order in which they are asked for.
   *
   * @param bytes of each rank, at least 1
   * @param done called when the last byte is stored on every rank
   * @param word passed to {@code done}
   * @throws IllegalStateException if the chips have no second memory for KV entries
   */
  void storeKv(long bytes, Completion done, long word);

  /** What time can be spent on. */
  Parts parts();

  /**
   * The plans of the step that was started last: its own, or those of the sub-batches that it was
   * cut into.
   */
  List<OperatorPlan> plans();

  /** Bytes of weights of one rank that were copied into its staging buffer since the start. */
  long stagedBytes();

  /** What one rank left to its memories since the start. */
  NearTotals near();

  /** Time spent on a part since the start, picoseconds; the sum over parts is the sum of steps. */
  long spentPs(int part);
}
