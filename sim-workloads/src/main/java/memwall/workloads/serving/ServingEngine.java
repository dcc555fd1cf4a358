package memwall.workloads.serving;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.Waiting;
import memwall.core.stat.Stats;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.trace.Request;
import org.jspecify.annotations.Nullable;

/**
 * Serves a trace: requests arrive, wait, join the batch, are prefilled and decoded step by step,
 * and leave; who follows them in a conversation arrives then. One step runs at a time; the next one
 * is formed the moment it ends. Only the next arrival is in the event queue, so memory does not
 * grow with the trace.
 */
public final class ServingEngine implements Waiting {
  private final Simulation simulation;
  private final StepExecutor executor;
  private final RequestSource source;
  private final ServingObserver observer;
  private final ModelSpec model;
  private final BatchFormer former;
  private final KvCache cache;
  private final @Nullable KvTiers tiers;
  private final StepShape shape;
  private final OperatorPlan plan;
  private final RequestStats stats;
  private final WorkTotals work;
  private final RequestTime requestTime;
  private final StepSeries series;
  private final Followers followers;
  private final @Nullable SloCounts slo;

  private final Event arrival;
  private final Event begin;
  private final Timer resume;
  private final List<Sequence> running = new ArrayList<>();
  private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
  private final TreeMap<String, Long> refusals = new TreeMap<>();

  private RequestSource.@Nullable Item next;
  private boolean busy;
  private boolean beginScheduled;
  private long stepStartedPs;
  private long idleSincePs;
  private BigInteger endToEndPs = BigInteger.ZERO;
  private long endToEndPartPs;

  /**
   * Prepares a run; {@link #start} schedules the first arrival.
   *
   * @param stats registry of the serving side (not that of the machine)
   * @param kvCapacityBytes room for keys and values on one rank
   */
  public ServingEngine(
      Simulation simulation,
      Stats stats,
      StepExecutor executor,
      OperatorPlan plan,
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      ServingSpec spec,
      long kvCapacityBytes,
      RequestSource source,
      StepBusy stepBusy,
      ServingObserver observer) {
    this(
        simulation,
        stats,
        executor,
        plan,
        model,
        precision,
        sharding,
        spec,
        kvCapacityBytes,
        null,
        source,
        stepBusy,
        observer);
  }

  /**
   * A run whose KV entries may lie in two memories.
   *
   * @param kvCapacityBytes room for keys and values on one rank, in the first memory
   * @param second the other memory; null if there is none
   */
  public ServingEngine(
      Simulation simulation,
      Stats stats,
      StepExecutor executor,
      OperatorPlan plan,
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      ServingSpec spec,
      long kvCapacityBytes,
      @Nullable KvSecond second,
      RequestSource source,
      StepBusy stepBusy,
      ServingObserver observer) {
    this.simulation = simulation;
    this.executor = executor;
    this.plan = plan;
    this.model = model;
    this.source = source;
    this.observer = observer;
    this.cache =
        new KvCache(
            simulation,
            stats.child("kv_cache"),
            model,
            precision,
            sharding,
            spec.kvBlockTokens(),
            kvCapacityBytes);
    this.tiers =
        second == null
            ? null
            : new KvTiers(
                simulation,
                stats.child("kv_tiering"),
                second,
                model,
                precision,
                sharding,
                executor,
                cache,
                source.blockTokens(),
                this::beginSoon);
    this.former = new BatchFormer(spec, cache, tiers);
    this.shape = new StepShape(model);
    this.stats = new RequestStats(stats);
    SloSpec promised = spec.slo();
    this.slo = promised == null ? null : new SloCounts(stats.child("slo"), promised);
    this.work = new WorkTotals(stats.child("work"));
    this.requestTime = new RequestTime(executor);
    this.series = new StepSeries(stepBusy);
    this.arrival = simulation.event("arrival", this::arrive);
    this.begin = simulation.event("step", this::begin);
    this.resume = simulation.timer("resume", this::begin);
    this.followers = new Followers(simulation, this::arrive, this::refuseFollower);
    simulation.watch(this);
  }

