package memwall.memory.stack;

import java.util.Arrays;

/**
 * The highest bandwidth that a stack can keep up for ever, as a closed form: the wires' rate, or
 * that at which a die reaches its limit in the steady state.
 *
 * <p>With the network's resistances {@code R}, idle powers {@code P}, heat {@code e_j} in node
 * {@code j} per byte moved and limits {@code L}, die {@code i} allows {@code (L_i - coolant - sum_j
 * R_ij P_j) / sum_j R_ij e_j}; the least of these binds. Idle power includes refresh at the rate of
 * a stack whose hottest memory layer is at its limit.
 *
 * @param bytesPerSec the bandwidth; 0 if the stack is too hot without any
 * @param bindingNode the die whose limit binds, or -1 if the wires do
 */
public record SustainedBandwidth(double bytesPerSec, int bindingNode) {
  /** No die binds, but the wires. */
  public static final int WIRES = -1;

  /**
   * The bandwidth of a stack.
   *
   * @param layerShares share of the traffic of each memory layer; their sum is 1
   * @param workWatts power of work at each node, beside idling and transfers, at full clock
   * @param level throttling level whose clock and voltage the logic die has; the bandwidth share of
   *     the level is left aside
   */
  public static SustainedBandwidth of(
      StackSpec spec, double[] layerShares, double[] workWatts, int level) {
    if (layerShares.length != spec.memoryLayers() || workWatts.length != spec.lidNode() + 1) {
      throw new IllegalArgumentException("one share per memory layer, one power per node");
    }
    double best = wires(spec, layerShares);
    int binding = WIRES;
    ThermalNetwork network = spec.network();
    ThermalPolicy policy = spec.policy();
    double powerShare = policy.step(level).powerShare();
    double[] watts = spec.idleWatts(policy.refreshFactorAt(policy.memoryCelsius()), powerShare);
    double[] perByte = new double[watts.length];
    spec.energy().addTransferJoules(layerShares, true, perByte);
    for (int node = 0; node < watts.length; node++) {
      watts[node] += workWatts[node] * (node == spec.logicNode() ? powerShare : 1);
    }
    for (int node = 0; node <= spec.logicNode(); node++) {
      double room =
          spec.limitCelsius(node)
              - spec.cooling().coolantCelsius()
              - network.steadyRiseKelvin(node, watts);
      double risePerRate = network.steadyRiseKelvin(node, perByte);
      double allowed = room <= 0 ? 0 : room / risePerRate;
      if (allowed < best) {
        best = allowed;
        binding = node;
      }
    }
    return new SustainedBandwidth(best, binding);
  }

  /**
   * The bandwidth of a stack that moves as much from every layer.
   *
   * @param computeShare share of the time in which engines on the logic die compute, at full clock
   */
  public static SustainedBandwidth of(StackSpec spec, double computeShare) {
    double[] shares = new double[spec.memoryLayers()];
    Arrays.fill(shares, 1.0 / shares.length);
    double[] watts = new double[spec.lidNode() + 1];
    watts[spec.logicNode()] = spec.energy().computeWatts() * computeShare;
    return of(spec, shares, watts, 0);
  }

  private static double wires(StackSpec spec, double[] layerShares) {
    double[] ofGroup = new double[spec.tsv().laneGroups()];
    double most = 0;
    for (int layer = 0; layer < layerShares.length; layer++) {
      int group = spec.tsv().group(layer);
      ofGroup[group] += layerShares[layer];
      most = Math.max(most, ofGroup[group]);
    }
    return spec.tsv().groupBytesPerSec() / most;
  }
}
