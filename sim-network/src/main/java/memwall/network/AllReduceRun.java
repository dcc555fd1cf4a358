package memwall.network;

import java.util.List;
import memwall.core.Simulation;
import memwall.core.stat.Stats;

/**
 * One all-reduce on an idle network, every message of every rank simulated; of more than 64 ranks
 * one stands for all.
 *
 * @param choice how it was done
 * @param timePs from the call of all ranks to the completion of the last
 * @param formulaPs what its closed form says
 * @param brokenLaws a sentence for each law of conservation that does not hold
 */
public record AllReduceRun(
    AllReduceChoice choice, long timePs, long formulaPs, List<String> brokenLaws) {
  private static final int MOST_SIMULATED_RANKS = 64;

  /**
   * Runs it.
   *
   * @param ranks size of the group, 1 to the network's ports
   * @param bytes each rank's vector, 0 or more
   * @throws IllegalArgumentException if these do not fit
   */
  public static AllReduceRun of(NetworkSpec spec, int ranks, long bytes) {
    int simulatedRanks = ranks <= MOST_SIMULATED_RANKS ? ranks : 1;
    AllReduceFormula formula = new AllReduceFormula(spec, ranks);
    long formulaPs = formula.latencyPs(bytes);
    Simulation simulation = new Simulation(0);
    Network network = NetworkModels.create(simulation, new Stats(), spec, ranks, simulatedRanks);
    int[] done = new int[1];
    for (int rank = 0; rank < simulatedRanks; rank++) {
      network.allReduce(rank, bytes, word -> done[0]++, rank);
    }
    simulation.run();
    if (done[0] != simulatedRanks) {
      throw new IllegalStateException(done[0] + " of " + simulatedRanks + " ranks completed");
    }
    return new AllReduceRun(
        formula.choice(bytes), simulation.nowPs(), formulaPs, network.checkLaws());
  }
}