  /** Schedules the first arrival. */
  public void start() {
    scheduleNext();
  }

  private void scheduleNext() {
    do {
      next = source.next();
    } while (next != null && followers.take(next));
    if (next != null) {
      arrival.at(Math.max(simulation.nowPs(), next.request().arrivalPs()), 0);
    }
  }

  private void arrive(long ignored) {
    RequestSource.Item item = next;
    if (item == null) {
      throw new IllegalStateException("an arrival without a request");
    }
    arrive(item);
    scheduleNext();
  }

  private void arrive(RequestSource.Item item) {
    Request request = item.request();
    stats.arrived.increment();
    observer.arrived(request);
    series.arrived(simulation.nowPs());
    long finalTokens = (long) request.promptTokens() + request.outputTokens();
    if (finalTokens > model.maxContext()) {
      refuse(request, "context");
    } else {
      long bytes = cache.bytes(finalTokens);
      if (cache.canEverHold(bytes)) {
        series.levels(simulation.nowPs(), running.size(), waiting.size(), cache);
        Sequence sequence = new Sequence(request, bytes, item.pace(), observer.wantsTokens());
        waiting.add(sequence);
        if (tiers != null) {
          tiers.arrived(sequence);
        }
        stats.waiting.set(simulation.nowPs(), waiting.size());
        beginSoon();
      } else {
        refuse(request, "kv_capacity");
      }
    }
  }

  private void refuseFollower(Request request) {
    stats.arrived.increment();
    observer.arrived(request);
    series.arrived(simulation.nowPs());
    refuse(request, "parent");
  }

  private void refuse(Request request, String reason) {
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
    followers.refused(request);
  }

  /** Begins a step after everything else that happens at this instant. */
  private void beginSoon() {
    if (!busy && !beginScheduled) {
      beginScheduled = true;
      begin.in(0, 0);
    }
  }

  private void begin(long ignored) {
    beginScheduled = false;
    if (busy) {
      return;
    }
    long nowPs = simulation.nowPs();
    int runningBefore = running.size();
    if (tiers != null) {
      tiers.settle(nowPs);
    }
    series.levels(nowPs, runningBefore, waiting.size(), cache);
    long resumePs = former.form(shape, running, waiting, nowPs);
    for (int i = runningBefore; i < running.size(); i++) {
      Sequence admitted = running.get(i);
      long waitedPs = nowPs - admitted.request.arrivalPs();
      stats.queue.record(waitedPs);
      requestTime.waited(1, waitedPs);
    }
    stats.waiting.set(nowPs, waiting.size());
    stats.running.set(nowPs, running.size());
    if (idleSincePs >= 0) {
      requestTime.paused(runningBefore, nowPs - idleSincePs);
      stats.idlePs.add(nowPs - idleSincePs);
      idleSincePs = nowPs;
    }
    if (shape.isEmpty()) {
      if (resumePs != Long.MAX_VALUE) {
        resume.at(resumePs, 0);
      }
      return;
    }
    idleSincePs = -1;
    busy = true;
    stepStartedPs = nowPs;
    plan.fill(shape);
    executor.execute(plan, this::stepDone, 0);
    executor.plans().forEach(work::add);
  }

