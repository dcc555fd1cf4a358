package memwall.workloads.run;

import memwall.core.config.Config;

/**
 * Which activations of a step exist at the same time, in vectors per token: the account that
 * decides how large a step a memory for activations holds.
 *
 * @param hidden vectors between layers
 * @param attention queries, keys and values of the rank
 * @param ffn vectors inside the feed-forward network of the rank
 * @param logits rows of logits of the rank, per sequence
 */
public record LiveActivations(int hidden, int attention, int ffn, int logits) {
  /** The residual stream and its copy, twice; two of each other kind; one row of logits. */
  public static final LiveActivations DEFAULT = new LiveActivations(4, 2, 2, 1);

  private static final int MOST = 1 << 10;

  /** Reads the numbers; those that are not given are the usual ones. */
  public static LiveActivations read(Config config) {
    LiveActivations live =
        new LiveActivations(
            count(config, "hidden", DEFAULT.hidden, "Vectors between layers, per token"),
            count(config, "attention", DEFAULT.attention, "Queries, keys and values, per token"),
            count(config, "ffn", DEFAULT.ffn, "Vectors inside the feed-forward network"),
            count(config, "logits", DEFAULT.logits, "Rows of logits, per sequence"));
    config.finish();
    return live;
  }

  private static int count(Config config, String key, int usual, String sentence) {
    return (int) config.integer(key, 0, MOST, usual, sentence);
  }
}
