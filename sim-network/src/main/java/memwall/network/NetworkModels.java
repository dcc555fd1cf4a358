package memwall.network;

import memwall.core.Simulation;
import memwall.core.stat.Stats;

/** Table from a network's description to the class that simulates it. */
public final class NetworkModels {
  private NetworkModels() {}

  /**
   * Builds a network and declares its statistics.
   *
   * @param ranks ranks attached, 1 to the network's ports
   * @param simulatedRanks {@code ranks}, or 1 to fold them: one representative rank is simulated
   *     and counted {@code ranks} times. Times and counts are the same when all ranks call at the
   *     same instants.
   * @throws IllegalArgumentException if the numbers of ranks do not fit
   */
  public static Network create(
      Simulation simulation, Stats stats, InterconnectSpec spec, int ranks, int simulatedRanks) {
    if (spec instanceof TreeNetworkSpec trees) {
      return ranks == 1
          ? create(simulation, stats, trees.plain(), ranks, simulatedRanks)
          : new TreeNetwork(simulation, stats, trees, ranks, simulatedRanks);
    }
    if (spec instanceof FabricNetworkSpec fabric) {
      return new FabricNetwork(simulation, stats, fabric, ranks, simulatedRanks);
    }
    return new StarNetwork(simulation, stats, (NetworkSpec) spec, ranks, simulatedRanks);
  }
}
