package memwall.workloads.operator;

import memwall.workloads.model.ModelSpec;

/**
 * What one step works on: the sums over its sequences from which every operator follows. Mutable
 * and reused from step to step.
 *
 * <p>A token at position {@code c} (counted from 1) attends to {@code c} entries of the KV cache,
 * its own included; in a windowed layer to the last {@code min(c, window)}. Entries read are
 * counted once per sequence and layer, however many tokens of a chunk attend to them.
 *
 * <p>The first entries of a sequence may lie in a second memory; those read from there are counted
 * apart.
 */
public final class StepShape {
  private final int window;

  private long decodeTokens;

  /** Tokens of the other replicas. */
  private long otherTokens;

  private long prefillTokens;
  private long sequences;
  private long logitRows;
  private long decodeKvTokens;
  private long windowedDecodeKvTokens;
  private long prefillHistoryTokens;
  private long leastDecodeContext;
  private long mostDecodeContext;
  private long prefillKvTokens;
  private long windowedPrefillKvTokens;
  private long tieredDecodeKvTokens;
  private long windowedTieredDecodeKvTokens;
  private long tieredPrefillKvTokens;
  private long windowedTieredPrefillKvTokens;
  private long prefillPairs;
  private long windowedPrefillPairs;

  /** An empty step for the model. */
  public StepShape(ModelSpec model) {
    this.window = model.window().limit();
  }

  /** Makes the step empty. */
  public void clear() {
    decodeTokens = 0;
    otherTokens = 0;
    prefillTokens = 0;
    sequences = 0;
    logitRows = 0;
    decodeKvTokens = 0;
    windowedDecodeKvTokens = 0;
    prefillHistoryTokens = 0;
    leastDecodeContext = 0;
    mostDecodeContext = 0;
    prefillKvTokens = 0;
    windowedPrefillKvTokens = 0;
    tieredDecodeKvTokens = 0;
    windowedTieredDecodeKvTokens = 0;
    tieredPrefillKvTokens = 0;
    windowedTieredPrefillKvTokens = 0;
    prefillPairs = 0;
    windowedPrefillPairs = 0;
  }

  /**
   * Adds a sequence that produces one token.
   *
   * @param contextTokens entries of the KV cache that the token attends to, its own included; at
   *     least 1
   */
  public void addDecode(int contextTokens) {
    if (contextTokens < 1) {
      throw new IllegalArgumentException("context of " + contextTokens + " tokens");
    }
    leastDecodeContext =
        decodeTokens == 0 ? contextTokens : Math.min(leastDecodeContext, contextTokens);
    mostDecodeContext = Math.max(mostDecodeContext, contextTokens);
    decodeTokens++;
    sequences++;
    logitRows++;
    decodeKvTokens += contextTokens;
    windowedDecodeKvTokens += Math.min(contextTokens, window);
  }

  /**
   * Says of the decoding sequence added last how many of its first entries lie in the second
   * memory.
   *
   * @param contextTokens as given to {@link #addDecode}
   * @param tiered entries of global layers, at most {@code contextTokens}
   * @param windowedTiered entries of windowed layers, at most {@code contextTokens}
   */
  public void tierDecode(int contextTokens, int tiered, int windowedTiered) {
    checkTiered(contextTokens, tiered, windowedTiered);
    tieredDecodeKvTokens += tiered;
    windowedTieredDecodeKvTokens +=
        Math.max(0, windowedTiered - Math.max(0, contextTokens - window));
  }

  /**
   * The same of the piece of a prompt added last.
   *
   * @param previousTokens as given to {@link #addPrefillChunk}
   * @param tiered entries of global layers, at most {@code previousTokens}
   * @param windowedTiered entries of windowed layers, at most {@code previousTokens}
   */
  public void tierPrefill(int previousTokens, int tiered, int windowedTiered) {
    checkTiered(previousTokens, tiered, windowedTiered);
    tieredPrefillKvTokens += tiered;
    windowedTieredPrefillKvTokens +=
        Math.max(0, windowedTiered - Math.max(0, previousTokens - (window - 1L)));
  }

  private static void checkTiered(int tokens, int tiered, int windowedTiered) {
    if (tiered < 0 || tiered > tokens || windowedTiered < 0 || windowedTiered > tokens) {
      throw new IllegalArgumentException(
          tiered + " and " + windowedTiered + " of " + tokens + " entries in the second memory");
    }
  }

