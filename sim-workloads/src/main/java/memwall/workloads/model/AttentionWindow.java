package memwall.workloads.model;

import memwall.core.config.Faults;

/**
 * Which layers look at a limited number of tokens only.
 *
 * <p>A windowed layer attends to {@code min(context, tokens)} entries, reads as many and keeps as
 * many. For chunked attention (Llama 4: a token attends to its own chunk of 8192) this is the upper
 * bound, reached at the end of each chunk; the published HBF study counts it the same way.
 *
 * @param tokens entries that a token of a windowed layer attends to at most, itself included; 0 if
 *     no layer is windowed
 * @param globalEvery the last layer of each group of so many layers is global; 1: all layers are
 *     global, 0: none is
 */
public record AttentionWindow(int tokens, int globalEvery) {
  /** All layers attend to the whole context. */
  public static final AttentionWindow NONE = new AttentionWindow(0, 1);

  /**
   * Checks the pattern.
   *
   * @throws memwall.core.config.ConfigException if a number is negative or the window is missing
   */
  public AttentionWindow {
    Faults faults = new Faults();
    Checks.notNegative("window.global_every", globalEvery, faults);
    if (globalEvery == 1) {
      if (tokens != 0) {
        faults.add("window.tokens: " + tokens + " without a windowed layer, only 0 is allowed");
      }
    } else {
      Checks.atLeastOne("window.tokens", tokens, faults);
    }
    faults.throwIfAny();
  }

  /** Whether the layer (counted from 0) attends to the whole context. */
  public boolean isGlobal(int layer) {
    return globalEvery != 0 && (layer + 1) % globalEvery == 0;
  }

  /** The window, or {@link Integer#MAX_VALUE} if there is none: fit for {@code min}. */
  public int limit() {
    return globalEvery == 1 ? Integer.MAX_VALUE : tokens;
  }
}
