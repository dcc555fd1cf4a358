package memwall.memory.dram.bank;

import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.Leapable;
import memwall.core.leap.StateSink;
import memwall.core.resource.CompletionQueue;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.memory.TransferSlots;
import memwall.memory.pnm.PimKernel;

/** Kernels of a memory from submission to the last result, and their counts. */
final class KernelBooks implements Leapable {
  private final Simulation simulation;
  private final String path;
  private final TransferSlots kernels = new TransferSlots();
  private final CompletionQueue returning;
  private final Completion returned = this::returned;

  private final Runnable rested;
  private final Counter submitted;
  private final Counter completed;
  private final Counter multiplications;
  private final Counter slots;
  private final Counter nearBytes;
  private final Counter inputBytes;
  private final Counter resultBytes;
  private final LatencyHistogram latency;

  /**
   * No kernels yet.
   *
   * @param rested told when the last kernel is complete and nobody brought another one
   */
  KernelBooks(Simulation simulation, Stats stats, Runnable rested) {
    this.simulation = simulation;
    this.rested = rested;
    path = stats.path();
    returning = new CompletionQueue(simulation, path + ".return");
    submitted = stats.counter("kernels", "1", "Kernels submitted");
    completed = stats.counter("kernels_done", "1", "Kernels whose results have arrived");
    multiplications =
        stats.counter("multiplications", "1", "Products that kernels asked for, without padding");
    slots = stats.counter("slots", "1", "Products that there was room for meanwhile, with padding");
    nearBytes = stats.counter("near_bytes", "bytes", "Bytes that kernels read where the data lie");
    inputBytes = stats.counter("input_bytes", "bytes", "Bytes of kernels' input that were sent");
    resultBytes = stats.counter("result_bytes", "bytes", "Bytes of kernels' results sent back");
    latency =
        stats.histogram(
            "kernel_latency", "From a kernel's submission to its last result, queueing included");
  }

  /** Takes a kernel in that is done in so many parts; returns its slot. */
  int add(PimKernel kernel, long parts, Completion done, long word) {
    submitted.increment();
    multiplications.add(kernel.multiplications());
    return kernels.add(parts, simulation.nowPs(), false, done, word);
  }

  /** Counts what a kernel moves and has room for. */
  void count(long itsSlots, long itsNearBytes, long itsInputBytes, long itsResultBytes) {
    slots.add(itsSlots);
    nearBytes.add(itsNearBytes);
    inputBytes.add(itsInputBytes);
    resultBytes.add(itsResultBytes);
  }

  /** A part is done; whether it was the last one. */
  boolean partDone(int slot) {
    return kernels.partDone(slot);
  }

  /** The results of a kernel arrive so much later. */
  void complete(int slot, long delayPs) {
    returning.add(Math.addExact(simulation.nowPs(), delayPs), returned, slot);
  }

  private void returned(long word) {
    int slot = (int) word;
    completed.increment();
    latency.record(simulation.nowPs() - kernels.submittedPs(slot));
    kernels.complete(slot);
    if (kernels.size() == 0) {
      rested.run();
    }
  }

  int size() {
    return kernels.size();
  }

  long slots() {
    return slots.value();
  }

  long multiplications() {
    return multiplications.value();
  }

  long nearBytes() {
    return nearBytes.value();
  }

  long inputBytes() {
    return inputBytes.value();
  }

  long resultBytes() {
    return resultBytes.value();
  }

  void check(List<String> broken) {
    equal(
        "kernels submitted",
        submitted.value(),
        "kernels done or under way",
        completed.value() + kernels.size(),
        broken);
    if (multiplications.value() > slots.value()) {
      broken.add(
          path + ": products: " + multiplications.value() + ", but room for " + slots.value());
    }
  }

  void equal(String one, long oneValue, String other, long otherValue, List<String> broken) {
    BankBooks.equal(path, one, oneValue, other, otherValue, broken);
  }

  @Override
  public void describe(StateSink sink) {
    kernels.describe(sink, simulation.nowPs());
    returning.describe(sink);
  }

  @Override
  public void shift(long deltaPs) {
    kernels.shift(deltaPs);
    returning.shift(deltaPs);
  }
}
