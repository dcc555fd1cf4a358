package memwall.memory.stack;

import java.util.Arrays;

/**
 * The discrete part of a stack's thermal state: refresh band, throttling level, shutdown. Says
 * which temperatures change it, so that the time of the next change can be computed.
 */
final class ThermalLevels {
  private final ThermalPolicy policy;

  // Temperatures by node; infinite for nodes that do not count.
  private final double[][] refreshKelvin;
  private final double[][] throttleKelvin;
  private final double[] shutdownKelvin;

  private int band;
  private int level;
  private boolean shutDown;
  private boolean stepped;
  private long lastStepPs;
  private ThermalState state;

  ThermalLevels(StackSpec spec) {
    this.policy = spec.policy();
    int logic = spec.logicNode();
    int nodes = spec.lidNode() + 1;
    this.refreshKelvin = new double[policy.refreshBands().size()][];
    for (int i = 0; i < refreshKelvin.length; i++) {
      refreshKelvin[i] = memoryOrDies(nodes, logic, policy.refreshBands().get(i).aboveCelsius());
    }
    this.throttleKelvin = new double[policy.steps().size()][];
    for (int i = 0; i < throttleKelvin.length; i++) {
      if (policy.isBanded()) {
        throttleKelvin[i] = memoryOrDies(nodes, logic + 1, policy.steps().get(i).atCelsius());
      } else {
        throttleKelvin[i] = memoryOrDies(nodes, logic, policy.memoryCelsius());
        throttleKelvin[i][logic] = policy.logicCelsius() + StackSpec.ZERO_CELSIUS_KELVIN;
      }
    }
    this.shutdownKelvin = memoryOrDies(nodes, logic + 1, policy.shutdownCelsius());
    this.state = new ThermalState(1, 0, 1, 1, false);
  }

  ThermalLevels(ThermalLevels other) {
    this.policy = other.policy;
    this.refreshKelvin = other.refreshKelvin;
    this.throttleKelvin = other.throttleKelvin;
    this.shutdownKelvin = other.shutdownKelvin;
    this.band = other.band;
    this.level = other.level;
    this.shutDown = other.shutDown;
    this.stepped = other.stepped;
    this.lastStepPs = other.lastStepPs;
    this.state = other.state;
  }

  private static double[] memoryOrDies(int nodes, int end, double celsius) {
    double[] kelvin = new double[nodes];
    Arrays.fill(kelvin, Double.POSITIVE_INFINITY);
    Arrays.fill(kelvin, 0, end, celsius + StackSpec.ZERO_CELSIUS_KELVIN);
    return kelvin;
  }

  int refreshFactor() {
    return policy.refreshFactor(band);
  }

  int level() {
    return level;
  }

  ThrottleStep step() {
    return policy.step(level);
  }

  boolean isShutDown() {
    return shutDown;
  }

  ThermalState state() {
    return state;
  }

  private ThermalState newState() {
    return shutDown
        ? new ThermalState(refreshFactor(), level, 0, 0, true)
        : new ThermalState(
            refreshFactor(), level, step().bandwidthShare(), step().clockShare(), false);
  }

  /** Changes what the temperatures now ask for; whether anything changed. */
  boolean decide(ThermalTransient heat, long nowPs) {
    int oldBand = band;
    int oldLevel = level;
    boolean wasShutDown = shutDown;
    shutDown |= isReached(heat, nowPs, shutdownKelvin);
    while (band < refreshKelvin.length && isReached(heat, nowPs, refreshKelvin[band])) {
      band++;
    }
    while (band > 0 && isLeft(heat, nowPs, refreshKelvin[band - 1], policy.hysteresisKelvin())) {
      band--;
    }
    if (policy.isBanded()) {
      while (level < throttleKelvin.length && isReached(heat, nowPs, throttleKelvin[level])) {
        level++;
      }
      while (level > 0 && isThrottleLeft(heat, nowPs)) {
        level--;
      }
    } else if (nowPs >= mayStepPs(nowPs)) {
      if (level < throttleKelvin.length && isReached(heat, nowPs, throttleKelvin[level])) {
        level++;
      } else if (level > 0 && isThrottleLeft(heat, nowPs)) {
        level--;
      }
      if (level != oldLevel) {
        stepped = true;
        lastStepPs = nowPs;
      }
    }
    boolean changed = band != oldBand || level != oldLevel || shutDown != wasShutDown;
    if (changed) {
      state = newState();
    }
    return changed;
  }

