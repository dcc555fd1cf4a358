package memwall.workloads.serving;

import memwall.core.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * How requests are served.
 *
 * @param maxBatch most sequences that run at once, at least 1
 * @param maxBatchedTokens most tokens in a step: one per decoding sequence and the rest for
 *     prompts, at least 1
 * @param chunkedPrefill whether a prompt may be cut over several steps; otherwise it runs in one,
 *     even if it exceeds the budget, but never two such prompts in a step
 * @param kvBlockTokens tokens per block of the KV cache
 * @param memoryShare share of a memory's capacity that may be used, in (0, 1]
 * @param slo what is promised to requests; null if nothing is
 * @param scheduling who gets room in the KV cache, when, and who loses it
 * @param kvBlocks blocks of the KV cache, if they are given and not what the memory has room for;
 *     else 0
 */
public record ServingSpec(
    int maxBatch,
    int maxBatchedTokens,
    boolean chunkedPrefill,
    int kvBlockTokens,
    double memoryShare,
    @Nullable SloSpec slo,
    SchedulingSpec scheduling,
    long kvBlocks) {

  /** Checks the ranges. */
  public ServingSpec {
    if (maxBatch < 1 || maxBatchedTokens < 1 || kvBlockTokens < 1) {
      throw new IllegalArgumentException("batch, batched tokens and KV block must be at least 1");
    }
    if (!(memoryShare > 0 && memoryShare <= 1)) {
      throw new IllegalArgumentException("memory share " + memoryShare + " is not in (0, 1]");
    }
  }

  /** A way of serving that promises nothing. */
  public ServingSpec(
      int maxBatch,
      int maxBatchedTokens,
      boolean chunkedPrefill,
      int kvBlockTokens,
      double memoryShare) {
    this(maxBatch, maxBatchedTokens, chunkedPrefill, kvBlockTokens, memoryShare, null);
  }

  /** A way of serving in which nobody is preempted. */
  public ServingSpec(
      int maxBatch,
      int maxBatchedTokens,
      boolean chunkedPrefill,
      int kvBlockTokens,
      double memoryShare,
      @Nullable SloSpec slo) {
    this(
        maxBatch,
        maxBatchedTokens,
        chunkedPrefill,
        kvBlockTokens,
        memoryShare,
        slo,
        SchedulingSpec.RESERVE,
        0);
  }

  /** The same with all memory for entries that nothing else needs. */
  public ServingSpec withAllMemory() {
    return new ServingSpec(
        maxBatch, maxBatchedTokens, chunkedPrefill, kvBlockTokens, 1, slo, scheduling, 0);
  }

  /** The same with other rules for room. */
  public ServingSpec withScheduling(SchedulingSpec other) {
    return new ServingSpec(
        maxBatch,
        maxBatchedTokens,
        chunkedPrefill,
        kvBlockTokens,
        memoryShare,
        slo,
        other,
        kvBlocks);
  }

  /** Reads the section {@code serving}; faults are recorded there. */
  public static ServingSpec read(Config config) {
    int maxBatch =
        (int) config.integer("max_batch", 1, 1 << 20, 256, "Most sequences that run at once");
    int maxTokens =
        (int)
            config.integer(
                "max_batched_tokens",
                1,
                1 << 24,
                2048,
                "Most tokens in a step: one per decoding sequence, the rest for prompts");
    if (maxTokens < maxBatch) {
      config.fault(
          "max_batched_tokens",
          maxTokens
              + " tokens per step cannot serve 'max_batch' of "
              + maxBatch
              + " sequences that each decode one");
    }
    ServingSpec spec =
        new ServingSpec(
            maxBatch,
            maxTokens,
            config.bool("chunked_prefill", true, "Cut prompts over several steps"),
            (int) config.integer("kv_block", 1, 1 << 16, 16, "Tokens per block of the KV cache"),
            config.number(
                "memory_share", 0.01, 1, 0.9, "Share of a memory's capacity that may be used"),
            config
                .optionalSection("slo", "Limits that requests shall keep")
                .map(SloSpec::read)
                .orElse(null),
            SchedulingSpec.read(config),
            config.integer(
                "kv_blocks",
                0,
                1L << 40,
                0,
                "Blocks of the KV cache of each chip; 0 for as many as there is room for"));
    config.finish();
    return spec;
  }
}
