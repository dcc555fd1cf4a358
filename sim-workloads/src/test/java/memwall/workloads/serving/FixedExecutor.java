package memwall.workloads.serving;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.resource.CompletionQueue;
import memwall.workloads.execution.NearTotals;
import memwall.workloads.execution.Parts;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.ComputeSpec;
import memwall.workloads.system.OffloadSpec;
import memwall.workloads.system.OverheadSpec;

/** Every step takes the same time, all of it compute. */
final class FixedExecutor implements StepExecutor {
  private static final ChipSpec CHIP =
      new ChipSpec(
          new ComputeSpec(ImmutableSortedMap.of("bf16", 1_000_000_000_000L), 1, 0),
          new OverheadSpec(0, 0, 0, 0),
          ImmutableList.of(),
          0,
          0,
          0,
          OffloadSpec.NONE,
          0);

  private final Event event;
  private final Parts parts = new Parts(CHIP);
  private final long stepPs;
  private Completion done = word -> {};
  private long spentPs;
  int steps;

  /** Bytes of each copy asked for. */
  final List<Long> copied = new ArrayList<>();

  private final Simulation simulation;
  private final CompletionQueue copies;
  private long copiesEndPs;
  private List<OperatorPlan> plans = List.of();

  FixedExecutor(Simulation simulation, long stepPs) {
    this.stepPs = stepPs;
    this.simulation = simulation;
    this.copies = new CompletionQueue(simulation, "copies");
    this.event = simulation.event("step", word -> finish());
  }

  private void finish() {
    spentPs += stepPs;
    done.complete(0);
  }

  @Override
  public void execute(OperatorPlan plan, Completion newDone, long word) {
    done = newDone;
    plans = List.of(plan);
    steps++;
    event.in(stepPs, 0);
  }

  /** Copies take a nanosecond per byte, one after the other. */
  @Override
  public void storeKv(long bytes, Completion newDone, long word) {
    copied.add(bytes);
    copiesEndPs = Math.max(copiesEndPs, simulation.nowPs()) + 1000 * bytes;
    copies.add(copiesEndPs, newDone, word);
  }

  @Override
  public List<OperatorPlan> plans() {
    return plans;
  }

  @Override
  public long stagedBytes() {
    return 0;
  }

  @Override
  public NearTotals near() {
    return NearTotals.NONE;
  }

  @Override
  public Parts parts() {
    return parts;
  }

  @Override
  public long spentPs(int part) {
    return part == Parts.COMPUTE ? spentPs : 0;
  }
}