  /** When the level may change next, as far as the time between steps is concerned. */
  private long mayStepPs(long nowPs) {
    return stepped ? Math.max(nowPs, lastStepPs + policy.stepTimePs()) : nowPs;
  }

  /**
   * When {@link #decide} would next change something, if no power changes.
   *
   * @return the time, or {@link Long#MAX_VALUE} if that is not by {@code untilPs}
   */
  long nextChangePs(ThermalTransient heat, long nowPs, long untilPs) {
    if (shutDown) {
      return Long.MAX_VALUE;
    }
    long next = nextReachedPs(heat, nowPs, untilPs, shutdownKelvin);
    if (band < refreshKelvin.length) {
      next = Math.min(next, nextReachedPs(heat, nowPs, untilPs, refreshKelvin[band]));
    }
    if (band > 0) {
      next =
          Math.min(
              next,
              nextLeftPs(heat, nowPs, untilPs, refreshKelvin[band - 1], policy.hysteresisKelvin()));
    }
    long fromPs = policy.isBanded() ? nowPs : mayStepPs(nowPs);
    if (fromPs > untilPs) {
      return next;
    }
    if (level < throttleKelvin.length) {
      next = Math.min(next, nextReachedPs(heat, fromPs, untilPs, throttleKelvin[level]));
    }
    if (level > 0) {
      next =
          Math.min(
              next,
              nextLeftPs(
                  heat,
                  fromPs,
                  untilPs,
                  throttleKelvin[level - 1],
                  policy.hysteresisKelvin(level)));
    }
    return next;
  }

  /** Whether any node is at its temperature. */
  private static boolean isReached(ThermalTransient heat, long nowPs, double[] kelvin) {
    for (int node = 0; node < kelvin.length; node++) {
      if (kelvin[node] < Double.POSITIVE_INFINITY && heat.isAtLeast(node, kelvin[node], nowPs)) {
        return true;
      }
    }
    return false;
  }

  private boolean isThrottleLeft(ThermalTransient heat, long nowPs) {
    return isLeft(heat, nowPs, throttleKelvin[level - 1], policy.hysteresisKelvin(level));
  }

  /** Whether every node is below its temperature by the hysteresis. */
  private static boolean isLeft(
      ThermalTransient heat, long nowPs, double[] kelvin, double hysteresisKelvin) {
    for (int node = 0; node < kelvin.length; node++) {
      if (kelvin[node] < Double.POSITIVE_INFINITY
          && heat.isAtLeast(node, kelvin[node] - hysteresisKelvin, nowPs)) {
        return false;
      }
    }
    return true;
  }

  private static long nextReachedPs(
      ThermalTransient heat, long fromPs, long untilPs, double[] kelvin) {
    long next = Long.MAX_VALUE;
    for (int node = 0; node < kelvin.length; node++) {
      if (kelvin[node] < Double.POSITIVE_INFINITY) {
        next = Math.min(next, heat.nextAtLeastPs(node, kelvin[node], fromPs, untilPs));
      }
    }
    return next;
  }

  /** The first time at which all nodes are below at once: nodes may rise and fall meanwhile. */
  private static long nextLeftPs(
      ThermalTransient heat, long fromPs, long untilPs, double[] kelvin, double hysteresisKelvin) {
    long atPs = fromPs;
    boolean moved = true;
    while (moved) {
      moved = false;
      for (int node = 0; node < kelvin.length; node++) {
        if (kelvin[node] == Double.POSITIVE_INFINITY) {
          continue;
        }
        long belowPs = heat.nextBelowPs(node, kelvin[node] - hysteresisKelvin, atPs, untilPs);
        if (belowPs == Long.MAX_VALUE) {
          return Long.MAX_VALUE;
        }
        moved |= belowPs > atPs;
        atPs = belowPs;
      }
    }
    return atPs;
  }
}
