package memwall.workloads.execution;

import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.memory.Usage;
import memwall.workloads.operator.OperatorPlan;

/** Counts what a rank leaves to its memories. */
final class NearCounters {
  private final Counter operators;
  private final Counter kernels;
  private final Counter weightBytes;
  private final Counter weightFlops;
  private final Counter kvBytes;
  private final Counter kvFlops;

  NearCounters(Stats stats) {
    operators = stats.counter("operators", "1", "Operators left to the memory of their data");
    kernels = stats.counter("kernels", "1", "Kernels that they were");
    weightBytes =
        stats.counter("weight_bytes", "bytes", "Weights read where they lie, without padding");
    weightFlops = stats.counter("weight_flops", "FLOP", "Work of products with such weights");
    kvBytes = stats.counter("kv_bytes", "bytes", "KV entries read where they lie, without padding");
    kvFlops = stats.counter("kv_flops", "FLOP", "Work of products with such entries");
  }

  void kernels(int count) {
    kernels.add(count);
  }

  void operator(OperatorPlan plan, int i) {
    operators.increment();
    if (NearPlan.usage(plan.kind(i)) == Usage.KV) {
      kvBytes.add(plan.kvReadBytes(i));
      kvFlops.add(plan.flops(i));
    } else {
      weightBytes.add(plan.weightBytes(i));
      weightFlops.add(plan.flops(i));
    }
  }

  NearTotals totals() {
    return new NearTotals(
        kernels.value(),
        weightBytes.value(),
        weightFlops.value(),
        kvBytes.value(),
        kvFlops.value());
  }
}
