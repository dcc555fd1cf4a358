package memwall.network;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * One implementation of all-reduce that a machine has, for example one protocol of a library.
 *
 * @param name its key in the preset; chosen by {@code all_reduce: name}
 * @param kind the algorithm
 * @param overheads its software
 * @param minRanks fewest ranks for which {@code auto} considers it, at least 2
 * @param maxBytes largest vector for which {@code auto} considers it, at least 1
 */
public record AllReduceSpec(
    String name, AllReduceKind kind, Overheads overheads, int minRanks, long maxBytes) {
  /** Checks the ranges given above. */
  public AllReduceSpec {
    if (minRanks < 2 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "all-reduce '"
              + name
              + "': min_ranks "
              + minRanks
              + " must be at least 2, max_size "
              + maxBytes
              + " B at least 1 B");
    }
  }

  static AllReduceSpec read(String name, Config config) {
    long maxBytes = Long.MAX_VALUE;
    if (config.has("max_size")) {
      maxBytes = config.quantity("max_size", Dimension.SIZE, "Largest vector it is used for");
      if (maxBytes < 1) {
        config.fault("max_size", "must be at least 1 B");
        maxBytes = 1;
      }
    }
    AllReduceKind kind = config.choice("kind", AllReduceKind.class, "Algorithm");
    AllReduceSpec spec =
        new AllReduceSpec(
            name,
            kind,
            Overheads.read(config),
            (int) config.integer("min_ranks", 2, 1 << 20, 2, "Fewest ranks it is used for"),
            maxBytes);
    config.finish();
    return spec;
  }
}
