package memwall.workloads.serving;

import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.workloads.operator.OperatorPlan;

/** What the plans of all steps asked of one rank; compared with what the machine counted. */
public final class WorkTotals {
  private final Counter flops;
  private final Counter weightBytes;
  private final Counter routedWeightBytes;
  private final Counter popularWeightBytes;
  private final Counter kvReadBytes;
  private final Counter tieredKvReadBytes;
  private final Counter kvWriteBytes;
  private final Counter activationBytes;
  private final Counter collectiveBytes;

  WorkTotals(Stats stats) {
    flops = stats.counter("flops", "FLOP", "FLOPs of all steps on one rank");
    weightBytes = stats.counter("weight_bytes", "bytes", "Weight bytes read on one rank");
    routedWeightBytes =
        stats.counter("routed_weight_bytes", "bytes", "Of these, weights of routed experts");
    popularWeightBytes =
        stats.counter(
            "popular_weight_bytes", "bytes", "Of these, experts kept apart as the most popular");
    kvReadBytes = stats.counter("kv_read_bytes", "bytes", "KV bytes read on one rank");
    tieredKvReadBytes =
        stats.counter("tiered_kv_read_bytes", "bytes", "Of these, from the second memory");
    kvWriteBytes = stats.counter("kv_write_bytes", "bytes", "KV bytes written on one rank");
    activationBytes =
        stats.counter("activation_bytes", "bytes", "Activation bytes moved on one rank");
    collectiveBytes =
        stats.counter("collective_bytes", "bytes", "Bytes that one rank gave to all-reduces");
  }

  void add(OperatorPlan plan) {
    flops.add(plan.totalFlops());
    weightBytes.add(plan.totalWeightBytes());
    routedWeightBytes.add(plan.totalRoutedWeightBytes());
    popularWeightBytes.add(plan.totalPopularWeightBytes());
    kvReadBytes.add(plan.totalKvReadBytes());
    tieredKvReadBytes.add(plan.totalTieredKvReadBytes());
    kvWriteBytes.add(plan.totalKvWriteBytes());
    activationBytes.add(plan.totalActivationBytes());
    collectiveBytes.add(plan.totalCollectiveBytes());
  }

  /** FLOPs on one rank. */
  public long flops() {
    return flops.value();
  }

  /** Weight bytes read on one rank. */
  public long weightBytes() {
    return weightBytes.value();
  }

  /** Of these, bytes of routed experts. */
  public long routedWeightBytes() {
    return routedWeightBytes.value();
  }

  /** Of these, bytes of experts that are kept apart as the most popular. */
  public long popularWeightBytes() {
    return popularWeightBytes.value();
  }

  /** KV bytes read on one rank. */
  public long kvReadBytes() {
    return kvReadBytes.value();
  }

  /** Of these, bytes from the second memory. */
  public long tieredKvReadBytes() {
    return tieredKvReadBytes.value();
  }

  /** KV bytes written on one rank. */
  public long kvWriteBytes() {
    return kvWriteBytes.value();
  }

  /** Activation bytes read and written on one rank. */
  public long activationBytes() {
    return activationBytes.value();
  }

  /** Bytes that one rank gave to all-reduces. */
  public long collectiveBytes() {
    return collectiveBytes.value();
  }
}
