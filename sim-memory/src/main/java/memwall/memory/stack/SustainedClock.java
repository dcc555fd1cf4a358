package memwall.memory.stack;

import java.util.Arrays;

/**
 * The clock that engines on the logic die of a stack can keep up for ever, as a closed form: the
 * fixed point of their power, which follows the clock, and of the clock, which follows the
 * temperatures that this power leads to.
 *
 * <p>Levels are gone through from full clock on. One at which no die reaches the threshold of the
 * next is kept if it is not left again for a higher one, that is if a die stays within the
 * hysteresis. Otherwise the stack goes to and fro between it and the level before; of the time it
 * spends so much in the higher one that the hottest die is at its threshold on average, by
 * linearity of the network. Led there by hysteresis, it is a little cooler.
 *
 * @param clockShare share of the full clock, on average; in (0, 1]
 * @param powerShare share of the engines' power at full clock and voltage, on average
 * @param bindingNode the die whose temperature binds, or -1 at full clock
 * @param holds whether the lowest level suffices; if not, the stack gets hotter than its limits
 */
public record SustainedClock(double clockShare, double powerShare, int bindingNode, boolean holds) {
  /** No die binds. */
  public static final int NONE = -1;

  /**
   * The clock of engines that always compute.
   *
   * @param bytesPerSec what the memory moves meanwhile, evenly from all layers; less where the
   *     share of the bandwidth that is left allows less
   */
  public static SustainedClock of(StackSpec spec, double bytesPerSec) {
    int factor = 1;
    while (true) {
      Search search = new Search(spec, bytesPerSec, factor);
      SustainedClock found = search.found();
      // Refresh costs power, and so decides on the temperatures that it follows.
      int needed = spec.policy().refreshFactorAt(search.memoryCelsius);
      if (needed <= factor) {
        return found;
      }
      factor = needed;
    }
  }

  /** The levels of a stack at one refresh rate. */
  private static final class Search {
    private static final double ROUNDING_KELVIN = 1e-9;

    private final StackSpec spec;
    private final ThermalPolicy policy;
    private final ThermalNetwork network;
    private final double bytesPerSec;
    private final int refreshFactor;
    private final double[] celsius;
    private final double[] before;
    private double memoryCelsius;

    Search(StackSpec spec, double bytesPerSec, int refreshFactor) {
      this.spec = spec;
      this.policy = spec.policy();
      this.network = spec.network();
      this.bytesPerSec = bytesPerSec;
      this.refreshFactor = refreshFactor;
      this.celsius = new double[spec.logicNode() + 1];
      this.before = new double[celsius.length];
    }

    SustainedClock found() {
      int last = policy.steps().size();
      int level = 0;
      steady(0);
      while (level < last && hottest(celsius, level + 1, 0) != NONE) {
        System.arraycopy(celsius, 0, before, 0, celsius.length);
        steady(++level);
      }
      ThrottleStep step = policy.step(level);
      if (level == 0) {
        return result(step, NONE);
      }
      int binding = hottest(before, level, 0);
      if (hottest(celsius, level, policy.hysteresisKelvin(level)) != NONE) {
        return result(step, binding);
      }
      double share = 1;
      for (int node = 0; node < celsius.length; node++) {
        double room = threshold(level, node) - celsius[node];
        double more = before[node] - celsius[node];
        if (more > 0 && room / more < share) {
          share = room / more;
          binding = node;
        }
      }
      for (int node = 0; node < celsius.length; node++) {
        celsius[node] += share * (before[node] - celsius[node]);
      }
      ThrottleStep higher = policy.step(level - 1);
      memoryCelsius = hottestMemory();
      return new SustainedClock(
          share * higher.clockShare() + (1 - share) * step.clockShare(),
          share * higher.powerShare() + (1 - share) * step.powerShare(),
          binding,
          isWithinLimits());
    }

    private SustainedClock result(ThrottleStep step, int binding) {
      memoryCelsius = hottestMemory();
      return new SustainedClock(step.clockShare(), step.powerShare(), binding, isWithinLimits());
    }

    /** Temperatures that a level leads to. */
    private void steady(int level) {
      ThrottleStep step = policy.step(level);
      double[] watts = spec.idleWatts(refreshFactor, step.powerShare());
      watts[spec.logicNode()] += spec.energy().computeWatts() * step.powerShare();
      double most = step.bandwidthShare() * spec.tsv().bytesPerSec();
      double[] layers = new double[spec.memoryLayers()];
      Arrays.fill(layers, Math.min(bytesPerSec, most) / layers.length);
      spec.energy().addTransferJoules(layers, true, watts);
      for (int node = 0; node < celsius.length; node++) {
        celsius[node] = spec.cooling().coolantCelsius() + network.steadyRiseKelvin(node, watts);
      }
    }

    /** Temperature of a die from which a level applies. */
    private double threshold(int level, int node) {
      return policy.isBanded() ? policy.step(level).atCelsius() : spec.limitCelsius(node);
    }

    /** The die that is highest above what keeps a level in force, or none if no die is. */
    private int hottest(double[] temperatures, int level, double hysteresisKelvin) {
      int hottest = NONE;
      double most = 0;
      for (int node = 0; node < temperatures.length; node++) {
        double above = temperatures[node] - threshold(level, node) + hysteresisKelvin;
        if (above >= most) {
          hottest = node;
          most = above;
        }
      }
      return hottest;
    }

    private boolean isWithinLimits() {
      for (int node = 0; node < celsius.length; node++) {
        if (celsius[node] > spec.limitCelsius(node) + ROUNDING_KELVIN) {
          return false;
        }
      }
      return true;
    }

    private double hottestMemory() {
      double hottest = celsius[0];
      for (int layer = 1; layer < spec.memoryLayers(); layer++) {
        hottest = Math.max(hottest, celsius[layer]);
      }
      return hottest;
    }
  }
}
