package memwall.workloads.serving;

import java.util.ArrayList;
import java.util.List;
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
  private final RequestLog log;
  private final boolean wantsTokens;
  private final ServingSpec spec;
  private final ModelSpec model;
  private final BatchFormer former;
  private final KvCache cache;
  private final KvAllotment room;
  private final @Nullable Preempter preempter;
  private final @Nullable KvTiers tiers;
  private final StepShape shape;
  private final OperatorPlan plan;
  private final RequestStats stats;
  private final WorkTotals work;
  private final RequestTime requestTime;
  private final Followers followers;

  private final Event arrival;
  private final Event begin;
  private final Event copied;
  private final Timer resume;
  private final List<Sequence> running = new ArrayList<>();
  private final WaitingLine waiting;

  private RequestSource.@Nullable Item next;
  private boolean busy;
  private boolean beginScheduled;
  private long stepStartedPs;
  private long idleSincePs;
  private long numbered;
  private long processedTokens;
  private long tieredTokens;

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
    this.spec = spec;
    this.wantsTokens = observer.wantsTokens();
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
    SchedulingSpec scheduling = spec.scheduling();
    PrefixCache prefixes =
        scheduling.prefixCache() ? prefixes(stats, spec, source.blockTokens()) : null;
    this.room = new KvAllotment(cache, scheduling.takesAsItGoes(), prefixes);
    this.preempter =
        scheduling.isPlain()
            ? null
            : new Preempter(simulation, stats.child("scheduling"), scheduling, room);
    this.waiting = new WaitingLine(scheduling.order());
    this.former = new BatchFormer(spec, cache, room, preempter, tiers);
    this.shape = new StepShape(model);
    this.log = new RequestLog(stats, spec, stepBusy, observer);
    this.stats = log.stats();
    this.work = new WorkTotals(stats.child("work"));
    this.requestTime = new RequestTime(executor);
    this.arrival = simulation.event("arrival", this::arrive);
    this.begin = simulation.event("step", this::begin);
    this.copied = simulation.event("copied", this::copied);
    this.resume = simulation.timer("resume", this::begin);
    this.followers = new Followers(simulation, this::arrive, this::refuseFollower);
    simulation.watch(this);
  }

  private PrefixCache prefixes(Stats stats, ServingSpec serving, int traceBlockTokens) {
    int blockTokens = traceBlockTokens == 0 ? serving.kvBlockTokens() : traceBlockTokens;
    return new PrefixCache(stats.child("prefix_cache"), blockTokens, cache.bytes(blockTokens));
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
    long nowPs = simulation.nowPs();
    log.arrived(request, nowPs);
    long finalTokens = (long) request.promptTokens() + request.outputTokens();
    if (finalTokens > model.maxContext()) {
      refuse(request, "context");
      return;
    }
    long bytes = cache.bytes(finalTokens);
    if (!cache.canEverHold(bytes)) {
      refuse(request, "kv_capacity");
      return;
    }
    log.levels(nowPs, running.size(), waiting.size(), cache);
    Sequence sequence =
        new Sequence(
            request,
            bytes,
            item.pace(),
            wantsTokens,
            spec.scheduling().priority(request),
            numbered++);
    waiting.add(sequence);
    if (tiers != null) {
      tiers.arrived(sequence);
    }
    stats.waiting.set(nowPs, waiting.size());
    beginSoon();
  }

  private void refuseFollower(Request request) {
    log.arrived(request, simulation.nowPs());
    refuse(request, "parent");
  }

  private void refuse(Request request, String reason) {
    log.refused(request, reason);
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
    log.levels(nowPs, runningBefore, waiting.size(), cache);
    long resumePs = former.form(shape, running, waiting, nowPs);
    for (int i = former.admittedFrom(); i < running.size(); i++) {
      admitted(running.get(i), nowPs);
    }
    stats.waiting.set(nowPs, waiting.size());
    stats.running.set(nowPs, running.size());
    if (idleSincePs >= 0) {
      requestTime.paused(runningBefore, nowPs - idleSincePs);
      stats.idlePs.add(nowPs - idleSincePs);
      idleSincePs = nowPs;
    }
    long copyPs = preempter == null ? 0 : preempter.copyPs();
    if (shape.isEmpty() && copyPs == 0) {
      if (resumePs != Long.MAX_VALUE) {
        resume.at(resumePs, 0);
      }
      return;
    }
    idleSincePs = -1;
    busy = true;
    stepStartedPs = nowPs;
    if (copyPs > 0) {
      copied.in(copyPs, 0);
    } else {
      execute();
    }
  }

  private void admitted(Sequence sequence, long nowPs) {
    long waitedPs = nowPs - sequence.waitingSincePs;
    if (sequence.wasPreempted()) {
      requestTime.preempted(waitedPs);
    } else {
      stats.queue.record(waitedPs);
      requestTime.waited(1, waitedPs);
      tieredTokens += sequence.tiered;
    }
  }

  /** Entries that the step, or sequences put out of the batch, waited for have been copied. */
  private void copied(long ignored) {
    long nowPs = simulation.nowPs();
    requestTime.swapped(running.size(), nowPs - stepStartedPs);
    stats.idlePs.add(nowPs - stepStartedPs);
    if (shape.isEmpty()) {
      busy = false;
      idleSincePs = nowPs;
      beginSoon();
      return;
    }
    stepStartedPs = nowPs;
    execute();
  }

  private void execute() {
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
    requestTime.step(running.size());
    log.levels(nowPs, running.size(), waiting.size(), cache);
    log.step(stepStartedPs, nowPs, plan, shape);
    processedTokens += shape.tokens();
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
    }
    log.token(sequence, nowPs);
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
      room.free(sequence);
    } else {
      tiers.left(sequence);
    }
    log.completed(sequence, nowPs);
    followers.ended(sequence.request);
  }

  /**
   * Ends the run where it stands: tells the observer about the requests that are still in the
   * engine and returns the result.
   */
  public ServingOutcome finish() {
    long nowPs = simulation.nowPs();
    log.levels(nowPs, running.size(), waiting.size(), cache);
    long heldBytes = tiers == null ? 0 : tiers.leftBytes();
    long entries = log.completedEntries();
    for (Sequence sequence : running) {
      log.ended(sequence, RequestRecord.Outcome.RUNNING);
      heldBytes = Math.addExact(heldBytes, sequence.kvBytes);
      entries += sequence.entries();
    }
    for (Sequence sequence : waiting) {
      log.ended(sequence, RequestRecord.Outcome.WAITING);
      entries += sequence.wasPreempted() ? sequence.entries() : 0;
    }
    SchedulingOutcome scheduling = preempter == null ? null : preempter.outcome(requestTime);
    if (scheduling != null && scheduling.prefixes() != null) {
      heldBytes = Math.addExact(heldBytes, scheduling.prefixes().heldBytes());
    }
    return new ServingOutcome(
        stats.arrived.value(),
        stats.completed.value(),
        log.refusals(),
        running.size(),
        waiting.size(),
        stats.promptTokens.value(),
        stats.outputTokens.value(),
        log.endToEndPs(),
        requestTime.waitingPs(),
        requestTime.pausingPs(),
        requestTime.stepsPs(),
        work,
        log.series(),
        cache.capacityBytes(),
        cache.gauge().max(),
        Math.round(cache.gauge().mean(nowPs)),
        cache.reservedTotalBytes(),
        cache.releasedTotalBytes(),
        heldBytes,
        tiers == null ? null : tiers.outcome(running),
        processedTokens + tieredTokens,
        entries,
        scheduling);
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
