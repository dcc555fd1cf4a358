package memwall.memory.stack;

import java.util.Arrays;
import java.util.List;

/**
 * Temperatures, levels and heat of one stack up to a time, and what happens next. All of the
 * thermal state is here, so that a copy can be taken into the future to be asked and thrown away.
 *
 * <p>Energy that devices counted becomes power by windows: what was counted in one window enters
 * the network evenly over the next. So power is known ahead, the time of the next change is exact
 * for it, and heat is conserved; it comes one window late.
 */
final class ThermalBooks {
  private final StackSpec spec;
  private final List<HeatSource> sources;
  final ThermalTransient heat;
  final ThermalHistory history;
  final ThermalLevels levels;

  /** Power of work that devices state, by node, at full clock. */
  private final double[] workWatts;

  /** Power by node from the energy counted in the last window. */
  private final double[] countedWatts;

  /** Joules by node counted by the end of the last window. */
  private final double[] countedJoules;

  private final double[] scratch;

  private long windowEndPs = Long.MAX_VALUE;
  private long nextChangePs;
  private long throttledPs;
  private long fastRefreshPs;
  private double statedJoules;

  ThermalBooks(StackSpec spec, List<HeatSource> sources) {
    ThermalNetwork network = spec.network();
    int nodes = network.nodes();
    this.spec = spec;
    this.sources = List.copyOf(sources);
    this.heat = new ThermalTransient(network, spec.coolantKelvin(), spec.idleWatts(1, 1));
    this.history =
        new ThermalHistory(
            nodes, StackSpec.REFRESH_DOUBLES_CELSIUS - spec.cooling().coolantCelsius());
    this.levels = new ThermalLevels(spec);
    this.workWatts = new double[nodes];
    this.countedWatts = new double[nodes];
    this.countedJoules = new double[nodes];
    this.scratch = new double[nodes];
    decide(0);
  }

  ThermalBooks(ThermalBooks other) {
    this.spec = other.spec;
    this.sources = other.sources;
    this.heat = new ThermalTransient(other.heat);
    this.history = new ThermalHistory(other.history);
    this.levels = new ThermalLevels(other.levels);
    this.workWatts = other.workWatts.clone();
    this.countedWatts = other.countedWatts.clone();
    this.countedJoules = other.countedJoules.clone();
    this.scratch = new double[other.scratch.length];
    this.windowEndPs = other.windowEndPs;
    this.nextChangePs = other.nextChangePs;
    this.throttledPs = other.throttledPs;
    this.fastRefreshPs = other.fastRefreshPs;
    this.statedJoules = other.statedJoules;
  }

  /** When something happens next: the end of a window or a change of level. */
  long nextPs() {
    return Math.min(windowEndPs, nextChangePs);
  }

  /**
   * Begins to turn counted energy into power, if it is not done already. Windows begin at multiples
   * of their length, so that it makes no difference how often and when a device pauses.
   */
  void openWindow(long nowPs) {
    if (windowEndPs == Long.MAX_VALUE && !sources.isEmpty()) {
      long windowPs = spec.policy().windowPs();
      windowEndPs = (nowPs / windowPs + 1) * windowPs;
    }
  }

  /**
   * Lets everything happen that is due by now, each at its time.
   *
   * @param busy whether energy may still be counted; if not, windows end once none was
   */
  void advanceTo(long nowPs, boolean busy) {
    while (nextPs() <= nowPs) {
      long atPs = nextPs();
      integrate(atPs);
      if (atPs == windowEndPs) {
        boolean counted = closeWindow();
        windowEndPs = counted || busy ? atPs + spec.policy().windowPs() : Long.MAX_VALUE;
      }
      decide(atPs);
    }
  }

  /** Takes temperatures and sums to a time before the next event. */
  void integrate(long toPs) {
    long spanPs = toPs - heat.sincePs();
    if (spanPs == 0) {
      return;
    }
    history.record(heat, toPs);
    double seconds = spanPs * ExponentialSum.PS_IN_SECONDS;
    for (int node = 0; node < countedWatts.length; node++) {
      statedJoules += (heat.watts(node) - countedWatts[node]) * seconds;
    }
    if (levels.level() > 0 || levels.isShutDown()) {
      throttledPs += spanPs;
    }
    if (levels.refreshFactor() > 1) {
      fastRefreshPs += spanPs;
    }
    heat.advance(toPs);
  }

  /** Turns what was counted since the last window into power; whether it was anything. */
  private boolean closeWindow() {
    sum(scratch);
    double perSecond = 1e12 / spec.policy().windowPs();
    boolean any = false;
    for (int node = 0; node < scratch.length; node++) {
      // What a sum takes back, by rounding or otherwise, is made up for later: heat only goes in.
      double counted = Math.max(0, scratch[node] - countedJoules[node]);
      countedWatts[node] = counted * perSecond;
      countedJoules[node] += counted;
      any |= counted > 0;
    }
    return any;
  }

  private void sum(double[] joules) {
    Arrays.fill(joules, 0);
    for (HeatSource source : sources) {
      source.addJoules(joules);
    }
  }

  private void sumNow(double[] joules) {
    Arrays.fill(joules, 0);
    for (HeatSource source : sources) {
      source.addJoulesNow(joules);
    }
  }

  /** Changes levels as the temperatures ask for, sets power accordingly, finds the next change. */
  private void decide(long nowPs) {
    levels.decide(heat, nowPs);
    setPower(nowPs);
    nextChangePs = levels.nextChangePs(heat, nowPs, windowEndPs);
  }

  private void setPower(long nowPs) {
    double logicShare = levels.isShutDown() ? 0 : levels.step().powerShare();
    for (int node = 0; node < scratch.length; node++) {
      double share = node == spec.logicNode() ? logicShare : 1;
      scratch[node] = workWatts[node] * share + countedWatts[node];
    }
    spec.addIdleWatts(levels.refreshFactor(), logicShare, scratch);
    heat.setWatts(nowPs, scratch);
  }

  /** Sets the power of work at a node from now on; everything due before has happened. */
  void setWorkWatts(long nowPs, int node, double watts) {
    integrate(nowPs);
    workWatts[node] = watts;
    decide(nowPs);
  }

  long shutDownCount() {
    return levels.isShutDown() ? 1 : 0;
  }

  long fastRefreshPs() {
    return fastRefreshPs;
  }

  long throttledPs() {
    return throttledPs;
  }

  /** Energy that sources counted by the end of the last window. */
  double countedJoules() {
    double sum = 0;
    for (double joules : countedJoules) {
      sum += joules;
    }
    return sum;
  }

  /** Energy that sources have counted since the end of the last window. */
  double pendingJoules() {
    sumNow(scratch);
    double sum = 0;
    for (double joules : scratch) {
      sum += joules;
    }
    return sum - countedJoules();
  }

  /** Part of the counted energy that has not entered the network yet. */
  double enteringJoules(long nowPs) {
    double watts = 0;
    for (double counted : countedWatts) {
      watts += counted;
    }
    return watts == 0 ? 0 : watts * (windowEndPs - nowPs) * ExponentialSum.PS_IN_SECONDS;
  }

  /** Energy of idling and stated work that has entered the network. */
  double statedJoules() {
    return statedJoules;
  }
}
