package memwall.workloads.kernel;

import memwall.core.config.Config;

/**
 * How an attention kernel cuts its work: units, one for each sequence and group of heads, split
 * along the context so that all multiprocessors have some.
 *
 * @param waves units per multiprocessor up to which contexts are split, at least 1
 * @param splitTokens least tokens of a part, at least 1
 */
record Waves(int waves, int splitTokens) {
  static Waves read(Config config) {
    return new Waves(
        (int) config.integer("waves", 1, 64, "Units per SM up to which contexts are split"),
        (int) config.integer("split_tokens", 1, 1 << 20, "Least tokens of a part of a context"));
  }

  /** Parts of each context. */
  double splits(KernelChip chip, double units, double contextTokens) {
    double room = Math.floor(waves * (double) chip.sms() / units);
    return Math.max(1, Math.min(room, Math.floor(contextTokens / splitTokens)));
  }
}
