package memwall.workloads.serving;

import java.util.ArrayDeque;
import java.util.List;
import memwall.workloads.operator.StepShape;

/**
 * Decides what a step works on: continuous batching, running sequences first, in order of admission
 * (Orca, OSDI 2022; vLLM, SOSP 2023), prompts cut to the rest of the token budget (Sarathi-Serve,
 * OSDI 2024). A waiting request is admitted in order of arrival when a place in the batch, a token
 * of the budget and room for its final KV length are free; nobody overtakes.
 */
final class BatchFormer {
  private final ServingSpec spec;
  private final KvCache cache;

  BatchFormer(ServingSpec spec, KvCache cache) {
    this.spec = spec;
    this.cache = cache;
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
          shape.addDecode(sequence.request.promptTokens() + sequence.produced);
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
      int chunk = chunk(sequence, budget, wholePrompt);
      if (chunk == 0 || !cache.reserve(sequence.kvBytes)) {
        break;
      }
      waiting.remove();
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
  }
}
