package memwall.workloads.serving;

import java.util.ArrayDeque;
import java.util.List;
import memwall.workloads.operator.StepShape;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a step works on: continuous batching, running sequences first, in order of admission
 * (Orca, OSDI 2022; vLLM, SOSP 2023), prompts cut to the rest of the token budget (Sarathi-Serve,
 * OSDI 2024). A waiting request is admitted in order of arrival when a place in the batch, a token
 * of the budget and room for its final KV length are free; nobody overtakes.
 */
final class BatchFormer {
  private final ServingSpec spec;
  private final KvCache cache;
  private final @Nullable KvTiers tiers;

  BatchFormer(ServingSpec spec, KvCache cache) {
    this(spec, cache, null);
  }

  /**
   * A former for sequences whose first entries may lie in a second memory.
   *
   * @param tiers who knows of it; null if there is none
   */
  BatchFormer(ServingSpec spec, KvCache cache, @Nullable KvTiers tiers) {
    this.spec = spec;
    this.cache = cache;
    this.tiers = tiers;
  }

  /**
   * Fills the shape and every sequence's scheduled tokens; moves admitted requests from waiting to
   * running.
   *
   * @return the earliest time at which a running sequence that had to pause may go on; {@link
   *     Long#MAX_VALUE} if none pauses
   */
  long form(StepShape shape, List<Sequence> running, ArrayDeque<Sequence> waiting, long nowPs) {
    shape.clear();
    int budget = spec.maxBatchedTokens();
    boolean wholePrompt = false;
    long resumePs = Long.MAX_VALUE;
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      sequence.scheduledTokens = 0;
      if (sequence.prefilled()) {
        long notBeforePs = sequence.notBeforePs();
        if (notBeforePs > nowPs) {
          resumePs = Math.min(resumePs, notBeforePs);
        } else if (budget > 0) {
          sequence.scheduledTokens = 1;
          budget--;
          int context = sequence.request.promptTokens() + sequence.produced;
          shape.addDecode(context);
          shape.tierDecode(context, sequence.tiered, sequence.windowedTiered);
        }
      } else {
        int chunk = chunk(sequence, budget, wholePrompt);
        if (chunk > 0) {
          addChunk(shape, sequence, chunk);
          budget -= Math.min(budget, chunk);
          wholePrompt = true;
        }
      }
    }
    while (!waiting.isEmpty() && running.size() < spec.maxBatch() && budget > 0) {
      Sequence sequence = waiting.element();
      if (tiers != null) {
        tiers.lookUp(sequence);
      }
      int chunk = chunk(sequence, budget, wholePrompt);
      if (chunk == 0 || !cache.reserve(sequence.kvBytes)) {
        break;
      }
      waiting.remove();
      if (tiers != null) {
        tiers.admitted(sequence);
      }
      running.add(sequence);
      sequence.admittedPs = nowPs;
      addChunk(shape, sequence, chunk);
      budget -= Math.min(budget, chunk);
      wholePrompt = true;
    }
    return resumePs;
  }

  private int chunk(Sequence sequence, int budget, boolean promptInStep) {
    int left = sequence.request.promptTokens() - sequence.promptDone;
    if (spec.chunkedPrefill()) {
      return Math.min(left, budget);
    }
    return left <= budget || (!promptInStep && budget > 0) ? left : 0;
  }

  private static void addChunk(StepShape shape, Sequence sequence, int chunk) {
    sequence.scheduledTokens = chunk;
    int done = sequence.promptDone;
    shape.addPrefillChunk(chunk, done, done + chunk == sequence.request.promptTokens());
    shape.tierPrefill(done, sequence.tiered, sequence.windowedTiered);
  }
}
