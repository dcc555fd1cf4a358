package memwall.workloads.serving;

import java.util.List;
import memwall.workloads.operator.StepShape;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a step works on: continuous batching, running sequences first, in order of admission
 * (Orca, OSDI 2022; vLLM, SOSP 2023), prompts cut to the rest of the token budget (Sarathi-Serve,
 * OSDI 2024). A running sequence for whose tokens there is no room puts others out of the batch, in
 * the end itself. If that was not necessary, waiting requests are admitted, in order, while a place
 * in the batch, a token of the budget and room are free; nobody overtakes.
 */
final class BatchFormer {
  private final ServingSpec spec;
  private final KvCache cache;
  private final KvAllotment room;
  private final @Nullable Preempter preempter;
  private final @Nullable KvTiers tiers;
  private boolean wholePrompt;
  private int budget;
  private int admittedFrom;

  /** A former for a batch that nobody has to leave. */
  BatchFormer(ServingSpec spec, KvCache cache) {
    this(spec, cache, new KvAllotment(cache, false, null), null, null);
  }

  /**
   * Any former.
   *
   * @param preempter puts sequences out of the batch; null if that is never necessary
   * @param tiers knows which first entries lie in a second memory; null if there is none
   */
  BatchFormer(
      ServingSpec spec,
      KvCache cache,
      KvAllotment room,
      @Nullable Preempter preempter,
      @Nullable KvTiers tiers) {
    this.spec = spec;
    this.cache = cache;
    this.room = room;
    this.preempter = preempter;
    this.tiers = tiers;
  }

  /**
   * Fills the shape and every sequence's scheduled tokens; moves admitted requests from waiting to
   * running, and preempted ones back.
   *
   * @return the earliest time at which a sequence that had to pause may go on; {@link
   *     Long#MAX_VALUE} if none pauses
   */
  long form(StepShape shape, List<Sequence> running, WaitingLine waiting, long nowPs) {
    budget = spec.maxBatchedTokens();
    wholePrompt = false;
    if (preempter != null) {
      preempter.begin();
    }
    for (int i = 0; i < running.size(); i++) {
      running.get(i).scheduledTokens = 0;
    }
    int before = running.size();
    long resumePs = scheduleRunning(running, waiting, nowPs);
    boolean preempted = running.size() < before;
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      room.scheduled(sequence, sequence.entries() + sequence.scheduledTokens);
    }
    admittedFrom = running.size();
    if (!preempted) {
      resumePs = Math.min(resumePs, admit(running, waiting, nowPs));
    }
    fill(shape, running);
    return resumePs;
  }

  /** Index of the first of the running sequences that were admitted to this step. */
  int admittedFrom() {
    return admittedFrom;
  }

  private long scheduleRunning(List<Sequence> running, WaitingLine waiting, long nowPs) {
    long resumePs = Long.MAX_VALUE;
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      int tokens;
      if (sequence.prefilled()) {
        long notBeforePs = sequence.notBeforePs();
        if (notBeforePs > nowPs) {
          resumePs = Math.min(resumePs, notBeforePs);
          continue;
        }
        tokens = Math.min(1, budget);
      } else {
        tokens = chunk(sequence, sequence.promptDone);
      }
      if (tokens > 0) {
        i = makeRoom(running, i, sequence.entries() + tokens, waiting, nowPs);
        if (i >= 0 && running.get(i) == sequence) {
          take(sequence, tokens);
        }
      }
    }
    return resumePs;
  }

  private void take(Sequence sequence, int tokens) {
    sequence.scheduledTokens = tokens;
    budget -= Math.min(budget, tokens);
    wholePrompt |= !sequence.prefilled();
  }

  /**
   * Makes room for a sequence by putting others out of the batch, and itself if it comes last.
   *
   * @return its index now; one less than before if it is not there any more
   */
  private int makeRoom(
      List<Sequence> running, int index, int entries, WaitingLine waiting, long nowPs) {
    Sequence sequence = running.get(index);
    int at = index;
    while (!room.grow(sequence, entries)) {
      if (preempter == null) {
        throw new IllegalStateException("room was reserved and is gone");
      }
      int last = preempter.victim(running);
      Sequence victim = running.remove(last);
      budget += victim.scheduledTokens;
      preempter.preempt(victim, waiting, nowPs);
      if (last <= at) {
        at--;
      }
      if (victim == sequence) {
        break;
      }
    }
    return at;
  }

  private long admit(List<Sequence> running, WaitingLine waiting, long nowPs) {
    while (!waiting.isEmpty() && running.size() < spec.maxBatch() && budget > 0) {
      Sequence sequence = waiting.first();
      if (sequence.produced > 0 && sequence.notBeforePs() > nowPs) {
        return sequence.notBeforePs();
      }
      if (tiers != null) {
        tiers.lookUp(sequence);
      }
      int hits = room.hits(sequence);
      int done = Math.max(sequence.entries(), room.tokens(hits));
      int tokens = sequence.prefilled() ? 1 : chunk(sequence, done);
      if (tokens == 0
          || !(tiers == null
              ? room.admit(sequence, hits, done + tokens)
              : cache.reserve(sequence.kvBytes))) {
        break;
      }
      waiting.removeFirst();
      if (tiers != null) {
        tiers.admitted(sequence);
      }
      running.add(sequence);
      if (preempter != null && sequence.wasPreempted()) {
        preempter.readmitted(sequence, hits, nowPs);
      } else {
        sequence.admittedPs = nowPs;
      }
      if (!sequence.prefilled()) {
        sequence.promptDone = done;
      }
      take(sequence, tokens);
      room.scheduled(sequence, done + tokens);
    }
    return Long.MAX_VALUE;
  }

  private int chunk(Sequence sequence, int done) {
    int left = sequence.prefillTokens - done;
    if (spec.chunkedPrefill()) {
      return Math.min(left, budget);
    }
    return left <= budget || (!wholePrompt && budget > 0) ? left : 0;
  }

  private static void fill(StepShape shape, List<Sequence> running) {
    shape.clear();
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      int tokens = sequence.scheduledTokens;
      if (tokens == 0) {
        continue;
      }
      if (sequence.prefilled()) {
        int context = sequence.request.promptTokens() + sequence.produced;
        shape.addDecode(context);
        shape.tierDecode(context, sequence.tiered, sequence.windowedTiered);
      } else {
        int done = sequence.promptDone;
        shape.addPrefillChunk(tokens, done, done + tokens == sequence.prefillTokens);
        shape.tierPrefill(done, sequence.tiered, sequence.windowedTiered);
      }
    }
  }
}
