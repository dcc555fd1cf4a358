package memwall.memory.stack;

import memwall.core.resource.Server;
import memwall.core.stat.Stats;

/**
 * Engines on the logic die of a stack: their clock is what its heat allows, and while they compute
 * they draw the power that the stack states, less at a lower clock and voltage ({@link
 * ThrottleStep}: {@code C V^2 f}).
 *
 * <p>A stack has to be watched while its engines compute, even if its memory rests: {@link
 * Server#onActivity} tells its owner.
 */
public final class DieEngines implements HeatSource {
  private static final double PICOSECOND = 1e-12;

  private final StackSpec spec;
  private final Server server;
  private double powerShare = 1;
  private double clockShare = 1;

  // Up to when they are counted, in their own time.
  private long busyPs;
  private double joules;
  private double nominalJoules;

  /**
   * Engines at full clock that have not computed yet.
   *
   * @param stats of the stack
   * @param server their jobs; its speed is set from here
   */
  public DieEngines(Stats stats, StackSpec spec, Server server) {
    this.spec = spec;
    this.server = server;
    this.busyPs = server.busyPs();
    Stats its = stats.child("engines");
    its.derived("energy", "J", "Energy of the engines on the logic die", this::joulesNow);
    its.derived(
        "clock_share",
        "1",
        "Share of the full clock while they computed (mean)",
        () -> share(nominalJoulesNow(), server.busyPs() * PICOSECOND * watts()));
    its.derived(
        "energy_share",
        "1",
        "Energy of a FLOP as a share of that at full voltage (mean)",
        () -> share(joulesNow(), nominalJoulesNow()));
  }

  private static double share(double part, double whole) {
    return whole > 0 ? part / whole : 1;
  }

  private double watts() {
    return spec.energy().computeWatts();
  }

  /** Whether they compute. */
  public boolean isComputing() {
    return server.queued() > 0;
  }

  /**
   * Clock and voltage are those of a state of the stack from now on; of stacks that do the same,
   * the first one sets the clock for all.
   */
  public void apply(ThermalState state) {
    count();
    powerShare = spec.policy().step(state.level()).powerShare();
    clockShare = state.clockShare();
    server.setSpeed(clockShare);
  }

  /** Counts what they did up to now. */
  public void count() {
    long nowBusyPs = server.busyPs();
    double seconds = (nowBusyPs - busyPs) * PICOSECOND;
    busyPs = nowBusyPs;
    joules += seconds * watts() * powerShare;
    nominalJoules += seconds * watts() * clockShare;
  }

  private double fullPowerJoules() {
    return (server.busyPs() - busyPs) * PICOSECOND * watts();
  }

  private double joulesNow() {
    return joules + fullPowerJoules() * powerShare;
  }

  /** What the same work would have cost at full clock and voltage. */
  private double nominalJoulesNow() {
    return nominalJoules + fullPowerJoules() * clockShare;
  }

  @Override
  public void addJoules(double[] sums) {
    sums[spec.logicNode()] += joules;
  }

  @Override
  public void addJoulesNow(double[] sums) {
    sums[spec.logicNode()] += joulesNow();
  }
}