  /**
   * Adds a piece of a prompt.
   *
   * @param chunkTokens tokens of the piece, at least 1
   * @param previousTokens tokens of the sequence whose KV entries exist already
   * @param completesPrompt whether the piece ends the prompt, so that it needs a next token
   */
  public void addPrefillChunk(int chunkTokens, int previousTokens, boolean completesPrompt) {
    if (chunkTokens < 1 || previousTokens < 0) {
      throw new IllegalArgumentException(
          "chunk of " + chunkTokens + " tokens after " + previousTokens);
    }
    long chunk = chunkTokens;
    long previous = previousTokens;
    prefillTokens += chunk;
    prefillHistoryTokens += previous;
    sequences++;
    logitRows += completesPrompt ? 1 : 0;
    prefillKvTokens += previous + chunk;
    // The first token of the chunk reaches back window - 1 entries.
    windowedPrefillKvTokens += Math.min(previous, window - 1L) + chunk;
    prefillPairs += pairs(chunk, previous);
    long growing = Math.max(0, Math.min(chunk, window - previous));
    windowedPrefillPairs += pairs(growing, previous) + (chunk - growing) * window;
  }

  /** Pairs of a causal chunk: the sum of previous + 1 ... previous + chunk. */
  private static long pairs(long chunk, long previous) {
    return chunk * previous + chunk * (chunk + 1) / 2;
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return sequences == 0;
  }

  /** Tokens that pass through the layers. */
  public long tokens() {
    return decodeTokens + prefillTokens;
  }

  /** Tokens of all replicas that go in step with this one, its own included. */
  public long groupTokens() {
    return tokens() + otherTokens;
  }

  /**
   * Says how many tokens the other replicas of a data-parallel group work on in this step.
   *
   * @param tokens of all others together, 0 or more
   */
  public void otherTokens(long tokens) {
    if (tokens < 0) {
      throw new IllegalArgumentException(tokens + " tokens of other replicas");
    }
    otherTokens = tokens;
  }

  /** Tokens that are decoded. */
  public long decodeTokens() {
    return decodeTokens;
  }

  /** Tokens of prompts. */
  public long prefillTokens() {
    return prefillTokens;
  }

  /** Sequences that take part: decoded tokens and prompt chunks. */
  public long sequences() {
    return sequences;
  }

  /** Rows for which logits are computed: decoded tokens and completed prompts. */
  public long logitRows() {
    return logitRows;
  }

  /** KV entries that decode tokens read in a global layer. */
  public long decodeKvTokens() {
    return decodeKvTokens;
  }

  /** KV entries that decode tokens read in a windowed layer. */
  public long windowedDecodeKvTokens() {
    return windowedDecodeKvTokens;
  }

  /** Tokens of the prompts in the step whose KV entries existed before it. */
  public long prefillHistoryTokens() {
    return prefillHistoryTokens;
  }

  /** The fewest KV entries that a decode token attends to; 0 if none is decoded. */
  public long leastDecodeContext() {
    return leastDecodeContext;
  }

  /** The most KV entries that a decode token attends to; 0 if none is decoded. */
  public long mostDecodeContext() {
    return mostDecodeContext;
  }

  /** KV entries that prompt chunks read in a global layer: previous and own. */
  public long prefillKvTokens() {
    return prefillKvTokens;
  }

  /** KV entries that prompt chunks read in a windowed layer. */
  public long windowedPrefillKvTokens() {
    return windowedPrefillKvTokens;
  }

  /** Of the KV entries that decode tokens read in a global layer, those in the second memory. */
  public long tieredDecodeKvTokens() {
    return tieredDecodeKvTokens;
  }

  /** Of the KV entries that decode tokens read in a windowed layer, those in the second memory. */
  public long windowedTieredDecodeKvTokens() {
    return windowedTieredDecodeKvTokens;
  }

  /** Of the KV entries that prompt chunks read in a global layer, those in the second memory. */
  public long tieredPrefillKvTokens() {
    return tieredPrefillKvTokens;
  }

  /** Of the KV entries that prompt chunks read in a windowed layer, those in the second memory. */
  public long windowedTieredPrefillKvTokens() {
    return windowedTieredPrefillKvTokens;
  }

  /** Pairs of prompt token and attended entry in a global layer. */
  public long prefillPairs() {
    return prefillPairs;
  }

  /** Pairs of prompt token and attended entry in a windowed layer. */
  public long windowedPrefillPairs() {
    return windowedPrefillPairs;
  }

  /** The window that the sums were made with. */
  int window() {
    return window;
  }
}
