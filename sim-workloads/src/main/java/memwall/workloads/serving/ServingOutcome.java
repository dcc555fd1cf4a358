package memwall.workloads.serving;

import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The result of serving a trace.
 *
 * @param arrived requests that arrived
 * @param completed requests whose tokens were all produced
 * @param refused requests refused, by reason
 * @param running requests in the batch at the end
 * @param waiting requests waiting at the end
 * @param promptTokens prompt tokens processed
 * @param outputTokens output tokens produced
 * @param endToEndPs sum of the end-to-end latencies of completed requests
 * @param waitingPs time that admitted requests waited for a place in the batch
 * @param pausingPs time that requests in the batch waited for their recorded token times
 * @param stepsPs time that requests spent in steps, by part of the executor
 * @param work what all plans asked of one rank
 * @param series the run over time
 * @param kvCapacityBytes room for keys and values on one rank
 * @param kvPeakBytes most bytes reserved on one rank
 * @param kvMeanBytes time-weighted mean of bytes reserved on one rank
 * @param kvReservedTotalBytes bytes ever reserved on one rank
 * @param kvReleasedTotalBytes bytes ever released on one rank
 * @param kvHeldBytes bytes held by requests that are still in the batch, and by copies under way
 * @param tiered the second memory for KV entries; null if there is none
 * @param madeEntries tokens processed, and tokens not processed because their entries were stored
 *     in a second memory
 * @param keptEntries KV entries of completed requests and of those in the engine
 * @param scheduling preemptions and shared blocks; null if there can be none
 */
public record ServingOutcome(
    long arrived,
    long completed,
    SortedMap<String, Long> refused,
    long running,
    long waiting,
    long promptTokens,
    long outputTokens,
    BigInteger endToEndPs,
    BigInteger waitingPs,
    BigInteger pausingPs,
    List<BigInteger> stepsPs,
    WorkTotals work,
    Series series,
    long kvCapacityBytes,
    long kvPeakBytes,
    long kvMeanBytes,
    long kvReservedTotalBytes,
    long kvReleasedTotalBytes,
    long kvHeldBytes,
    @Nullable TierOutcome tiered,
    long madeEntries,
    long keptEntries,
    @Nullable SchedulingOutcome scheduling) {

  /** Requests refused for any reason. */
  public long refusedTotal() {
    long sum = 0;
    for (long count : refused.values()) {
      sum += count;
    }
    return sum;
  }
}
