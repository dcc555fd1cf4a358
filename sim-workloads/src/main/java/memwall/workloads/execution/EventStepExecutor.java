package memwall.workloads.execution;

import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.memory.TransferJoin;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Machine;

/**
 * Executes steps by events on a simulated machine: the host's share first, then every rank runs the
 * plan; the step is done when the last rank is.
 */
public final class EventStepExecutor implements StepExecutor {
  private final Parts parts;
  private final SubBatches batches;
  private final RankExecutor[] ranks;
  private final long hostPs;
  private final Simulation simulation;
  private final Event hostDone;
  private final Completion rankDone = this::rankDone;

  private final Completion copyDone = this::copyDone;
  private final TransferJoin copies = new TransferJoin();

  private Completion stepDone = word -> {};
  private long stepWord;
  private int ranksLeft;

  /** By rank, when it was done with the present step. */
  private final long[] donePs;

  /**
   * Builds the executors of all simulated ranks.
   *
   * @param plan a plan of the kind that will be executed; its number formats must have a peak rate
   * @param kvBlockBytes bytes of one KV block in one layer on one rank: the run length of KV reads
   * @throws IllegalArgumentException if the chip lacks a peak rate for a number format
   */
  public EventStepExecutor(
      Simulation simulation, Machine machine, OperatorPlan plan, long kvBlockBytes) {
    this(simulation, machine, plan, kvBlockBytes, Leaping.ON);
  }

  EventStepExecutor(
      Simulation simulation,
      Machine machine,
      OperatorPlan plan,
      long kvBlockBytes,
      Leaping leaping) {
    this.parts = new Parts(machine.spec().chip());
    this.batches = new SubBatches(machine.spec().chip());
    this.simulation = simulation;
    this.ranks = new RankExecutor[machine.simulatedRanks()];
    this.donePs = new long[ranks.length];
    for (int rank = 0; rank < ranks.length; rank++) {
      ranks[rank] =
          new RankExecutor(simulation, machine, rank, parts, batches, plan, kvBlockBytes, leaping);
    }
    this.hostPs = machine.spec().stepOverheadPs();
    this.hostDone = simulation.event("host", this::hostDone);
  }

  @Override
  public void execute(OperatorPlan newPlan, Completion done, long word) {
    if (ranksLeft > 0) {
      throw new IllegalStateException("a step is under way");
    }
    batches.decide(newPlan);
    stepDone = done;
    stepWord = word;
    ranksLeft = ranks.length;
    for (RankExecutor rank : ranks) {
      rank.hostWorked(hostPs);
    }
    // By an event even without host time: a step with nothing to do must not be done before this
    // method returns.
    hostDone.in(hostPs, 0);
  }

  private void hostDone(long ignored) {
    for (int rank = 0; rank < ranks.length; rank++) {
      ranks[rank].execute(rankDone, rank);
    }
  }

  @Override
  public void storeKv(long bytes, Completion done, long word) {
    long number = copies.submit(ranks.length, 0, done, word);
    for (RankExecutor rank : ranks) {
      rank.storeKv(bytes, copyDone, number);
    }
  }

  private void copyDone(long number) {
    if (copies.laneDone(number)) {
      copies.pop();
    }
  }

  /** A rank is done; those that were before wait for the last one, as for a collective. */
  private void rankDone(long rank) {
    long nowPs = simulation.nowPs();
    donePs[(int) rank] = nowPs;
    if (--ranksLeft == 0) {
      for (int each = 0; each < ranks.length; each++) {
        ranks[each].waitedForRanks(nowPs - donePs[each]);
      }
      stepDone.complete(stepWord);
    }
  }

  @Override
  public Parts parts() {
    return parts;
  }

  @Override
  public List<OperatorPlan> plans() {
    return batches.plans();
  }

  @Override
  public long stagedBytes() {
    return ranks[0].stagedBytes();
  }

  @Override
  public NearTotals near() {
    return ranks[0].near();
  }

  /** Time of rank 0, its waits for other ranks included. */
  @Override
  public long spentPs(int part) {
    return ranks[0].spentPs(part);
  }
}
