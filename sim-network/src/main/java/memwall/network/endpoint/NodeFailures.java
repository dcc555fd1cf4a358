package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.random.RandomStream;
import memwall.network.router.FabricSpec;

/**
 * Nodes that die for good, and spares that take the place of their ranks.
 *
 * @param heartbeatPs period in which nodes give signs of life, at least 1
 * @param misses signs that must fail to come until a node is taken for dead, at least 1
 * @param spares nodes that have no rank at first
 * @param given when which node dies
 * @param meanSeconds mean time until a node dies by chance, infinite for never
 * @param restore how a spare gets the state with which it can go on in a rank's place
 */
public record NodeFailures(
    long heartbeatPs,
    int misses,
    List<Integer> spares,
    List<Death> given,
    double meanSeconds,
    RestoreSpec restore) {
  /** Most spares: a rank cannot be replaced more often. */
  public static final int MOST_SPARES = 200;

  private static final int MOST_MISSES = 1 << 20;
  private static final double PS_PER_SECOND = 1e12;

  /** Later failures are of no interest: some 100 days. */
  private static final long MOST_PS = 9_000_000_000_000_000_000L;

  /**
   * A node dies.
   *
   * @param atPs when, at least 0
   * @param node which
   */
  public record Death(long atPs, int node) {}

  /** Checks the ranges given above. */
  public NodeFailures {
    spares = List.copyOf(spares);
    given = List.copyOf(given);
    if (heartbeatPs < 1 || misses < 1 || !(meanSeconds > 0) || spares.size() > MOST_SPARES) {
      throw new IllegalArgumentException(
          "heartbeat "
              + heartbeatPs
              + " ps, "
              + misses
              + " misses, "
              + spares.size()
              + " spares, a failure after "
              + meanSeconds
              + " s: needs heartbeat and misses of at least 1, at most "
              + MOST_SPARES
              + " spares, more than 0 s");
    }
  }

  /** Reads a section {@code node_failures}; faults are recorded there. */
  public static NodeFailures read(Config config, FabricSpec fabric, boolean isPlaceholder) {
    long heartbeatPs =
        config.quantity("heartbeat", Dimension.TIME, "1 ms", "Period of signs of life of nodes");
    if (heartbeatPs < 1) {
      config.fault("heartbeat", "must be more than 0");
      heartbeatPs = 1;
    }
    int misses = (int) config.integer("misses", 1, MOST_MISSES, 3, "Signs that mean a failure");
    int last = fabric.nodes() - 1;
    List<Integer> spares = new ArrayList<>();
    for (long spare : config.integers("spares", 0, isPlaceholder ? 1 << 26 : last, "Spare nodes")) {
      if (spares.contains((int) spare)) {
        config.fault("spares", "node " + spare + " is named twice");
      } else if (spares.size() < MOST_SPARES) {
        spares.add((int) spare);
      } else {
        config.fault("spares", "more than " + MOST_SPARES + " nodes");
        break;
      }
    }
    List<Death> given = new ArrayList<>();
    for (Config one : config.sections("given", "Nodes that die at given times")) {
      given.add(
          new Death(
              one.quantity("at", Dimension.TIME, "When"),
              (int) one.integer("node", 0, isPlaceholder ? 1 << 26 : last, "Which node")));
      one.finish();
    }
    double meanSeconds = Double.POSITIVE_INFINITY;
    if (config.has("mean_time")) {
      meanSeconds = config.reportQuantity("mean_time", Dimension.MEAN_TIME, "Until a node dies");
      if (!(meanSeconds > 0)) {
        config.fault("mean_time", "must be more than 0");
        meanSeconds = Double.POSITIVE_INFINITY;
      }
    }
    RestoreSpec restore = RestoreSpec.read(config);
    config.finish();
    return new NodeFailures(heartbeatPs, misses, spares, given, meanSeconds, restore);
  }

  /** When a failure at a time is noticed: as the last of so many signs of life fails to come. */
  long noticedPs(long failedPs) {
    return (failedPs / heartbeatPs + misses) * heartbeatPs;
  }

  /** The first death of each node, in order of time, then of nodes. */
  List<Death> deaths(int nodes, RandomStream random) {
    long[] firstPs = new long[nodes];
    for (int node = 0; node < nodes; node++) {
      double meanPs = meanSeconds * PS_PER_SECOND;
      double drawnPs = Double.isInfinite(meanPs) ? meanPs : random.nextExponential() * meanPs;
      firstPs[node] = drawnPs < (double) MOST_PS ? (long) drawnPs : Long.MAX_VALUE;
    }
    for (Death death : given) {
      firstPs[death.node()] = Math.min(firstPs[death.node()], death.atPs());
    }
    List<Death> deaths = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      if (firstPs[node] < Long.MAX_VALUE) {
        deaths.add(new Death(firstPs[node], node));
      }
    }
    deaths.sort(
        (one, other) ->
            one.atPs() != other.atPs()
                ? Long.compare(one.atPs(), other.atPs())
                : Integer.compare(one.node(), other.node()));
    return deaths;
  }
}
