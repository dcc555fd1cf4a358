package memwall.workloads.run;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.workloads.execution.NearTotals;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.serving.SchedulingOutcome;
import memwall.workloads.serving.ServingOutcome;
import memwall.workloads.serving.TierOutcome;
import memwall.workloads.serving.WorkTotals;
import memwall.workloads.system.Chip;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.Machine;
import org.jspecify.annotations.Nullable;

/**
 * A law that was checked at the end of a run.
 *
 * @param name what must hold, in words
 * @param left left side
 * @param right right side
 */
public record RunLaw(String name, BigInteger left, BigInteger right) {
  /** Whether both sides are equal. */
  public boolean holds() {
    return left.equals(right);
  }

  private static RunLaw equal(String name, long left, long right) {
    return new RunLaw(name, BigInteger.valueOf(left), BigInteger.valueOf(right));
  }

  static List<RunLaw> check(
      RunSpec spec, @Nullable Machine machine, StepExecutor executor, ServingOutcome outcome) {
    List<RunLaw> laws = new ArrayList<>();
    laws.add(
        equal(
            "requests: arrived = completed + refused + running + waiting",
            outcome.arrived(),
            outcome.completed() + outcome.refusedTotal() + outcome.running() + outcome.waiting()));
    laws.add(
        equal(
            "KV bytes per rank: reserved = released + held by running requests",
            outcome.kvReservedTotalBytes(),
            outcome.kvReleasedTotalBytes() + outcome.kvHeldBytes()));
    TierOutcome tiered = outcome.tiered();
    if (tiered != null) {
      laws.add(
          equal(
              "KV bytes per rank in the second memory: reserved = released + held",
              tiered.reservedTotalBytes(),
              tiered.releasedTotalBytes() + tiered.heldBytes()));
    }
    SchedulingOutcome scheduling = outcome.scheduling();
    laws.add(
        equal(
            "KV entries: made + found = kept by requests + lost",
            outcome.madeEntries() + (scheduling == null ? 0 : scheduling.reusedTokens()),
            outcome.keptEntries() + (scheduling == null ? 0 : scheduling.lostTokens())));
    if (scheduling != null) {
      laws.add(
          equal(
              "KV bytes per rank on the host: reserved = released + held",
              scheduling.hostReservedTotalBytes(),
              scheduling.hostReleasedTotalBytes() + scheduling.hostHeldBytes()));
    }
    boolean noneInside =
        outcome.running() == 0
            && (outcome.waiting() == 0 || scheduling == null || scheduling.preemptions() == 0);
    if (noneInside) {
      BigInteger parts = outcome.waitingPs().add(outcome.pausingPs());
      if (scheduling != null) {
        parts = parts.add(scheduling.preemptedPs()).add(scheduling.swappingPs());
      }
      for (BigInteger part : outcome.stepsPs()) {
        parts = parts.add(part);
      }
      laws.add(
          new RunLaw(
              "request time in ps: end-to-end = waiting + pausing + parts of steps",
              outcome.endToEndPs(),
              parts));
    }
    if (machine != null) {
      addMachine(laws, machine, executor.near(), outcome);
    }
    return laws;
  }

  private static void addMachine(
      List<RunLaw> laws, Machine machine, NearTotals near, ServingOutcome outcome) {
    WorkTotals work = outcome.work();
    Chip chip = machine.chip(0);
    TierOutcome tiered = outcome.tiered();
    KvTieringSpec second = chip.spec().tiering().kv();
    int buffer = chip.spec().stagingTier();
    long stagedBytes = buffer < 0 ? 0 : chip.region(buffer, Usage.WEIGHTS).writtenBytes();
    long copiedBytes = tiered == null ? 0 : tiered.storedBytes();
    // A step under way when the run was stopped has asked for more than it has got.
    if (outcome.running() == 0 && (tiered == null || tiered.copies() == 0)) {
      if (second != null) {
        Region region = chip.region(second.tier(), Usage.KV);
        laws.add(
            equal(
                "KV bytes in the second memory of rank 0: planned reads = read",
                work.tieredKvReadBytes(),
                region.readBytes()));
        laws.add(
            equal(
                "KV bytes in the second memory of rank 0: copied = written",
                copiedBytes,
                region.writtenBytes()));
      }
      laws.add(
          equal(
              stagedBytes == 0
                  ? "weight bytes on rank 0: planned = read"
                  : "weight bytes on rank 0: planned + staged = read",
              work.weightBytes() + stagedBytes,
              chip.readBytes(Usage.WEIGHTS) + near.weights().bytes()));
      laws.add(
          equal(
              second == null
                  ? "KV bytes on rank 0: planned reads = read"
                  : "KV bytes on rank 0: planned reads + copied = read",
              work.kvReadBytes() + copiedBytes,
              chip.readBytes(Usage.KV) + near.kv().bytes()));
      laws.add(
          equal(
              "KV bytes on rank 0: planned writes = written",
              work.kvWriteBytes(),
              chip.region(Usage.KV).writtenBytes()));
      laws.add(
          equal(
              "activation bytes on rank 0: planned = read + written",
              work.activationBytes(),
              chip.region(Usage.ACTIVATIONS).readBytes()
                  + chip.region(Usage.ACTIVATIONS).writtenBytes()));
    }
    List<String> broken = machine.brokenLaws();
    laws.add(equal("devices and network: broken conservation laws = 0", broken.size(), 0));
    for (String sentence : broken) {
      laws.add(equal(sentence, 1, 0));
    }
  }
}
