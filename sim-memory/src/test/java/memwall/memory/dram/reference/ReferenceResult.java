package memwall.memory.dram.reference;

import java.util.Map;

/**
 * What one run of a stream gave.
 *
 * @param stream what was offered
 * @param reads read requests
 * @param writes write requests
 * @param spanTicks tick of the last completion
 * @param latency controller latency of the reads: completion less acceptance
 * @param fromArrivalTicks sum over the reads of completion less arrival
 * @param counters everything that is counted
 */
public record ReferenceResult(
    ReferenceStream stream,
    long reads,
    long writes,
    long spanTicks,
    ReferenceHistogram latency,
    long fromArrivalTicks,
    Map<ReferenceCounter, Long> counters) {}
