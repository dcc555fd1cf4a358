package memwall.memory.dram.reference;

import com.google.common.collect.ImmutableMap;
import java.util.Map;

/** The figures of a result that {@link RecordedCase} compares. */
final class RecordedResult {
  private static final long FNV_OFFSET = 1_469_598_103_934_665_603L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private RecordedResult() {}

  /** By column of the table of cases. */
  static Map<String, Long> of(ReferenceResult result) {
    ReferenceHistogram latency = result.latency();
    ImmutableMap.Builder<String, Long> figures = ImmutableMap.builder();
    figures.put("reads", result.reads());
    figures.put("span", result.spanTicks());
    figures.put("latency_sum", latency.sumTicks());
    figures.put("p50", latency.quantileTicks(0.5));
    figures.put("p95", latency.quantileTicks(0.95));
    figures.put("p99", latency.quantileTicks(0.99));
    figures.put("max", latency.maxTicks());
    result.counters().forEach((counter, count) -> figures.put(counter.column(), count));
    figures.put("histogram_hash", hash(latency));
    return figures.buildOrThrow();
  }

  /** FNV-1a, with an offset of its own, over the words latency, count, in order of latency. */
  private static long hash(ReferenceHistogram latency) {
    long hash = FNV_OFFSET;
    for (Map.Entry<Long, Long> entry : latency.asMap().entrySet()) {
      hash = (hash ^ entry.getKey()) * FNV_PRIME;
      hash = (hash ^ entry.getValue()) * FNV_PRIME;
    }
    return hash;
  }
}