  private void stepDone(long ignored) {
    long nowPs = simulation.nowPs();
    busy = false;
    idleSincePs = nowPs;
    if (tiers != null) {
      tiers.settle(nowPs);
    }
    stats.steps.increment();
    stats.stepPs.add(nowPs - stepStartedPs);
    requestTime.step(running.size());
    series.levels(nowPs, running.size(), waiting.size(), cache);
    series.step(stepStartedPs, nowPs, plan, shape);
    stats.promptTokens.add(shape.prefillTokens());
    stats.outputTokens.add(shape.logitRows());
    int kept = 0;
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      if (sequence.scheduledTokens == 0 || !advance(sequence, nowPs)) {
        running.set(kept++, sequence);
      }
    }
    running.subList(kept, running.size()).clear();
    stats.running.set(nowPs, running.size());
    if (!running.isEmpty() || !waiting.isEmpty()) {
      // Requests that arrive at this very instant may still join: they are scheduled already.
      beginScheduled = true;
      begin.in(0, 0);
    }
  }

  /** The sequence's tokens of this step are done; returns whether it has left the engine. */
  private boolean advance(Sequence sequence, long nowPs) {
    if (!sequence.prefilled()) {
      sequence.promptDone += sequence.scheduledTokens;
      if (!sequence.prefilled()) {
        return false;
      }
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
    if (++sequence.produced < sequence.request.outputTokens()) {
      if (tiers != null && sequence.produced == 1) {
        tiers.prefilled(sequence, nowPs);
      }
      return false;
    }
    complete(sequence, nowPs);
    return true;
  }

  private void complete(Sequence sequence, long nowPs) {
    if (tiers == null) {
      cache.release(sequence.kvBytes);
    } else {
      tiers.left(sequence);
    }
    stats.completed.increment();
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
    if (sequence.tokenPs.length > 0) {
      observer.tokens(sequence.request, sequence.tokenPs, sequence.produced);
    }
    observer.ended(record(sequence, RequestRecord.Outcome.COMPLETED));
    followers.ended(sequence.request);
  }

  private void addEndToEnd(long latencyPs) {
    // Carried into a big integer only when the long would overflow.
    if (endToEndPartPs > Long.MAX_VALUE - latencyPs) {
      endToEndPs = endToEndPs.add(BigInteger.valueOf(endToEndPartPs));
      endToEndPartPs = 0;
    }
    endToEndPartPs += latencyPs;
  }

  private static RequestRecord record(Sequence sequence, RequestRecord.Outcome outcome) {
    return new RequestRecord(
        sequence.request.id(),
        outcome,
        sequence.request.promptTokens(),
        sequence.produced,
        sequence.request.arrivalPs(),
        sequence.admittedPs,
        sequence.firstTokenPs,
        sequence.lastTokenPs,
        "");
  }

  /**
   * Ends the run where it stands: tells the observer about the requests that are still in the
   * engine and returns the result.
   */
  public ServingOutcome finish() {
    long nowPs = simulation.nowPs();
    series.levels(nowPs, running.size(), waiting.size(), cache);
    for (Sequence sequence : running) {
      if (sequence.tokenPs.length > 0) {
        observer.tokens(sequence.request, sequence.tokenPs, sequence.produced);
      }
      observer.ended(record(sequence, RequestRecord.Outcome.RUNNING));
    }
    for (Sequence sequence : waiting) {
      observer.ended(record(sequence, RequestRecord.Outcome.WAITING));
    }
    long heldBytes = tiers == null ? 0 : tiers.leftBytes();
    for (Sequence sequence : running) {
      heldBytes = Math.addExact(heldBytes, sequence.kvBytes);
    }
    return new ServingOutcome(
        stats.arrived.value(),
        stats.completed.value(),
        new TreeMap<>(refusals),
        running.size(),
        waiting.size(),
        stats.promptTokens.value(),
        stats.outputTokens.value(),
        endToEndPs.add(BigInteger.valueOf(endToEndPartPs)),
        requestTime.waitingPs(),
        requestTime.pausingPs(),
        requestTime.stepsPs(),
        work,
        series.series(),
        cache.capacityBytes(),
        cache.gauge().max(),
        Math.round(cache.gauge().mean(nowPs)),
        cache.reservedTotalBytes(),
        cache.releasedTotalBytes(),
        heldBytes,
        tiers == null ? null : tiers.outcome(running));
  }

  @Override
  public long waitingCount() {
    return running.size() + (long) waiting.size() + followers.waiting();
  }

  @Override
  public String describeWaiting() {
    return "serving: "
        + running.size()
        + " requests run, "
        + waiting.size()
        + " wait for a place, "
        + followers.waiting()
        + " for the end of others";
  }
}
