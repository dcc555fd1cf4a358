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
  private final Counter weightInputBytes;
  private final Counter weightResultBytes;
  private final Counter kvInputBytes;
  private final Counter kvResultBytes;

  NearCounters(Stats stats) {
    operators = stats.counter("operators", "1", "Operators left to the memory of their data");
    kernels = stats.counter("kernels", "1", "Kernels that they were");
    weightBytes =
        stats.counter("weight_bytes", "bytes", "Weights read where they lie, without padding");
    weightFlops = stats.counter("weight_flops", "FLOP", "Work of products with such weights");
    kvBytes = stats.counter("kv_bytes", "bytes", "KV entries read where they lie, without padding");
    kvFlops = stats.counter("kv_flops", "FLOP", "Work of products with such entries");
    String input = "Bytes of input over the channels for products with ";
    String result = "Bytes of results over the channels of products with ";
    weightInputBytes = stats.counter("weight_input_bytes", "bytes", input + "such weights");
    weightResultBytes = stats.counter("weight_result_bytes", "bytes", result + "such weights");
    kvInputBytes = stats.counter("kv_input_bytes", "bytes", input + "such entries");
    kvResultBytes = stats.counter("kv_result_bytes", "bytes", result + "such entries");
  }

  void kernels(int count) {
    kernels.add(count);
  }

  void operator(OperatorPlan plan, NearPlan near, int i) {
    operators.increment();
    if (NearPlan.usage(plan.kind(i)) == Usage.KV) {
      kvBytes.add(plan.kvReadBytes(i));
      kvFlops.add(plan.flops(i));
      kvInputBytes.add(near.inputBytes(i));
      kvResultBytes.add(near.resultBytes(i));
    } else {
      weightBytes.add(plan.weightBytes(i));
      weightFlops.add(plan.flops(i));
      weightInputBytes.add(near.inputBytes(i));
      weightResultBytes.add(near.resultBytes(i));
    }
  }

  NearTotals totals() {
    return new NearTotals(
        kernels.value(),
        new NearTotals.Work(
            weightBytes.value(),
            weightFlops.value(),
            weightInputBytes.value(),
            weightResultBytes.value()),
        new NearTotals.Work(
            kvBytes.value(), kvFlops.value(), kvInputBytes.value(), kvResultBytes.value()));
  }
}
