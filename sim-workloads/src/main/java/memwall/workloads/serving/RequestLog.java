package memwall.workloads.serving;

import java.math.BigInteger;
import java.util.SortedMap;
import java.util.TreeMap;
import memwall.core.stat.Stats;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.trace.Request;
import org.jspecify.annotations.Nullable;

/** Keeps account of what happens to requests, and tells the observer. */
final class RequestLog {
  private final ServingObserver observer;
  private final RequestStats stats;
  private final StepSeries series;
  private final @Nullable SloCounts slo;
  private final TreeMap<String, Long> refusals = new TreeMap<>();
  private BigInteger endToEndPs = BigInteger.ZERO;
  private long endToEndPartPs;
  private long completedEntries;

  RequestLog(Stats stats, ServingSpec spec, StepBusy stepBusy, ServingObserver observer) {
    this.observer = observer;
    this.stats = new RequestStats(stats);
    SloSpec promised = spec.slo();
    this.slo = promised == null ? null : new SloCounts(stats.child("slo"), promised);
    this.series = new StepSeries(stepBusy);
  }

  RequestStats stats() {
    return stats;
  }

  Series series() {
    return series.series();
  }

  SortedMap<String, Long> refusals() {
    return new TreeMap<>(refusals);
  }

  /** Sum of the end-to-end latencies of completed requests. */
  BigInteger endToEndPs() {
    return endToEndPs.add(BigInteger.valueOf(endToEndPartPs));
  }

  /** KV entries that completed requests had. */
  long completedEntries() {
    return completedEntries;
  }

  void arrived(Request request, long nowPs) {
    stats.arrived.increment();
    observer.arrived(request);
    series.arrived(nowPs);
  }

  void refused(Request request, String reason) {
    stats.refused.increment();
    refusals.merge(reason, 1L, Long::sum);
    observer.ended(
        new RequestRecord(
            request.id(),
            RequestRecord.Outcome.REFUSED,
            request.promptTokens(),
            0,
            request.arrivalPs(),
            RequestRecord.NEVER,
            RequestRecord.NEVER,
            RequestRecord.NEVER,
            reason));
    if (slo != null) {
      slo.refused(request);
    }
  }

  /** From now on so many run and wait. */
  void levels(long nowPs, int running, int waiting, KvCache cache) {
    series.levels(nowPs, running, waiting, cache);
  }

  void step(long fromPs, long nowPs, OperatorPlan plan, StepShape shape) {
    stats.steps.increment();
    stats.stepPs.add(nowPs - fromPs);
    series.step(fromPs, nowPs, plan, shape);
    stats.promptTokens.add(shape.prefillTokens());
    stats.outputTokens.add(shape.logitRows());
  }

  /** A sequence has a token more, which it has not counted yet. */
  void token(Sequence sequence, long nowPs) {
    if (sequence.produced == 0) {
      sequence.firstTokenPs = nowPs;
      long ttftPs = nowPs - sequence.request.arrivalPs();
      stats.ttft.record(ttftPs);
      series.ttft(nowPs, ttftPs);
    } else {
      stats.tokenGap.record(nowPs - sequence.lastTokenPs);
    }
    sequence.lastTokenPs = nowPs;
    if (sequence.tokenPs.length > 0) {
      sequence.tokenPs[sequence.produced] = nowPs;
    }
  }

  void completed(Sequence sequence, long nowPs) {
    stats.completed.increment();
    completedEntries += sequence.entries();
    long latencyPs = nowPs - sequence.request.arrivalPs();
    stats.endToEnd.record(latencyPs);
    addEndToEnd(latencyPs);
    int gaps = sequence.produced - 1;
    long tpotPs = gaps == 0 ? 0 : (nowPs - sequence.firstTokenPs + gaps / 2) / gaps;
    if (gaps > 0) {
      stats.tpot.record(tpotPs);
    }
    if (slo != null) {
      long ttftPs = sequence.firstTokenPs - sequence.request.arrivalPs();
      slo.completed(sequence.request, ttftPs, tpotPs, latencyPs);
    }
    series.completed(nowPs);
    ended(sequence, RequestRecord.Outcome.COMPLETED);
  }

  private void addEndToEnd(long latencyPs) {
    // Carried into a big integer only when the long would overflow.
    if (endToEndPartPs > Long.MAX_VALUE - latencyPs) {
      endToEndPs = endToEndPs.add(BigInteger.valueOf(endToEndPartPs));
      endToEndPartPs = 0;
    }
    endToEndPartPs += latencyPs;
  }

  /** A sequence has left the engine, or is still in it at the end of the run. */
  void ended(Sequence sequence, RequestRecord.Outcome outcome) {
    if (sequence.tokenPs.length > 0
        && (outcome != RequestRecord.Outcome.WAITING || sequence.wasPreempted())) {
      observer.tokens(sequence.request, sequence.tokenPs, sequence.produced);
    }
    observer.ended(
        new RequestRecord(
            sequence.request.id(),
            outcome,
            sequence.request.promptTokens(),
            sequence.produced,
            sequence.request.arrivalPs(),
            sequence.admittedPs,
            sequence.firstTokenPs,
            sequence.lastTokenPs,
            ""));
  }
}
