package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.random.RandomStream;
import memwall.core.unit.Units;
import memwall.network.router.FabricSpec;

/**
 * Nodes that die for good, and spares that take the place of their ranks.
 *
 * @param heartbeatPs period in which nodes give signs of life, at least 1
 * @param misses signs that must fail to come until a node is taken for dead, at least 1
 * @param spares nodes that have no rank at first
 * @param given when which node dies
 * @param meanSeconds mean time until a node dies by chance, infinite for never
 * @param restorePs from there until a spare can go on in a rank's place, at least 0
 */
public record NodeFailures(
    long heartbeatPs,
    int misses,
    List<Integer> spares,
    List<Death> given,
    double meanSeconds,
    long restorePs) {
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

  /** Where weights come from; what differs is in the rates. */
  private enum Source {
    FLASH,
    PEER,
    STORAGE
  }

  /** How the KV cache comes to a spare. */
  private enum Way {
    COPY,
    RECOMPUTE
  }

  /** Checks the ranges given above. */
  public NodeFailures {
    spares = List.copyOf(spares);
    given = List.copyOf(given);
    if (heartbeatPs < 1
        || misses < 1
        || restorePs < 0
        || !(meanSeconds > 0)
        || spares.size() > MOST_SPARES) {
      throw new IllegalArgumentException(
          "heartbeat "
              + heartbeatPs
              + " ps, "
              + misses
              + " misses, "
              + spares.size()
              + " spares, a failure after "
              + meanSeconds
              + " s, restored after "
              + restorePs
              + " ps: needs heartbeat and misses of at least 1, at most "
              + MOST_SPARES
              + " spares, more than 0 s, at least 0 ps");
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
    long restorePs = restorePs(config);
    config.finish();
    return new NodeFailures(heartbeatPs, misses, spares, given, meanSeconds, restorePs);
  }

  /** Weights and copied KV come side by side; KV is computed again when the weights are there. */
  private static long restorePs(Config config) {
    long[] weightsPs = {0};
    long[] kvPs = {0};
    boolean[] recomputes = {false};
    config
        .optionalSection("weights", "What a spare loads before it can go on")
        .ifPresent(
            part -> {
              part.choice("from", Source.class, "Where they come from");
              weightsPs[0] = transferPs(part);
              part.finish();
            });
    config
        .optionalSection("kv", "The KV cache that the dead node had")
        .ifPresent(
            part -> {
              recomputes[0] = part.choice("by", Way.class, "How it comes back") == Way.RECOMPUTE;
              kvPs[0] = transferPs(part);
              part.finish();
            });
    return recomputes[0] ? Math.addExact(weightsPs[0], kvPs[0]) : Math.max(weightsPs[0], kvPs[0]);
  }

  private static long transferPs(Config part) {
    long bytes = part.quantity("bytes", Dimension.SIZE, "How much");
    long rate = part.quantity("rate", Dimension.BYTE_RATE, "Bytes a second");
    long latencyPs = part.quantity("latency", Dimension.TIME, "0 ps", "Before the first byte");
    if (rate < 1) {
      part.fault("rate", "must be more than 0");
      rate = 1;
    }
    try {
      return Math.addExact(latencyPs, Units.transferPs(bytes, rate));
    } catch (ArithmeticException e) {
      part.fault("bytes", "takes longer than the clock goes");
      return latencyPs;
    }
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
